"""Prepares the facts of a row for the rules: absent columns unknown, derived facts filled in, refusals counted."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING

from jiuyuan.rules.facts import TRACK_SEX
from jiuyuan.rules.sql.row import IN_ORDER, Dialect, SqlRow, literal, map_of, text

if TYPE_CHECKING:
    from jiuyuan.rules.parameters import Wages
    from jiuyuan.rules.policy import Policy


class SqlSource:
    """The input columns and the values derived from them."""

    def __init__(self, policy: Policy, as_of: date, columns: Collection[str], dialect: Dialect) -> None:
        self._facts, self._columns, self._row = policy.known_facts, set(columns), SqlRow(as_of, dialect)
        self._wages = policy.wages

    def column(self, name: str) -> str:
        return name if name in self._columns else self._row.cast("NULL", self._facts[name].kind)

    def derived(self, name: str) -> str:
        if name == "sex":
            return self._else(name, "retirement_track", TRACK_SEX)
        if name == "retirement_track":
            return self._else(name, "sex", {"male": "male_60"})
        if name == "local_minimum_wage" and "residence_division" in self._columns:
            known = minimum_wage("residence_division", self._wages, self._row)
            return self._row.coalesce(name, known) if name in self._columns else known
        return self.column(name)

    def male(self) -> str:
        """See `SqlRow.male`."""
        said = [
            f"{name} = {text(code)}"
            for name, code in (("retirement_track", "male_60"), ("sex", "male"))
            if name in self._columns
        ]
        if len(said) == 2:
            return self._row.when(("retirement_track IS NULL", said[1]), otherwise=said[0])
        return said[0] if said else self._row.unknown()

    def retires_at_50(self) -> str:
        """See `SqlRow.retires_at_50`."""
        return self._row.one_of(self.column("retirement_track"), ["female_50"])

    def _else(self, name: str, other: str, meanings: Mapping[str, str]) -> str:
        if other not in self._columns:
            return self.column(name)
        by_meaning: dict[str, list[str]] = {}
        for code, meaning in meanings.items():
            by_meaning.setdefault(meaning, []).append(code)
        cases = [(self._row.one_of(other, codes), text(meaning)) for meaning, codes in by_meaning.items()]
        found = self._row.when(*cases, otherwise="NULL")
        return self._row.coalesce(name, found) if name in self._columns else found

    def in_order(self, table: str, read: Iterable[str], beside: Iterable[str]) -> str:
        """The source with a column of sorted refusals, for engines with list functions;
        otherwise each lambda would repeat it.
        """
        if "service_refusals" not in self._columns or self._row.dialect == "postgres":
            return table
        up_to_now = f"r <= {literal(self._row.as_of)}"
        days = (
            f"list_sort(list_filter(service_refusals, LAMBDA r : {up_to_now}))"
            if self._row.dialect == "duckdb"
            else f"sort_array(filter(service_refusals, r -> {up_to_now}))"
        )
        kept = [*(name for name in ("id", *read) if name in self._columns), *beside]
        return f"(SELECT {', '.join([*kept, f'{days} AS {IN_ORDER}'])} FROM {table}) AS people_with_refusals"

    def last_window(self, times: int, months: int) -> str:
        """The first day of the last window with `times` refusals, NULL if there is none."""
        if "service_refusals" not in self._columns:
            return self._row.cast("NULL", "date")
        if self._row.dialect == "postgres":
            return _last_window_by_rows(self._row.as_of, times - 1, months)
        return _last_window_by_list(times - 1, months, self._row.dialect)


def minimum_wage(division: str, wages: Wages | None, row: SqlRow) -> str:
    """The minimum wage of a division on the day of the question, by the longest known code; NULL if none is known."""
    figures = {code: figure.value for code, figure in (wages.on(row.as_of) if wages else {}).items()}
    # Without places that have the same figure as the place above them.
    figures = {
        code: value
        for code, value in figures.items()
        if next((figures[code[:n]] for n in range(len(code) - 1, 5, -1) if code[:n] in figures), None) != value
    }
    if not figures:
        return row.cast("NULL", "number")
    by_length = [
        (length, {code: value for code, value in figures.items() if len(code) == length})
        for length in sorted({len(code) for code in figures}, reverse=True)
    ]
    if row.dialect == "duckdb":
        found = [
            f"map_extract_value({map_of({c: row.cast(str(v), 'number') for c, v in known.items()})}, {_prefix(division, n)})"
            for n, known in by_length
        ]
        return found[0] if len(found) == 1 else row.coalesce(*found)
    cases = []
    for length, known in by_length:
        by_value: dict[int, list[str]] = {}
        for code, value in known.items():
            by_value.setdefault(value, []).append(text(code))
        for value, codes in by_value.items():
            cases.append((f"{_prefix(division, length)} IN ({', '.join(codes)})", row.cast(str(value), "number")))
    return row.when(*cases, otherwise="NULL")


def _prefix(division: str, length: int) -> str:
    return f"SUBSTRING({division}, 1, {length})"


def _plus_months(day: str, months: int) -> str:
    return f"CAST(({day} + INTERVAL '{months}' MONTH) AS DATE)"


def _last_window_by_list(offset: int, months: int, dialect: Dialect) -> str:
    """With the list functions of DuckDB and Spark."""
    # DuckDB lists start at 1 and Spark's `get` at 0; both return NULL beyond the end.
    if dialect == "duckdb":
        first, later = f"list_extract({IN_ORDER}, i)", f"list_extract({IN_ORDER}, i + {offset})"
        places = f"list_filter(range(1, len({IN_ORDER}) + 1), LAMBDA i : {later} <= {_plus_months(first, months)})"
        return f"list_max(list_transform({places}, LAMBDA i : {first}))"
    first, later = f"get({IN_ORDER}, i)", f"get({IN_ORDER}, i + {offset})"
    places = f"filter(sequence(0, greatest(size({IN_ORDER}), 0)), i -> {later} <= {_plus_months(first, months)})"
    return f"array_max(transform({places}, i -> {first}))"


def _last_window_by_rows(as_of: date, offset: int, months: int) -> str:
    """With a subquery over the array, for PostgreSQL."""
    runs = (
        f"SELECT refusal.r AS first_day, lead(refusal.r, {offset}) OVER (ORDER BY refusal.r) AS last_day"
        f" FROM unnest(service_refusals) AS refusal(r) WHERE refusal.r <= {literal(as_of)}"
    )
    fits = f"run.last_day <= {_plus_months('run.first_day', months)}"
    return f"(SELECT max(run.first_day) FROM ({runs}) AS run WHERE {fits})"
