"""Figures (五(三)): every definition is its list for every role, on the desk and for programs, in a closed month and in one that runs."""

from datetime import date
from io import BytesIO

import openpyxl
import pytest
from django.urls import reverse

from jiuyuan.agencies.models import User
from jiuyuan.agencies.roles import RIGHTS, STAFF, Right
from jiuyuan.agencies.services import issue_token
from jiuyuan.encryption import KEY_SIZE, numbers_of, opaque_keys
from jiuyuan.oversight.figures import reading, registry
from jiuyuan.oversight.figures.registry import FIGURES, Asked, Part, narrowed
from jiuyuan.people.segments import AGES, SEXES
from jiuyuan.refusals import NotForRole
from tests.api.program import Program
from tests.assistance.offers import DECLINED, INTERESTED, a_fitting_vacancy, a_plan_with_vacancies, an_offer
from tests.desk.reading import words
from tests.factories import OTHER_COUNTY, PLATFORM, a_case, move_to, returned_as_failing, staff
from tests.oversight.months import MARCH, closed, newly_on_the_register
from tests.recognitions.register import on_the_register, struck_off

pytestmark = pytest.mark.django_db
ROLES = ("clerk", "reviewer", "supervisor", "province")


@pytest.fixture
def a_month_of_everything() -> None:
    """Applications with each end, somebody who came and somebody who left, help and what came of it: all in March."""
    clerk = staff("clerk")
    for status in ("declined", "rejected", "withdrawn", "submitted"):
        a_case(status, clerk=clerk)
    newly_on_the_register()
    stay, gone = on_the_register(), on_the_register(born="1969-04-01", sex="male")
    plan = a_plan_with_vacancies(clerk, stay)
    an_offer(clerk, plan, a_fitting_vacancy(clerk), INTERESTED, ("taken_on", {"from": date(2026, 3, 12)}))
    for title in ("护工", "陪护员"):  # two rows about one person
        an_offer(clerk, plan, a_fitting_vacancy(clerk, title), DECLINED)
    struck_off(gone, "imprisoned")
    returned_as_failing(clerk, staff("reviewer"))


def of(user: User, month: date) -> dict[str, tuple[int, int]]:
    """By figure its value, and how many its list holds."""
    assert user.agency is not None
    found = {}
    for figure in FIGURES.values():
        one = reading.read(user, figure, user.agency, month)
        listed = reading.listed(user, one, 0, 50)
        assert listed.count == one.value
        found[figure.code] = (one.value, len(listed.people) + listed.elsewhere)
    return found


def test_every_figure_is_its_list_for_every_role_and_for_programs_and_stays_so_once_the_month_is_closed(
    a_month_of_everything, log_in
):
    assert set(ROLES) == RIGHTS[Right.SEE_FIGURES]
    users = {role: staff(role) for role in ROLES}
    live = {role: of(user, MARCH) for role, user in users.items()}
    for found in live.values():
        assert {code: value for code, (value, listed) in found.items() if value != listed} == {}
    counted = {code: value for code, (value, _) in live["province"].items()}
    assert [counted[code] for code in ("entered", "left", "on_register", "recognised")] == [3, 1, 2, 2]
    assert [counted[code] for code in ("declined", "rejected", "withdrawn", "offered", "taken_on", "answered")] == [
        1,
        1,
        1,
        1,
        1,
        1,
    ]
    assert live["clerk"] == live["province"]
    away = staff("reviewer", at=OTHER_COUNTY)
    assert set(of(away, MARCH).values()) == {(0, 0)}

    whole = Asked(users["province"], users["province"].area, registry.month_of(users["province"].area, MARCH))
    for figure in (FIGURES["on_register", 1], FIGURES["received", 1], FIGURES["offered", 1]):
        for parts in ([Part(sex=one) for one in SEXES], [Part(age=one) for one in AGES]):
            values = [figure.value(whole._replace(part=part)) for part in parts]
            assert sum(values) == figure.value(whole)
        assert figure.value(narrowed(whole, category="older")) == figure.value(whole)

    move_to(date(2026, 4, 5))
    closed()
    for role, user in users.items():
        assert of(user, MARCH) == live[role], role
        program = Program(issue_token(user))
        for figure in FIGURES.values() if role in ("clerk", "province") else ():
            said = program.get(f"/figures/{figure.code}", month="2026-03").json()
            people = program.get(f"/figures/{figure.code}/people", month="2026-03").json()
            assert (said["closed"], said["value"]) == (True, live[role][figure.code][0])
            assert (people["count"], len(people["items"])) == (said["value"], said["value"])
            assert sum(said["parts"].get("sex", {}).values()) == said["value"]
    assert set(of(away, MARCH).values()) == {(0, 0)}
    assert reading.read(users["clerk"], FIGURES["on_register", 1], users["clerk"].agency, MARCH).parts == {
        "sex": {"female": 2}, "age": {"40-49": 2}, "category": {"older": 2},
    }  # fmt: skip

    for role in STAFF - RIGHTS[Right.SEE_FIGURES]:
        with pytest.raises(NotForRole):
            reading.office(other := staff(role))
        for path in ("/figures", "/figures/entered", "/figures/entered/people", "/periods"):
            assert Program(issue_token(other)).get(path).status_code == 403, role
    clerk = Program(issue_token(users["clerk"]))
    assert clerk.get("/figures/nothing").status_code == 404
    assert clerk.get("/figures/entered", under="2202").status_code == 404
    for month in ("2026-13", "三月", "2026-3"):
        assert clerk.get("/figures/entered", month=month).status_code == 422
    assert {one["code"] for one in clerk.get("/figures").json()} == {code for code, _ in FIGURES}

    desk = log_in(users["clerk"])
    page = desk.get(reverse("desk:months"))
    assert "2026年3月" in words(page)
    assert "审核" in words(page)
    said = {"under": PLATFORM, "month": "2026-03"}
    shown = desk.get(reverse("desk:month_list"), said | {"figure": "on_register"})
    assert shown.context["listed"].count == len(shown.context["listed"].people) == 2
    assert shown.context["faults"] == []
    book = openpyxl.load_workbook(BytesIO(b"".join(desk.get(reverse("desk:month_workbook"), said).streaming_content)))
    cells = {row[0].value: row[1].value for row in book["月报"].iter_rows(min_row=2)}
    assert (cells["月末在册"], cells["新认定"]) == (2, 3)
    assert desk.get(reverse("desk:month_pdf"), said).content.startswith(b"%PDF")
    assert desk.get(reverse("desk:month_pdf"), said | {"month": "2026-01"}).status_code == 404


def test_opaque_keys_are_one_a_number_and_tell_nothing_but_to_whoever_has_the_key():
    numbers = [1, 2, 300_000]
    keys = opaque_keys("figures", numbers)
    assert numbers_of("figures", b"".join(keys)) == numbers
    assert keys == opaque_keys("figures", numbers)
    assert not set(keys) & set(opaque_keys("something else", numbers))
    assert {len(key) for key in keys} == {KEY_SIZE}
    assert numbers_of("figures", bytes([keys[0][0] ^ 1]) + keys[0][1:])[0] >> 63
