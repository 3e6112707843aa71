"""A department's word comes to the same, whether somebody records it for one person or a file brings it for many."""

import random
from contextlib import suppress
from datetime import date
from typing import Any

import pytest

from jiuyuan.history.models import Entry
from jiuyuan.notifications.models import Withheld
from jiuyuan.people import services as people
from jiuyuan.people.correspondence import is_dead, tell
from jiuyuan.people.models import Fact, KnownFacts, Person
from jiuyuan.people.sources import reversal
from jiuyuan.refusals import BadInput
from jiuyuan.rules.departments import code_of
from tests.factories import an_applicant, take_import_back
from tests.people.sources.files import INSURANCE, INSURED, a_csv, imported, on_file

pytestmark = pytest.mark.django_db

DAYS = ("2026-02-01", "2026-02-15", "2026-03-01")
SOURCES = (
    {"source": "declared"},
    {"source": "document", "evidence": "解除劳动合同证明"},
    {"source": "shared_data", "department": "social_insurance", "evidence": "接口查询"},
    {"source": "shared_data", "department": "taxation", "evidence": "接口查询"},
)
PAIRS = 30


def a_history(dice: random.Random) -> list[dict[str, Any]]:
    """What was said about somebody before: by whom, what, seen on which day; disputed or settled now and then."""
    said = [
        {"values": {INSURED: dice.random() < 0.5}, "observed_on": dice.choice(DAYS), **dice.choice(SOURCES)}
        for _ in range(dice.randint(0, 3))
    ]
    if said and dice.random() < 0.2:
        said.append({"settlement": "核对了原始凭证", **said[-1], **SOURCES[1]})
    if said and dice.random() < 0.2:
        said.append({"dispute": "社保卡被人冒用"})
    return said


def live(reviewer, person: Person, said: list[dict[str, Any]]) -> None:
    for one in said:
        if "dispute" in one:
            people.dispute(reviewer.actor, person, INSURED, one["dispute"])
            continue
        record(reviewer, person, **one)


def record(reviewer, person: Person, values: dict[str, Any], observed_on: str, **source: Any) -> None:
    with suppress(BadInput):  # what is older than what the same department said
        people.record_facts(reviewer.actor, person, values, observed_on=date.fromisoformat(observed_on), **source)


def left_by(person: Person) -> tuple[Any, ...]:
    """The facts, the row that screening reads and the acts of a person, without what tells one person or row from another."""
    facts = list(Fact.objects.unscoped().filter(person=person).order_by("pk"))
    place = {fact.pk: number for number, fact in enumerate(facts)}
    rows = [
        (f.name, f.value, f.source, code_of(f.department), f.observed_on, place.get(f.superseded_by_id), f.disputed)
        for f in facts
    ]
    known = KnownFacts.objects.unscoped().filter(person=person).values().get()
    acts = [
        (act.action, act.payload.get("facts"), act.payload.get("source"), code_of(act.payload.get("department") or ""))
        for act in Entry.objects.unscoped().filter(file=person.file).order_by("seq")
    ]
    written = [
        {name: [place[pk] for pk in keys] for name, keys in (act.payload.get("written") or {}).items()}
        for act in Entry.objects.unscoped().filter(file=person.file).order_by("seq")
    ]
    return rows, {name: value for name, value in known.items() if name != "person_id"}, acts, written


def test_a_file_and_a_hand_leave_the_same_facts_row_and_acts(reviewer):
    dice, pairs, file = random.Random(7), [], [INSURANCE]
    for _ in range(PAIRS):
        one, other = an_applicant("1980-05-06"), an_applicant("1980-05-06")
        history, insured, day = a_history(dice), dice.random() < 0.5, dice.choice(DAYS)
        both = on_file(one), on_file(other)
        for person in both:
            live(reviewer, person, history)
        file.append([one.name, one.id_number, "在缴" if insured else "停保", "单位职工", "", day])
        pairs.append((*both, insured, day, history))
    batch = imported(reviewer, "social_insurance", a_csv(file))
    assert batch.done == PAIRS + 1
    for by_file, by_hand, insured, day, history in pairs:
        written = Fact.objects.unscoped().filter(person=by_file, batch=batch).order_by("pk")
        said = dict(written.values_list("name", "value"))
        values = said or {INSURED: insured}
        record(reviewer, by_hand, values, day, **SOURCES[2])
        assert left_by(by_file) == left_by(by_hand), (history, insured, day)


def test_a_death_taken_back_by_a_file_lets_go_what_was_held_back(reviewer):
    """As one taken back by hand does: what was written to somebody thought dead goes on at once."""
    card = an_applicant("1980-05-06")
    person = on_file(card)
    heading = ["身份证号码", "生存状态", "数据日期"]
    imported(reviewer, "civil_affairs", a_csv([heading, [card.id_number, "死亡", "2026-02-01"]]))
    assert is_dead(person)
    tell(person, "account.phone_changed")
    assert Withheld.objects.unscoped().filter(about=person.file).exists()
    imported(reviewer, "civil_affairs", a_csv([heading, [card.id_number, "健在", "2026-03-01"]]), "更正.csv")
    assert not is_dead(person)
    assert not Withheld.objects.unscoped().filter(about=person.file).exists()


def test_a_contradiction_that_a_later_file_ends_is_said_again_when_that_file_is_taken_back(reviewer):
    card = an_applicant("1980-05-06")
    person = on_file(card)
    record(reviewer, person, {INSURED: False}, "2026-02-01", **SOURCES[3])
    row = [card.name, card.id_number, "在缴", "单位职工", ""]
    imported(reviewer, "social_insurance", a_csv([INSURANCE, [*row, "2026-02-15"]]))
    assert KnownFacts.objects.unscoped().get(person=person).contradicted
    row[2] = "停保"
    later = imported(reviewer, "social_insurance", a_csv([INSURANCE, [*row, "2026-03-01"]]), "更正.csv")
    assert not KnownFacts.objects.unscoped().get(person=person).contradicted
    take_import_back(reviewer, later.pk, "传错了文件")
    reversal.run(later.pk)
    assert KnownFacts.objects.unscoped().get(person=person).contradicted
