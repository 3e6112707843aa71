"""Old and new records of one licence side by side: the one that changed last counts (一(二)2)."""

import pytest

from jiuyuan.people.models import LicenceRecord
from jiuyuan.people.sources import licences, running
from tests.people.sources.files import imported, market, now, somebody

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("chunk", [1, 5000])
@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_of_old_and_new_records_of_one_licence_the_latest_counts(reviewer, monkeypatch, chunk, order):
    monkeypatch.setattr(running, "CHUNK", chunk)
    person, card = somebody()
    rows = [(card, "A1", "经营者", "存续", "2019-04-08"), (card, "A1", "经营者", "注销", "2025-11-20")]
    imported(reviewer, "market_regulation", market(*(rows[place] for place in order)))
    assert (now(person, "business_registered").value, now(person, "business_registered").contradicted) == (False, False)
    shown = [
        (str(one.record.changed_on), one.record.get_status_display(), one.effective) for one in licences.shown(person)
    ]
    assert shown == [("2019-04-08", "存续", False), ("2025-11-20", "注销", True)]


def test_another_licence_that_still_stands_counts(reviewer):
    person, card = somebody()
    imported(
        reviewer,
        "market_regulation",
        market(
            (card, "A1", "经营者", "注销", "2025-11-20"),
            (card, "B2", "经营者", "存续", "2020-01-01"),
            (card, "C3", "监事", "已退出", "2024-01-01"),
        ),
    )
    assert now(person, "business_registered").value is True
    assert now(person, "company_office_held").value is False


def test_cancelled_licence_ends_every_part_in_it(reviewer):
    person, card = somebody()
    imported(
        reviewer,
        "market_regulation",
        market((card, "A1", "法定代表人", "存续", "2020-01-01"), (card, "A1", "股东", "注销", "2025-01-01")),
    )
    assert now(person, "company_office_held").value is False


def test_revoked_but_not_cancelled_says_neither_yes_nor_no(reviewer):
    person, card = somebody()
    imported(reviewer, "market_regulation", market((card, "A1", "法定代表人", "吊销未注销", "2020-01-01")))
    assert now(person, "company_office_held") is None
    assert LicenceRecord.objects.unscoped().filter(person=person).count() == 1


def test_same_record_sent_again_is_kept_once(reviewer, today):
    person, card = somebody()
    imported(reviewer, "market_regulation", market((card, "A1", "经营者", "存续", "2020-01-01")))
    today("2026-04-02")
    imported(
        reviewer,
        "market_regulation",
        market((card, "A1", "经营者", "存续", "2020-01-01"), (card, "A1", "经营者", "存续", "2020-01-01")),
    )
    assert LicenceRecord.objects.unscoped().filter(person=person).count() == 1
