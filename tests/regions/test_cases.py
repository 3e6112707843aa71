"""The cases beside the policy: the notice by example, every clause true, false and, where it can be, unknown."""

from importlib.resources import files
from typing import Any

import pytest
import yaml

from jiuyuan.regions import registry

JILIN = registry.policy("jilin-2022-10")
BOOK = yaml.safe_load(files("jiuyuan.regions.jilin").joinpath("policy_2022_10.cases.yaml").read_text("utf-8"))
NEVER_UNKNOWN = {"other", "disqualified"}  # what is not recorded there is not


def facts_of(case: dict[str, Any]) -> dict[str, Any]:
    return JILIN.parse({**BOOK["start"], **case["facts"]})


def answer_of(case: dict[str, Any]) -> dict[str, Any]:
    answer = (JILIN.decide_exits if case.get("exits") else JILIN.decide)(facts_of(case))
    found = answer.as_json()
    found["possible"] = found.get("possible_categories")
    return found | {clause.code: clause.status for clause in answer.clauses}


@pytest.mark.parametrize("case", BOOK["cases"], ids=lambda case: f"{case['clause']} {case['case']}")
def test_case(case):
    found = answer_of(case)
    assert {name: found[name] for name in case["answer"]} == case["answer"]


def test_the_cases_show_every_clause_true_false_and_unknown():
    seen = {
        (clause.code, clause.status)
        for case in BOOK["cases"]
        for clause in (JILIN.decide_exits if case.get("exits") else JILIN.decide)(facts_of(case)).clauses
    }
    wanted = {(clause.code, status) for clause in JILIN.clauses for status in (True, False, None)}
    assert seen == wanted - {(code, None) for code in NEVER_UNKNOWN}


def test_every_reason_is_one_sentence_without_holes():
    for case in BOOK["cases"]:
        for clause in (*JILIN.decide(facts_of(case)).clauses, *JILIN.decide_exits(facts_of(case)).clauses):
            assert clause.reason.endswith("。")
            assert clause.reason.count("。") == 1
            assert not any(hole in clause.reason for hole in ("None", "{", "}", "，，", "True", "False"))
