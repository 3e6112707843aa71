"""Closed months (五(三)): the value stands whatever is recorded later, later acts are shown with their people, keys prove it."""

import random
from collections import Counter
from datetime import date, timedelta

import pytest

from jiuyuan import clock
from jiuyuan.agencies.models import Agency
from jiuyuan.history import services as history
from jiuyuan.oversight import replay
from jiuyuan.oversight.figures import closing, corrections, proving, registry
from jiuyuan.oversight.figures.definitions import _on_register
from jiuyuan.oversight.figures.registry import FIGURES, Asked, FigureDefinition, Span
from jiuyuan.oversight.models import ClosedFigure, FigurePeriod, LaterChange
from jiuyuan.oversight.period_workflow import PERIOD
from jiuyuan.people.models import Person
from jiuyuan.procedures import engine
from jiuyuan.procedures.subjects import moving
from jiuyuan.recognitions.models import Recognition
from jiuyuan.refusals import GuardNotMet, NotForRole
from jiuyuan.regions import registry as regions
from tests.factories import COUNTY, OTHER_COUNTY, OTHER_PLATFORM, PLATFORM, PROVINCE, REGION, act_on, move_to, staff
from tests.oversight.months import MARCH, approved, cancelled, closed, newly_on_the_register, period_of
from tests.recognitions.register import bear, end

pytestmark = pytest.mark.django_db
ON_REGISTER, ENTERED, LEFT = ("on_register", 1), ("entered", 1), ("left", 1)


def value(at: str, figure: tuple[str, int], month: date = MARCH) -> int:
    found = ClosedFigure.objects.unscoped().filter(
        period=period_of(at, month), figure=figure[0], figure_version=figure[1]
    )
    return int(found.values_list("value", flat=True).first() or 0)


def changes(at: str, month: date = MARCH) -> dict[tuple[str, int], dict[int, bool]]:
    found: dict[tuple[str, int], dict[int, bool]] = {}
    for row in LaterChange.objects.unscoped().filter(period=period_of(at, month)):
        found.setdefault((row.figure, row.figure_version), {})[row.person_id] = row.added
    return found


def the_night_of(day: date) -> None:
    move_to(day)
    closing.close_due(day)
    corrections.find(day)


def test_where_closing_begins_in_the_middle_of_a_year_the_year_is_counted_all_the_same():
    newly_on_the_register()
    april = date(2026, 4, 1)
    move_to(date(2026, 5, 5))
    line = ClosedFigure.objects.unscoped().get(period=closed(april), figure="entered", figure_version=1)
    assert (line.value, line.in_year) == (0, 1)


def test_a_closed_month_then_a_recognition_of_it_is_cancelled_the_months_value_stands_the_next_shows_minus_one_and_who():
    stay, other = newly_on_the_register(), newly_on_the_register()
    the_night_of(date(2026, 4, 4))
    assert not FigurePeriod.objects.unscoped().filter(month=MARCH).exists()  # day N after its end has not come
    the_night_of(date(2026, 4, 5))
    assert [value(at, ENTERED) for at in (PLATFORM, COUNTY, REGION, PROVINCE)] == [2, 2, 2, 2]
    before = period_of(PROVINCE)
    cancelled(stay)
    the_night_of(date(2026, 5, 5))

    assert [value(PLATFORM, one) for one in (ENTERED, ON_REGISTER)] == [2, 2]
    assert period_of(PROVINCE).digest == before.digest
    for at in (PLATFORM, COUNTY, REGION, PROVINCE):
        assert changes(at) == {ENTERED: {stay.person_id: False}, ON_REGISTER: {stay.person_id: False}}
    april = date(2026, 4, 1)
    assert [value(PLATFORM, one, april) for one in (ENTERED, ON_REGISTER)] == [0, 1]
    [shown] = corrections.of_earlier_months(period_of(PLATFORM, april), ENTERED)
    assert (shown.person, shown.added, shown.period.month) == (stay.person, False, MARCH)
    acts = corrections.acts_since(stay.person, period_of(PLATFORM).closed_at)
    assert acts[0].action in {entry.action for entry in acts if entry.payload.get("state")}
    assert corrections.acts_since(other.person, period_of(PLATFORM).closed_at) == []
    assert list(replay.verify_state(lambda done: None, Counter())) == []


def test_any_closed_month_is_rebuilt_from_its_keys_and_differs_by_exactly_the_later_acts():
    dice = random.Random(16)
    stays = [newly_on_the_register() for _ in range(9)]
    plan = {stay: dice.choice(["nothing", "in_march", "in_april", "cancelled"]) for stay in stays} | {
        stays[4]: "restored"
    }
    move_to(date(2026, 3, 20))
    for stay, what in plan.items():
        if what in ("in_march", "restored"):
            bear(stay, "imprisoned")  # known in March, and decided on later
    end(stays[4], ground="imprisoned", on=date(2026, 3, 20))
    the_night_of(date(2026, 4, 5))
    march = period_of(COUNTY)
    span = Span(march.since, march.until)
    assert value(COUNTY, LEFT) == 1

    expected: dict[tuple[str, int], dict[int, bool]] = {}

    def differs(stay: Recognition, **figures: bool) -> None:
        for code, added in figures.items():
            expected.setdefault((code, 1), {})[stay.person_id] = added

    for number, stay in enumerate(dice.sample(stays, len(stays))):
        move_to(date(2026, 4, 6) + timedelta(days=number))
        match plan[stay]:
            case "in_march":
                end(stay, ground="imprisoned", on=date(2026, 3, 25))
                differs(stay, on_register=False, left=True)
            case "in_april":
                bear(stay, "imprisoned")
                end(stay, ground="imprisoned", on=clock.today())
            case "cancelled":
                cancelled(stay)
                differs(stay, on_register=False, entered=False)
            case "restored":
                objection = act_on("object", staff("clerk"), stay.pk, "不该退出。")
                act_on("settle", staff("reviewer"), objection.pk, upheld=True, finding="判决已撤销。")
                differs(stay, on_register=True, left=False)
        if number % 3 == 0:  # nights between the acts, and none
            the_night_of(date(2026, 4, 6) + timedelta(days=number))
    the_night_of(date(2026, 4, 30))
    assert len({person for of in expected.values() for person in of}) >= 4
    for at in (PLATFORM, COUNTY, PROVINCE):
        assert changes(at) == expected
    for key in (ON_REGISTER, ENTERED, LEFT):
        then = set(corrections.people_behind(march, key))
        assert len(then) == value(COUNTY, key)
        later = expected.get(key, {})
        rebuilt = (then | {one for one, added in later.items() if added}) - {
            one for one, added in later.items() if not added
        }
        now = {row.person for row in FIGURES[key].counted(Asked(None, march.area, span))}
        assert rebuilt == now


def test_after_a_thousand_random_later_acts_a_closed_month_differs_by_exactly_what_they_did():
    dice = random.Random(17)
    stays = [newly_on_the_register() for _ in range(6)]
    the_night_of(date(2026, 4, 5))
    march = period_of(COUNTY)
    span, three = Span(march.since, march.until), (ON_REGISTER, ENTERED, LEFT)
    then = {key: set(corrections.people_behind(march, key)) for key in three}
    values = {key: value(COUNTY, key) for key in three}
    acted = set()
    for turn in range(1, 1_001):
        if turn % 250 == 0:
            the_night_of(date(2026, 4, 6) + timedelta(days=turn // 250))
        stay = dice.choice(stays[:5])  # of the sixth nothing is ever recorded
        at_random(dice, stay)
        acted.add(stay.person_id)
    the_night_of(date(2026, 4, 30))
    found = changes(COUNTY)
    assert any(found.get(key) for key in three)
    for key in three:
        later = found.get(key, {})
        rebuilt = (then[key] | {one for one, added in later.items() if added}) - {
            one for one, added in later.items() if not added
        }
        assert rebuilt == {row.person for row in FIGURES[key].counted(Asked(None, march.area, span))}
        assert set(later) <= acted
        assert (value(COUNTY, key), set(corrections.people_behind(march, key))) == (values[key], then[key])
    for person in {one for of in found.values() for one in of}:
        assert corrections.acts_since(Person.objects.unscoped().get(pk=person), march.closed_at)


def at_random(dice: random.Random, stay: Recognition) -> None:
    """One change of a stay, past the engine, with an act in the file of whom it is about."""
    day = date(2026, dice.choice([3, 4]), dice.randrange(1, 29))
    what = dice.choice(
        [
            {"status": "ended", "ended_on": day, "ground": "imprisoned", "evidence": "x"},
            {"status": "active", "ended_on": None, "ground": "", "evidence": ""},
            {"recognised_on": date(2026, dice.choice([2, 3]), dice.randrange(1, 29))},
        ]
    )
    with moving(Recognition):
        Recognition.objects.unscoped().filter(pk=stay.pk).update(**what)
    history.append(stay.person.file, history.SYSTEM, "facts_recorded", {}, stay.area)


def test_one_key_changed_in_the_table_is_found_and_so_is_a_value_a_part_and_a_row_that_is_gone():
    newly_on_the_register(), newly_on_the_register()
    move_to(date(2026, 4, 5))
    street = closed()
    line = ClosedFigure.objects.unscoped().get(period=street, figure="on_register")
    lines = ClosedFigure.objects.unscoped().filter(pk=line.pk)
    own, county = bytes(line.own), period_of(COUNTY)
    assert [proving.faults_for_page(one, line.key) for one in (street, county)] == [[], []]
    for changed in (
        {"own": own[:5] + bytes([own[5] ^ 1]) + own[6:]},
        {"value": 3},
        {"parts": {"sex": {"male": 2}}},
    ):
        lines.update(**changed)
        faults = list(replay.verify_state(lambda done: None, Counter()))
        assert faults, changed
        assert proving.faults_for_page(street, line.key), "what a page has proven is not believed when it was changed"
        assert bool(proving.faults_for_page(county, line.key)) == ("own" in changed)
        assert all("2026年03月" in fault for fault in faults)
        lines.update(own=own, value=line.value, parts=line.parts)
    assert list(replay.verify_state(lambda done: None, Counter())) == []
    lines.delete()
    assert len(list(replay.verify_state(lambda done: None, Counter()))) >= 1
    FigurePeriod.objects.unscoped().filter(pk=street.pk).update(digest="1" * 64)
    assert any("校验值" in fault for fault in replay.verify_state(lambda done: None, Counter()))


def test_a_month_is_approved_from_the_street_up_and_sent_back_by_the_office_above():
    newly_on_the_register()
    move_to(date(2026, 4, 5))
    street, county = closed(), period_of(COUNTY)
    with pytest.raises(GuardNotMet) as refusal:
        approved(county, "reviewer")
    assert street.agency.name in refusal.value.title
    with pytest.raises(NotForRole):
        engine.act(staff("reviewer"), PERIOD, street.pk, "approve")
    street = approved(street)
    assert (street.status, street.approved_by.role) == ("approved", "clerk")
    street = engine.act(staff("reviewer"), PERIOD, street.pk, "send_back", {"reason": "少了一人。"})
    assert (street.status, street.approved_on) == ("closed", None)
    approved(street)
    approved(county, "reviewer")
    approved(period_of(REGION), "supervisor")
    assert approved(period_of(PROVINCE), "province").status == "approved"
    with pytest.raises(GuardNotMet):
        engine.act(staff("reviewer"), PERIOD, street.pk, "send_back", {"reason": "少了一人。"})


def test_an_office_that_was_closed_blocks_nobody_the_one_above_approves_for_it_and_it_gets_no_new_month():
    newly_on_the_register()
    move_to(date(2026, 4, 5))
    street, county = closed(), period_of(COUNTY)
    Agency.objects.filter(pk=street.agency_id).update(closed_on=date(2026, 4, 6))
    move_to(date(2026, 5, 5))
    reviewer = staff("reviewer")
    assert engine.act(reviewer, PERIOD, street.pk, "approve").status == "approved"
    assert approved(county, "reviewer").status == "approved"
    closing.close(regions.home(), date(2026, 4, 1))
    april = FigurePeriod.objects.unscoped().filter(month=date(2026, 4, 1))
    assert not april.filter(agency=street.agency_id).exists()
    lines = ClosedFigure.objects.unscoped().filter(period=april.get(agency__code=COUNTY), figure="on_register")
    assert [(line.value, bool(line.own)) for line in lines] == [(1, True)]


def test_a_changed_definition_is_a_new_version_beside_the_old_one_and_nobody_is_counted_twice(monkeypatch):
    newly_on_the_register(), newly_on_the_register()
    second = FigureDefinition("on_register", 2, "月末在册（新口径）", "月末", Recognition, _on_register, stock=True)
    monkeypatch.setattr(registry, "FIGURES", {**FIGURES, second.key: second})
    move_to(date(2026, 4, 5))
    closed()
    assert [value(COUNTY, ("on_register", version)) for version in (1, 2)] == [2, 2]
    assert registry.definition("on_register").version == 2
    assert registry.definition("on_register", 1).version == 1
    line = ClosedFigure.objects.unscoped().get(period=period_of(COUNTY), figure="on_register", figure_version=1)
    assert (line.parts["sex"], line.parts["age"]) == ({"female": 2}, {"40-49": 2})
    assert not ClosedFigure.objects.unscoped().filter(period__agency__code__in=[OTHER_COUNTY, OTHER_PLATFORM]).exists()


def test_a_reporting_month_can_run_from_the_21st_to_the_20th(monkeypatch):
    own = regions.home()
    assert registry.month_of(own.path, MARCH) == Span(MARCH, date(2026, 3, 31))
    assert registry.month_at(own.path, date(2026, 3, 31)) == MARCH
    monkeypatch.setattr(type(own), "limit", lambda region, name, on: 21)
    assert registry.month_of(own.path, MARCH) == Span(date(2026, 2, 21), date(2026, 3, 20))
    assert [registry.month_at(own.path, date(2026, 3, day)) for day in (20, 21)] == [MARCH, date(2026, 4, 1)]
