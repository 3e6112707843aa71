"""How long a policy is enjoyed (money.md): the contract's own examples, and a count month by month that knows no arithmetic."""

import json
import os
import random
import re
import subprocess
import sys
from datetime import date, timedelta
from itertools import islice, takewhile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jiuyuan.rules import entitlement, entitlement_input
from jiuyuan.rules.facts import TRACK_SEX, Invalid
from tests.examples import examples

KEYS = ["id", "missing", "months_used", "months_left", "ends", "extended", "basis"]
quickly = entitlement_input.line_reader()


def answered(**given):
    return entitlement.answer(entitlement_input.parse({"as_of": "2026-11-30", "paid_months": [], **given})).as_json()


def of(answer, *names):
    return tuple(answer[name] for name in names)


def year(number):
    return [f"{number}-{month:02}" for month in range(1, 13)]


def test_what_the_contract_holds():
    first = {"birth_date": "1969-02-10", "sex": "male", "first_approved_on": "2024-03-15"}
    for as_of in "2024-03-15", "2026-11-30":
        answer = answered(**first, as_of=as_of)
        assert of(answer, "extended", "ends") == (True, "2029-02")
        assert answer["basis"] == {
            "retirement_month": "2029-02", "months_to_retirement": 59, "law_of": "2024-03-15",
        }  # fmt: skip
    assert answered(**first)["months_left"] == 28  # 2026-11 to 2029-02
    later = answered(**{**first, "first_approved_on": "2025-03-15"})
    assert later["basis"]["retirement_month"] == "2030-03"
    follows = answered(**first, extension_follows_law=True)
    assert of(follows, "extended", "ends") == (True, "2030-03")
    assert follows["basis"]["months_to_retirement"] == 59
    assert answered(**first, as_of="2024-03-15", extension_follows_law=True)["ends"] == "2029-02"

    second = {"birth_date": "1970-06-10", "sex": "male", "as_of": "2026-12-31"}
    exactly = answered(**second, first_approved_on="2026-11-01")
    assert (exactly["extended"], exactly["basis"]["months_to_retirement"]) == (False, 60)
    assert exactly["basis"]["retirement_month"] == "2031-11"
    fewer = answered(**second, first_approved_on="2026-12-01")
    assert (fewer["extended"], fewer["basis"]["months_to_retirement"], fewer["ends"]) == (True, 59, "2031-11")

    third = {
        "birth_date": "1985-03-02", "sex": "female", "retirement_track": "female_50",
        "first_approved_on": "2023-01-05", "as_of": "2025-01-20", "paid_months": [*year(2023), "2025-01"],
    }  # fmt: skip
    assert of(answered(**third), "ends", "months_used", "months_left") == ("2026-12", 13, 23)
    assert of(answered(**third, counting="consecutive"), "ends", "months_left") == ("2025-12", 11)
    all_paid = [*year(2023), *year(2025), *year(2026)]
    done = answered(**{**third, "as_of": "2026-12-31", "paid_months": [*reversed(all_paid), "2025-03"]})
    assert of(done, "ends", "months_used", "months_left") == ("2026-12", 36, 0)


def test_what_is_unknown_is_missing_only_where_it_decides():
    woman = {"birth_date": "1974-05-01", "sex": "female", "first_approved_on": "2026-03-02"}
    open_track = answered(**woman)
    assert of(open_track, "missing", "extended", "ends", "months_left") == (["retirement_track"], None, None, None)
    assert open_track["basis"] == {"retirement_month": None, "months_to_retirement": None, "law_of": "2026-03-02"}
    young = answered(**{**woman, "birth_date": "1990-05-01"}, paid_months=["2026-03"])
    assert of(young, "missing", "extended", "ends", "months_left") == ([], False, "2029-09", 35)
    assert answered(**{**woman, "sex": None})["missing"] == ["sex", "retirement_track"]
    man_or_late = answered(**{**woman, "birth_date": "1968-05-01", "sex": None, "retirement_track": None})
    assert "sex" in man_or_late["missing"]
    assert answered(**{**woman, "birth_date": None})["missing"] == ["birth_date", "retirement_track"]
    assert answered(sex="male", first_approved_on="2026-03-02")["missing"] == ["birth_date"]
    assert answered(first_approved_on="2026-03-02", retirement_track="male_60")["missing"] == ["birth_date"]
    man = {"birth_date": "1990-05-01", "sex": "male"}
    assert of(answered(**man), "missing", "ends") == ([], "2029-10")
    assert of(answered(**man, counting="consecutive"), "missing", "ends") == (["first_approved_on"], None)
    assert answered(**{**man, "birth_date": "1970-05-01"})["missing"] == ["first_approved_on"]
    unpaid = answered(**man, first_approved_on="2026-03-02", paid_months=None)
    assert of(unpaid, "missing", "months_used", "ends") == (["paid_months"], None, None)
    over = answered(
        **man, first_approved_on="2020-03-02", paid_months=None, counting="consecutive"
    )  # fmt: skip
    assert of(over, "missing", "months_used", "ends", "months_left") == ([], None, "2023-02", 0)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"paid_months": ["2026-12"]}, "paid_months"),
        ({"paid_months": ["2026-02"]}, "paid_months"),
        ({"paid_months": ["2026-3"]}, "paid_months"),
        ({"paid_months": ["2026-13"]}, "paid_months"),
        ({"paid_months": ["2026-03-02"]}, "paid_months"),
        ({"paid_months": ["0000-01"]}, "paid_months"),
        ({"paid_months": "2026-03"}, "paid_months"),
        ({"paid_months": [202603]}, "paid_months"),
        ({"first_approved_on": "2026-12-01"}, "first_approved_on"),
        ({"first_approved_on": "2026-02-30"}, "first_approved_on"),
        ({"birth_date": "2026-12-01"}, "birth_date"),
        ({"birth_date": "2026-06-01"}, "birth_date"),
        ({"sex": "male", "retirement_track": "female_50"}, "retirement_track"),
        ({"policy_months": 0}, "policy_months"),
        ({"policy_months": 36.0}, "policy_months"),
        ({"policy_months": True}, "policy_months"),
        ({"policy_months": 100000}, "policy_months"),
        ({"extension_years": -1}, "extension_years"),
        ({"extension_years": "5"}, "extension_years"),
        ({"counting": "total"}, "counting"),
        ({"extension_follows_law": "yes"}, "extension_follows_law"),
        ({"paid_month": []}, "paid_months"),
        ({"hukou_kind": "urban"}, "hukou_kind"),
        ({"as_of": None}, "as_of"),
    ],
)
def test_a_wrong_field_is_named_and_read_in_no_way(wrong, field):
    line = {"as_of": "2026-11-30", "id": "a", "first_approved_on": "2026-03-15", "paid_months": [], **wrong}
    with pytest.raises(Invalid) as refused:
        entitlement_input.parse(line)
    assert field in str(refused.value)
    assert quickly(json.dumps(line).encode()) is None


def test_the_command_answers_in_place_and_starts_without_django():
    good = {"as_of": "2026-11-30", "birth_date": "1969-02-10", "sex": "male", "first_approved_on": "2024-03-15"}
    given = "\n".join([
        json.dumps({**good, "id": "a:1", "paid_months": year(2025)}), "{", json.dumps({**good, "id": "c", "paid_months": ["2027-01"]}),
        '{"as_of": "2026-11-30", "sex": "male", "sex": "male"}', json.dumps({**good, "id": None}), "",
    ])  # fmt: skip
    program = "import sys; from jiuyuan.cli import main; status = main(['entitlement']); assert 'django' not in sys.modules; sys.exit(status)"
    result = subprocess.run(
        [sys.executable, "-c", program], input=given.encode(), capture_output=True, check=False
    )  # fmt: skip
    assert (result.returncode, result.stderr) == (1, b"")
    first, second, third, fourth, fifth = map(json.loads, result.stdout.splitlines())
    assert list(first) == KEYS
    assert (first["id"], first["months_used"], first["ends"]) == ("a:1", 12, "2029-02")
    assert [answer["line"] for answer in (second, third, fourth)] == [2, 3, 4]
    assert third == {
        "line": 3,
        "id": "c",
        "error": "已发放的月份（paid_months）：2027-01晚于判断日期（as_of）2026-11-30，请核对",
    }
    assert (fifth["id"], fifth["missing"]) == (None, ["paid_months"])


def walk(month):
    """The months from one on, one after the other."""
    while True:
        yield month
        month = (month[0] + 1, 1) if month[1] == 12 else (month[0], month[1] + 1)


def in_month(text):
    return tuple(int(part) for part in text.split("-")[:2])


def retires(born, track, law_of):
    """The month, found by walking: each group of four (two) months of birth waits one month longer, until it is enough."""
    years, group, most = {"male_60": (60, 4, 36), "female_55": (55, 4, 36), "female_50": (50, 2, 60)}[track]
    turned = (born.year + years, born.month)
    if law_of < date(2025, 1, 1) or turned < (2025, 1):
        return turned
    waits = 0
    for waited, month in enumerate(walk((2025, 1))):
        if waited % group == 0 and waits < most:
            waits += 1
        if month == turned:
            return next(islice(walk(turned), waits, None))


def counted(line, track):
    """(extended, ends, months left), by walking over the calendar."""
    as_of, approved, born = (
        date.fromisoformat(line[name]) for name in ("as_of", "first_approved_on", "birth_date")
    )  # fmt: skip
    paid = {in_month(text) for text in line["paid_months"]}
    coming = max([as_of.timetuple()[:2], *(next(islice(walk(month), 1, None)) for month in paid)])
    begun, retirement = approved.timetuple()[:2], retires(born, track, approved)
    near = set(islice(walk(begun), line["extension_years"] * 12))
    if retirement < begun or retirement in near:
        ends = retires(born, track, as_of) if line["extension_follows_law"] else retirement
        return True, ends, until(coming, ends)
    if line["counting"] == "consecutive":
        ends = list(islice(walk(begun), line["policy_months"]))[-1]
        return False, ends, until(coming, ends)
    free = line["policy_months"]
    for _ in paid:
        free -= 1
    if free <= 0:
        return False, max(paid), 0
    return False, list(islice(walk(coming), free))[-1], free


def until(first, last):
    return sum(1 for _ in takewhile(lambda month: month <= last, walk(first)))


@st.composite
def lines(draw):
    approved = draw(st.dates(date(2021, 1, 1), date(2028, 6, 30)))
    as_of = draw(st.dates(approved, date(2030, 12, 31)))
    born = draw(st.dates(date(1959, 1, 1), date(1985, 12, 31)))
    payable = [f"{y}-{m:02}" for y in range(2021, 2031) for m in range(1, 13)]
    payable = [month for month in payable if str(approved)[:7] <= month <= str(as_of)[:7]]
    track = draw(st.sampled_from([*TRACK_SEX, None]))
    return {
        "id": draw(st.sampled_from(["a", "一:二", None])), "as_of": str(as_of), "birth_date": str(born),
        "sex": draw(st.sampled_from([TRACK_SEX[track], None] if track else ["male", "female", None])),
        "retirement_track": track, "first_approved_on": str(approved),
        "paid_months": draw(st.lists(st.sampled_from(payable), max_size=40)),
        "policy_months": draw(st.sampled_from([1, 12, 24, 36])), "extension_years": draw(st.sampled_from([0, 1, 5])),
        "counting": draw(st.sampled_from(["cumulative", "consecutive"])), "extension_follows_law": draw(st.booleans()),
    }  # fmt: skip


@settings(max_examples=examples(250))
@given(lines())
def test_the_answer_is_what_counting_month_by_month_finds(line):
    facts = entitlement_input.parse(line)
    assert quickly(json.dumps(line).encode()) in (facts, None)
    found = entitlement.answer(facts)
    answer = found.as_json()
    assert json.loads(found.line()) == answer
    assert answer["months_used"] == len(set(line["paid_months"]))
    sexes = [line["sex"]] if line["sex"] else ["male", "female"]
    tracks = [
        track for track, sex in TRACK_SEX.items() if sex in sexes and line["retirement_track"] in (track, None)
    ]  # fmt: skip
    outcomes = {track: counted(line, track) for track in tracks}
    women = [outcomes[track] for track in tracks if track != "male_60"]
    missing = {
        "sex": "male_60" in tracks and any(outcome != outcomes["male_60"] for outcome in women),
        "retirement_track": len(set(women)) > 1,
    }
    assert answer["missing"] == [name for name, decides in missing.items() if decides]
    if answer["missing"]:
        assert of(answer, "extended", "ends", "months_left") == (None, None, None)
    else:
        extended, ends, left = outcomes[tracks[0]]
        assert of(answer, "extended", "ends", "months_left") == (extended, f"{ends[0]}-{ends[1]:02}", left)
    retirements = {
        retires(date.fromisoformat(line["birth_date"]), t, date.fromisoformat(line["first_approved_on"]))
        for t in tracks
    }
    if len(retirements) == 1:
        assert in_month(answer["basis"]["retirement_month"]) == retirements.pop()
    else:
        assert answer["basis"]["retirement_month"] is None


def test_beyond_the_last_year_there_is_no_month():
    answer = answered(as_of="9999-12-31", birth_date="9998-12-01", sex="male", first_approved_on="9999-12-31")
    assert answer["basis"]["retirement_month"] == answer["ends"] == "9999-12"


def _asked(dice, number):
    """A line of which everything is known, and what counting over the calendar answers to it."""
    track = dice.choice(list(TRACK_SEX))
    approved = date(2021, 1, 1) + timedelta(days=dice.randrange(2000))
    as_of = approved + timedelta(days=dice.randrange(1500))
    months = takewhile(lambda month: month <= as_of.timetuple()[:2], walk(approved.timetuple()[:2]))
    line = {
        "id": str(number), "as_of": str(as_of), "birth_date": str(date(1960, 1, 1) + timedelta(days=dice.randrange(8000))),
        "sex": TRACK_SEX[track], "retirement_track": track, "first_approved_on": str(approved),
        "paid_months": [f"{y}-{m:02}" for y, m in months if dice.random() < 0.7],
        "policy_months": dice.choice([12, 36]), "extension_years": 5, "counting": dice.choice(["cumulative", "consecutive"]),
        "extension_follows_law": dice.random() < 0.5,
    }  # fmt: skip
    extended, ends, left = counted(line, track)
    return json.dumps(line).encode() + b"\n", {
        "id": line["id"],
        "extended": extended,
        "ends": f"{ends[0]}-{ends[1]:02}",
        "months_left": left,
    }


def _memory(process):
    """The most that it had so far, in kB."""
    return int(re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{process.pid}/status").read_text())[1])


@pytest.mark.parametrize("way", ["standard input", "named pipe"])
def test_each_line_is_answered_before_the_next_is_asked_and_memory_does_not_grow_with_them(way, tmp_path):
    dice = random.Random(15)
    asked = [_asked(dice, number) for number in range(100)]
    command = [sys.executable, "-m", "jiuyuan", "entitlement"]
    if way == "named pipe":
        os.mkfifo(tmp_path / "lines")
        command.append(str(tmp_path / "lines"))
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        questions = process.stdin if way == "standard input" else open(tmp_path / "lines", "wb", buffering=0)  # noqa: SIM115

        def answers_to(some):
            questions.write(b"".join(line for line, _ in some))
            questions.flush()
            return [json.loads(process.stdout.readline()) for _ in some]

        for one in asked:
            [answer] = answers_to([one])
            assert answer.items() >= one[1].items()
        for _ in range(20):
            answers_to(asked)
        before = _memory(process)
        for _ in range(200):  # 20,000 lines, 8 MB in and 4 MB out
            assert [answer["ends"] for answer in answers_to(asked)] == [expected["ends"] for _, expected in asked]
        assert _memory(process) - before < 2_000
        questions.close()
        assert process.stdout.read() == b""
    assert process.returncode == 0
