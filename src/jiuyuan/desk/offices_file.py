"""Imports a table of agencies: updates known ones and creates others, after a trial run."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from django.db import transaction

from jiuyuan.agencies.models import Agency, User
from jiuyuan.history.services import Actor
from jiuyuan.people import offices
from jiuyuan.people.sources import reading
from jiuyuan.refusals import BadInput, Refusal
from jiuyuan.wording import say

#: The columns and their headings.
COLUMNS: dict[str, tuple[str, ...]] = {
    "code": ("机构代码", "代码"),
    "parent": ("上级机构代码", "上级代码", "上级"),
    "name": ("机构名称", "名称"),
    "divisions": ("管辖的区划代码", "区划代码"),
    "address": ("地址", "办公地址"),
    "phone": ("电话", "联系电话"),
    "hours": ("办公时间", "办理时间"),
    "responsible": ("负责人",),
}
MOST_ROWS = 5_000
_NEEDED = [("code",), ("name",)]


@dataclass(frozen=True)
class OfficeRow:
    """A row's result: made, changed, same or rejected."""

    number: int
    code: str
    name: str
    outcome: str
    message: str = ""

    @property
    def label(self) -> str:
        return OUTCOMES[self.outcome]


OUTCOMES = {"made": "新设", "changed": "更新", "same": "没有变化", "rejected": "不能用"}


def take(by: User | Actor, file: IO[bytes], file_name: str, *, dry: bool) -> list[OfficeRow]:
    """Process every row. `dry` changes nothing. Rejected rows do not affect others.

    Raises `BadInput` for `file` if it is not such a table, `NotForRole`.
    """
    table = reading.table(file, file_name, COLUMNS, _NEEDED)
    rows: list[OfficeRow] = []
    with transaction.atomic():
        for number, cells in table.rows:
            if len(rows) >= MOST_ROWS:
                rows.append(
                    OfficeRow(
                        number,
                        "",
                        "",
                        "rejected",
                        say("一个文件最多{most_rows}行，这一行和后面的没有读。", most_rows=MOST_ROWS),
                    )
                )
                break
            said = {name: _text(cells, place) for name, place in table.places.items()}
            rows.append(_row(by, number, said))
        transaction.set_rollback(dry)
    return rows


def _text(cells: object, place: int) -> str:
    values = list(cells)  # type: ignore[call-overload]
    value = values[place] if place < len(values) else None
    return "" if value is None else str(value).strip()


def _row(by: User | Actor, number: int, said: dict[str, str]) -> OfficeRow:
    code = said.pop("code").upper()
    parent, divisions = said.pop("parent", ""), said.pop("divisions", "")
    try:
        with transaction.atomic():
            known = Agency.objects.filter(code=code).first()
            if known is not None:
                changed = offices.change(by, known, **{name: text for name, text in said.items() if text})
                _refuse_elsewhere(known, parent, divisions)
                return OfficeRow(number, code, said["name"], "changed" if changed else "same")
            offices.make(by, code, parent, divisions=divisions, **said)
            return OfficeRow(number, code, said["name"], "made")
    except Refusal as refusal:
        sentences = [message for _, message in refusal.errors] or [refusal.title]
        return OfficeRow(number, code, said["name"], "rejected", "".join(sentences))


def _refuse_elsewhere(known: Agency, parent: str, divisions: str) -> None:
    """Refuse changes of parent and divisions: such a row has a wrong code, or needs another act."""
    above = known.parent.code if known.parent else ""
    if parent and parent != above:
        sentence = say(
            "系统中它的上级是{above}，不是{parent}。代码写错的请改正；换上级的，另设机构，再撤销原来的。",
            above=above or say("无"),
            parent=parent[:20],
        )
        raise BadInput(say("上级不同。"), [("parent", sentence)])
    there = sorted(known.divisions.values_list("code", flat=True))
    if divisions and sorted(offices.codes_in(divisions)) != there:
        sentence = say(
            "系统中它的管辖区划是{there}，不能用表格改，请改成一样的或空着。", there="、".join(there) or say("无")
        )
        raise BadInput(say("管辖区划不同。"), [("divisions", sentence)])


def counted(rows: list[OfficeRow]) -> Iterator[tuple[str, int]]:
    """The number of rows by result, without zeros."""
    for outcome, label in OUTCOMES.items():
        if count := sum(row.outcome == outcome for row in rows):
            yield label, count
