"""Imports results of many offers, from a job fair or a day of calls, one row each, by the same acts as at the window
(四(二)).

A row answers one offer, or is refused with its faulty columns and how to correct them. Rows already recorded are
skipped.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from jiuyuan.assistance.models import JobOffer, WhyNot
from jiuyuan.assistance.offer_workflow import OFFER
from jiuyuan.characters import whole_number
from jiuyuan.encryption import blind_index
from jiuyuan.people.models import ImportBatch, ImportRow
from jiuyuan.people.sources import cells
from jiuyuan.people.sources.cells import UnreadableCell
from jiuyuan.people.sources.reading import FirstOf, SourceTable
from jiuyuan.people.sources.running import Settled
from jiuyuan.procedures import engine
from jiuyuan.refusals import Refusal
from jiuyuan.spreadsheets.cells import Cell
from jiuyuan.wording import as_written, say

COLUMNS: Mapping[str, Sequence[str]] = {
    "id_number": FirstOf(["身份证号码", "身份证号", "公民身份号码"]),
    "vacancy": FirstOf(["岗位编号", "岗位号"]),
    "title": FirstOf(["岗位名称", "招聘岗位", "岗位"]),
    "result": FirstOf(["结果", "应聘结果", "答复"]),
    "reason": FirstOf(["原因", "不合适的原因", "没有录用的原因"]),
    "from": FirstOf(["上班日期", "上岗日期", "入职日期"]),
}  # fmt: skip
NEEDED = [["id_number"], ["vacancy", "title"], ["result"]]
Acts = tuple[str, ...]
#: The state for each word in the result column; other words are refused.
_RESULTS: Mapping[str, str] = {
    "想试试": "interested", "有意向": "interested", "不合适": "declined", "没有接受": "declined", "不去": "declined",
    "没有答复": "silent", "联系不上": "silent", "已去应聘": "applied", "应聘": "applied", "录用": "taken_on", "已录用": "taken_on",
    "没有录用": "not_taken_on", "未录用": "not_taken_on",
}  # fmt: skip
#: For each target state, the acts that lead there from the offer's state.
_WAYS: Mapping[str, Mapping[str, Acts]] = {
    "interested": {"given": ("interested",)},
    "declined": {"given": ("declined",)},
    "silent": {"given": ("no_answer",)},
    "applied": {"given": ("interested", "applied"), "interested": ("applied",)},
    "taken_on": dict.fromkeys(("given", "interested", "applied"), ("taken_on",)),
    "not_taken_on": {
        "given": ("interested", "not_taken_on"), "interested": ("not_taken_on",), "applied": ("not_taken_on",),
    },
}  # fmt: skip
with as_written():
    _WHY = {str(one.label): one.value for one in WhyNot}
_OF_NEED = {"from": ("from",), "reason": ("reason",), "words": ("reason",)}
Outcome = ImportRow.Outcome


@dataclass(slots=True)
class ResultLine:
    """A parsed row, and its parse errors."""

    row: int
    said: dict[str, Any]
    faults: list[tuple[str, str]] = field(default_factory=list)


class OfferResultFile:
    """Runs the import of a file of results."""

    at_once = 200
    wanted = COLUMNS
    needed = NEEDED

    def __init__(self, batch: ImportBatch) -> None:
        self._batch = batch

    def begin(self, table: SourceTable) -> None:
        self._places, self._first_day = table.places, table.first_day

    def prepare(self, rows: Sequence[tuple[int, Sequence[Cell]]]) -> list[ResultLine]:
        return [self._line(number, row) for number, row in rows]

    def settle(self, prepared: Sequence[ResultLine], dry: bool) -> list[Settled]:
        with transaction.atomic():
            settled = [self._settle(line) for line in prepared]
            transaction.set_rollback(dry)
        return settled

    def _line(self, number: int, row: Sequence[Cell]) -> ResultLine:
        line = ResultLine(number, {name: cells.said(self._cell(row, name)) for name in COLUMNS})
        if not line.said["id_number"]:
            line.faults.append(("id_number", say("请填写身份证号码。")))
        if not (line.said["vacancy"] or line.said["title"]):
            line.faults.append(("vacancy", say("请填写岗位编号或者岗位名称。")))
        if line.said["result"] not in _RESULTS:
            line.faults.append(("result", say("结果应为{words}之一。", words=list(_RESULTS))))
        if day := self._cell(row, "from"):
            try:
                line.said["from"] = cells.day(day, self._first_day)
            except UnreadableCell as wrong:
                line.faults.append(("from", say("上班日期：{wrong}", wrong=str(wrong))))
        return line

    def _cell(self, row: Sequence[Cell], column: str) -> Cell:
        place = self._places.get(column)
        return row[place] if place is not None and place < len(row) else None

    def _settle(self, line: ResultLine) -> Settled:
        if line.faults:
            return self._refused(line, line.faults)
        offers = self._offers(line)
        state = _RESULTS[line.said["result"]]
        for offer in offers:
            if offer.status == state:
                message = say("已经是“{status}”，不重复登记。", status=offer.get_status_display())
                return Settled(line.row, Outcome.MATCHED, offer.recognition.person_id, message)
        able = [offer for offer in offers if offer.status in _WAYS[state]]
        if len(able) != 1:
            return self._refused(line, [("vacancy", _why_none(offers, len(able)))])
        try:
            with transaction.atomic():
                for act in _WAYS[state][able[0].status]:
                    engine.act(self._batch.by, OFFER, able[0].pk, *_said(act, line.said))
        except Refusal as refusal:
            faults = [(name, message) for name, message in refusal.errors] or [("", refusal.title)]
            return self._refused(line, faults)
        message = say("已登记：{result}。", result=line.said["result"])
        return Settled(line.row, Outcome.CHANGED, able[0].recognition.person_id, message)

    def _offers(self, line: ResultLine) -> list[JobOffer]:
        """The offers of this vacancy to this person that the uploader may see."""
        rows = JobOffer.objects.visible_to(self._batch.by).select_related("recognition")
        rows = rows.filter(recognition__person__id_index=blind_index(line.said["id_number"].upper()))
        if number := line.said["vacancy"]:
            rows = rows.filter(vacancy=whole_number(number) or 0)
        else:
            rows = rows.filter(vacancy__title=line.said["title"])
        return list(rows.order_by("-pk"))

    def _refused(self, line: ResultLine, faults: Sequence[tuple[str, str]]) -> Settled:
        """The refusal of a row, with those of its faulty columns that the file has."""
        columns = [one for name, _ in faults for one in _OF_NEED.get(name, (name,)) if one in self._places]
        message = " ".join(dict.fromkeys(str(sentence) for _, sentence in faults))
        return Settled(line.row, Outcome.REJECTED, None, message, ",".join(dict.fromkeys(columns)))


def _said(act: str, said: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """The act of the table and its input."""
    if act == "declined":
        code = _WHY.get(said["reason"], WhyNot.OTHER.value)
        return "answer", {"answer": act, "reason": code, **({"words": said["reason"]} if said["reason"] else {})}
    if act in ("interested", "no_answer"):
        return "answer", {"answer": act}
    if act == "taken_on":
        return act, {"from": said["from"] or ""}
    return act, {"reason": said["reason"]} if act == "not_taken_on" else {}


def _why_none(offers: Sequence[JobOffer], able: int) -> str:
    if able:
        return say("这个人有{count}次介绍对得上，请写岗位编号。", count=able)
    if offers:
        return say("这次介绍现在是“{status}”，不能再登记。", status=offers[0].get_status_display())
    return say("本辖区没有把这个岗位介绍给这个人，请先介绍，或者核对号码和岗位。")


def work_for(batch: ImportBatch) -> OfferResultFile:
    return OfferResultFile(batch)
