"""The demonstration can be made on any day: holidays between two of its acts make none of them late."""

from datetime import date, datetime, time, timedelta

import pytest

from jiuyuan.clock import CHINA
from jiuyuan.demonstration.days import Days
from jiuyuan.demonstration.help_given import acts_on_offers

LIMITS = {"offer_answer_days": 7, "answer_days": 7}
ASKED = {"answer": ("offer", "offer_answer_days"), "respond": ("tell", "answer_days")}


@pytest.mark.parametrize("year", [2025, 2026])
def test_no_answer_is_late_whenever_the_demonstration_is_made(year):
    late, moved = [], 0
    for number in range(365):
        today = date(year, 1, 1) + timedelta(number)
        days = Days(datetime.combine(today, time(15), CHINA), 12, 1)
        on: dict[tuple[object, str], date] = {}
        for ago, offer, action, _ in acts_on_offers(days, LIMITS.__getitem__):
            on[offer, action] = days.ago(ago)
            if action in ASKED:
                asked, limit = ASKED[action]
                moved += on[offer, action] == on[offer, asked]
                late += [(today, offer, action)] * (on[offer, action] - on[offer, asked] > timedelta(LIMITS[limit]))
    assert not late
    assert moved, "each year has holidays longer than these limits"
