"""Tables of a period are kept up to date by what changed alone, and say at every moment what a recount says."""

import random
from datetime import date, datetime, time, timedelta

import pytest

from jiuyuan import clock
from jiuyuan.agencies.models import Agency
from jiuyuan.applications import queries as cases
from jiuyuan.applications.models import Application, Decision
from jiuyuan.history import services as history
from jiuyuan.oversight.figures import period_tables, tallies, upkeep
from jiuyuan.oversight.figures.registry import Span
from jiuyuan.oversight.models import FigureTally, PersonShare
from jiuyuan.people.models import Person
from jiuyuan.procedures.subjects import moving
from jiuyuan.recognitions import queries as register
from jiuyuan.recognitions.models import Recognition
from tests import factories
from tests.factories import COUNTY, OTHER_COUNTY, move_to, staff
from tests.oversight.months import newly_on_the_register

pytestmark = pytest.mark.django_db
WAYS = ("agency", "category", "sex", "age", "month")
ENDS = ("rejected", "declined", "withdrawn")


def is_its_lists(user, under, by, span):
    """Every number of the tables of a period is as long as the list that it opens."""
    found = period_tables.tables(user, under, by, span)
    today = clock.today()
    lines = [(line, cases.narrowed, Application) for line in (*found.cases[1], found.cases[0], *found.reasons)]
    for line, narrowed, model in lines:
        for cell in line.cells:
            rows = narrowed(model.objects.visible_to(user), cell.filters, today, user)
            assert cell.count == rows.count(), (by, line.label, cell)
    for line in (*(found.stays[1] if found.stays else ()), *(found.stays[:1] if found.stays else ()), *found.exits):
        for cell in line.cells:
            assert cell.count == register.narrowed(user, cell.filters).count(), (by, line.label, cell)
    return found


def changed_at_random(dice, cases_there, stays, places):
    """One change of one row, past the engine, with an act in the file of whom it is about."""
    day = date(2026, dice.randrange(1, 7), dice.randrange(1, 29))
    at = dice.choice(places)
    limits = {"accepted_on": day - timedelta(12), "due_on": day + timedelta(dice.randrange(-5, 5))}
    match dice.randrange(7):
        case 0:
            row, what = dice.choice(cases_there), {"status": dice.choice(ENDS), "finished_on": day, **limits}
        case 1:
            named = dice.sample(["older", "disabled", "long_term"], 2)
            row, what = dice.choice(cases_there), {"submitted_on": day, "categories": named}
        case 2:
            row, what = dice.choice(cases_there), {"area": at, **limits}
        case 3:
            ground = dice.choice(["imprisoned", "died"])
            row, what = dice.choice(stays), {"status": "ended", "ended_on": day, "ground": ground, "evidence": "x"}
        case 4:
            row, what = dice.choice(stays), {"recognised_on": day, "area": at}
        case 5:
            row = dice.choice(cases_there)
            made_at = datetime.combine(day, time(dice.randrange(24)), clock.CHINA)
            clauses = [{"code": code} for code in dice.sample(["residence", "retirement"], dice.randrange(3))]
            Decision.objects.unscoped().create(
                application=row, action="return", made_at=made_at, as_of=day, policy="x", facts={}, parameters={}, answer={},
                refusal={"clauses": clauses},
            )  # fmt: skip
            what = {}
        case _:
            row = dice.choice(cases_there).person
            born = day.replace(year=dice.choice([1965, 1976, 1986]))
            what = {"sex": dice.choice(["male", "female"]), "birth_date": born}
    with moving(type(row)):
        if what:
            type(row).objects.unscoped().filter(pk=row.pk).update(**what)
    person = row if isinstance(row, Person) else row.person
    file = row.file if isinstance(row, Application) else person.file
    history.append(file, history.SYSTEM, "facts_recorded", {}, "")


def test_after_a_thousand_random_acts_the_tables_say_what_a_recount_says():
    dice = random.Random(5)
    clerk = staff("clerk")
    there = [factories.a_case("submitted", clerk=clerk) for _ in range(3)]
    stays = [newly_on_the_register() for _ in range(3)]
    move_to(date(2026, 7, 1))
    province, county = staff("province"), Agency.objects.get(code=COUNTY)
    platforms = Agency.objects.filter(level="platform")
    places = [one.path for code in (COUNTY, OTHER_COUNTY) for one in platforms.filter(path__contains=f"/{code}/")[:2]]
    for turn in range(1_000):
        changed_at_random(dice, there, stays, places)
        if dice.random() < 0.02:
            upkeep.keep_up()
        if turn % 250 == 249:  # some acts are in the tallies, some are not
            since = date(2026, dice.randrange(1, 4), dice.randrange(1, 29))
            for by, under in zip(WAYS, (province.agency, county) * 3, strict=False):
                is_its_lists(province, under, by, Span(since, since + timedelta(100)))
    upkeep.keep_up()
    assert list(upkeep.faults()) == []
    assert not upkeep.behind()
    before = sorted(FigureTally.objects.values_list(*upkeep.KEY, "many"))
    FigureTally.objects.all().delete()
    PersonShare.objects.all().delete()
    upkeep.rebuild()
    assert sorted(FigureTally.objects.values_list(*upkeep.KEY, "many")) == before


def test_somebody_who_turns_fifty_stands_among_those_of_fifty_the_same_day_and_after_the_next_upkeep():
    newly_on_the_register()
    person = Recognition.objects.unscoped().get().person
    upkeep.keep_up()
    user = staff("supervisor")
    move_to(person.birth_date.replace(year=person.birth_date.year + 50))
    for _ in range(2):
        found = is_its_lists(user, user.agency, "age", Span(date(2026, 1, 1), clock.today()))
        counted = {line.label: line.cells[0].count for line in found.stays[1]}
        assert (counted["40至49岁"], counted["50至59岁"]) == (0, 1)
        upkeep.keep_up()


def test_a_tally_that_was_changed_is_found_and_a_night_mends_what_a_person_adds():
    newly_on_the_register()
    move_to(clock.today() + timedelta(days=1))
    upkeep.keep_up()
    assert list(upkeep.faults()) == []
    FigureTally.objects.filter(code="standing", by="").update(many=7)
    assert len(list(upkeep.faults())) == len(upkeep.shares.paths_of(staff("clerk").agency.path))
    upkeep.rebuild()
    Recognition.objects.unscoped().update(recognised_on=date(2026, 1, 5))  # past the record
    assert "计入统计的各项" in next(iter(upkeep.faults()))
    assert [upkeep.keep_up(turn=turn) for turn in range(28)].count(1) == 1
    assert list(upkeep.faults()) == []


def test_a_changed_limit_lets_everything_be_reckoned_anew(monkeypatch):
    newly_on_the_register()
    upkeep.keep_up()
    user, year = staff("supervisor"), Span(date(2026, 1, 1), date(2026, 12, 31))
    monkeypatch.setattr(tallies, "rules", lambda today: "of another day")
    assert upkeep.behind()
    assert is_its_lists(user, user.agency, "sex", year).stays[0].cells[0].count == 1
    assert upkeep.keep_up() == 1
    assert not upkeep.behind()
