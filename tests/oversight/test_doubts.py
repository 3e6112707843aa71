"""疑点 (五(三)): each check finds what it is about and nothing else, once, and says which two records and which months."""

from collections import Counter
from datetime import date

import pytest

from jiuyuan import clock
from jiuyuan.agencies.models import Relative
from jiuyuan.assistance.models import PublicPost
from jiuyuan.desk.doubt_words import record
from jiuyuan.money.models import Claim, ClaimLine, UnclaimedScheme
from jiuyuan.oversight import replay
from jiuyuan.oversight.doubt_checks import CHECKS, RECORDS
from jiuyuan.oversight.doubt_finding import raise_doubts
from jiuyuan.oversight.doubt_workflow import DOUBT
from jiuyuan.oversight.models import Doubt
from jiuyuan.people.models import BankAccount, LicenceRecord, Person
from jiuyuan.procedures import engine
from jiuyuan.procedures.subjects import moving
from jiuyuan.recognitions.models import Recognition
from jiuyuan.regions import registry
from jiuyuan.rules.calendar import month_of, month_text
from tests.assistance.posts import placed
from tests.factories import staff
from tests.oversight.doubts import a_doubt, attended, known
from tests.recognitions.register import on_the_register

pytestmark = pytest.mark.django_db


def _found(person: Person | None = None) -> list[tuple[int, str, str, str]]:
    raise_doubts(clock.today())
    rows = Doubt.objects.unscoped().order_by("check_number", "pk")
    rows = rows.filter(person=person) if person else rows
    return [
        (row.check_number, row.witness, month_text(row.since) if row.since else "", month_text(row.until) if row.until else "")
        for row in rows
    ]  # fmt: skip


def test_there_are_eighteen_checks():
    assert [check.number for check in CHECKS] == list(range(1, 19))
    assert all(check.rows for check in CHECKS)


def test_months_drawn_by_who_has_died_draws_a_pension_or_holds_a_licence_are_found():
    placement = attended("2026-01")
    attended("2026-02", placement)
    person = placement.recognition.person
    assert _found(person) == []
    dead = known(person, "deceased", "2026-01-20")  # worked before it in January, not in February
    pension = known(person, "receives_pension", "2026-01-31")
    known(person, "imprisoned", "2025-12-31")
    known(person, "company_office_held", "2026-02-10", value=False)
    licence = LicenceRecord.objects.create(
        person=person, licence="92220102MA0Y1A2B3U", part="owner", status="active", changed_on="2026-02-03", observed_on="2026-03-01"
    )  # fmt: skip
    expected = [
        (1, f"fact:{dead.pk}", "2026-02", "2026-02"),
        (2, f"fact:{pension.pk}", "2026-01", "2026-02"),
        (4, f"licence:{licence.pk}", "2026-02", "2026-02"),
    ]
    assert _found(person) == expected
    assert _found(person) == expected  # the next night raises nothing again
    attended("2026-03", placement)
    assert _found(person)[2:4] == [
        (2, f"fact:{pension.pk}", "2026-01", "2026-02"),
        (2, f"fact:{pension.pk}", "2026-03", "2026-03"),
    ]
    assert list(replay.verify_state(lambda done: None, Counter())) == []


def test_months_of_claims_that_were_paid_are_checked_too():
    stay = on_the_register()
    pension = known(stay.person, "receives_pension", "2026-01-31")
    paid(stay, "some_scheme", "paid", "claimed")
    assert _found(stay.person) == [(2, f"fact:{pension.pk}", "2026-01", "2026-01")]


def test_months_drawn_as_flexible_work_in_which_an_employer_insured_are_found():
    """Month by month: the month before is in order, and so is another scheme, for which nobody asks it."""
    stay, other = on_the_register(), on_the_register()
    paid(stay, "flexible_insurance", "paid", "paid")
    paid(other, "employer_insurance", "paid")
    insured = known(stay.person, "insured_by_employer", "2026-02-12")
    known(other.person, "insured_by_employer", "2026-01-12")
    known(stay.person, "insured_by_employer", "2026-01-12", value=False)
    raise_doubts(clock.today())
    found = Doubt.objects.unscoped().filter(check_number=3)
    line = ClaimLine.objects.unscoped().get(person=stay.person, month=month_of(date(2026, 2, 1)))
    assert list(found.values_list("person", "drawn", "witness")) == [
        (stay.person_id, f"line:{line.pk}", f"fact:{insured.pk}")
    ]


def paid(stay, scheme, *statuses):
    """A claim from January on, a line a month, each in its status."""
    month = month_of(date(2026, 1, 1))
    with moving(Claim):
        claim = Claim.objects.create(
            person=stay.person, recognition=stay, agency=stay.agency, area=stay.area, region=registry.home().code, scheme=scheme,
            from_month=month, to_month=month + 1, claimant="clerk", claimed_on=clock.today(),
        )  # fmt: skip
    for number, status in enumerate(statuses):
        ClaimLine.objects.create(
            claim=claim, person=stay.person, scheme=scheme, month=month + number, amount=50_000, status=status
        )


def test_a_licence_that_was_given_up_and_a_disputed_fact_raise_nothing():
    person = attended("2026-02").recognition.person
    for status, on in (("active", "2025-02-03"), ("cancelled", "2026-01-20")):
        LicenceRecord.objects.create(
            person=person, licence="92220102MA0Y1A2B3U", part="owner", status=status, changed_on=on, observed_on="2026-03-01"
        )  # fmt: skip
    fact = known(person, "receives_pension", "2026-01-31")
    type(fact).objects.unscoped().filter(pk=fact.pk).update(disputed=True, dispute="没有领。")
    assert _found(person) == []


def test_who_works_on_a_post_after_the_end_or_on_one_never_published_is_found():
    placement = attended("2026-02")
    PublicPost.objects.unscoped().filter(pk=placement.post_id).update(
        posted_on="2026-03-01", notice_ends_on="2026-03-06"
    )
    stay = placement.recognition_id
    ended = {
        "status": "ended",
        "ground": "imprisoned",
        "evidence": "判决书",
        "ended_on": "2026-01-15",
        "recognised_on": "2025-01-01",
    }
    with moving(Recognition):
        Recognition.objects.unscoped().filter(pk=stay).update(**ended)
    assert [one[:2] for one in _found(placement.recognition.person)] == [
        (9, f"post:{placement.post_id}"),
        (9, f"recognition:{stay}"),
    ]
    told = [record(doubt, named) for doubt in Doubt.objects.unscoped() for named in doubt.records]
    number = Recognition.objects.unscoped().get(pk=stay).number
    assert {
        f"公益性岗位考勤 2026年2月 {placement.post.title}",
        f"公益性岗位 {placement.post}",
        f"认定 {number}",
    } == set(told)


def test_what_several_people_share_and_whose_relative_somebody_is_are_found():
    one, two, three = [on_the_register().person for _ in range(3)]
    accounts = [
        BankAccount.objects.create(
            person=who, number="6222020000000000000", number_index="same", holder="张", bank="工行", entered_at=clock.now(),
            entered_by_name="x",
        )
        for who in (one, two)
    ]  # fmt: skip
    assert [number for number, *_ in _found()] == [10, 10]
    Person.objects.unscoped().filter(pk__in=[one.pk, two.pk, three.pk]).update(phone_index="shared")
    placement = placed(staff("clerk"))
    Relative.objects.create(
        user=placement.published_by, name="弟弟", relation="弟弟", id_index=placement.recognition.person.id_index
    )
    found = Counter(number for number, *_ in _found())
    assert (found[10], found[16], found[17]) == (2, 2, 1)
    assert {row.drawn for row in Doubt.objects.unscoped().filter(check_number=10)} == {
        f"account:{a.pk}" for a in accounts
    }


def test_who_has_a_right_and_was_never_paid_counts_as_much():
    stay = on_the_register()
    UnclaimedScheme.objects.create(recognition=stay, scheme="some_scheme", found_on=clock.today())
    [(number, witness, *_)] = _found(stay.person)
    assert (number, witness) == (18, "unclaimed:some_scheme")
    doubt = Doubt.objects.unscoped().get()
    done = engine.act(staff("reviewer"), DOUBT, doubt.pk, "confirm", {"words": "帮他申请。"})
    assert (done.status, done.words) == ("confirmed", "帮他申请。")
    assert len(_found(stay.person)) == 1


def test_every_record_of_a_doubt_has_its_words():
    doubt = a_doubt()
    assert {named.partition(":")[0] for named in doubt.records} <= set(RECORDS)
    told = {"line"} | {
        part.split(":")[0].strip("'") for check in CHECKS for part in check.rows.split("'") if part.endswith(":")
    }
    assert told <= set(RECORDS)
