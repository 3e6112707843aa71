"""Employers claim by link (四(三)): no account, once, recorded, with no data of people behind it but what the employer gives, and are paid."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from jiuyuan import clock
from jiuyuan.assistance import duties
from jiuyuan.history.models import Entry
from jiuyuan.money import employer_claim_workflow as links
from jiuyuan.money import payments
from jiuyuan.money.account_doubts import of_batch
from jiuyuan.money.employer_claim_workflow import EMPLOYER_CLAIM
from jiuyuan.money.models import Claim, EmployerAccount, EmployerClaim, PaymentBatch
from jiuyuan.notifications import gateways
from jiuyuan.notifications.models import Message
from jiuyuan.procedures import engine
from jiuyuan.refusals import BadInput, NotFound
from tests.desk.reading import words
from tests.factories import OTHER_PLATFORM, an_applicant, does, move_to, staff
from tests.money.batches import a_file
from tests.money.batches import does as does_batch
from tests.money.claims import hired, in_boxes, step, this_month
from tests.money.employers import ACCOUNT, EMPLOYER, asked, hand_in, handed_in, of_the_employer, to_ask

pytestmark = pytest.mark.django_db
take_over = does(EMPLOYER_CLAIM, "take_over")


class Telephone:
    """A gateway that keeps what it was given."""

    an_hour = a_number_a_day = 100

    def __init__(self):
        self.texts = []

    def send(self, key, phone, text):
        self.texts.append((phone, text))


def due(clerk):
    [duty] = [one for one in duties.DUTIES if one.code == "take_over_employer_claim"]
    return [one.on for one in duties.due(clerk, duty, clock.today())]


def test_link_is_worthless_when_forwarded_shows_nobody_and_is_answered_once(monkeypatch):
    phone = Telephone()
    monkeypatch.setattr(gateways, "configured", lambda: phone)
    person = hired()
    claim = asked()
    assert claim.code == "", "the code goes to the confirmed telephone alone"
    page = reverse("portal:employer_claim", args=[claim.secret])
    employer, forwarded = Client(), Client()
    first = employer.get(page)
    assert (person.name in words(first), "noindex" in first["X-Robots-Tag"]) == (False, True)
    employer.post(page, {"step": "send"})
    [(number, text)] = phone.texts
    code = re.search(r"\d{6}", text).group()
    assert number == "13843110000"
    shown = employer.post(page, {"step": "code", "code": code}, follow=True)
    assert "本单位的人" in words(shown)
    assert person.name not in words(shown)
    for again in (forwarded.post(page, {"step": "code", "code": code}), forwarded.post(page, of_the_employer(person))):
        assert "本单位的人" not in words(again)
    assert EmployerClaim.objects.unscoped().get().status == "asked"
    wrong = employer.post(page, of_the_employer(person, number="123"))
    assert (wrong.status_code, "9至30位" in words(wrong)) == (422, True)
    stranger = an_applicant(name="毕常青")
    answer = employer.post(page, of_the_employer(person, stranger), follow=True)
    assert "已收到" in words(answer)
    assert not {"没有", "在册", "不一致"} & set(re.findall("没有|在册|不一致", words(answer))), (
        "nobody is told who is on file"
    )
    assert employer.get(page).status_code == forwarded.get(page).status_code == 404
    assert Entry.objects.of(claim.file).filter(action="employer_claim_handed_in", actor="public").count() == 1


def test_clerk_makes_a_claim_of_each_and_says_why_of_the_others():
    clerk, person = staff("clerk"), hired()
    stranger = an_applicant(name="毕常青")
    misnamed = hired()
    misnamed.name = "毕常红"
    claim = handed_in(person, stranger, misnamed)
    assert (due(clerk), due(staff("clerk", at=OTHER_PLATFORM))) == ([clock.today()], [])
    done = take_over(clerk, claim.pk)
    made = Claim.objects.unscoped().get()
    assert (made.status, made.claimant, made.person_id, made.employer_id) == (
        "submitted", "employer", person.pk, claim.employer_id,
    )  # fmt: skip
    assert [bool(one["claim"]) for one in done.results] == [True, False, False]
    assert ["没有这个人" in done.results[1]["why"], "不一致" in done.results[2]["why"]] == [True, True]
    assert due(clerk) == []


def test_employer_is_paid_to_the_account_that_it_gave_and_a_change_of_it_is_a_doubt():
    person, finance = hired(), staff("finance")
    take_over(staff("clerk"), handed_in(person).pk)
    claim = Claim.objects.unscoped().get()
    for reached in ("checked", "reviewed", "published", "approved"):
        claim = step(claim, reached)
    period = this_month()
    batch = does_batch(
        finance, None, "make", scheme="employer_insurance", period=period, rate="500.00", rate_source="市财政局文件"
    )
    [line] = batch.payments.all()
    assert (line.account, line.payee.holder, batch.left_out) == (None, EMPLOYER["employer"], {})
    assert of_batch(batch) == []
    for signer in (finance, staff("reviewer")):
        batch = does_batch(signer, batch, "sign")
    batch = does_batch(finance, batch, "send")
    [row] = payments.for_finance(finance, batch)
    assert ("0710123456789012" in row, EMPLOYER["employer"] in row) == (True, True)
    told = Message.objects.unscoped().count()
    file = a_file([(row[0], EMPLOYER["employer"], "0710123456789012", "500.00", "退回", "账号不存在")])
    does_batch(finance, batch, "read_result", file=file)
    claim.refresh_from_db()
    assert claim.status == "payment_returned"
    assert Message.objects.unscoped().count() == told, "what an employer was paid is not the person's to put right"
    with pytest.raises(BadInput, match="没有可以发放"):
        does_batch(finance, None, "make", scheme="employer_insurance", period=period)
    hand_in(asked(), of_the_employer(number="0710 1234 5678 0000"))
    again = does_batch(finance, None, "make", scheme="employer_insurance", period=period)
    [doubt] = of_batch(again)
    assert "请打单位的座机核对" in doubt.why[0]
    assert EmployerAccount.objects.unscoped().count() == 2
    assert PaymentBatch.objects.unscoped().count() == 2


@pytest.mark.parametrize(
    ("changes", "field", "told"),
    [
        ({"credit_code": "91220102MA0Y12345X"}, "credit_code", "校验码对不上"),
        ({"from": "2026-03", "to": "2026-01"}, "to", "早于开始"),
        ({"to": "2027-01"}, "to", "还没有到"),
        ({"from": "2020-01"}, "from", "核对年份"),
        ({"phone": "0431-88"}, "phone", "11位"),
        ({"scheme": "flexible_insurance"}, "scheme", "应为"),
    ],
)
def test_what_cannot_be_asked_of_an_employer_is_named(changes, field, told):
    with pytest.raises(BadInput) as refused:
        asked(**changes)
    assert told in dict(refused.value.errors)[field]


def test_credit_code_that_is_on_file_under_another_name_is_named():
    asked()
    with pytest.raises(BadInput) as refused:
        asked(employer="吉林省如意物业有限公司")
    assert EMPLOYER["employer"] in dict(refused.value.errors)["employer"]


def test_every_faulty_line_and_an_account_in_another_name_are_named():
    claim, one = asked(), an_applicant(name="毕常青")
    lines = f"{one.name} {one.id_number}\n{one.name}\n毕常红 220102198001011231\n{one.name} {one.id_number}\n"
    with pytest.raises(BadInput) as refused:
        hand_in(claim, {**ACCOUNT, "people": lines})
    why = dict(refused.value.errors)["people"]
    assert all(said in why for said in ("第2行", "第3行", "第4行和第1行是同一个人")), why
    mark = links.open_with(claim.secret, claim.code)
    assert mark == "", "a code opens one browser"
    later = does(EMPLOYER_CLAIM, "renew")(staff("clerk"), claim.pk)
    with pytest.raises(BadInput) as elsewhere:
        hand_in(later, of_the_employer(holder="王老板"))
    assert EMPLOYER["employer"] in dict(elsewhere.value.errors)["holder"]


def test_link_ends_by_time_by_a_new_one_and_by_withdrawal():
    clerk, claim = staff("clerk"), asked()
    later = does(EMPLOYER_CLAIM, "renew")(clerk, claim.pk)
    with pytest.raises(NotFound, match="已经用过、过期或者撤销"):
        links.found(claim.secret)
    assert links.found(later.secret).pk == claim.pk
    with pytest.raises(NotFound):
        engine.act(None, EMPLOYER_CLAIM, f"{later.secret}.another", "hand_in", of_the_employer())
    does(EMPLOYER_CLAIM, "withdraw")(clerk, claim.pk, reason="单位报错了月份。")
    with pytest.raises(NotFound):
        links.found(later.secret)
    last = asked()
    move_to(clock.today() + timedelta(days=9))
    with pytest.raises(NotFound):
        links.found(last.secret)


def test_pages_of_the_desk_lead_from_the_list_to_the_claims(log_in):
    clerk, person = staff("clerk"), hired()
    desk = log_in(clerk)
    made = desk.post(reverse("desk:employer_claim_new"), in_boxes(to_ask()) | {"version": 0})
    assert "验证码" in words(made)
    address = re.search(r"/employer/claim/[\w-]+/", made.content.decode()).group()
    claim = EmployerClaim.objects.unscoped().get()
    claim.secret, claim.code = (
        address.split("/")[-2],
        re.search(r"<strong>(\d{6})</strong>", made.content.decode()).group(1),
    )
    hand_in(claim, of_the_employer(person))
    assert EMPLOYER["employer"] in words(desk.get(reverse("desk:today")))
    assert EMPLOYER["employer"] in words(desk.get(reverse("desk:employer_claims")))
    shown = words(desk.get(reverse("desk:employer_claim", args=[claim.pk])))
    assert (person.name in shown, person.id_number in shown) == (True, False)
    desk.post(reverse("desk:employer_claim_act", args=[claim.pk, "take_over"]), {"version": 2})
    assert "已登记申请" in words(desk.get(reverse("desk:employer_claim", args=[claim.pk])))
