"""Somebody who was on the register and lost work again (四(三)): what lasts is kept, what may have changed is asked again."""

from datetime import timedelta

import pytest

from jiuyuan import clock
from jiuyuan.applications import services
from jiuyuan.applications.models import Application
from jiuyuan.refusals import GuardNotMet
from tests.factories import a_case, act, again, an_applicant, hand_in_materials, move_to, seen_by, staff, verify_facts
from tests.recognitions.register import struck_off

pytestmark = pytest.mark.django_db


def once_on_the_register(days_ago: int) -> tuple[Application, Application]:
    """A recognition that has ended, and a new application of the same person, accepted, `days_ago` later."""
    who = an_applicant()
    first = again(a_case("recognised", applicant=who))
    reviewer, clerk = staff("reviewer"), staff("clerk")
    recognition = first.recognition
    assert recognition is not None
    struck_off(recognition, "registration_cancelled", reviewer)
    move_to(clock.today() + timedelta(days=days_ago))
    second = services.create(clerk, **{**who.form(), "facts": {}})
    hand_in_materials(clerk, second)
    act(clerk, second, "submit")
    return first, act(clerk, second, "accept")


def test_what_was_verified_lately_is_filled_in_and_need_not_be_asked_again() -> None:
    _, second = once_on_the_register(days_ago=30)
    case = seen_by(staff("clerk"), second)
    assert case.facts["hukou_kind"] == "urban"
    assert case.stale == frozenset()
    assert act(staff("clerk"), second, "first_review_pass").status == "publishing"


def test_what_may_have_changed_since_is_shown_with_its_day_and_must_be_verified_again() -> None:
    _, second = once_on_the_register(days_ago=400)
    clerk = staff("clerk")
    case = seen_by(clerk, second)
    assert {"registered_unemployed", "in_labour_relationship", "hukou_kind"} <= case.stale
    assert not {"birth_date", "sex"} & case.stale
    with pytest.raises(GuardNotMet, match="以前的记录，可能有变化"):
        act(clerk, second, "first_review_pass")
    verify_facts(clerk, second, **{name: case.facts[name] for name in case.stale})
    assert act(clerk, second, "first_review_pass").status == "publishing"


def test_the_new_recognition_points_to_the_former_one() -> None:
    first, second = once_on_the_register(days_ago=30)
    clerk, reviewer = staff("clerk"), staff("reviewer")
    act(clerk, second, "first_review_pass")
    notice = seen_by(clerk, second).notice
    assert notice is not None
    move_to(notice.ends_on + timedelta(days=1))
    act(clerk, second, "endorse")
    act(clerk, second, "report")
    act(reviewer, second, "recognise")
    recognition = again(second).recognition
    assert recognition is not None
    assert recognition.former_id == first.recognition_id
