"""Reading facts: what the schema says, faults named in Chinese, contradictions, and nothing taken for a no."""

import json
from datetime import date
from importlib.resources import files
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jiuyuan.rules import facts
from jiuyuan.rules.facts import FACTS, Invalid, parse
from tests.examples import examples

SCHEMA = json.loads(files("jiuyuan.rules").joinpath("facts.schema.json").read_text("utf-8"))
CONTRACT = Path(__file__).parents[3] / "shared" / "contracts" / "facts.schema.json"


def errors_of(mapping):
    with pytest.raises(Invalid) as caught:
        parse(mapping)
    return caught.value.errors


@pytest.mark.skipif(not CONTRACT.exists(), reason="the contract lies beside the checkout of its makers only")
def test_the_schema_of_the_package_is_the_contract():
    assert json.loads(CONTRACT.read_text("utf-8")) == SCHEMA


def test_every_field_has_a_name_a_question_and_the_names_of_its_codes():
    assert [*facts.SCHEMA] == [name for name in SCHEMA["properties"] if name != "id"]
    for name, fact in FACTS.items():
        assert fact.label, name
        assert fact.question.endswith("？"), name
        codes = [code for code in SCHEMA["properties"].get(name, {}).get("enum", []) if code is not None]
        assert [*fact.choices] == codes
        assert bool(fact.yes and fact.no) == (fact.kind == "boolean")


def test_values_are_read_as_python_values_and_null_is_unknown():
    assert parse({
        "id": "a", "as_of": "2026-03-02", "birth_date": "1985-02-28", "sex": None, "able_to_work": False,
        "monthly_income": 0, "hukou_division": "220102", "service_refusals": ["2026-02-01", "2026-01-01"],
    }) == {
        "id": "a", "as_of": date(2026, 3, 2), "birth_date": date(1985, 2, 28), "able_to_work": False, "monthly_income": 0,
        "hukou_division": "220102", "service_refusals": (date(2026, 1, 1), date(2026, 2, 1)),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("birth_date", "1985-02-30", "出生日期（birth_date）：“1985-02-30”不是日历上有的日子"),
        ("birth_date", "1985/03/02", "应写成“年-月-日”，例如 1985-03-02"),
        ("birth_date", "2025-W01-1", "应写成“年-月-日”"),
        ("birth_date", "１９８５-03-02", "应写成“年-月-日”"),
        ("birth_date", 19850302, "出生日期（birth_date）：“19850302”不是日期"),
        ("sex", "女", "性别（sex）：“女”不在可选范围内，应为 male（男）、female（女）"),
        ("sex", True, "性别（sex）：“true”不在可选范围内"),
        ("able_to_work", 1, "是否有劳动能力（able_to_work）：“1”应为 true（是）、false（否）或 null（不清楚）"),
        ("able_to_work", "true", "“true”应为 true"),
        ("monthly_income", -1, "月收入（monthly_income）：“-1”应为不小于0的数，单位是元"),
        ("monthly_income", float("nan"), "应为不小于0的数"),
        ("monthly_income", float("inf"), "应为不小于0的数"),
        ("monthly_income", True, "应为不小于0的数"),
        ("monthly_income", "2000", "应为不小于0的数"),
        ("local_minimum_wage", 0, "应为大于0的数"),
        ("hukou_division", "22010", "应为6至12位数字的行政区划代码"),
        ("hukou_division", 220102, "应为6至12位数字的行政区划代码"),
        ("other_exclusion", 3, "应为文字"),
        ("service_refusals", "2026-01-01", "应为日期的清单"),
        ("service_refusals", [None], "不是日期"),
        ("id", 7, "编号（id）：“7”应为文字"),
    ],
)
def test_a_wrong_value_is_named_by_its_field_with_how_to_put_it_right(name, value, says):
    [(field, message)] = errors_of({"as_of": "2026-03-02", name: value})
    assert field == name
    assert says in message


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("brith_date", "没有名为“brith_date”的字段，是不是出生日期（birth_date）？"),
        ("Sex", "是不是性别（sex）？"),
        ("iid", "是不是编号（id）？"),
        ("zzz", "没有名为“zzz”的字段，请对照 facts.schema.json"),
    ],
)
@pytest.mark.parametrize("value", [None, True, "x", 3])
def test_an_unknown_field_is_an_error_that_names_the_nearest_one_even_where_it_is_null(name, says, value):
    assert errors_of({"as_of": "2026-03-02", name: value}) == [
        (name, errors_of({"as_of": "2026-03-02", name: value})[0][1])
    ]
    assert says in errors_of({"as_of": "2026-03-02", name: value})[0][1]


def test_all_faults_are_told_at_once():
    fields = [field for field, _ in errors_of({"sex": "x", "birth_date": "y", "colour": "z"})]
    assert fields == ["sex", "birth_date", "colour", "as_of"]


@pytest.mark.parametrize(
    ("known", "field"),
    [
        ({"birth_date": "2026-03-03"}, "birth_date"),
        ({"unemployed_since": "2026-03-03"}, "unemployed_since"),
        ({"sex": "male", "retirement_track": "female_50"}, "retirement_track"),
        ({"sex": "female", "retirement_track": "male_60"}, "retirement_track"),
    ],
)
def test_contradictions_are_errors(known, field):
    assert [name for name, _ in errors_of({"as_of": "2026-03-02", **known})] == [field]


def test_what_happens_on_the_day_of_the_question_is_no_contradiction():
    assert parse({"as_of": "2026-03-02", "birth_date": "2026-03-02", "unemployed_since": "2026-03-02"})


@pytest.mark.parametrize("line", [[], "x", 3, None, True])
def test_a_line_that_is_no_object_is_an_error(line):
    assert errors_of(line)[0][0] == ""


def test_a_region_may_add_facts_of_its_own():
    own = {"single_parent": facts.FactDefinition("single_parent", "boolean", "是否单亲", yes="单亲", no="不是单亲")}
    assert parse({"as_of": "2026-03-02", "single_parent": True}, own)["single_parent"] is True
    with pytest.raises(Invalid, match="是否单亲（single_parent）"):
        parse({"as_of": "2026-03-02", "single_parent": 1}, own)
    with pytest.raises(Invalid, match="没有名为“single_parent”的字段"):
        parse({"as_of": "2026-03-02", "single_parent": True})


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-5, 9999)
    | st.text(max_size=4)
    | st.sampled_from(["male", "2026-01-01", "220102"]),
    lambda inner: st.lists(inner, max_size=2),
    max_leaves=3,
)


@settings(max_examples=examples(400))
@given(st.dictionaries(st.sampled_from([*SCHEMA["properties"], "colour"]), JSON, max_size=4))
def test_what_is_accepted_is_what_the_schema_accepts(mapping):
    mapping["as_of"] = "2026-03-02"
    checker = jsonschema.Draft202012Validator(SCHEMA, format_checker=jsonschema.FormatChecker())
    expected = checker.is_valid({name: value for name, value in mapping.items() if (name, value) != ("id", None)})
    try:
        known = parse(mapping)
    except Invalid as invalid:
        beyond_a_schema = any("晚于" in message or "不一致" in message for _, message in invalid.errors)
        assert expected <= beyond_a_schema
    else:
        assert expected
        assert set(known) == {name for name, value in mapping.items() if value is not None}
