"""Names for files of the record: the person's name instead of `person:39`."""

from collections.abc import Iterable

from jiuyuan.applications.models import Application
from jiuyuan.characters import whole_number
from jiuyuan.people.models import Person

#: Looks and acts that do not belong to a file.
_LISTS = {
    "list": "清单", "leads": "待联系名单", "search": "查找", "batch": "上报批次", "jobs": "后台任务", "nightly": "夜间核查",
    "export:cases": "导出申请", "export:register": "导出名册", "export:record": "导出记录", "export:figures": "导出统计",
}  # fmt: skip
_KINDS = {
    "person": "人员", "application": "申请", "extract": "筛查名单", "import": "导入", "account": "账号", "agency": "机构",
    "employer_claim": "单位申报", "payment": "发放批次", "vacancy": "岗位", "post": "公益性岗位", "course": "培训班", "article": "宣传",
    "reorganisation": "机构调整", "misconduct": "违规违纪", "inspection": "监督检查", "finding": "检查发现", "target": "目标",
    "local_rule": "操作细则", "recovery": "追回", "doubt": "疑点", "parameter": "参数", "supervision": "督办", "handover": "移送",
    "staff_training": "业务培训", "period": "月报",
}  # fmt: skip


def names_of(files: Iterable[str]) -> dict[str, str]:
    """The name of each file, with the person's name if it is about one. The number of queries is constant."""
    keys = set(files)
    people = {pk for key in _of("person", keys) if (pk := whole_number(key)) is not None}
    found = dict(Person.objects.unscoped().filter(pk__in=people).values_list("pk", "name"))
    cases = Application.objects.unscoped().filter(number__in=_of("application", keys))
    whose = dict(cases.values_list("number", "person__name"))
    return {file: _called(file, found, whose) for file in keys}


def _of(kind: str, files: Iterable[str]) -> list[str]:
    return [file.partition(":")[2] for file in files if file.startswith(f"{kind}:")]


def _called(file: str, people: dict[int, str], whose: dict[str, str]) -> str:
    if file in _LISTS:
        return _LISTS[file]
    kind, _, key = file.partition(":")
    name = people.get(whole_number(key) or 0, "") if kind == "person" else whose.get(key, "")
    if kind == "application":
        return f"{name} {key}".strip()
    return name or f"{_KINDS.get(kind, kind)}{key}"
