"""Evaluates the exit rules for the whole register in one query: in PostgreSQL itself, else in DuckDB fed with Arrow."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

import duckdb
import pyarrow as pa
from django.db import connection

from jiuyuan.recognitions import register, register_batches
from jiuyuan.recognitions.models import Recognition
from jiuyuan.regions import registry
from jiuyuan.rules.facts import FactDefinition
from jiuyuan.rules.policy import Policy
from jiuyuan.rules.rights import ANSWER_ONCE
from jiuyuan.rules.sql import policy_query

_CHUNK = 50_000


@dataclass(frozen=True)
class ScreenedStay:
    """An active recognition with a true ground or signal.

    `contradicted`: sources may contradict each other; the query treats the fact as unknown. `on`: the day of the
    question. `region`: whose rules were used.
    """

    recognition: int
    grounds: tuple[str, ...] = ()
    signals: tuple[str, ...] = ()
    contradicted: bool = False
    on: date = date.min
    region: str = ""


def register_on(day: date, ahead: str = "") -> Iterator[ScreenedStay]:
    """Yield every active recognition with a ground for exit or a signal on a day, by the policy in force at its
    place.

    `ahead`: the name of a limit in days, by which the day is moved ahead at each place. One query per policy,
    which returns only the recognitions concerned.
    """
    for region, code, on, where in _parts(day, ahead):
        yield from _screened(region, registry.policy(code), on, where)


def _parts(day: date, ahead: str) -> Iterator[tuple[str, str, date, str]]:
    """Yield which policy is evaluated on which day for which part of the register."""
    for region in registry.regions():
        top = registry.region_of(region.path)
        areas = _areas(region.code) if top.differs_within(ahead) else [region.path]
        parts = defaultdict[tuple[str, date], list[str]](list)
        for area in areas:
            here = registry.region_of(area)
            on = day + timedelta(days=here.limit(ahead, on=day) if ahead else 0)
            parts[here.policy_code(on), on].append(area)
        for (code, on), within in parts.items():
            yield region.code, code, on, register.within(region.code, within if len(parts) > 1 else ())


def _areas(region: str) -> list[str]:
    rows = Recognition.objects.unscoped().filter(status=Recognition.Status.ACTIVE, region=region)
    return list(rows.order_by("area").values_list("area", flat=True).distinct())


def _screened(region: str, rules: Policy, on: date, where: str) -> Iterator[ScreenedStay]:
    dialect: Literal["postgres", "duckdb"] = "postgres" if connection.vendor == "postgresql" else "duckdb"
    columns = register.columns(rules.facts)
    query = policy_query(rules, on, columns, dialect=dialect, question="exits", source="register")
    grounds = [clause.code for clause in rules.exits]
    signals = [clause.code for clause in (*rules.base, *rules.exclusions)]
    shown = [f"signal_{code}" for code in signals]
    text = f"SELECT {', '.join(['id', *grounds, *shown])} FROM ({query}) AS answers WHERE {' OR '.join(['exit', *shown])} ORDER BY id"
    for number, *answers in rows(text, rules.facts, where):
        yield ScreenedStay(
            number,
            tuple(code for code, answer in zip(grounds, answers, strict=False) if answer),
            tuple(code for code, answer in zip(signals, answers[len(grounds) :], strict=True) if answer),
            on=on,
            region=region,
        )


def rows(query: str, own: Sequence[FactDefinition] = (), where: str = "") -> Iterator[tuple[Any, ...]]:
    """Yield the rows of a query on the table `register` (`register.columns`), from PostgreSQL itself,
    else from DuckDB.
    """
    return (_in_postgres if connection.vendor == "postgresql" else _in_duckdb)(query, own, where)


def contradicted() -> Iterator[ScreenedStay]:
    """Yield every active recognition of a person whose sources may contradict each other, by number."""
    active = Recognition.objects.unscoped().filter(status=Recognition.Status.ACTIVE)
    doubted = active.filter(person__known_facts__contradicted=True).order_by("pk").values_list("pk", flat=True)
    for number in doubted.iterator(chunk_size=_CHUNK):
        yield ScreenedStay(number, contradicted=True)


def _in_postgres(query: str, own: Sequence[FactDefinition], where: str) -> Iterator[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(f"WITH register AS ({register.in_postgres(own, where)}) {query}")
        while rows := cursor.fetchmany(_CHUNK):
            yield from rows


def _in_duckdb(query: str, own: Sequence[FactDefinition], where: str) -> Iterator[tuple[Any, ...]]:
    with duckdb.connect() as engine:
        engine.register("batch", register_batches.schema(own).empty_table())
        engine.execute("CREATE TEMP TABLE register AS SELECT * FROM batch")
        # Batch by batch in this thread: DuckDB would read in threads of its own, which have other Django
        # connections.
        for batch in register_batches.batches(own, where):
            engine.register("batch", pa.Table.from_batches([batch]))
            engine.execute("INSERT INTO register SELECT * FROM batch")
        engine.execute(ANSWER_ONCE)
        engine.execute(query)
        while rows := engine.fetchmany(_CHUNK):
            yield from rows
