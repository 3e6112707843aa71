"""People's data is closed until somebody says for whom it is asked."""

import re
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Count

import jiuyuan
from jiuyuan.agencies.models import Agency, User
from jiuyuan.agencies.roles import RIGHTS, Right, Role
from jiuyuan.applications.models import Application
from jiuyuan.closed import Unscoped
from jiuyuan.history.models import Entry, Look, RecordQuerySet
from jiuyuan.history.services import SYSTEM
from jiuyuan.notifications.models import Message, MessageQuerySet, Withheld
from jiuyuan.notifications.services import write
from jiuyuan.people import services
from jiuyuan.people.models import Fact, Person
from tests.factories import a_case, an_account, an_applicant, staff

pytestmark = pytest.mark.django_db


def on_file(platform: str, account: User | None = None) -> Person:
    someone = an_applicant()
    return services.register(
        SYSTEM,
        name=someone.name,
        id_number=someone.id_number,
        phone=someone.phone,
        address=someone.address,
        agency=Agency.objects.get(code=platform),
        account=account,
    )


ASKED = {
    "list": list,
    "len": len,
    "bool": bool,
    "slice": lambda rows: rows[:1][0],
    "index": lambda rows: rows[0],
    "in": lambda rows: Person() in rows,
    "get": lambda rows: rows.get(name="x"),
    "first": lambda rows: rows.first(),
    "last": lambda rows: rows.last(),
    "latest": lambda rows: rows.latest("id"),
    "count": lambda rows: rows.count(),
    "exists": lambda rows: rows.exists(),
    "contains": lambda rows: rows.contains(Person(pk=1)),
    "iterator": lambda rows: next(rows.iterator(), None),
    "values": lambda rows: list(rows.values("name")),
    "values_list": lambda rows: list(rows.values_list("name", flat=True)),
    "dates": lambda rows: list(rows.dates("birth_date", "year")),
    "in_bulk": lambda rows: rows.in_bulk(),
    "aggregate": lambda rows: rows.aggregate(n=Count("id")),
    "update": lambda rows: rows.update(name="x"),
    "delete": lambda rows: rows.delete(),
    "get_or_create": lambda rows: rows.get_or_create(name="x"),
    "raw": lambda rows: list(rows.raw("SELECT * FROM people_person")),
}


@pytest.mark.parametrize("asked", ASKED)
@pytest.mark.parametrize("narrowed", [False, True], ids=["all", "filtered"])
def test_people_asked_for_without_saying_for_whom_are_not_given(asked, narrowed):
    on_file("220102001")
    rows = Person.objects.filter(name__gt="").order_by("id") if narrowed else Person.objects.all()
    with pytest.raises(Unscoped):
        ASKED[asked](rows)


RECORD = {Entry: RecordQuerySet, Look: RecordQuerySet, Message: MessageQuerySet, Withheld: MessageQuerySet}


def test_the_record_looks_and_messages_are_not_given_before_it_is_said_of_whom():
    for model, rows in RECORD.items():
        assert model._meta.managers, model
        for manager in model._meta.managers:
            assert isinstance(manager.all(), rows), (model, manager.name)
            for asked in (
                list,
                len,
                lambda rows: rows.first(),
                lambda rows: rows.count(),
                lambda rows: rows.update(file="x"),
            ):
                with pytest.raises(Unscoped):
                    asked(manager.filter(pk__gt=0))


def test_the_record_and_messages_are_given_of_the_files_and_the_account_that_were_said():
    person, clerk = on_file("220102001"), staff("clerk")
    files = [person.file, clerk.file]
    write(person.file, "account.number_used")
    write("person:0", "account.number_used", recipient=clerk.username)
    assert {act.file for act in Entry.objects.of(*files)} == {act.file for act in Entry.objects.of(person.file)}
    assert not Entry.objects.of() and not Message.objects.to("")
    assert [m.file for m in Message.objects.to(clerk.username, person.file)] == ["person:0", person.file]
    assert [m.file for m in Message.objects.to(clerk.username)] == ["person:0"]
    assert Entry.objects.in_area(clerk.area).filter(file=person.file) and not Entry.objects.in_area("")


def test_no_page_and_no_program_asks_for_the_record_or_messages_as_a_whole():
    source = Path(jiuyuan.__file__).parent
    read = "|".join(model.__name__ for model in RECORD)
    asked = re.compile(rf"\b(?:{read})\.objects\b(?!\.(?:of|to|in_area)\()")
    pages = [path for place in ("desk", "portal", "api", "web") for path in (source / place).rglob("*.py")]
    found = {path.name: asked.findall(path.read_text("utf-8")) for path in pages}
    assert not {name: lines for name, lines in found.items() if lines and name != "queries.py"}
    assert len(found["queries.py"]) == 2, "the two lists of an auditor, which are asked in_area"
    assert any(asked.search(path.read_text("utf-8")) for path in (source / "history").glob("*.py"))


def test_closed_rows_joined_to_open_ones_stay_closed():
    on_file("220102001")
    clerk = staff("clerk")
    for rows in (
        Person.objects.visible_to(clerk) | Person.objects.all(),
        Person.objects.all() | Person.objects.visible_to(clerk),
        Person.objects.visible_to(clerk).union(Person.objects.all()),
    ):
        with pytest.raises(Unscoped):
            list(rows)


def test_open_rows_joined_to_open_ones_or_to_none_stay_open():
    person = on_file("220102001")
    mine = Person.objects.visible_to(staff("clerk"))
    for rows in (mine | mine, mine | Person.objects.none(), Person.objects.none() | mine, mine.union(mine)):
        assert list(rows) == [person]


def test_rows_that_were_opened_stay_open_however_they_are_narrowed():
    person = on_file("220102001")
    rows = Person.objects.visible_to(staff("clerk"))
    assert list(rows.filter(name=person.name).order_by("id")) == [person]
    assert rows.exclude(name="").exists()


def test_rows_reached_from_somebody_in_hand_are_as_visible_as_they_are():
    person = on_file("220102001")
    assert person.facts.count() == 2
    assert {fact.person_id for fact in Person.objects.unscoped().prefetch_related("facts").get().facts.all()} == {
        person.pk
    }


# Where somebody is on file, and the seats from which they are seen.
SEATS = {
    ("clerk", "220102001"): {"220102001"},
    ("clerk", "220102002"): set(),
    ("reviewer", "220102"): {"220102001"},
    ("reviewer", "220204"): {"220204001"},
    ("supervisor", "2201"): {"220102001"},
    ("supervisor", "2205"): set(),
    ("supervisor", "MHK"): {"220581001"},
    ("supervisor", "CBS"): {"222426120"},
    ("reviewer", "222426"): set(),
    ("province", "22"): {"220102001", "220204001", "220581001", "222426120"},
    ("auditor", "22"): set(),
    ("finance", "220102"): set(),
}


@pytest.mark.parametrize(("role", "seat"), SEATS)
def test_staff_see_the_people_below_their_agency_and_nobody_else(role, seat):
    for platform in ("220102001", "220204001", "220581001", "222426120"):
        on_file(platform)
    user = staff(role, seat)
    assert {person.agency.code for person in Person.objects.visible_to(user)} == SEATS[role, seat]
    facts = Fact.objects.visible_to(user).select_related("person__agency")
    assert {fact.person.agency.code for fact in facts} == SEATS[role, seat]


@pytest.mark.parametrize(("role", "seat"), SEATS)
def test_a_row_in_hand_is_held_to_the_same_scope_as_a_list(role, seat):
    for platform in ("220102001", "220204001", "220581001", "222426120"):
        on_file(platform)
    user = staff(role, seat)
    for rows in (Person.objects, Fact.objects):
        held = [row for row in rows.unscoped().order_by("pk") if rows.model.scope.holds(user, row)]
        assert held == list(rows.visible_to(user).order_by("pk"))


def test_applicants_see_themselves_alone():
    mine, other = an_account(), an_account()
    person = on_file("220102001", mine)
    somebody_else = on_file("220102001")
    assert list(Person.objects.visible_to(mine)) == [person]
    assert list(Person.objects.visible_to(other)) == []
    assert Person.scope.holds(mine, person)
    assert not Person.scope.holds(mine, somebody_else)
    assert not Person.scope.holds(other, person)
    assert all(Fact.scope.holds(mine, fact) is (fact.person == person) for fact in Fact.objects.unscoped())


def test_channel_sees_no_people():
    person, channel = on_file("220102001"), an_account("channel")
    assert not Person.objects.visible_to(channel).exists()
    assert not Person.scope.holds(channel, person)


def test_channel_sees_the_applications_that_came_by_it():
    hall, other = an_account("channel"), an_account("channel")
    case = a_case("submitted", by=hall)
    assert list(Application.objects.visible_to(hall)) == [case]
    assert Application.scope.holds(hall, case)
    assert not Application.objects.visible_to(other).exists()
    assert not Application.scope.holds(other, case)


def test_a_row_that_belongs_to_nobody_is_nobodys():
    assert not Person.scope.holds(an_account(), Person())
    assert not Fact.scope.holds(staff("province"), Fact(person=Person(area=None)))


def test_every_model_with_peoples_data_is_closed():
    from django.apps import apps

    from jiuyuan.agencies.scope import ScopedQuerySet

    ours = [model for model in apps.get_models() if model.__module__.startswith("jiuyuan.")]
    about_people = [
        model
        for model in ours
        if any(f.related_model is Person for f in model._meta.get_fields() if f.concrete) or model is Person
    ]
    assert len(about_people) >= 4
    for model in about_people:
        assert hasattr(model, "scope"), model
        assert isinstance(model._default_manager.all(), ScopedQuerySet), model


@pytest.mark.parametrize("role", ["clerk", "reviewer", "supervisor", "province", "auditor", "finance"])
def test_database_knows_that_staff_sit_at_an_agency(role):
    with pytest.raises((IntegrityError, ValidationError)), transaction.atomic():
        User.objects.create_user("nobody", role=role, name="无处")


def test_database_knows_that_applicants_sit_at_none():
    user = User(username="nobody", role="applicant", name="某人", agency=Agency.objects.get(code="22"))
    with pytest.raises(IntegrityError, match="agencies_staff_sit_at_an_agency"), transaction.atomic():
        user.save()


def test_every_right_is_somebodys_and_no_applicant_holds_one_of_the_desk():
    assert set(RIGHTS) == set(Right)
    for right, roles in RIGHTS.items():
        assert roles, right
    assert {right for right, roles in RIGHTS.items() if Role.APPLICANT in roles} == {Right.SEE_CASES}


def test_account_out_of_use_may_nothing():
    clerk = staff("clerk")
    assert clerk.may(Right.SEE_CASES)
    clerk.is_active = False
    assert not clerk.may(Right.SEE_CASES)
