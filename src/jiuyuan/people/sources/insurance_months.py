"""Monthly social insurance data: who insured a person, and whether the contributions arrived; one row per person and
month.

They are used to check claims and doubts and have no effect by themselves. Nothing is stored about people without
a file.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from jiuyuan import clock, loading, masking
from jiuyuan.encryption import blind_index
from jiuyuan.people.contact import same_name
from jiuyuan.people.models import ImportBatch, ImportRow, InsuranceMonth
from jiuyuan.people.sources import cells
from jiuyuan.people.sources.cells import UnreadableCell
from jiuyuan.people.sources.reading import FirstOf, SourceTable
from jiuyuan.people.sources.recording import people_by_index
from jiuyuan.people.sources.running import Settled
from jiuyuan.procedures.own_matter import OWN, own_indexes
from jiuyuan.rules.calendar import month_of, month_text
from jiuyuan.spreadsheets.cells import Cell
from jiuyuan.wording import say

COLUMNS: Mapping[str, Sequence[str]] = {
    "id_number": FirstOf(["身份证号码", "身份证号", "公民身份号码", "社会保障号码", "证件号码"]),
    "name": FirstOf(["姓名", "参保人姓名", "人员姓名"]),
    "month": FirstOf(["费款所属期", "缴费月份", "费款所属月份", "所属月份", "月份"]),
    "payer": FirstOf(["参保身份", "缴费人员类别", "参保类型"]),
    "employer": FirstOf(["单位名称", "参保单位", "缴费单位"]),
    "unit": FirstOf(["单位类型", "单位性质"]),
    "paid": FirstOf(["缴费状态", "到账状态", "缴费标志"]),
}  # fmt: skip
NEEDED = [["id_number"], ["month"], ["payer"], ["paid"]]
Payer, Outcome = InsuranceMonth.Payer, ImportRow.Outcome
_PAYERS: Mapping[str, str] = {
    "单位职工": Payer.EMPLOYER, "职工": Payer.EMPLOYER, "单位": Payer.EMPLOYER, "用人单位": Payer.EMPLOYER, "企业职工": Payer.EMPLOYER,
    "机关事业单位": Payer.PUBLIC, "机关": Payer.PUBLIC, "事业单位": Payer.PUBLIC,
    "灵活就业": Payer.FLEXIBLE, "灵活就业人员": Payer.FLEXIBLE, "个人缴费": Payer.FLEXIBLE,
    "未参保": Payer.NOBODY, "没有参保": Payer.NOBODY, "无": Payer.NOBODY,
}  # fmt: skip
_PUBLIC_UNITS = ("机关", "事业单位", "机关事业单位")
_PAID: Mapping[str, bool] = {
    "已缴": True, "已到账": True, "已缴费": True, "正常": True, "正常缴费": True, "足额到账": True,
    "未缴": False, "欠费": False, "欠缴": False, "未到账": False, "未缴费": False, "缓缴": False, "无": False,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class MonthRead:
    """One row: person, month, and contents."""

    row: int
    index: str
    name: str
    month: int
    payer: str
    employer: str
    paid: bool


class InsuranceMonthFile:
    """Runs the import of a file of months."""

    at_once = 0
    wanted = COLUMNS
    needed = NEEDED

    def __init__(self, batch: ImportBatch) -> None:
        self._batch, self._own = batch, own_indexes(batch.by)

    def begin(self, table: SourceTable) -> None:
        self._places, self._first_day = table.places, table.first_day

    def prepare(self, rows: Sequence[tuple[int, Sequence[Cell]]]) -> list[MonthRead | Settled]:
        return [self._read(number, row) for number, row in rows]

    def settle(self, prepared: Sequence[MonthRead | Settled], dry: bool) -> list[Settled]:
        """Compute the result of each row, and write unless `dry`. Months already stored unchanged are left alone."""
        settled = [one for one in prepared if isinstance(one, Settled)]
        read = [one for one in prepared if isinstance(one, MonthRead)]
        people = people_by_index([one.index for one in read])
        standing = self._standing([person.pk for person in people.values()])
        new: dict[tuple[int, int, str, str], MonthRead] = {}
        gone: list[int] = []
        for one in read:
            person = people.get(one.index)
            if person is None or not person.area.startswith(self._batch.area):
                settled.append(Settled(one.row, Outcome.UNKNOWN))
                continue
            if one.name and not same_name(one.name, person.name):
                said = say("身份证号码在册，但姓名与登记的不一致，请核对；确实改过名的，先到窗口更正。")
                settled.append(Settled(one.row, Outcome.REJECTED, person.pk, said, "name"))
                continue
            key = (person.pk, one.month, one.payer, one.employer)
            before = [held for held in standing[person.pk, one.month] if held[1:3] == (one.payer, one.employer)]
            if key in new:
                said = say("同一文件第{row}行已经说过这个月，以那一行为准。", row=new[key].row)
                settled.append(Settled(one.row, Outcome.REJECTED, person.pk, said, "month"))
            elif any(held[3] == one.paid for held in before):
                settled.append(Settled(one.row, Outcome.MATCHED, person.pk, say("已登记过")))
            else:
                new[key] = one
                gone += [held[0] for held in before]
                settled.append(Settled(one.row, Outcome.CHANGED, person.pk, _in_words(one)))
        if not dry:
            self._write(new, gone)
        return settled

    def _standing(self, keys: Sequence[int]) -> dict[tuple[int, int], list[tuple[int, str, str, bool]]]:
        found: dict[tuple[int, int], list[tuple[int, str, str, bool]]] = defaultdict(list)
        sql = (
            "SELECT person_id, month, id, payer, employer, paid FROM people_insurancemonth"
            " WHERE person_id {among} AND NOT superseded"
        )
        for person, month, pk, payer, employer, paid in loading.among(sql, list(set(keys))):
            found[person, month].append((pk, payer, employer, bool(paid)))
        return found

    def _write(self, new: Mapping[tuple[int, int, str, str], MonthRead], gone: Sequence[int]) -> None:
        InsuranceMonth.objects.unscoped().filter(pk__in=gone).update(superseded=True)
        loading.insert(
            InsuranceMonth,
            ("person_id", "month", "payer", "employer", "paid", "observed_on", "superseded", "batch_id", "row"),
            (
                (person, month, payer, employer, one.paid, self._batch.observed_on, False, self._batch.pk, one.row)
                for (person, month, payer, employer), one in new.items()
            ),
        )

    def _read(self, number: int, row: Sequence[Cell]) -> MonthRead | Settled:
        faults: list[tuple[str, str]] = []
        index, month = "", None
        try:
            index = blind_index(cells.id_number(self._cell(row, "id_number"), clock.today()).number)
        except UnreadableCell as wrong:
            faults.append(("id_number", str(wrong)))
        try:
            month = self._month(self._cell(row, "month"))
        except UnreadableCell as wrong:
            faults.append(("month", str(wrong)))
        payer, paid = self._worded(row, "payer", _PAYERS, faults), self._worded(row, "paid", _PAID, faults)
        if index in self._own:
            return Settled(number, Outcome.REJECTED, None, say(OWN))
        if faults or month is None or payer is None or paid is None:
            columns = ",".join(dict.fromkeys(column for column, _ in faults))
            said = masking.text("；".join(sentence for _, sentence in faults))
            return Settled(number, Outcome.REJECTED, None, said, columns)
        if payer == Payer.EMPLOYER and cells.said(self._cell(row, "unit")) in _PUBLIC_UNITS:
            payer = Payer.PUBLIC
        employer = cells.said(self._cell(row, "employer"))[:200]
        return MonthRead(number, index, cells.said(self._cell(row, "name")), month, str(payer), employer, bool(paid))

    def _month(self, cell: Cell) -> int:
        written = cells.text(cell)
        digits = written if len(written) == 6 and written.isdecimal() else ""  # 202601
        day = cells.last_of_month(f"{digits[:4]}-{digits[4:]}" if digits else cell) or cells.day(cell, self._first_day)
        if not date(1990, 1, 1) <= day.replace(day=1) <= clock.today():
            raise UnreadableCell(say("“{written}”不是已经到了的月份，请写成2026-03。", written=written[:20]))
        return month_of(day)

    def _worded(
        self, row: Sequence[Cell], column: str, words: Mapping[str, object], faults: list[tuple[str, str]]
    ) -> object:
        said = cells.said(self._cell(row, column)).replace(" ", "")
        if said not in words:
            heading = COLUMNS[column][0]
            faults.append((column, say("“{heading}”应为{words}之一。", heading=heading, words=list(words))))
        return words.get(said)

    def _cell(self, row: Sequence[Cell], column: str) -> Cell:
        place = self._places.get(column)
        return row[place] if place is not None and place < len(row) else None


def _in_words(one: MonthRead) -> str:
    words = {"month": month_text(one.month), "payer": Payer(one.payer).label}
    return say("{month}：{payer}，已缴", **words) if one.paid else say("{month}：{payer}，未缴", **words)


def work_for(batch: ImportBatch) -> InsuranceMonthFile:
    return InsuranceMonthFile(batch)
