"""How support is claimed and paid (四(三)), as a flexible worker, an employer and somebody who never asked see it on a telephone without
scripts."""

import re
from datetime import date

import pytest
from django.urls import reverse
from playwright.sync_api import Locator

from jiuyuan import clock
from jiuyuan.money.employer_claim_workflow import EMPLOYER_CLAIM
from jiuyuan.money.models import Claim, UnclaimedScheme
from jiuyuan.money.nightly import find_unclaimed
from jiuyuan.money.notice_workflow import tell_found
from jiuyuan.money.payments import for_finance
from jiuyuan.notifications.models import Message
from jiuyuan.procedures import engine
from jiuyuan.recognitions.models import Recognition
from tests.assistance.courses import came, in_class, start_up
from tests.assistance.plans import a_plan
from tests.factories import an_account, staff
from tests.journeys.on_a_page import follow, press
from tests.journeys.on_the_phone import Phone, says
from tests.journeys.test_helped import recognised
from tests.money.batches import a_file, with_an_account
from tests.money.batches import does as does_batch
from tests.money.claims import hired, step, this_month
from tests.money.employers import asked, of_the_employer
from tests.recognitions.register import learn

pytestmark = pytest.mark.django_db(transaction=True)


class Clicks:
    """Counts what somebody presses or follows."""

    def __init__(self) -> None:
        self.made = 0

    def on(self, what: Locator) -> None:
        assert what.is_visible()
        with what.page.expect_navigation():
            what.click()
        self.made += 1


def paid(claim: Claim) -> Claim:
    """What offices do from the submission on: checked, reviewed, published, approved, in a batch, sent, and paid by the bank."""
    for reached in ("checked", "reviewed", "published", "approved"):
        claim = step(claim, reached)
    finance = staff("finance")
    batch = does_batch(
        finance, None, "make", scheme=claim.scheme, period=this_month(), rate="500.00", rate_source="市财政局文件"
    )
    for signer in (finance, staff("reviewer")):
        batch = does_batch(signer, batch, "sign")
    batch = does_batch(finance, batch, "send")
    rows = [(row[0], row[6], row[8], row[5], "成功", "") for row in for_finance(finance, batch)]
    does_batch(finance, batch, "read_result", file=a_file(rows))
    claim.refresh_from_db()
    return claim


def test_flexible_worker_claims_half_a_year_on_the_phone_and_is_paid(phone: Phone) -> None:
    owner = an_account()
    stay = recognised(owner)
    Recognition.objects.unscoped().filter(pk=stay.pk).update(recognised_on=date(2025, 8, 20))
    learn(stay, flexible_registered=True, pays_flexible_pension=True)
    with_an_account(stay.person)
    page, clicks = phone(owner), Clicks()
    page.goto(reverse("portal:mine"))
    clicks.on(page.get_by_role("link", name="我能享受什么"))
    clicks.on(page.get_by_role("link", name="申请 灵活就业社会保险补贴"))
    months = [
        [boxes.get_by_label(part, exact=True).input_value() for part in "年月"]
        for boxes in (page.get_by_role("group", name=label) for label in ("从哪个月？", "到哪个月？"))
    ]
    assert months == [["2025", "09"], ["2026", "02"]]
    clicks.on(page.get_by_role("button", name="提交申请"))
    assert clicks.made == 3
    assert "已提交。" in says(page)
    claim = Claim.objects.unscoped().get()
    assert (claim.lines.count(), claim.status, claim.claimant) == (6, "submitted", "person")
    assert paid(claim).status == "paid"
    page.goto(reverse("portal:entitlements"))
    assert "钱已经发放" in says(page)
    told = Message.objects.unscoped().get(code="payment.paid")
    assert "3000.00元" in told.body


def test_employer_claims_by_a_link_on_a_telephone_and_is_paid(phone: Phone) -> None:
    person, claim = hired(), asked()
    page = phone()
    page.goto(reverse("portal:employer_claim", args=[claim.secret]))
    page.get_by_label("验证码").fill(claim.code)
    press(page, "下一步")
    said = of_the_employer(person)
    for label, name in (("本单位的人", "people"), ("收款账号", "number"), ("户名", "holder"), ("开户银行", "bank")):
        page.get_by_label(label).fill(said[name])
    press(page, "申报")
    assert "已收到" in says(page)
    engine.act(staff("clerk"), EMPLOYER_CLAIM, claim.pk, "take_over")
    made = Claim.objects.unscoped().get(person=person)
    assert paid(made).status == "paid"
    assert not Message.objects.unscoped().filter(code="payment.paid").exists(), "the employer was paid"


def test_somebody_who_never_asked_is_found_told_and_paid(phone: Phone) -> None:
    owner = an_account()
    stay = recognised(owner)
    with_an_account(stay.person)
    in_class(staff("clerk"), came(), plan=a_plan(staff("clerk"), stay, measures=start_up()))
    assert find_unclaimed(clock.today()) >= 1
    assert tell_found(clock.today()) >= 1
    page = phone(owner)
    assert "有一项服务与您有关" in Message.objects.unscoped().latest("pk").body
    page.goto(reverse("portal:entitlements"))
    follow(page, re.compile("^申请"))
    press(page, "提交申请")
    assert paid(Claim.objects.unscoped().get()).status == "paid"
    find_unclaimed(clock.today())
    assert not UnclaimedScheme.objects.unscoped().filter(recognition=stay).exists()
