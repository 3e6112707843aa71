"""The cases beside each policy: its document by example, every clause true, false and, where it can be, unknown."""

from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from jiuyuan.regions import registry
from jiuyuan.rules import sql


def book(code: str) -> dict[str, Any]:
    region, _, version = code.partition("-")
    folder = Path(registry.__file__).parent / region
    loaded: dict[str, Any] = yaml.safe_load(
        (folder / f"policy_{version.replace('-', '_')}.cases.yaml").read_text("utf-8")
    )
    return loaded


CODES = ("jilin-2022-10", "zhejiang-2025-59")
BOOKS = {code: book(code) for code in CODES}
BOOK = BOOKS["jilin-2022-10"]
NEVER_UNKNOWN = {"other", "disqualified"}  # what is not recorded there is not
EACH = [(code, case) for code in CODES for case in BOOKS[code]["cases"]]


def facts_of(code: str, case: dict[str, Any]) -> dict[str, Any]:
    return registry.policy(code).parse({**BOOKS[code]["start"], **case["facts"]})


def answered(code: str, case: dict[str, Any]) -> Any:
    rules = registry.policy(code)
    return (rules.decide_exits if case.get("exits") else rules.decide)(facts_of(code, case))


@pytest.mark.parametrize(("code", "case"), EACH, ids=[f"{code} {case['clause']} {case['case']}" for code, case in EACH])
def test_case(code, case):
    answer = answered(code, case)
    found = answer.as_json() | {clause.code: clause.status for clause in answer.clauses}
    found["possible"] = found.get("possible_categories")
    assert {name: found[name] for name in case["answer"]} == case["answer"]


@pytest.mark.parametrize("code", CODES)
def test_the_cases_show_every_clause_true_false_and_unknown(code):
    seen = {(clause.code, clause.status) for case in BOOKS[code]["cases"] for clause in answered(code, case).clauses}
    wanted = {(clause.code, status) for clause in registry.policy(code).clauses for status in (True, False, None)}
    assert seen == wanted - {(code, None) for code in NEVER_UNKNOWN}


@pytest.mark.parametrize("code", CODES)
def test_every_reason_is_one_sentence_without_holes(code):
    rules = registry.policy(code)
    for case in BOOKS[code]["cases"]:
        facts = facts_of(code, case)
        for clause in (*rules.decide(facts).clauses, *rules.decide_exits(facts).clauses):
            assert clause.reason.endswith("。")
            assert clause.reason.count("。") == 1
            assert not any(hole in clause.reason for hole in ("None", "{", "}", "，，", "True", "False"))


def test_an_age_that_depends_on_the_day_is_screened_as_it_is_decided():
    code = "zhejiang-2025-59"
    rules = registry.policy(code)
    for case in BOOKS[code]["cases"]:
        person = facts_of(code, case)
        columns = ", ".join(
            f"CAST({sql.literal(value) if rules.known_facts[name].kind == 'date' else repr(value)} "
            f"AS {sql.sql_type(rules.known_facts[name].kind, 'duckdb')}) AS {name}"
            for name, value in person.items()
            if name != "as_of"
        )
        query = sql.policy_query(rules, person["as_of"], [n for n in person if n != "as_of"], base=True)
        row = duckdb.execute(f"WITH people AS (SELECT {columns}) {query}").fetchone()
        decision = rules.decide(person)
        assert row == (None, decision.outcome, *(clause.status for clause in decision.clauses)), case["case"]
