"""Lines of JSON read in one step: what is right there is right the other way, with the same values, and of the same kinds."""

import json
import random
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.decide import person
from jiuyuan.regions import registry
from jiuyuan.rules.facts import FACTS, FactDefinition, Invalid, parse
from jiuyuan.rules.lines import reader
from tests.examples import examples

read = registry.policy("jilin-2022-10").line_reader()


def told(known):
    """Known facts with the kinds of their values, for to Python 1 is True and 1.0."""
    return {name: (type(value), repr(value)) for name, value in known.items() if value is not None}


def without_repeats(pairs):
    if len(dict(pairs)) < len(pairs):
        raise ValueError("the same name twice")
    return dict(pairs)


def the_other_way(line):
    """What `json` and `facts.parse` make of a line, None where they refuse it."""
    try:
        return told(parse(json.loads(line.decode(), object_pairs_hook=without_repeats)))
    except (Invalid, ValueError, RecursionError):
        return None


@pytest.mark.parametrize(
    "fields",
    [
        '"sex": "male", "sex": "female"', '"sex": "male", "sex": "male"', '"sex": null, "sex": "male"',
        '"sex": "male", "sex": null', '"sex": null, "sex": null', '"id": "null", "sex": null, "sex": "male"',
        '"as_of": "2026-03-02"', '"id": "a:b", "id": "c"', '"\\u0073ex": "male", "sex": null',
        '"sex":"male","sex" : "female", "able_to_work": null',
    ],
)  # fmt: skip
def test_a_name_that_stands_twice_is_never_read_in_one_step(fields):
    assert read(f'{{"as_of": "2026-03-02", {fields}}}'.encode()) is None


@settings(max_examples=examples(300))
@given(st.lists(st.sampled_from(["sex", "\\u0073ex", "able_to_work", "id"]), max_size=5), st.data())
def test_in_one_step_or_not_a_line_with_a_name_twice_is_refused(names, data):
    values = {"able_to_work": ["true", "null"], "id": ['"null:"', '"x"', "null"]}
    drawn = [data.draw(st.sampled_from(values.get(name, ['"male"', "null"]))) for name in names]
    fields = [f'"{name}": {value}' for name, value in zip(names, drawn, strict=True)]
    line = "{" + ", ".join(['"as_of": "2026-03-02"', *fields]) + "}"
    facts = read(line.encode())
    assert (None if facts is None else told(facts)) in (None, the_other_way(line.encode()))


@pytest.mark.parametrize("known", [1.0, 0.9, 0.5])
def test_the_lines_of_ordinary_people_are_read_in_one_step(known):
    dice = random.Random(1)
    for number in range(300):
        line = json.dumps(person(dice, number, known), ensure_ascii=False).encode()
        facts = read(line)
        assert facts is not None
        assert told(facts) == the_other_way(line)


@pytest.mark.parametrize(
    "fields",
    [
        '"monthly_income": 1', '"monthly_income": 1.0', '"monthly_income": 1e3', '"monthly_income": -0',
        '"monthly_income": -0.0', '"monthly_income": 2.50', '"monthly_income": 123456789012345678901234567890',
        '"monthly_income": 123456789012345678901.5', '"local_minimum_wage": 0.01', '"monthly_income": 1e-400',
        '"sex": null', '"id": "\\ud83d\\ude00"', '"id": "\\u0000\\/"', '"\\u0069d": "a"',
        '"birth_date": "1985\\u002d03-02"', '"hukou_division": "220102"', '"service_refusals": []',
        '"service_refusals": ["2026-02-01", "2026-01-01"]', '"other_exclusion": " 　"',
    ],
)  # fmt: skip
def test_right_lines_give_the_same_values(fields):
    line = f' {{"as_of": "2026-03-02", {fields}}}\r'.encode()
    facts = read(line)
    assert facts is not None
    assert told(facts) == the_other_way(line)


@pytest.mark.parametrize(
    "line",
    [
        b"", b"[]", b"null", b"{}", b"[" * 100_000, b'{"as_of": "2026-03-02"} x', b'\xef\xbb\xbf{"as_of": "2026-03-02"}',
        b'{"as_of": "2026-03-02", "id": "\xff"}', b'{"as_of": "2026-03-02", "id": "\xed\xa0\x80"}',
        b'{"as_of": "2026-03-02", "id": "\\ud800"}', b'{"as_of": "2026-03-02", "id": "a\tb"}',
        b'{"as_of": "2026-03-02", "id": 7}', b'{"as_of": null}', b'{"as_of": "2026-03-02", "colour": null}',
        b'{"as_of": "2026-3-2"}', b'{"as_of": "2026-02-30"}', b'{"as_of": "2026-03-02T00:00:00"}', b'{"as_of": 20260302}',
        b'{"as_of": "2026-03-02", "hukou_division": "220102\\n"}', b'{"as_of": "2026-03-02", "sex": "Male"}',
        b'{"as_of": "2026-03-02", "able_to_work": 1}', b'{"as_of": "2026-03-02", "able_to_work": "true"}',
        b'{"as_of": "2026-03-02", "monthly_income": NaN}', b'{"as_of": "2026-03-02", "monthly_income": 1e400}',
        b'{"as_of": "2026-03-02", "monthly_income": -1}', b'{"as_of": "2026-03-02", "monthly_income": true}',
        b'{"as_of": "2026-03-02", "local_minimum_wage": 0}', b'{"as_of": "2026-03-02", "monthly_income": ' + b"9" * 5000 + b"}",
        b'{"as_of": "2026-03-02", "birth_date": "2026-03-03"}', b'{"as_of": "2026-03-02", "service_refusals": [null]}',
        b'{"as_of": "2026-03-02", "sex": "male", "retirement_track": "female_50"}',
    ],
)  # fmt: skip
def test_a_line_with_anything_wrong_or_rare_is_left_to_the_way_that_says_what(line):
    assert read(line) is None


LINE = json.dumps(
    {**person(random.Random(3), 1, 1.0), "service_refusals": ["2026-01-05"], "local_minimum_wage": 2120.5},
    ensure_ascii=False,
).encode()
PIECES = [b'"', b"\\", b"\\u00e9", b"\\ud800", b",", b":", b"{", b"[", b"null", b"true", b"-", b"0", b".", b"e5", b" ", b"\t", b"\xff", b"\xc3\xa9", b"T"]  # fmt: skip


@settings(max_examples=examples(1500))
@given(
    st.lists(
        st.tuples(st.integers(0, len(LINE)), st.integers(0, 3), st.sampled_from(PIECES) | st.just(b"")), max_size=3
    )
)
def test_whatever_is_spoilt_in_a_line_nothing_is_right_in_one_step_that_is_not_right_the_other_way(changes):
    line = LINE
    for place, taken, put in changes:
        line = line[:place] + put + line[place + taken :]
    facts = read(line)
    assert (None if facts is None else told(facts)) in (None, the_other_way(line))


def test_a_region_s_own_facts_are_read_and_one_whose_name_is_no_identifier_is_left():
    own = {name: FactDefinition(name, "boolean", "是否单亲") for name in ("single_parent", "single-parent")}
    readers = reader({**FACTS, **own})
    known = readers(b'{"as_of": "2026-03-02", "single_parent": true}')
    assert known is not None
    assert (known["as_of"], known["single_parent"]) == (date(2026, 3, 2), True)
    assert readers(b'{"as_of": "2026-03-02", "single-parent": true}') is None
