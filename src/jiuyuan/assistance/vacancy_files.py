"""Imports vacancies from employers and job fairs, one row each, by the same act as at the window (四(二)).

A row becomes a vacancy to be checked, or is refused with its faulty columns and how to correct them: for what the
form refuses, and for what could never be opened as it is. Existing vacancies are not duplicated.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from jiuyuan import sums
from jiuyuan.agencies.queries import place_named
from jiuyuan.assistance.models import Vacancy
from jiuyuan.assistance.vacancy_context import OfVacancy
from jiuyuan.assistance.vacancy_workflow import VACANCY
from jiuyuan.people.models import ImportBatch, ImportRow
from jiuyuan.people.sources import cells
from jiuyuan.people.sources.cells import UnreadableCell
from jiuyuan.people.sources.reading import FirstOf, SourceTable
from jiuyuan.people.sources.running import Settled
from jiuyuan.procedures import engine
from jiuyuan.refusals import Refusal
from jiuyuan.spreadsheets.cells import Cell
from jiuyuan.wording import as_written, for_record, say

COLUMNS: Mapping[str, Sequence[str]] = {
    "credit_code": ["统一社会信用代码", "社会信用代码", "信用代码"],
    "employer": FirstOf(["单位名称", "用人单位", "招聘单位", "企业名称", "公司名称", "单位"]),
    "title": FirstOf(["岗位名称", "招聘岗位", "职位名称", "招聘职位", "岗位", "职位"]),
    "occupation": FirstOf(["职业代码", "职业", "工种"]),
    "number": FirstOf(["招聘人数", "需求人数", "招聘数量", "人数"]),
    "tasks": FirstOf(["工作内容", "岗位职责", "岗位描述", "职责"]),
    "conditions": FirstOf(["招聘条件", "任职要求", "岗位要求", "招聘要求", "任职条件", "要求"]),
    "division": FirstOf(["工作地区", "工作区县", "所在区县", "区县"]),
    "address": FirstOf(["工作地点", "工作地址", "单位地址", "地址"]),
    "form": FirstOf(["用工形式", "用工性质", "工作性质"]),
    "hours": FirstOf(["工作时间", "班次"]),
    "pay": FirstOf(["报酬", "月薪", "薪资", "薪酬", "工资", "工资待遇", "薪资待遇", "待遇"]),
    "pay_from": FirstOf(["报酬下限", "月薪下限", "最低月薪"]),
    "pay_to": FirstOf(["报酬上限", "月薪上限", "最高月薪"]),
    "contract_months": ["合同期限"],
    "insurance": FirstOf(["社会保险", "社保", "保险"]),
    "contact": FirstOf(["单位联系人", "联系人"]),
    "phone": FirstOf(["联系电话", "电话", "联系方式"]),
    "source": ["信息来源"],
    "valid_until": FirstOf(["有效到", "有效期至", "有效期", "招聘截止日期", "截止日期"]),
}  # fmt: skip
NEEDED = [["credit_code"], ["employer"], ["title"], ["number"], ["division", "address"], ["valid_until"]]
_FORMS = {
    "全职": "full",
    "正式": "full",
    "兼职": "part",
    "小时工": "part",
    "钟点工": "part",
    "临时": "flexible",
    "灵活用工": "flexible",
}
with as_written():
    _WORDS: Mapping[str, Mapping[str, str]] = {
        "form": {**{str(one.label): one.value for one in Vacancy.Time}, **_FORMS},
        "hours": {"全天": "full", "半天": "part", "钟点": "part", "半天或钟点": "part", "弹性": "flexible", "时间灵活": "flexible"},
    }  # fmt: skip
#: Columns with another name in the act, or combined in it.
_OF_NEED = {
    "employer": ("employer", "credit_code"),
    "pay_from": ("pay_from", "pay"),
    "pay_to": ("pay_to", "pay"),
    "division": ("division", "address"),
}
_BETWEEN = re.compile(r"\s*(?:[-~—–―～]+|至|到)\s*")
_OR_MORE = "以上"
_BY_TALK = re.compile(r"面议|另议|面谈|详谈")
_ALL_FIVE = re.compile(r"[五5]险")
_AT_MOST = 20
_STANDS = (Vacancy.Status.DRAFT, Vacancy.Status.CHECKED, Vacancy.Status.OPEN)
Outcome = ImportRow.Outcome


@dataclass(slots=True)
class VacancyLine:
    """A parsed row: the act's input, and the parse errors."""

    row: int
    given: dict[str, Any]
    faults: list[tuple[str, str]] = field(default_factory=list)


class _NotKept(Exception):
    """Rolls back a row; carries the reasons."""

    def __init__(self, settled: Settled) -> None:
        self.settled = settled


class VacancyFile:
    """Runs the import of a file of vacancies."""

    at_once = 200
    wanted = COLUMNS
    needed = NEEDED

    def __init__(self, batch: ImportBatch) -> None:
        self._batch = batch
        self._seen: dict[tuple[Any, ...], int] = {}  # a trial run writes nothing, so earlier rows have to be remembered

    def begin(self, table: SourceTable) -> None:
        self._places, self._first_day = table.places, table.first_day

    def prepare(self, rows: Sequence[tuple[int, Sequence[Cell]]]) -> list[VacancyLine]:
        return [self._line(number, row) for number, row in rows]

    def settle(self, prepared: Sequence[VacancyLine], dry: bool) -> list[Settled]:
        with transaction.atomic():
            settled = [self._settle(line) for line in prepared]
            transaction.set_rollback(dry)
        return settled

    def _line(self, number: int, row: Sequence[Cell]) -> VacancyLine:
        said = {name: cells.said(self._cell(row, name)) for name in COLUMNS}
        line = VacancyLine(number, {name: text for name in _AS_IT_IS if (text := said[name])})
        if said["employer"] or said["credit_code"]:
            line.given["employer"] = {"name": said["employer"], "credit_code": said["credit_code"]}
        if contact := " ".join(text for text in (said["contact"], said["phone"]) if text):
            line.given["contact"] = contact
        if place := said["division"] or _county_in(said["address"]):
            line.given["division"] = place
        line.given["form"] = _word(line, "form", said["form"]) or Vacancy.Time.FULL.value
        self._hours(line, said["hours"])
        self._pay(line, said)
        self._insurance(line, said["insurance"])
        if until := self._cell(row, "valid_until"):
            try:
                line.given["valid_until"] = cells.day(until, self._first_day)
            except UnreadableCell as wrong:
                line.faults.append(("valid_until", say("有效到：{wrong}", wrong=str(wrong))))
        return line

    def _hours(self, line: VacancyLine, text: str) -> None:
        """Keep hours that are not one of our choices in the employer's words."""
        if found := _WORDS["hours"].get(text):
            line.given["hours"] = found
        elif text:
            tasks = line.given.get("tasks", "")
            line.given["tasks"] = "".join(
                (tasks, "" if not tasks or tasks.endswith("。") else "。", for_record("工作时间：{text}。", text=text))
            )

    def _pay(self, line: VacancyLine, said: Mapping[str, str]) -> None:
        texts = dict(
            zip(("pay_from", "pay_to"), _BETWEEN.split(said["pay"].removesuffix(_OR_MORE), maxsplit=1), strict=False)
        )
        for name in ("pay_from", "pay_to"):
            text = said[name] or texts.get(name, "")
            if not text or _BY_TALK.search(text):
                continue
            found = sums.yuan(text)
            if found is None or found != int(found):
                column = name if said[name] else "pay"
                why = say("“{text}”不是金额，请写成2600-3000的样子，每月多少元。", text=text[:_AT_MOST])
                line.faults.append((column, say("报酬：{why}", why=why)))
            else:
                line.given[name] = int(found)

    def _insurance(self, line: VacancyLine, text: str) -> None:
        if not text:
            return
        known = {str(one.label): one.value for one in Vacancy.Insurance}
        found = [code for label, code in known.items() if label in text or _ALL_FIVE.search(text)]
        if not found and text not in ("无", "没有", "不缴"):
            why = say("请写明缴哪几种：{names}。", names=list(known))
            line.faults.append(("insurance", say("社会保险：{why}", why=why)))
        line.given["insurance"] = found

    def _cell(self, row: Sequence[Cell], column: str) -> Cell:
        place = self._places.get(column)
        return row[place] if place is not None and place < len(row) else None

    def _settle(self, line: VacancyLine) -> Settled:
        if line.faults:
            return self._refused(line, line.faults)
        try:
            with transaction.atomic():
                return self._written(line)
        except _NotKept as undone:
            return undone.settled
        except Refusal as refusal:
            faults = [(name, message) for name, message in refusal.errors] or [("", refusal.title)]
            return self._refused(line, faults)

    def _written(self, line: VacancyLine) -> Settled:
        batch = self._batch
        carried = {"agency": batch.agency, "from_file": {"batch": batch.pk, "row": line.row}}
        given = {"source": batch.file_name[:80], **line.given}
        vacancy: Vacancy = engine.act(batch.by, VACANCY, None, "create", given, carried=carried)
        context = OfVacancy(vacancy, batch.by)
        if faults := _never_to_be_opened(context):
            raise _NotKept(self._refused(line, faults))
        self._stands_already(line, vacancy)
        lacking = VACANCY.words.guards["is_complete"].refusal(context)
        notes = f" {lacking.title}" if lacking else ""
        return Settled(line.row, Outcome.CHANGED, None, f"{say('登记为待核对的岗位。')}{notes}")

    def _stands_already(self, line: VacancyLine, vacancy: Vacancy) -> None:
        key = (vacancy.employer.credit_code, vacancy.division_id, vacancy.title)
        if (earlier := self._seen.setdefault(key, line.row)) != line.row:
            message = say("与第{row}行是同一单位、同一地区的同一岗位，不重复登记。", row=earlier)
            raise _NotKept(Settled(line.row, Outcome.MATCHED, None, message))
        same = Vacancy.objects.unscoped().filter(
            employer=vacancy.employer, division=vacancy.division, title=vacancy.title, status__in=_STANDS
        )
        if other := same.exclude(pk=vacancy.pk).select_related("agency").first():
            message = say("已由{name}登记（岗位{pk}），不重复登记。", name=other.agency.name, pk=other.pk)
            raise _NotKept(Settled(line.row, Outcome.MATCHED, None, message))

    def _refused(self, line: VacancyLine, faults: Sequence[tuple[str, str]]) -> Settled:
        """The refusal of a row, with those of its faulty columns that the file has."""
        columns = [one for name, _ in faults for one in _OF_NEED.get(name, (name,)) if one in self._places]
        message = " ".join(dict.fromkeys(str(sentence) for _, sentence in faults))
        return Settled(line.row, Outcome.REJECTED, None, message, ",".join(dict.fromkeys(columns)))


_AS_IT_IS = ("title", "occupation", "number", "tasks", "conditions", "address", "contract_months", "source")


def _never_to_be_opened(context: OfVacancy) -> list[tuple[str, str]]:
    """What no check with the employer can correct without changing the text."""
    guards = VACANCY.words.guards
    faults = []
    if low := guards["pays_the_minimum"].refusal(context):
        faults.append(("pay_from", low.title))
    if marked := guards["discriminates_nobody"].refusal(context):
        faults += [(mark.field, marked.title) for mark in context.marks]
    return faults


def _word(line: VacancyLine, name: str, text: str) -> str:
    if not text:
        return ""
    found = _WORDS[name].get(text)
    if found is None:
        line.faults.append((name, say("用工形式请写全日制、非全日制或灵活，现在是“{text}”。", text=text[:_AT_MOST])))
    return found or ""


def _county_in(address: str) -> str:
    """The division at the beginning of an address; empty if there is none."""
    ends = (end for end in range(min(len(address), _AT_MOST), 2, -1) if place_named(address[:end]))
    return address[: next(ends, 0)]


def work_for(batch: ImportBatch) -> VacancyFile:
    return VacancyFile(batch)
