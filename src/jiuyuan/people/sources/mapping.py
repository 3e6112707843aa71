"""How one department's columns and words become facts: `mappings/*.toml`, or the administrator's own in `JIUYUAN_DATA/mappings`.

A mapping names the headings of each column, the codes of the words in it, and one rule a fact: its value `is` a constant or
comes `from` a column, `when` the columns say so (`"*"`: a day stands there). The first rule of a fact that holds decides; where none holds, the row says
nothing about it. A mapping that cannot work is refused when it is read, naming what is wrong.
"""

import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from importlib.resources import files
from typing import Any

from django.conf import settings

from jiuyuan.people.models import ImportBatch, LicenceRecord
from jiuyuan.people.sources import cells
from jiuyuan.people.sources.cells import Unreadable
from jiuyuan.rules import facts as rule_facts
from jiuyuan.rules.facts import FACTS
from jiuyuan.spreadsheets.cells import Cell

Kind = ImportBatch.Kind
#: What departments send. The earlier registers (六) are read by `recognitions.importing`.
DEPARTMENTS = tuple(kind for kind in Kind if kind != Kind.EARLIER_REGISTER)

# They follow from the ID number, or need what only a person can find out.
_NEVER = {"as_of", "recognised_on", "birth_date", "sex", "retirement_track", "service_refusals"}
_A_DAY = "*"
_NOTHING = {"", "-", "—", "/", "无"}
_LONGEST_WORD = 20


class Unusable(Exception):
    """A mapping that cannot work; the message says which and why."""


class Faulty(Exception):
    """What is wrong with a row: (column, sentence) for each fault."""

    def __init__(self, faults: Sequence[tuple[str, str]]) -> None:
        super().__init__("；".join(sentence for _, sentence in faults))
        self.faults = list(faults)


@dataclass(frozen=True, slots=True)
class Licence:
    """One record of one licence, as the row says."""

    licence: str
    part: str
    organisation: str
    status: str
    changed_on: date


@dataclass(frozen=True, slots=True)
class Reading:
    """What one row says about the person with this number: the name as written, facts in the JSON form of the schema."""

    id_number: str
    name: str
    observed_on: date
    facts: Mapping[str, Any]
    licence: Licence | None


@dataclass(frozen=True, slots=True)
class _Rule:
    fact: str
    when: tuple[tuple[str, frozenset[str]], ...]
    value: Any = None
    column: str = ""


@dataclass(frozen=True)
class DepartmentMapping:
    """One department's way of writing. `provider` is its name in the evidence of a fact."""

    kind: str
    provider: str
    columns: Mapping[str, Sequence[str]]
    words: Mapping[str, Mapping[str, str]]
    rules: tuple[_Rule, ...]
    latest_by: str = ""
    licences: bool = False

    @cached_property
    def needed(self) -> list[list[str]]:
        """Groups of columns of which a file must have one each."""
        used = {column for rule in self.rules for column, _ in rule.when} | {rule.column for rule in self.rules}
        groups = [["id_number"], [name for name in self.columns if name in used]]
        if self.licences:
            groups += [["licence"], ["part"], ["changed_on"]]
        return groups

    def reader(
        self, places: Mapping[str, int], observed_on: date, today: date
    ) -> "Callable[[Sequence[Cell]], Reading]":
        """The function that reads a row of a table; it raises `Faulty`."""
        return _Reader(self, places, observed_on, today).read


class _Reader:
    def __init__(self, mapping: DepartmentMapping, places: Mapping[str, int], observed_on: date, today: date) -> None:
        self._mapping, self._places, self._observed_on, self._today = mapping, places, observed_on, today
        self._worded = [(name, places[name]) for name in mapping.words if name in places]
        self._days = [
            name
            for name in sorted({c for rule in mapping.rules for c, codes in rule.when if _A_DAY in codes})
            if name in places and name not in mapping.words
        ]
        self._width = max(places.values()) + 1
        # The same few combinations of words come again and again.
        self._known: dict[tuple[Any, ...], tuple[dict[str, Any], tuple[tuple[str, str], ...], str]] = {}

    def read(self, row: Sequence[Cell]) -> Reading:
        if len(row) < self._width:
            row = [*row, *[None] * (self._width - len(row))]
        places, faults = self._places, []
        number = ""
        try:
            number = cells.id_number(row[places["id_number"]], self._today).number
        except Unreadable as wrong:
            faults.append(("id_number", str(wrong)))
        said = tuple(row[place] for _, place in self._worded)
        days = tuple([name for name in self._days if self._day(row, name, faults)]) if self._days else ()
        known = self._known.get((said, days))
        if known is None:
            known = self._known[said, days] = self._words(row, days)
        facts, from_columns, wrong_words = known
        if wrong_words:
            faults.append(tuple(wrong_words.split("\n", 1)))  # type: ignore[arg-type]
        observed_on = self._day(row, "observed_on", faults) or self._observed_on
        if observed_on > self._today:
            faults.append(("observed_on", f"数据日期{observed_on}晚于今天，请改正。"))
        if from_columns:
            facts = {**facts, **self._from_columns(row, from_columns, faults)}
        licence = self._licence(row, faults) if self._mapping.licences else None
        name = cells.text(row[places["name"]]) if "name" in places else ""
        if number and not name and cells.may_have_lost_digits(number):
            faults.append(("id_number", "身份证号码末三位是000，可能被表格软件改动过；请补上姓名一列以便核对。"))
        if faults:
            raise Faulty(faults)
        return Reading(number, name, observed_on, facts, licence)

    def _words(
        self, row: Sequence[Cell], days: tuple[str, ...]
    ) -> tuple[dict[str, Any], tuple[tuple[str, str], ...], str]:
        codes: dict[str, str] = dict.fromkeys(days, _A_DAY)
        for name, place in self._worded:
            word = cells.text(row[place]).replace(" ", "")
            if not word:
                continue
            code = self._mapping.words[name].get(word)
            if code is None:
                heading = self._mapping.columns[name][0]
                sentence = (
                    f"“{heading}”写的是“{word[:_LONGEST_WORD]}”，系统不认识这个词，请改正，或请管理员加进对照表。"
                )
                return {}, (), f"{name}\n{sentence}"
            codes[name] = code
        facts: dict[str, Any] = {}
        from_columns = []
        decided = set()
        for rule in self._mapping.rules:
            if rule.fact in decided or not all(
                codes.get(column) in wanted or (_A_DAY in wanted and column in codes) for column, wanted in rule.when
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
        self, row: Sequence[Cell], wanted: Sequence[tuple[str, str]], faults: list[tuple[str, str]]
    ) -> dict[str, Any]:
        facts: dict[str, Any] = {}
        for fact, column in wanted:
            if FACTS[fact].kind == "date":
                found = self._day(row, column, faults)
                facts |= {fact: found.isoformat()} if found else {}
                continue
            if not (written := cells.text(row[self._places[column]])):
                continue
            value: Any = written
            if FACTS[fact].kind == "number":
                try:
                    value = float(written.replace(",", ""))
                except ValueError:
                    faults.append((column, f"“{written[:_LONGEST_WORD]}”不是数字，请改正。"))
                    continue
            facts[fact] = value
        if facts and not faults:
            try:
                rule_facts.parse({**facts, "as_of": self._today.isoformat()})
            except rule_facts.Invalid as invalid:
                by_fact = dict(wanted)
                faults += [(by_fact.get(fact, ""), sentence) for fact, sentence in invalid.errors]
        return facts

    def _licence(self, row: Sequence[Cell], faults: list[tuple[str, str]]) -> Licence | None:
        words = self._mapping.words
        status = words["status"].get(cells.text(row[self._places["status"]]).replace(" ", ""), "")
        if status not in LicenceRecord.Status.values:
            return None
        part = words["part"].get(cells.text(row[self._places["part"]]).replace(" ", ""), "")
        number = cells.text(row[self._places["licence"]]).upper()
        changed_on = self._day(row, "changed_on", faults)
        for column, value in (("part", part), ("licence", number), ("changed_on", changed_on)):
            if not value and not any(faulty == column for faulty, _ in faults):
                faults.append((column, f"“{self._mapping.columns[column][0]}”是空的，请补上。"))
        if changed_on and changed_on > self._today:
            faults.append(("changed_on", f"变更日期{changed_on}晚于今天，请改正。"))
        if faults or changed_on is None:
            return None
        organisation = cells.text(row[self._places["organisation"]]) if "organisation" in self._places else ""
        return Licence(number[:40], part, organisation[:200], status, changed_on)

    def _day(self, row: Sequence[Cell], column: str, faults: list[tuple[str, str]]) -> date | None:
        place = self._places.get(column)
        if place is None or not (cell := row[place]) or cells.text(cell) in _NOTHING:
            return None
        try:
            return cells.day(cell)
        except Unreadable as wrong:
            faults.append((column, f"“{self._mapping.columns[column][0]}”：{wrong}"))
            return None


def load(kind: str) -> DepartmentMapping:
    """The mapping of a department, the administrator's own where there is one. Raises `Unusable`."""
    own = settings.JIUYUAN.data / "mappings" / f"{kind}.toml"
    shipped = files("jiuyuan.people.sources") / "mappings" / f"{kind}.toml"
    name = str(own) if own.exists() else f"{kind}.toml"
    try:
        text = own.read_text("utf-8") if own.exists() else shipped.read_text("utf-8")
        return _parsed(kind, tomllib.loads(text))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise Unusable(f"对照表 {name} 读不出来：{error}") from None
    except (KeyError, TypeError, ValueError) as error:
        raise Unusable(f"对照表 {name} 有误：{error}") from None


def _parsed(kind: str, given: Mapping[str, Any]) -> DepartmentMapping:
    columns = {name: list(headings) for name, headings in given["columns"].items()}
    if "id_number" not in columns:
        raise ValueError("columns 中没有 id_number（身份证号码）")
    words = {
        column: {cells.text(word).replace(" ", ""): code for code, said in codes.items() for word in said}
        for column, codes in given.get("words", {}).items()
    }
    for column in words:
        if column not in columns:
            raise ValueError(f"words.{column} 不在 columns 中")
    licences = bool(given.get("licences"))
    rules = tuple(_rule(entry, columns, given.get("words", {})) for entry in given.get("fact", ()))
    if licences and not {"licence", "part", "status", "changed_on"} <= set(columns):
        raise ValueError("登记记录需要 licence、part、status、changed_on 四列")
    latest_by = given.get("latest_by", "")
    if latest_by and FACTS[latest_by].kind != "date":
        raise ValueError(f"latest_by 应为日期，不是 {latest_by}")
    return DepartmentMapping(kind, given["provider"], columns, words, rules, latest_by, licences)


def _rule(entry: Mapping[str, Any], columns: Mapping[str, Any], words: Mapping[str, Any]) -> _Rule:
    name = entry["name"]
    if name not in FACTS or name in _NEVER:
        raise ValueError(f"{name} 不是部门数据可以说明的事实")
    when = []
    for column, wanted in entry.get("when", {}).items():
        codes = frozenset([wanted] if isinstance(wanted, str) else wanted)
        if column not in columns:
            raise ValueError(f"{name} 的 when 中没有名为 {column} 的列")
        if unknown := codes - set(words.get(column, ())) - {_A_DAY}:
            raise ValueError(f"words.{column} 中没有 {'、'.join(sorted(unknown))}")
        when.append((column, codes))
    if ("is" in entry) == ("from" in entry):
        raise ValueError(f"{name} 应写 is 或 from 之一")
    if "from" in entry:
        if entry["from"] not in columns:
            raise ValueError(f"{name} 的 from 中没有名为 {entry['from']} 的列")
        return _Rule(name, tuple(when), column=entry["from"])
    rule_facts.parse({"as_of": "2100-01-01", name: entry["is"]})
    return _Rule(name, tuple(when), value=entry["is"])
