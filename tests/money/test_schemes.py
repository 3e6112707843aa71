"""The schemes of every region: their conditions answer one person with reasons and a register as a query, alike."""

import random
from datetime import date, timedelta

import duckdb
import pyarrow as pa
import pytest

from jiuyuan.regions import registry
from jiuyuan.rules.calendar import month_of
from jiuyuan.rules.facts import parse
from jiuyuan.rules.rights import ANSWER_ONCE, rights_query
from jiuyuan.rules.scheme import Amount, Scheme, Spell, together
from jiuyuan.rules.sql import policy_query

DAY = date(2026, 11, 30)
HOME = registry.home()
SCHEMES = {scheme.code: scheme for scheme in registry.schemes_of(HOME.path, DAY)}
ARROW = {"date": pa.date32(), "boolean": pa.bool_()}
SOMEBODY = {
    "birth_date": date(1980, 5, 1),
    "sex": "male",
    "receives_pension": False,
    "deceased": False,
    "imprisoned": False,
}
HIRED = {"on_register": True, "on_public_post": False, "in_labour_relationship": True, "insured_by_employer": True}


def asked(code, day=DAY, spell=None, **known):
    return SCHEMES[code].answer({"as_of": day, **SOMEBODY, **known}, spell)


def test_the_eight_schemes_stand_with_their_sources_and_say_what_is_not_published():
    assert list(SCHEMES) == [
        "flexible_insurance", "employer_insurance", "public_post", "training", "training_living", "startup",
        "startup_loan", "tax_relief",
    ]  # fmt: skip
    for scheme in SCHEMES.values():
        assert all(amount.source for amount in scheme.amounts if amount.value is not None)
        empty = [amount for amount in scheme.amounts_on(DAY) if amount.value is None]
        assert empty
        assert scheme.unpublished
        assert set(scheme.exclusive_with) <= set(SCHEMES)
        assert all(scheme.code in SCHEMES[other].exclusive_with for other in scheme.exclusive_with)
        assert scheme.ends_assistance is (scheme.term is not None)
    assert {amount.value for amount in SCHEMES["training"].amounts_on(date(2021, 6, 1))} == {800, 1500, 2000}
    assert [amount.value for amount in SCHEMES["training"].amounts_on(DAY)] == [None]
    assert "tax_relief" not in {scheme.code for scheme in registry.schemes_of(HOME.path, date(2028, 1, 1))}
    with pytest.raises(ValueError, match="source"):
        Scheme(
            code="x", title="", plain="", document="", clause="", certainty="?", since=DAY, who=(),
            amounts=(Amount("补贴", 500, "", "?"),),
        )  # fmt: skip


def test_one_person_is_answered_with_reasons_what_is_missing_and_the_months():
    hired = asked("employer_insurance", **HIRED)
    assert (hired.outcome, hired.missing, hired.months_used, hired.months_left) == ("may", (), 0, 36)
    assert hired.until == month_of(date(2029, 10, 1))
    assert any("在册就业困难人员" in reason for reason in hired.reasons)
    left = asked("employer_insurance", **{**HIRED, "on_register": False})
    assert (left.outcome, left.months_left) == ("may_not", None)
    assert left.reasons == ("现在不是在册就业困难人员，不属于在册就业困难人员。",)
    on_post = asked("employer_insurance", **{**HIRED, "on_public_post": None})
    assert (on_post.outcome, on_post.missing) == ("unknown", ("on_public_post",))
    near = asked("employer_insurance", **HIRED, birth_date=date(1968, 5, 1))
    assert (near.outcome, near.extended) == ("may", True)
    woman = {**HIRED, "sex": "female", "birth_date": date(1974, 9, 1)}
    assert asked("employer_insurance", **woman).missing == ("retirement_track",)
    paid = tuple(range(month_of(date(2023, 1, 1)), month_of(date(2026, 1, 1))))
    drawn = asked("employer_insurance", spell=Spell(date(2023, 1, 5), paid), **HIRED)
    assert (drawn.outcome, drawn.months_used, drawn.months_left, drawn.until) == ("used_up", 36, 0, paid[-1])
    insured = asked("flexible_insurance", on_register=True, insured_by_employer=True)
    assert insured.outcome == "may_not"
    assert insured.reasons == ("在用人单位参加社会保险，因此不能享受（由用人单位参加社会保险）。",)
    flexible = asked("flexible_insurance", on_register=True, insured_by_employer=False)
    assert (flexible.outcome, flexible.months_left) == ("unknown", 36)
    assert flexible.missing[-2:] == ("flexible_registered", "pays_flexible_pension")
    household = asked("tax_relief", registered_unemployed=True, zero_employment_family=True)
    assert (household.outcome, household.until) == ("may", None)


AGAINST = {"receives_pension", "deceased", "imprisoned"}


def _somebody(dice, names):
    """Facts drawn for every name that the schemes read, all known or two in three."""
    known, rate = {}, dice.choice((1, 1, 2 / 3))
    for name, fact in names.items():
        if dice.random() >= rate or name in ("as_of", "retirement_track"):
            continue
        if fact.kind == "date":
            days = (14_000, 23_500) if name == "birth_date" else (0, 900)
            known[name] = DAY - timedelta(days=dice.randint(*days))
        elif fact.kind == "boolean":
            known[name] = dice.random() < (0.1 if name in AGAINST else 0.6)
        else:
            known[name] = dice.choice(list(fact.choices))
    return known


def test_extension_that_was_decided_at_the_first_approval_is_kept_whatever_is_corrected_later():
    approved, retires = date(2026, 3, 15), month_of(date(2029, 2, 1))
    older = {"birth_date": date(1969, 2, 10)}
    kept = asked("employer_insurance", spell=Spell(approved, (), True, retires), **HIRED)
    assert (kept.extended, kept.until, kept.basis.retirement_month) == (True, retires, retires)
    assert kept.months_left == retires - month_of(DAY) + 1
    drawn = tuple(range(month_of(approved), month_of(DAY)))
    kept = asked("employer_insurance", spell=Spell(approved, drawn, False, None), **(HIRED | older))
    assert (kept.extended, kept.months_used, kept.months_left) == (False, len(drawn), 36 - len(drawn))
    corrected = asked("employer_insurance", spell=Spell(approved, drawn), **(HIRED | older))
    assert corrected.extended, "computed anew it would be another answer"


def test_query_over_a_population_answers_each_person_as_the_engine_does():
    names = {}
    for scheme in SCHEMES.values():
        known_facts = scheme.rules.known_facts
        names |= {
            name: known_facts[name] for clause in scheme.rules.decide({"as_of": DAY}).clauses for name in clause.facts
        }
    dice = random.Random(2022)
    people = [_somebody(dice, names) for _ in range(600)]
    columns = [name for name in names if name != "as_of"]
    granted = [dice.choice([True, False, None]) for _ in people]
    table = pa.table(
        {"id": pa.array(range(len(people))), "assistance_granted": pa.array(granted, pa.bool_())}
        | {
            name: pa.array([one.get(name) for one in people], ARROW.get(names[name].kind, pa.string()))
            for name in columns
        }
    )
    seen = set()
    with duckdb.connect() as engine:
        engine.register("people", table)
        query = policy_query(together(list(SCHEMES.values())), DAY, ["id", *columns], in_words=False)
        found = engine.execute(f"SELECT {', '.join(SCHEMES)} FROM ({query}) AS answered ORDER BY id").fetchall()
        engine.execute(ANSWER_ONCE)
        with_a_right = rights_query(list(SCHEMES.values()), DAY, ["id", "assistance_granted", *columns])
        rights = {number: answers for number, *answers in engine.execute(with_a_right).fetchall()}
    assert rights == {
        number: list(answers)
        for number, (answers, is_granted) in enumerate(zip(found, granted, strict=True))
        if True in answers and not is_granted
    }
    for one, by_query in zip(people, found, strict=True):
        for scheme, has_a_right in zip(SCHEMES.values(), by_query, strict=True):
            answer = scheme.answer({"as_of": DAY, **one})
            assert has_a_right is {"may": True, "may_not": False, "unknown": None}[answer.outcome], (scheme.code, one)
            seen.add((scheme.code, answer.outcome))
    assert {code for code, outcome in seen if outcome == "may"} == set(SCHEMES)


def test_facts_of_the_schema_alone_are_enough_to_ask():
    known = parse({"as_of": "2026-11-30", "registered_unemployed": False})
    assert {code: scheme.answer(known).outcome for code, scheme in SCHEMES.items()} == {
        "flexible_insurance": "unknown", "employer_insurance": "unknown", "public_post": "unknown",
        "training": "unknown", "training_living": "unknown", "startup": "unknown", "startup_loan": "unknown",
        "tax_relief": "unknown",
    }  # fmt: skip
