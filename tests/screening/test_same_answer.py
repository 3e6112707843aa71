"""The same person gets the same answer from `decide`, from `exits` and from every engine, in every column."""

from collections import Counter
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
import pyarrow.parquet as pq
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from jiuyuan.regions import registry
from jiuyuan.rules.facts import FACTS
from jiuyuan.screening import postgres_engine, spark_engine
from jiuyuan.screening.question import ScreeningQuestion
from jiuyuan.screening.screen import screen, screen_postgres
from jiuyuan.screening.summary import OUTCOMES
from tests.examples import examples
from tests.rules.people import NAMES
from tests.screening.population import as_parquet, population

JILIN = registry.policy("jilin-2022-10")
QUESTIONS = ("decide", "exits")
SEEDS = st.integers(0, 1 << 40)
# A seed cannot be made simpler, so that looking for a simpler one only takes time.
PHASES = (Phase.explicit, Phase.reuse, Phase.generate)
LACKING = st.frozensets(st.sampled_from(NAMES), max_size=10)


def expected(person: dict[str, Any], asked: ScreeningQuestion) -> dict[str, Any]:
    """The row that a person should have."""
    if asked.question == "decide":
        decision = JILIN.decide(person)
        return {"id": person["id"], "outcome": decision.outcome, **{c.code: c.status for c in decision.clauses}}
    answer = JILIN.decide_exits(person)
    signals = {f"signal_{c.code}": c.code in answer.signals for c in (*JILIN.base, *JILIN.exclusions)}
    return {"id": person["id"], "exit": answer.exit, **{c.code: c.status for c in answer.clauses}, **signals}


def compare(people: list[dict[str, Any]], asked: ScreeningQuestion, out: Path, summary: Any) -> None:
    rows = sorted(pq.read_table(out).to_pylist(), key=lambda row: int(row["id"]))
    wanted = [expected(person, asked) for person in people]
    for row, should, person in zip(rows, wanted, people, strict=True):
        assert row == should, person
    answers = Counter(should["outcome" if asked.question == "decide" else "exit"] for should in wanted)
    codes = [code for code, _ in OUTCOMES["decide"]] if asked.question == "decide" else [True, False, None]
    assert summary.total.outcomes == [answers[code] for code in codes]
    for column in summary.columns:
        assert summary.total.true[column.name] == sum(should[column.name] is True for should in wanted)
        assert summary.unknown[column.name] == sum(should[column.name] is None for should in wanted)


def asked_about(people: list[dict[str, Any]], question: str) -> ScreeningQuestion:
    return ScreeningQuestion(JILIN, people[0]["as_of"], question, base=question == "decide")  # type: ignore[arg-type]


def without(people: list[dict[str, Any]], lacking: frozenset[str]) -> list[dict[str, Any]]:
    return [{name: value for name, value in person.items() if name not in lacking} for person in people]


@settings(max_examples=examples(8), phases=PHASES)
@given(SEEDS, LACKING)
def test_duckdb_answers_as_the_rules_do(tmp_path_factory, seed, lacking):
    folder = tmp_path_factory.mktemp("duckdb")
    people = without(population(seed, 250), lacking)
    file = as_parquet(people, folder / "people.parquet", lacking)
    for question in QUESTIONS:
        asked, out = asked_about(people, question), folder / f"{question}.parquet"
        compare(people, asked, out, screen(str(file), asked, out).summary)


@pytest.mark.spark
@settings(max_examples=examples(2), phases=PHASES)
@given(SEEDS, LACKING)
def test_spark_answers_as_the_rules_do(spark, tmp_path_factory, seed, lacking):
    folder = tmp_path_factory.mktemp("spark")
    people = without(population(seed, 400), lacking)
    file = as_parquet(people, folder / "people.parquet", lacking)
    for question in QUESTIONS:
        asked, out = asked_about(people, question), folder / f"{question}.parquet"
        summary = screen(str(file), asked, out, engine=partial(spark_engine.answers, spark)).summary
        compare(people, asked, out, summary)


_SQL = {"date": "date", "boolean": "boolean", "number": "double precision", "dates": "date[]"}


def fill(url: str, people: list[dict[str, Any]], lacking: frozenset[str]) -> None:
    """A table `people` with these rows."""
    names = [name for name in ("id", *NAMES) if name not in lacking]
    types = ["text" if name == "id" else _SQL.get(FACTS[name].kind, "text") for name in names]
    with psycopg.connect(url) as connection:
        connection.execute("DROP TABLE IF EXISTS people")
        connection.execute(f"CREATE TABLE people ({', '.join(f'{n} {t}' for n, t in zip(names, types, strict=True))})")
        with connection.cursor().copy(f"COPY people ({', '.join(names)}) FROM STDIN") as copy:
            for person in people:
                values = [person.get(name) for name in names]
                copy.write_row([list(value) if isinstance(value, tuple) else value for value in values])


@settings(max_examples=examples(8), phases=PHASES)
@given(SEEDS, LACKING)
def test_postgres_answers_as_the_rules_do(postgres_url, tmp_path_factory, seed, lacking):
    folder = tmp_path_factory.mktemp("postgres")
    people = without(population(seed, 250), lacking)
    fill(postgres_url, people, lacking)
    for question in QUESTIONS:
        asked, out = asked_about(people, question), folder / f"{question}.parquet"
        with postgres_engine.connect(postgres_url) as connection:
            table = postgres_engine.People.table(connection, "people", asked)
            compare(people, asked, out, screen_postgres(table, asked, out).summary)


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_clause_of_the_policy_is_a_column_of_the_result(out, tmp_path, question):
    people = population(1, 5)
    file = as_parquet(people, tmp_path / "people.parquet")
    asked = ScreeningQuestion(JILIN, people[0]["as_of"], question)
    screen(str(file), asked, out)
    clauses = JILIN.exits if question == "exits" else (*JILIN.categories, *JILIN.exclusions)
    signals = [f"signal_{c.code}" for c in (*JILIN.base, *JILIN.exclusions)] if question == "exits" else []
    first = ["id", "exit" if question == "exits" else "outcome"]
    assert pq.read_schema(out).names == [*first, *(clause.code for clause in clauses), *signals]
