"""The columns of 《吉林省就业困难人员申请认定表》 that decide nothing but stand on it, in the order of the form."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from jiuyuan import clock
from jiuyuan.refusals import BadInput
from jiuyuan.rules.possible_days import why_impossible

_LONGEST = 400


@dataclass(frozen=True)
class Detail:
    name: str
    label: str
    hint: str = ""
    long: bool = False


DETAILS = (
    Detail("hukou_address", "户籍地址", "户口簿首页的地址。"),
    Detail("urban_ground", "城镇常住依据", "例如：户口簿、居住证、社区证明。"),
    Detail("employment_certificate", "《就业创业证》编号", "没有可不填。"),
    Detail("education", "文化程度"),
    Detail("school", "毕业院校", "高校毕业生填写。"),
    Detail("health", "健康状况"),
    Detail("disability_number", "残疾人证号", "残疾失业人员填写。"),
    Detail("allowance_number", "低保证明编号", "低保失业人员填写。"),
    Detail("former_employer", "原工作单位"),
    Detail("contract_ended_on", "解除（终止）劳动关系日期"),
    Detail("land_document", "土地征用文件", "失地农民填写。"),
    Detail("job_intention", "求职意愿", "想做什么工作、在哪里、多少工资。", long=True),
    Detail("skills", "技能特长", long=True),
    Detail("services_wanted", "需要的服务", "例如：岗位信息、技能培训、创业服务。", long=True),
)
BY_NAME = {detail.name: detail for detail in DETAILS}
_DAYS = frozenset({"contract_ended_on"})


def clean(values: dict[str, Any]) -> dict[str, str]:
    """Trimmed texts by name. Raises `BadInput` for names the form does not have and texts too long for it."""
    errors = []
    for name, value in values.items():
        if name not in BY_NAME:
            errors.append((name, "认定表没有这一栏。"))
        elif value is not None and (not isinstance(value, str) or len(value) > _LONGEST):
            errors.append((name, f"“{BY_NAME[name].label}”请填文字，最多{_LONGEST}字。"))
        elif name in _DAYS and value and (why := _why_no_day(value.strip())):
            errors.append((name, f"“{BY_NAME[name].label}”：{why}，请核对年月日。"))
    if errors:
        raise BadInput("有内容需要改正。", errors)
    return {name: value.strip() for name, value in values.items() if value and value.strip()}


def _why_no_day(text: str) -> str | None:
    """Why a day as a form writes it cannot be; None where it can, and for other words, which are printed as they stand."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return why_impossible("contract_ended_on", day, today=clock.today())
