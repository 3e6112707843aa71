"""What an approval left behind is taken back with it, what was decided at the first one is kept, and a payment that came back goes on."""

from collections import Counter

import pytest

from jiuyuan.applications.replay import verify_state
from jiuyuan.money.claim_workflow import CLAIM
from jiuyuan.money.models import Claim, ClaimLine
from jiuyuan.money.spells import spell_of
from jiuyuan.people import facts as standing_facts
from jiuyuan.people.models import Fact
from jiuyuan.procedures.subjects import moving
from jiuyuan.recognitions.models import Recognition
from jiuyuan.refusals import BadInput, GuardNotMet
from tests.factories import does as doing
from tests.factories import staff
from tests.money.batches import PERIOD, SCHEME, a_batch, a_file, approved, dies, does, stands, with_an_account
from tests.money.claims import a_claim, hired, month
from tests.money.test_payment_batches import row

pytestmark = pytest.mark.django_db
refuse, withdraw, confirm, check = (
    doing(CLAIM, action) for action in ("refuse", "withdraw", "confirm_account", "check")
)
WHY = {"reason": "没有参保。", "clause": "四(三)"}


def of(claim):
    return Claim.objects.unscoped().get(pk=claim.pk)


def drawn(person):
    known = standing_facts.values(standing_facts.standing(Fact.objects.unscoped().filter(person=person)))
    return known.get("assistance_granted"), known.get("assistance_ends_on")


def test_a_claim_refused_after_its_approval_leaves_neither_first_approval_nor_facts_and_the_latest_end_counts():
    person = hired()
    claim = a_claim("approved", person)
    granted, ends = drawn(person)
    assert (granted, of(claim).first, of(claim).basis["extended"]) == (True, True, False)
    refuse(staff("reviewer"), claim.pk, **WHY)
    assert drawn(person) == (None, None)
    assert (of(claim).first, of(claim).basis, spell_of(person.pk, claim.scheme).first_approved_on) == (
        False,
        None,
        None,
    )
    assert not [fault for fault in verify_state(lambda done: None, Counter()) if "补贴" in fault or "事实" in fault]

    other = approved(person)
    decided = {"extended": True, "retirement_month": "2033-05"}
    Claim.objects.unscoped().filter(pk=other.pk).update(first=True, basis=decided)
    assert spell_of(person.pk, SCHEME).retirement == month("2033-05")
    again = a_claim("approved", person)
    assert of(again).first
    assert drawn(person) == (True, "2033-05-31"), f"not {ends}, the end of what was approved last"
    withdraw(staff("clerk"), again.pk, reason="本人不想办了。")
    assert drawn(person) == (True, "2033-05-31"), "the other one is drawn still"
    withdraw(staff("clerk"), other.pk, reason="本人不想办了。")
    assert spell_of(person.pk, SCHEME).first_approved_on is None


def test_a_month_that_another_claim_asks_for_stays_stopped_and_the_others_are_checked_anew():
    person = hired()
    claim = a_claim("submitted", person)
    claim.lines.update(status="stopped", reason="2026年3月：没有参保。")
    other = a_claim("draft", person)
    other.lines.update(status="claimed")
    line = ClaimLine.objects.create(claim=claim, person=person, scheme=claim.scheme, month=month("2026-02"))
    check(staff("clerk"), claim.pk)
    said = dict(claim.lines.values_list("month", "reason"))
    assert said[month("2026-03")] == "2026年3月：已在另一份申请里。"
    assert "另一份" not in said[line.month]
    assert {one["month"] for one in of(claim).checks} >= {"2026-02"}
    assert "2026-03" not in {one["month"] for one in of(claim).checks}


def test_a_payment_that_came_back_is_paid_again_once_somebody_says_that_the_account_is_right_and_refused_where_it_is_not():
    finance, clerk = staff("finance"), staff("clerk")
    claim, wrong = approved(), approved()

    def comes_back():
        batch = a_batch("sent", finance)
        rows = [
            row(batch, one, "退回", "银行系统维护") for one in batch.payments.select_related("person", "account").all()
        ]
        does(finance, batch, "read_result", file=a_file(rows))

    comes_back()
    with pytest.raises(BadInput, match="没有可以发放"):
        a_batch()
    with pytest.raises(BadInput) as unsaid:
        confirm(clerk, claim.pk, reason="")
    assert [field for field, _ in unsaid.value.errors] == ["reason"]
    confirm(clerk, claim.pk, reason="问过银行，是系统维护，账号没有错。")
    assert stands(claim) == ("approved", ["claimed"])
    comes_back()
    assert stands(claim) == ("payment_returned", ["returned"])
    with pytest.raises(BadInput, match="没有可以发放"):
        a_batch()
    refuse(staff("reviewer"), wrong.pk, **WHY)
    assert stands(wrong) == ("refused", ["dropped"])
    dies(claim.person)
    with pytest.raises(GuardNotMet, match="去世"):
        confirm(clerk, claim.pk, reason="账号没有错。")
    withdraw(clerk, claim.pk, reason="本人已经去世。")
    assert stands(claim) == ("withdrawn", ["dropped"])


def test_who_died_or_whose_recognition_was_annulled_is_not_frozen_and_not_signed_or_sent_any_more():
    finance, person = staff("finance"), hired()
    stay = Recognition.objects.unscoped().get(person=person)
    claim, dead, _other = approved(with_an_account(person)), approved(), approved()
    Claim.objects.unscoped().filter(pk=claim.pk).update(recognition=stay)
    batch = a_batch("signed", finance)
    rows = Recognition.objects.unscoped().filter(pk=stay.pk)
    with moving(Recognition):
        rows.update(annulled=True, status="ended", ground="disqualified", ended_on=stay.recognised_on, evidence="查实")
    dies(dead.person)
    with pytest.raises(GuardNotMet, match="有2笔不能再发") as named:
        does(finance, batch, "send")
    for name in (person.name, dead.person.name, "认定已经取消", "已经去世"):
        assert name in str(named.value)
    does(finance, batch, "withdraw", reason="有人去世。")
    again = does(finance, None, "make", scheme=SCHEME, period=PERIOD)
    assert (again.lines, again.left_out) == (1, {"dead": 1, "annulled": 1})
