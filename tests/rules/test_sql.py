"""The same conditions in SQL answer as `decide` does, for anybody, on DuckDB; and no clause exists in one form only."""

import re
from datetime import date
from itertools import groupby
from typing import Any

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jiuyuan.regions import registry
from jiuyuan.rules import sql
from jiuyuan.rules.facts import FACTS, contradictions
from jiuyuan.rules.logic import leaves
from tests.examples import examples
from tests.rules.people import NAMES, people

JILIN = registry.policy("jilin-2022-10")
DIALECTS = ("duckdb", "postgres", "spark")


ARROW = {"date": pa.date32(), "boolean": pa.bool_(), "number": pa.float64(), "dates": pa.list_(pa.date32())}
SCHEMA = pa.schema(
    [("id", pa.string()), *((name, ARROW.get(FACTS[name].kind, pa.string())) for name in NAMES)]
)  # fmt: skip


@pytest.fixture(scope="module")
def database():
    with duckdb.connect() as connection:
        connection.execute("SET threads = 1")
        yield connection


def answers(database, query: str, persons: list[dict[str, Any]]) -> list[dict[str, Any]]:
    table = pa.Table.from_pylist([{"id": str(n), **person} for n, person in enumerate(persons)], schema=SCHEMA)
    database.register("people", table)
    found = database.execute(f"{query} ORDER BY CAST(id AS INTEGER)")
    names = [column[0] for column in found.description]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def rows(database, question: sql.Question, persons: list[dict[str, Any]], columns: list[str]) -> list[dict[str, Any]]:
    """The answers of the query for people with the same day of the question."""
    query = sql.policy_query(JILIN, persons[0]["as_of"], columns, question=question, base=True)
    return answers(database, query, persons)


def by_day(persons: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    ordered = sorted(persons, key=lambda person: person["as_of"])
    return [list(group) for _, group in groupby(ordered, key=lambda person: person["as_of"])]


POPULATION = st.lists(people(known=0.8), min_size=60, max_size=80)


@settings(max_examples=examples(8))
@given(POPULATION)
def test_every_column_of_the_query_equals_the_decision(database, population):
    for persons in by_day(population):
        for person, row in zip(persons, rows(database, "decide", persons, ["id", *NAMES]), strict=True):
            decision = JILIN.decide(person)
            expected = {answer.code: answer.status for answer in decision.clauses}
            assert row == {"id": row["id"], "outcome": decision.outcome, **expected}, person


@settings(max_examples=examples(8))
@given(POPULATION)
def test_every_column_of_the_query_for_exits_equals_the_answer(database, population):
    for persons in by_day(population):
        for person, row in zip(persons, rows(database, "exits", persons, ["id", *NAMES]), strict=True):
            answer = JILIN.decide_exits(person)
            expected = {clause.code: clause.status for clause in answer.clauses}
            signals = {f"signal_{c.code}": c.code in answer.signals for c in (*JILIN.base, *JILIN.exclusions)}
            assert row == {"id": row["id"], "exit": answer.exit, **expected, **signals}, person


@settings(max_examples=examples(5))
@given(POPULATION, st.sets(st.sampled_from(NAMES), max_size=12))
def test_a_column_that_the_input_lacks_is_unknown(database, population, lacking):
    for persons in by_day(population):
        there = [{name: value for name, value in person.items() if name not in lacking} for person in persons]
        columns = ["id", *(name for name in NAMES if name not in lacking)]
        for question in ("decide", "exits"):
            for person, row in zip(there, rows(database, question, persons, columns), strict=True):
                if question == "decide":
                    assert row["outcome"] == JILIN.decide(person).outcome, person
                else:
                    assert row["exit"] is JILIN.decide_exits(person).exit, person


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("question", ["decide", "exits"])
def test_every_clause_is_a_column_in_every_dialect_and_every_subquery_has_an_alias(question, dialect):
    text = sql.policy_query(JILIN, date(2026, 3, 2), ["id", *NAMES], question=question, dialect=dialect)
    clauses = JILIN.exits if question == "exits" else (*JILIN.categories, *JILIN.exclusions)
    columns = [column.split(" AS ")[-1] for column in _top_level(text.removeprefix("SELECT "))]
    assert {clause.code for clause in clauses} <= set(columns)
    opened = [place.end() for place in re.finditer(r"FROM \(", text)]
    assert opened
    for place in opened:
        assert re.match(r"\) AS [a-z_]+", text[_closing(text, place) :]), text[place : place + 60]


def _closing(text: str, place: int) -> int:
    """Where the bracket closes that was opened in front of a place."""
    depth = 1
    while depth:
        depth += {"(": 1, ")": -1}.get(text[place], 0)
        place += 1
    return place - 1


def _top_level(text: str) -> list[str]:
    """The columns of a query, up to its FROM."""
    found, depth = [""], 0
    for place, sign in enumerate(text):
        depth += {"(": 1, ")": -1}.get(sign, 0)
        if not depth and text.startswith(" FROM ", place):
            break
        if sign == "," and not depth:
            found.append("")
        else:
            found[-1] += sign
    return [column.strip() for column in found]


def test_every_word_of_the_policy_has_both_forms():
    for clause in JILIN.clauses:
        for leaf in leaves(clause.when):
            assert all(leaf.sql(sql.SqlRow(date(2026, 3, 2), dialect)) for dialect in DIALECTS)
            assert leaf.compiled()({"as_of": date(2026, 3, 2), **dict.fromkeys(NAMES)}) in (None, True, False)


def test_the_query_compares_with_constant_days_and_does_month_arithmetic_only_for_refusals():
    assert "INTERVAL" not in sql.policy_query(JILIN, date(2026, 3, 2), ["id", *NAMES])
    text = sql.policy_query(JILIN, date(2026, 3, 2), ["id", *NAMES], question="exits")
    assert text.count("INTERVAL") == 1  # the window fits


@settings(max_examples=examples(8))
@given(POPULATION)
def test_contradictions_are_the_same_in_sql(database, population):
    for persons in by_day(population):
        persons[0] |= {"birth_date": date(2099, 1, 1), "sex": "male", "retirement_track": "female_50"}
        as_of = persons[0]["as_of"]
        for field, condition in sql.contradictions(NAMES, as_of).items():
            query = f"SELECT id, {condition.condition} AS contradicts FROM people"
            found = [row["contradicts"] is True for row in answers(database, query, persons)]
            assert found == [field in dict(contradictions(person)) for person in persons]
