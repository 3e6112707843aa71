"""The numbers in the navigation: how many wait in each list of the register."""

import re
import time

import pytest

from tests.factories import OTHER_PLATFORM, act_on, staff
from tests.recognitions.register import on_the_register

pytestmark = pytest.mark.django_db


def number_of(client, url, label):
    """The number beside an entry of the navigation, 0 where there is none."""
    page = client.get(url).content.decode()
    entry = re.search(rf"{label}\s*(?:<span class=\"count\">(\d+)</span>)?\s*</a>", page)
    return int(entry[1] or 0)


@pytest.fixture
def one_more():
    stays = on_the_register()
    return lambda: act_on("investigate", staff("clerk"), stays.pk, cause="邻居反映其在市场摆摊。")


def test_beside_the_lists_the_numbers_are_of_this_moment(log_in, one_more):
    reviewer = log_in(staff("reviewer"))
    assert number_of(reviewer, "/desk/register/investigations/", "调查") == 0
    one_more()
    assert number_of(reviewer, "/desk/register/investigations/", "调查") == 1


def test_elsewhere_they_are_at_most_a_minute_old(log_in, one_more, monkeypatch):
    reviewer = log_in(staff("reviewer"))
    assert number_of(reviewer, "/desk/cases/", "在册") == 0
    one_more()
    assert number_of(reviewer, "/desk/cases/", "在册") == 0
    now = time.time()
    monkeypatch.setattr("django.core.cache.backends.locmem.time.time", lambda: now + 61)
    assert number_of(reviewer, "/desk/cases/", "在册") == 1


def test_who_decides_sees_no_older_number_afterwards(log_in, one_more):
    reviewer = log_in(staff("reviewer"))
    assert number_of(reviewer, "/desk/cases/", "在册") == 0
    one_more()
    assert number_of(reviewer, "/desk/register/investigations/", "调查") == 1
    assert number_of(reviewer, "/desk/cases/", "在册") == 1


def test_each_area_has_its_own(log_in, one_more):
    one_more()
    assert number_of(log_in(staff("clerk")), "/desk/cases/", "在册") == 1
    assert number_of(log_in(staff("clerk", at=OTHER_PLATFORM)), "/desk/cases/", "在册") == 0
