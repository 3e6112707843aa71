"""吉林省's papers: 《吉林省就业困难人员申请认定表》 and its letters (吉人社发〔2022〕10号)."""

from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from jiuyuan.printing.form import OfficeWords, choices
from jiuyuan.regions.jilin.remedies import HEARD
from jiuyuan.regions.papers import Cell, Commitment, FormOfRegion, LetterKind, Papers

_HERE = Path(__file__).parent
RESIDENCE_KINDS = ("城镇户籍", "城镇常住人员", "农村户籍")  # 一(一)2


def _places(
    details: Mapping[str, str], known: Mapping[str, Any], place_name: Callable[[str | None], str]
) -> dict[str, Any]:
    kinds = {"urban": "城镇户籍", "rural": "农村户籍"}
    ticked = [kinds[known["hukou_kind"]]] if known.get("hukou_kind") in kinds else []
    if known.get("urban_resident"):
        ticked.append("城镇常住人员")
    return {
        "registered_address": details.get("hukou_address") or place_name(known.get("hukou_division")),
        "residence_kind": choices(RESIDENCE_KINDS, *ticked),
        "residence_ground": details.get("urban_ground", ""),
        "certificate_number": details.get("employment_certificate", ""),
        "unemployment_registered_on": None,
        "education": details.get("education", ""),
        "school": details.get("school", ""),
        "left_school_on": _day(known.get("left_school_on")),
        "full_time": known.get("degree_full_time"),
        "health": details.get("health", ""),
        "disability_certificate": details.get("disability_number", ""),
        "allowance": details.get("allowance_number", ""),
        "former_employer": details.get("former_employer", ""),
        "contract_ended_on": _day(details.get("contract_ended_on")),
        "land_document": details.get("land_document", ""),
        "job_intention": details.get("job_intention", ""),
        "skills": details.get("skills", ""),
        "services": details.get("services_wanted", ""),
    }


def _day(text: object) -> date | None:
    """Parse a date for the form; a text that is not a date is left off the form and stays in the case."""
    try:
        return date.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None


FORM = FormOfRegion(
    title="吉林省就业困难人员申请认定表",
    template=_HERE / "form" / "form.typ",
    commitment=Commitment(
        text=(
            "我是{name}，现申请认定就业困难人员。我已了解认定条件、退出情形和就业援助政策，愿意接受公共就业服务机构提供的就业服务。",
            "我填写的内容和提供的材料真实、有效。其中没有部门可查的，我承诺属实：{promised}。",
            "如有不实，愿意承担取消认定、追回相应款项等法律责任。",
        ),
        bare="我填写的内容和提供的材料真实、有效。",
        agent="本申请由{agent}（{relation}）凭{name}本人签字的委托书代办。代办人签名的，以上内容和下面的同意都已经和本人核对，是本人的意思。",
        consent="我同意公共就业服务机构通过部门信息共享、实地核查等方式核实我的有关信息。",
    ),
    offices={
        "platform": OfficeWords(
            heading="街道（乡镇）、社区基层公共就业服务平台初审意见", title="初审意见",
            accept="符合认定条件，同意上报", refuse="不符合认定条件",
        ),
        "county": OfficeWords(
            heading="县（市、区）公共就业服务机构复核认定意见", title="复核认定意见",
            accept="同意认定", refuse="不同意，退回", entry="《就业创业证》录入类别：",
        ),
    },
    cells={
        "first_review_fail": Cell(office="platform", passed=False, anew=True),
        "settle_objection": Cell(office="platform", passed=False, anew=True),
        "endorse": Cell(office="platform", passed=True, anew=True),
        "recognise": Cell(office="county", passed=True),
        "return": Cell(office="county", passed=False),
        "reject": Cell(office="platform", passed=False, anew=True),
    },
    # 二(一)
    channels={
        "window": "基层窗口", "hall": "吉林智慧人社网上办事大厅", "portal": "吉林就业创业网", "app": "手机APP",
        "mini_program": "微信小程序",
    },
    places=_places,
)  # fmt: skip


def _letter(title: str, file: str) -> LetterKind:
    return LetterKind(title=title, template=_HERE / "letters" / f"{file}.typ")


PAPERS = Papers(
    form=FORM,
    letters={
        "receipt": _letter("受理通知书", "receipt"),
        "correction": _letter("补正告知书", "correction"),
        "declined": _letter("不予受理告知书", "declined"),
        "rejected": _letter("不予认定告知书", "rejected"),
        "exit": _letter("退出告知书", "exit"),
        "annulment": _letter("取消认定告知书", "annulment"),
        "objection_upheld": _letter("异议成立不予认定告知书", "objection_upheld"),
        "not_passed": _letter("复核未通过不予认定告知书", "not_passed"),
        "returned": _letter("复核退回告知书", "returned"),
        "proof": _letter("就业困难人员认定证明", "proof"),
        "entry": _letter("《就业创业证》录入单", "entry"),
        "objection_outcome": _letter("退出异议处理结果告知书", "objection_outcome"),
        "refusal_counted": _letter("拒绝公共就业服务告知书", "refusal_counted"),
        "claim_refused": _letter("不予支持决定书", "claim_refused"),
        "recovery_intended": _letter("拟追回补贴告知书", "recovery_intended"),
        "recovery_decided": _letter("责令退回补贴决定书", "recovery_decided"),
        "recovery_urged": _letter("催告书", "recovery_urged"),
        "referral": _letter("推荐介绍信", "referral"),
        "post_contract": _letter("公益性岗位合同单", "post_contract"),
        "public_notice": _letter("就业困难人员认定公示", "public_notice"),
    },
    heard=HEARD,
)
