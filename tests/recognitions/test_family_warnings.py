"""The limit of a family without work is warned of, before and after its day, until the family is cleared (一(一)4)."""

from datetime import date, timedelta

import pytest

from jiuyuan import clock
from jiuyuan.applications import nightly
from jiuyuan.people import services
from jiuyuan.people.models import FamilyCertification
from jiuyuan.recognitions import family_warnings, queries
from jiuyuan.recognitions.models import Recognition, Warning
from tests.factories import certify_family, move_to, staff
from tests.recognitions.register import on_the_register

pytestmark = pytest.mark.django_db


@pytest.fixture
def stay() -> Recognition:
    return on_the_register()


def certified(stay: Recognition, due_in: int) -> FamilyCertification:
    """The person's family, to be cleared in so many days."""
    family = certify_family(staff("reviewer"), stay.person_id, ground="入户核实。")
    FamilyCertification.objects.unscoped().filter(pk=family.pk).update(due_on=clock.today() + timedelta(days=due_in))
    return family


def warned(stay: Recognition) -> list[date]:
    rows = Warning.objects.unscoped().filter(recognition=stay, kind=Warning.Kind.FAMILY)
    return list(rows.values_list("due_on", flat=True))


def test_a_day_that_comes_soon_is_warned_of_once_however_often_the_night_runs(stay: Recognition) -> None:
    certified(stay, due_in=30)
    for _ in range(2):
        assert nightly.run().figures["warnings"] == 1
    assert warned(stay) == [clock.today() + timedelta(days=30)]
    assert "零就业家庭清零期限" in [row.get_kind_display() for row in queries.coming_warnings(staff("reviewer"))]


def test_a_day_far_off_is_not_warned_of(stay: Recognition) -> None:
    certified(stay, due_in=31)
    nightly.run()
    assert warned(stay) == []


def test_a_day_that_has_passed_stays_among_the_warnings(stay: Recognition, log_in) -> None:
    certified(stay, due_in=3)
    nightly.run()
    move_to(clock.today() + timedelta(days=5))
    nightly.run()
    reviewer = staff("reviewer")
    assert queries.coming_warnings(reviewer).count() == 1
    assert queries.waiting(reviewer)["warnings"] == 1
    page = log_in(reviewer).get("/desk/register/warnings/").content.decode()
    assert "零就业家庭清零期限" in page
    assert "已过期限" in page


def test_cleared_by_the_county_the_warning_goes_at_once(stay: Recognition, log_in) -> None:
    family = certified(stay, due_in=3)
    nightly.run()
    page = log_in(staff("reviewer")).get(f"/desk/families/{family.pk}/clear/").content.decode()
    assert all(said in page for said in ("入户核实。", "清零期限", stay.person.name, "登记失业，没有就业和经营"))
    family_warnings.clear(staff("reviewer"), family.pk, {"because": "本人已在超市就业。"})
    assert warned(stay) == []


def test_cleared_by_the_night_the_warning_goes_with_it(stay: Recognition) -> None:
    certified(stay, due_in=3)
    nightly.run()
    services.record_facts(
        staff("clerk").actor,
        stay.person,
        {"in_labour_relationship": True},
        source="site_visit",
        evidence="走访单位",
        settlement="以走访为准",
    )
    nightly.run()
    assert warned(stay) == []
