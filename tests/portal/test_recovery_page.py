"""The page of what is recovered from somebody: they read why and how much, are heard before it is decided, and read how to contest it (五(三))."""

import pytest
from django.db import transaction
from django.urls import reverse

from jiuyuan.oversight.models import Recovery
from jiuyuan.oversight.recovery_workflow import RECOVERY
from jiuyuan.people.models import Person
from jiuyuan.procedures import engine
from jiuyuan.refusals import BadInput
from tests.desk.reading import words
from tests.factories import an_account, staff
from tests.jobs import work
from tests.oversight.recoveries import DECIDED, SERVED, a_recovery

pytestmark = pytest.mark.django_db
PAGE = "portal:recoveries"


def _theirs(row: Recovery):
    """The account of whom it is about."""
    account = an_account()
    Person.objects.unscoped().filter(pk=row.person_id).update(account=account)
    return account


def _by_a_reviewer(row, action, **said):
    return engine.act(staff("reviewer"), RECOVERY, row.pk, action, said)


def test_somebody_reads_why_money_is_asked_back_says_what_there_is_to_say_and_reads_the_decision(log_in):
    row = a_recovery()
    account = _theirs(row)
    phone = log_in(account)
    assert "没有要您退回的补贴" in words(phone.get(reverse(PAGE)))  # nobody has told them yet
    assert phone.get(reverse("portal:recovery_speak", args=[row.pk])).status_code == 404

    row = _by_a_reviewer(row, "intend", speak_by="2026-12-31")
    assert "还没有决定：可能多领1000.50元" in words(phone.get(reverse("home")))
    page = words(phone.get(reverse(PAGE)))
    assert all(
        said in page for said in ("由单位参保", "2025年1月：500.00元", "合计：1000.50元", "不会加重处理", "我要说明")
    )
    empty = phone.post(reverse("portal:recovery_speak", args=[row.pk]), {"words": ""})
    assert "请写下您要说明的" in words(empty)
    said = {"words": "2月没有上班，工资单在家里。"}
    assert phone.post(reverse("portal:recovery_speak", args=[row.pk]), said).status_code == 302
    row.refresh_from_db()
    assert (row.status, row.words, row.spoken_on is not None) == ("intended", said["words"], True)
    assert "2月没有上班" in words(phone.get(reverse(PAGE)))

    with pytest.raises(BadInput), transaction.atomic():  # nobody writes that they said nothing
        _by_a_reviewer(row, "hear", spoke=False)
    row = _by_a_reviewer(row, "hear", spoke=True, words=row.words, months="2025-01 500.00")
    decided = _by_a_reviewer(row, "decide", **DECIDED | {"pay_by": "2026-12-31"})
    letters = [reverse("portal:recovery_letter", args=[one.pk]) for one in decided.letters.all()]
    work("make_recovery_letter")
    assert [phone.get(one).status_code for one in letters] == [200, 404]  # a decision is read once it is served
    page = words(phone.get(reverse(PAGE)))
    assert "1000.50" in page
    assert DECIDED["number"] not in page  # a decision is read once it is served
    _by_a_reviewer(decided, "serve", **SERVED | {"on": decided.decided_on.isoformat()})
    assert phone.get(letters[1])["Content-Type"] == "application/pdf"
    page = words(phone.get(reverse(PAGE)))
    assert all(said in page for said in ("要退回500.00元", DECIDED["number"], DECIDED["account"], "60日", "6个月"))
    late = phone.post(reverse("portal:recovery_speak", args=[row.pk]), {"words": "再说一次。"})
    row.refresh_from_db()
    assert (late.status_code, row.words) != (302, "再说一次。")


def test_nobody_reads_or_answers_for_another(log_in):
    row = a_recovery("intended")
    stranger = log_in(an_account())
    assert "没有要您退回的补贴" in words(stranger.get(reverse(PAGE)))
    assert stranger.post(reverse("portal:recovery_speak", args=[row.pk]), {"words": "是我。"}).status_code == 404
