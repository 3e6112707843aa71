"""Maps a department's columns and words to facts: `mappings/*.toml`, or the administrator's in
`JIUYUAN_DATA/mappings`.

A mapping has the headings of each column, the codes of the words in it, and rules for each fact: its value `is` a
constant or comes `from` a column, `when` the columns have given contents (`"*"`: a date, `""`: nothing). For
columns in `first_of` the first heading in the file is used; two headings of any other column are an error. The
first matching rule of a fact decides; without one the row says nothing about it. A mapping that cannot work is
refused on reading, with the reason.
"""

import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from importlib.resources import files
from typing import Any

from django.conf import settings

from jiuyuan.blanks import is_blank
from jiuyuan.people.models import ImportBatch, LicenceRecord
from jiuyuan.people.sources import cells
from jiuyuan.people.sources.cells import UnreadableCell
from jiuyuan.people.sources.reading import FirstOf
from jiuyuan.regions import registry
from jiuyuan.rules import facts as rule_facts
from jiuyuan.rules.departments import DEPARTMENTS as DEPARTMENT_NAMES
from jiuyuan.rules.facts import FACTS
from jiuyuan.rules.possible_days import is_placeholder, why_impossible
from jiuyuan.spreadsheets.cells import FIRST_DAY, Cell
from jiuyuan.wording import say

Kind = ImportBatch.Kind
#: The departments whose files are read by a mapping. Other kinds have their own code (`running.WORK`).
DEPARTMENTS = tuple(
    kind
    for kind in Kind
    if kind not in (Kind.EARLIER_REGISTER, Kind.VACANCIES, Kind.OFFER_RESULTS, Kind.INSURANCE_MONTHS)
)

_A_DAY, _ABSENT = "*", ""
# The latest of them is the day of the licence's last change.
_CHANGES = (
    "changed_on",
    "approved_on",
    "registered_on",
    "ended_on",
)
_LONGEST_WORD = 20
_UNKNOWN_WORD = re.compile(r"写的是“(.+?)”，系统不认识这个词")


class UnusableMapping(Exception):
    """A mapping that cannot work; the message says which and why."""


class FaultyRow(Exception):
    """The errors of a row: (column, sentence) each."""

    def __init__(self, faults: Sequence[tuple[str, str]]) -> None:
        super().__init__("；".join(sentence for _, sentence in faults))
        self.faults = list(faults)


@dataclass(frozen=True, slots=True)
class Licence:
    """A record of a licence in a row."""

    licence: str
    part: str
    organisation: str
    status: str
    changed_on: date


@dataclass(frozen=True, slots=True)
class Reading:
    """What one row says about a person: ID number, name as written, and facts as JSON values of the schema."""

    id_number: str
    name: str
    observed_on: date
    facts: Mapping[str, Any]
    licence: Licence | None
    notes: Sequence[str] = ()  # contents that could not be used but are not errors


@dataclass(frozen=True, slots=True)
class _Rule:
    fact: str
    when: tuple[tuple[str, frozenset[str]], ...]
    value: Any = None
    column: str = ""


@dataclass(frozen=True)
class DepartmentMapping:
    """A department's format. `provider` is its name in the evidence of facts."""

    kind: str
    provider: str
    columns: Mapping[str, Sequence[str]]
    words: Mapping[str, Mapping[str, str]]
    rules: tuple[_Rule, ...]
    latest_by: str = ""
    licences: bool = False

    @cached_property
    def needed(self) -> list[list[str]]:
        """Groups of columns; a file must have one of each."""
        used = {column for rule in self.rules for column, _ in rule.when} | {rule.column for rule in self.rules}
        groups = [["id_number"], [name for name in self.columns if name in used]]
        if self.licences:
            groups += [["licence"], ["part"], [name for name in _CHANGES if name in self.columns]]
        return groups

    def reader(
        self, places: Mapping[str, int], observed_on: date, today: date, first_day: date = FIRST_DAY
    ) -> "Callable[[Sequence[Cell]], Reading]":
        """Return the parser of a row, which raises `FaultyRow`.

        `first_day` is the epoch of plain numbers in date columns.
        """
        return _Reader(self, places, observed_on, today, first_day).read


class _Reader:
    def __init__(
        self, mapping: DepartmentMapping, places: Mapping[str, int], observed_on: date, today: date, first_day: date
    ) -> None:
        self._mapping, self._places, self._observed_on, self._today = mapping, places, observed_on, today
        self._first_day = first_day
        # For each date column the fact whose date it is, which determines the possible dates.
        self._fact_of = {
            rule.column or column: rule.fact for rule in mapping.rules for column in [*dict(rule.when), ""]
        }
        self._worded = [(name, places[name]) for name in mapping.words if name in places]
        self._days = [
            name
            for name in sorted({c for rule in mapping.rules for c, codes in rule.when if _A_DAY in codes})
            if name in places and name not in mapping.words
        ]
        self._width = max(places.values()) + 1
        # Cached, because the same combinations of words repeat.
        self._known: dict[tuple[Any, ...], tuple[dict[str, Any], tuple[tuple[str, str], ...], str]] = {}

    def read(self, row: Sequence[Cell]) -> Reading:
        if len(row) < self._width:
            row = [*row, *[None] * (self._width - len(row))]
        places, faults = self._places, []
        number, born = "", None
        notes: list[str] = []
        try:
            identity = cells.id_number(row[places["id_number"]], self._today)
            number, born = identity.number, identity.birth_date
        except UnreadableCell as wrong:
            faults.append(("id_number", str(wrong)))
        said = tuple(row[place] for _, place in self._worded)
        days = tuple([name for name in self._days if self._day(row, name, faults, born)]) if self._days else ()
        known = self._known.get((said, days))
        if known is None:
            known = self._known[said, days] = self._words(row, days)
        facts, from_columns, wrong_words = known
        if wrong_words:
            faults.append(tuple(wrong_words.split("\n", 1)))  # type: ignore[arg-type]
        observed_on = self._day(row, "observed_on", faults, born) or self._observed_on
        if from_columns:
            facts = {**facts, **self._from_columns(row, from_columns, faults, born, notes)}
        licence = self._licence(row, faults, born) if self._mapping.licences else None
        name = cells.said(row[places["name"]]) if "name" in places else ""
        if number and not name and cells.may_have_lost_digits(number):
            faults.append(("id_number", say("身份证号码末三位是000，可能被表格软件改动过；请补上姓名一列以便核对。")))
        if faults:
            raise FaultyRow(faults)
        return Reading(number, name, observed_on, facts, licence, notes)

    def _words(
        self, row: Sequence[Cell], days: tuple[str, ...]
    ) -> tuple[dict[str, Any], tuple[tuple[str, str], ...], str]:
        codes: dict[str, str] = dict.fromkeys(days, _A_DAY)
        for name, place in self._worded:
            word = cells.text(row[place]).replace(" ", "")
            code = self._mapping.words[name].get(word)
            if code is None and is_blank(word):
                continue
            if code is None:
                heading = self._mapping.columns[name][0]
                sentence = say(
                    "“{heading}”写的是“{word}”，系统不认识这个词，请改正，或在“参数”中登记它的意思。",
                    heading=heading, word=word[:_LONGEST_WORD],
                )  # fmt: skip
                return {}, (), f"{name}\n{sentence}"
            codes[name] = code
        facts: dict[str, Any] = {}
        from_columns = []
        decided = set()
        for rule in self._mapping.rules:
            if rule.fact in decided or not all(
                codes.get(column, _ABSENT) in wanted or (_A_DAY in wanted and column in codes)
                for column, wanted in rule.when
            ):
                continue
            if rule.column:
                if rule.column in self._places:
                    from_columns.append((rule.fact, rule.column))
                    decided.add(rule.fact)
            else:
                facts[rule.fact] = rule.value
                decided.add(rule.fact)
        return facts, tuple(from_columns), ""

    def _from_columns(
        self, row: Sequence[Cell], wanted: Sequence[tuple[str, str]], faults: list[tuple[str, str]],
        born: date | None, notes: list[str],
    ) -> dict[str, Any]:  # fmt: skip
        facts: dict[str, Any] = {}
        for fact, column in wanted:
            if FACTS[fact].kind == "date":
                if cells.last_of_month(cell := row[self._places[column]]):
                    heading = self._mapping.columns[column][0]
                    notes.append(
                        say(
                            "{heading}只写了年月“{cell}”，这一项没有采用，请补上日",
                            heading=heading,
                            cell=cells.text(cell)[:_LONGEST_WORD],
                        )
                    )
                    continue
                found = self._day(row, column, faults, born)
                facts |= {fact: found.isoformat()} if found else {}
                continue
            is_sum = FACTS[fact].kind == "number"
            if (cells.no_sum if is_sum else cells.nothing)(cell := row[self._places[column]]):
                continue
            value: Any = cells.text(cell)
            if is_sum:
                try:
                    value = cells.amount(cell)
                except UnreadableCell as wrong:
                    faults.append((column, f"“{self._mapping.columns[column][0]}”：{wrong}"))
                    continue
            facts[fact] = value
        if facts and not faults:
            try:
                rule_facts.parse({**facts, "as_of": self._today.isoformat()})
            except rule_facts.Invalid as invalid:
                by_fact = dict(wanted)
                faults += [(by_fact.get(fact, ""), sentence) for fact, sentence in invalid.errors]
        return facts

    def _licence(self, row: Sequence[Cell], faults: list[tuple[str, str]], born: date | None) -> Licence | None:
        words = self._mapping.words
        status = words["status"].get(cells.text(row[self._places["status"]]).replace(" ", ""), "")
        if status not in LicenceRecord.Status.values:
            return None
        part = words["part"].get(cells.text(row[self._places["part"]]).replace(" ", ""), "")
        number = cells.said(row[self._places["licence"]]).upper()
        days = [self._day(row, name, faults, born, exact=True) for name in _CHANGES]
        changed_on = max((day for day in days if day is not None), default=None)
        for column, value in (("part", part), ("licence", number), ("changed_on", changed_on)):
            if not value and not any(faulty == column for faulty, _ in faults):
                faults.append((column, say("“{column}”是空的，请补上。", column=self._mapping.columns[column][0])))
        if faults or changed_on is None:
            return None
        organisation = cells.said(row[self._places["organisation"]]) if "organisation" in self._places else ""
        return Licence(number[:40], part, organisation[:200], status, changed_on)

    def _day(
        self, row: Sequence[Cell], column: str, faults: list[tuple[str, str]], born: date | None, *, exact: bool = False
    ) -> date | None:
        """Parse a possible date; None for placeholders. A month counts as its last day unless `exact`."""
        place = self._places.get(column)
        if place is None or not (cell := row[place]) or cells.nothing(cell, zero=True):
            return None
        heading = self._mapping.columns[column][0]
        try:
            month = None if exact else cells.last_of_month(cell)
            found = month or cells.day(cell, self._first_day)
        except UnreadableCell as wrong:
            faults.append((column, f"“{heading}”：{wrong}"))
            return None
        if is_placeholder(found):
            return None
        if month and month.replace(day=1) <= self._today < month:
            found = self._today
        if why := why_impossible(self._fact_of.get(column, column), found, today=self._today, born=born):
            faults.append((column, say("“{heading}”：{why}，请改正。", heading=heading, why=why)))
            return None
        return found


def unknown_word(sentence: str) -> str:
    """The unknown word named in a row's message; empty for other messages."""
    found = _UNKNOWN_WORD.search(sentence)
    return found.group(1) if found else ""


def load(kind: str, area: str = "") -> DepartmentMapping:
    """The mapping of a department, the administrator's if there is one, with the words entered for an area.

    Raises `Unusable`.
    """
    own = settings.JIUYUAN.data / "mappings" / f"{kind}.toml"
    shipped = files("jiuyuan.people.sources") / "mappings" / f"{kind}.toml"
    name = str(own) if own.exists() else f"{kind}.toml"
    try:
        text = own.read_text("utf-8") if own.exists() else shipped.read_text("utf-8")
        return _with_entered(_parsed(kind, tomllib.loads(text)), area)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UnusableMapping(say("对照表 {name} 读不出来：{error}", name=name, error=error)) from None
    except (KeyError, TypeError, ValueError) as error:
        raise UnusableMapping(say("对照表 {name} 有误：{error}", name=name, error=error)) from None


def _with_entered(mapping: DepartmentMapping, area: str) -> DepartmentMapping:
    """Add the entered words; the file's own take precedence."""
    words = {column: dict(known) for column, known in mapping.words.items()}
    for one in registry.words_of(mapping.kind, area):
        if one.code in words.get(one.column, {}).values():
            words[one.column].setdefault(one.word, one.code)
    return replace(mapping, words=words)


def _parsed(kind: str, given: Mapping[str, Any]) -> DepartmentMapping:
    first_of = given.get("first_of", ())
    columns: dict[str, Sequence[str]] = {
        name: FirstOf(headings) if name in first_of else tuple(headings) for name, headings in given["columns"].items()
    }
    if unknown := set(first_of) - set(columns):
        raise ValueError(say("first_of 中的 {unknown} 不在 columns 中", unknown=sorted(unknown)))
    if "id_number" not in columns:
        raise ValueError(say("columns 中没有 id_number（身份证号码）"))
    words = {
        column: {cells.text(word).replace(" ", ""): code for code, said in codes.items() for word in said}
        for column, codes in given.get("words", {}).items()
    }
    for column in words:
        if column not in columns:
            raise ValueError(say("words.{column} 不在 columns 中", column=column))
    licences = bool(given.get("licences"))
    rules = tuple(_rule(kind, entry, columns, given.get("words", {})) for entry in given.get("fact", ()))
    if licences and not {"licence", "part", "status", "changed_on"} <= set(columns):
        raise ValueError(say("登记记录需要 licence、part、status、changed_on 四列"))
    latest_by = given.get("latest_by", "")
    if latest_by and FACTS[latest_by].kind != "date":
        raise ValueError(say("latest_by 应为日期，不是 {latest_by}", latest_by=latest_by))
    return DepartmentMapping(kind, given["provider"], columns, words, rules, latest_by, licences)


def _rule(kind: str, entry: Mapping[str, Any], columns: Mapping[str, Any], words: Mapping[str, Any]) -> _Rule:
    name = entry["name"]
    fact = FACTS.get(name)
    if fact is None or fact.by_hand or not fact.recordable:
        raise ValueError(say("{name} 不是部门数据可以说明的事实", name=name))
    if kind not in fact.known_to:
        raise ValueError(
            say(
                "{label}的数据不能说明 {name}（{fact_label}）",
                label=DEPARTMENT_NAMES[kind].label,
                name=name,
                fact_label=fact.label,
            )
        )
    when = []
    for column, wanted in entry.get("when", {}).items():
        codes = frozenset([wanted] if isinstance(wanted, str) else wanted)
        if column not in columns:
            raise ValueError(say("{name} 的 when 中没有名为 {column} 的列", name=name, column=column))
        if unknown := codes - set(words.get(column, ())) - {_A_DAY, _ABSENT}:
            raise ValueError(say("words.{column} 中没有 {unknown}", column=column, unknown=sorted(unknown)))
        when.append((column, codes))
    if ("is" in entry) == ("from" in entry):
        raise ValueError(say("{name} 应写 is 或 from 之一", name=name))
    if "from" in entry:
        if entry["from"] not in columns:
            raise ValueError(say("{name} 的 from 中没有名为 {value} 的列", name=name, value=entry["from"]))
        return _Rule(name, tuple(when), column=entry["from"])
    rule_facts.parse({"as_of": "2100-01-01", name: entry["is"]})
    return _Rule(name, tuple(when), value=entry["is"])
