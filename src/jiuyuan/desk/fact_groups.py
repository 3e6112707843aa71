"""The facts still to be verified, grouped by who can know them: a department, the person's commitment, a paper.

Nothing is preselected.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from jiuyuan.applications.case import Case
from jiuyuan.applications.models import Material
from jiuyuan.desk.fact_rows import FactRow, Said, asked_departments
from jiuyuan.people.fact_checks import can_know
from jiuyuan.people.models import Source
from jiuyuan.regions import registry
from jiuyuan.rules.departments import DEPARTMENTS
from jiuyuan.wording import say


@dataclass(frozen=True)
class Way:
    """A source that can confirm a group. `code`: the value of its button; `typed`: evidence has to be entered."""

    code: str
    label: str
    typed: bool = False


@dataclass(frozen=True)
class FactGroup:
    label: str
    rows: tuple[FactRow, ...]
    ways: tuple[Way, ...]
    department: str = ""

    @property
    def typed(self) -> bool:
        return any(way.typed for way in self.ways)


@dataclass(frozen=True)
class FactSheet:
    """The facts of a case for working on them: unclear ones, ones to verify, and the rest.

    `usual`: the common author, day and source of the facts to verify, if several share them.
    """

    unclear: tuple[FactRow, ...]
    groups: tuple[FactGroup, ...]
    rest: tuple[FactRow, ...]
    usual: Said | None


def sheet(case: Case, needed: Sequence[FactRow]) -> FactSheet:
    unclear = tuple(row for row in needed if row.unclear)
    to_verify = [row for row in needed if row.to_verify]
    usual = _usual([row.said for row in to_verify if row.said])
    rest = tuple(row for row in needed if not (row.unclear or row.to_verify))
    return FactSheet(unclear, tuple(groups_of(case, to_verify, usual)), rest, usual)


def _usual(every: Sequence[Said]) -> Said | None:
    """The origin shared by most facts, shown once instead of in each row."""
    counted = Counter(one.told for one in every)
    told, count = counted.most_common(1)[0] if counted else (None, 0)
    return next(one for one in every if one.told == told) if count > 1 else None


def groups_of(case: Case, rows: Sequence[FactRow], usual: Said | None = None) -> list[FactGroup]:
    """Group the facts: by the department asked about them, else the commitment, else papers."""
    left = {row.name: replace(row, as_usual=bool(usual and row.said and row.said.told == usual.told)) for row in rows}

    def take(names: Iterable[str]) -> tuple[FactRow, ...]:
        return tuple(left.pop(name) for name in list(left) if name in set(names))

    found = []
    for code, names in asked_departments().items():
        if here := take(names):
            found.append(FactGroup(DEPARTMENTS[code].label, here, tuple(_ways(case, here, all, code)), code))
    if here := take([name for name in left if can_know(name, Source.COMMITMENT)]):
        found.append(FactGroup(say("本人承诺"), here, tuple(_ways(case, here, all))))
    if here := take(list(left)):
        found.append(FactGroup(say("其他"), here, tuple(_ways(case, here, any))))
    return found


def _ways(
    case: Case, rows: Sequence[FactRow], how_many: Callable[[Iterable[bool]], bool], department: str = ""
) -> Iterable[Way]:
    def knows(source: str, of: str = "", paper: str | None = None) -> bool:
        return how_many(can_know(row.name, source, of, paper) for row in rows)

    if department:
        yield Way(f"{Source.SHARED_DATA}:{department}", say("部门数据"), typed=True)
    elif how_many is any:
        others = [code for code in DEPARTMENTS if knows(Source.SHARED_DATA, code)]
        yield from (
            Way(f"{Source.SHARED_DATA}:{code}", say("{label}的数据", label=DEPARTMENTS[code].label), typed=True)
            for code in others
        )
    latest: dict[str, Material] = {material.kind: material for material in case.materials}
    for kind, material in latest.items():
        if knows(Source.DOCUMENT, paper=kind):
            yield Way(f"{Source.DOCUMENT}:{material.pk}", say(registry.materials().get(kind, kind)))
    if knows(Source.COMMITMENT):
        yield Way(str(Source.COMMITMENT), say("本人签字的承诺") if case.agent else say("签字的承诺"))
        if case.agent:
            yield Way(f"{Source.COMMITMENT}:agent", say("代办人签字的承诺"))
    if knows(Source.SITE_VISIT):
        yield Way(str(Source.SITE_VISIT), say("实地核查"), typed=True)
