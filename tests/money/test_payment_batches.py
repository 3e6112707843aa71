"""Batches: frozen, signed, handed to finance, read back; nothing is paid twice and nothing is lost."""

from collections import Counter
from io import BytesIO
from zipfile import ZipFile

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from jiuyuan.agencies.roles import Role
from jiuyuan.history.models import Entry, Look
from jiuyuan.history.services import entry_hash
from jiuyuan.money import account_doubts, batch_replay, freezing, payments
from jiuyuan.money.models import Claim, Payment, PaymentBatch, PaymentResult
from jiuyuan.money.results import in_yuan, ref_of
from jiuyuan.notifications.models import Message
from jiuyuan.people import services
from jiuyuan.people.models import BankAccount, Fact
from jiuyuan.refusals import BadInput, GuardNotMet, NotForRole, NotFound, OwnMatter, SameEyes, WrongState
from jiuyuan.regions import registry
from tests.factories import OTHER_COUNTY, PLATFORM, by_who_knows, move_to, staff
from tests.money.batches import (
    JANUARY,
    PERIOD,
    SCHEME,
    a_batch,
    a_card,
    a_file,
    approved,
    does,
    on,
    somebody,
    stands,
    with_an_account,
)

pytestmark = pytest.mark.django_db


def row(batch, payment, result="成功", reason="", **changed):
    said = {
        "ref": ref_of(batch, payment.number), "name": payment.person.name, "card": payment.account.number,
        "sum": in_yuan(payment.amount),
    } | changed  # fmt: skip
    return (said["ref"], said["name"], said["card"], said["sum"], result, reason)


def test_who_can_be_paid_is_frozen_once_in_one_order_and_who_cannot_is_counted(monkeypatch):
    finance = staff("finance")
    whole = approved(months=(JANUARY, JANUARY + 1, JANUARY + 2), amount=33_333)
    alone = approved(amount=1)
    without_account, without_sum = approved(somebody()), approved(amount=None)
    dead = approved()
    for where, known in by_who_knows({"deceased": True}).items():
        services.record_facts(finance.actor, dead.person, known, evidence="比对", **dict(where))
    later, other_scheme = approved(months=(JANUARY + 3,)), approved(scheme="public_post")
    elsewhere = approved(with_an_account(somebody(platform="220204001")))
    monkeypatch.setattr(freezing, "_CHUNK", 2)
    batch = does(finance, None, "make", scheme=SCHEME, period=PERIOD)
    assert (batch.status, batch.lines, batch.total, batch.signatures_needed) == ("frozen", 2, 100_000, 2)
    assert batch.left_out == {"no_account": 1, "no_amount": 1, "dead": 1}
    found = list(batch.payments.values_list("number", "claim", "months", "amount", "status"))
    assert found == [(1, whole.pk, 3, 99_999, "waiting"), (2, alone.pk, 1, 1, "waiting")]
    monkeypatch.setattr(freezing, "_CHUNK", 50)
    assert freezing.digest_of(batch) == batch.digest, "in whatever pieces it is read"
    assert stands(whole) == ("in_batch", ["in_batch"] * 3)
    for claim in (without_account, without_sum, dead, later, other_scheme, elsewhere):
        assert stands(claim)[0] == "approved"
    entry = Entry.objects.unscoped().get(file=whole.person.file, action="claim_in_batch")
    assert (entry.actor, entry.payload["claim"], entry.payload["batch"]) == (finance.username, whole.pk, batch.number)
    assert entry.hash == entry_hash(entry)

    with pytest.raises(BadInput) as nothing:
        does(finance, None, "make", scheme=SCHEME, period=PERIOD)
    assert "没有登记银行账户的1件" in str(nothing.value.errors)
    for period in ("2026-13", "2026年3月", "2026-04", ""):
        with pytest.raises(BadInput):
            does(finance, None, "make", scheme=SCHEME, period=period)
    with pytest.raises(BadInput):
        does(finance, None, "make", scheme="tax_relief", period=PERIOD)
    with pytest.raises(IntegrityError, match=r"money_a_claim_is_paid_once|UNIQUE"), transaction.atomic():
        Payment.objects.create(
            batch=batch, number=3, claim=whole, person=whole.person, account=whole.person.bank_accounts.get(),
            from_month=JANUARY, to_month=JANUARY, months=1, amount=1,
        )  # fmt: skip

    batch = does(finance, batch, "withdraw", reason="单位名称写错了。")
    assert (batch.status, stands(whole), stands(alone)) == (
        "withdrawn",
        ("approved", ["claimed"] * 3),
        ("approved", ["claimed"]),
    )
    # Where no source says how much, the sum comes with its document, and goes again with the batch.
    with pytest.raises(BadInput) as refused:
        does(finance, None, "make", scheme=SCHEME, period=PERIOD, rate="250.50")
    assert [field for field, _ in refused.value.errors] == ["rate_source"]
    rated = {"rate": "250.50", "rate_source": "南人社发〔2026〕1号"}
    again = does(finance, None, "make", scheme=SCHEME, period=PERIOD, **rated)
    assert (again.lines, again.total, again.left_out) == (3, 125_050, {"no_account": 1, "dead": 1})
    line = without_sum.lines.get()
    assert (line.amount, line.amount_source) == (25_050, again.rate_words)
    does(finance, again, "withdraw", reason="文号写错了。")
    line = without_sum.lines.get()
    assert (line.amount, line.amount_source, line.status) == (None, "", "claimed")
    again = does(finance, None, "make", scheme=SCHEME, period=PERIOD)
    assert (again.lines, again.total) == (2, 100_000)
    assert not list(batch_replay.verify_state(lambda done: None, Counter()))
    Payment.objects.unscoped().filter(batch=again, number=1).update(amount=100_000)
    [fault] = batch_replay.verify_state(lambda done: None, Counter())
    assert again.number in fault


def test_two_people_sign_three_above_a_dated_sum_and_the_list_is_given_out_after_that(monkeypatch, log_in):
    finance, reviewer, county = staff("finance"), staff("reviewer"), registry.home()
    claim = approved(amount=60_000)
    monkeypatch.setattr(type(county), "limit_if_any", lambda self, name, *, on: 500)
    batch = does(finance, None, "make", scheme=SCHEME, period=PERIOD)
    assert (batch.signatures_needed, batch.asked_limit) == (3, 500)
    assert does(finance, batch, "sign").status == "frozen"
    with pytest.raises(SameEyes, match="已经签批过"):
        does(finance, batch, "sign")
    with pytest.raises(SameEyes):
        does(staff("reviewer", id_index=finance.id_index), batch, "sign")
    assert does(reviewer, batch, "sign").status == "frozen"
    with pytest.raises(OwnMatter):
        does(staff("reviewer", id_index=claim.person.id_index), batch, "sign")
    with pytest.raises(WrongState):
        does(finance, batch, "send")
    assert does(staff("finance"), batch, "sign").status == "signed"
    with pytest.raises(WrongState, match="签批齐了"):
        payments.for_finance(finance, batch)

    page = reverse("desk:payment", args=[batch.pk])
    assert log_in(finance).get(f"{page}list.xlsx").status_code == 404
    batch = does(finance, batch, "send")
    with pytest.raises(NotForRole):
        payments.for_finance(reviewer, batch)
    once, again = ([*payments.for_finance(finance, batch)] for _ in range(2))
    assert once == again, "the same list each time"
    card = a_card(claim.person_id)
    assert once[0][:2] == (ref_of(batch, 1), claim.person.name)
    assert once[0][5:9] == ("600.00", claim.person.name, "建设银行", card)
    assert claim.person.id_number not in str(once)
    assert Look.objects.unscoped().filter(file=batch.file, unmasked=True, actor=finance.username).count() == 2
    client = log_in(finance)
    with ZipFile(BytesIO(client.get(f"{page}list.xlsx").getvalue())) as book:
        assert card in book.read("xl/worksheets/sheet1.xml").decode()
    html = client.get(page).content.decode()
    assert claim.person.masked_id_number in html
    assert card not in html
    assert card[-4:] in html
    assert card[-4:] not in log_in(reviewer).get(page).content.decode()
    assert "超过500元要第三人签批" in html
    mine = approved().person
    with pytest.raises(OwnMatter):
        does(staff("finance", id_index=mine.id_index), None, "make", scheme=SCHEME, period=PERIOD)
    assert PaymentBatch.objects.unscoped().count() == 1
    with pytest.raises(NotFound):
        does(staff("finance", OTHER_COUNTY), batch, "read_result", file=a_file([]))


def test_a_result_settles_row_by_row_what_is_as_it_was_sent_and_read_again_changes_nothing():
    finance = staff("finance")
    claims = [approved(amount=50_000 + n) for n in range(11)]
    batch = a_batch("sent", finance)
    paid, back, twice, cent, name, card, reason, word, waits, broken, spelt = batch.payments.select_related(
        "person", "account"
    )
    file = [
        row(batch, paid), row(batch, back, "退回", "账户不存在"), row(batch, twice), row(batch, twice, "退回", "户名不符"),
        row(batch, cent, sum=in_yuan(cent.amount + 1)), row(batch, name, name="张三丰"), row(batch, card, card=a_card(987654)),
        row(batch, reason, "退回"), row(batch, word, "处理中"), row(batch, waits, ref=f"{batch.number}-000099"),
        row(batch, waits, ref="220102-2026-02-0001-000009"), row(batch, spelt), row(batch, spelt, "退回", "销户", ref=f"{batch.number}-11"),
        row(batch, broken, name="张\x01三"),
    ]  # fmt: skip
    batch = does(finance, batch, "read_result", file=a_file(file))
    assert batch.status == "sent"
    report = PaymentResult.objects.unscoped().get()
    assert (report.paid, report.returned, report.unchanged, report.refused) == (1, 1, 0, 12)
    said = {place: why for place, _, why in report.faults}
    for place, words in {
        4: "第4、5行重复出现", 5: "重复出现", 6: "差0.01元", 7: "姓名“张三丰”与名单不一致", 8: "银行账号与名单不一致",
        9: "没有写原因", 10: "结果“处理中”读不懂", 11: "没有发放编号", 12: "没有发放编号",
        13: "第13、14行重复出现", 14: "第13、14行重复出现", 15: "控制字符",
    }.items():  # fmt: skip
        assert words in said[place], said
    assert stands(claims[0]) == ("paid", ["paid"])
    assert stands(claims[1]) == ("payment_returned", ["returned"])
    assert all(stands(claim) == ("in_batch", ["in_batch"]) for claim in claims[2:])
    told = Message.objects.unscoped().get(code="payment.returned")
    assert told.fields["reason"] == "账户不存在"
    there = Message.objects.unscoped().get(code="payment.paid")
    assert (there.file, in_yuan(paid.amount) in there.body, paid.account.number[-4:] in there.body) == (
        paid.person.file,
        True,
        True,
    )
    assert paid.account.number not in there.body

    acts, version = Entry.objects.unscoped().count(), PaymentBatch.objects.unscoped().get().version
    does(finance, batch, "read_result", file=a_file(file))
    assert (Entry.objects.unscoped().count(), PaymentBatch.objects.unscoped().get().version) == (acts, version)
    does(
        finance,
        batch,
        "read_result",
        file=a_file([*file[:2], row(batch, paid, "退回", "户名不符")][:2], name="again.csv"),
    )
    latest = PaymentResult.objects.unscoped().first()
    assert (latest.paid, latest.returned, latest.unchanged, latest.refused) == (0, 0, 2, 0)
    does(finance, batch, "read_result", file=a_file([row(batch, paid, "退回", "户名不符")]))
    assert "早已登记为“已发放”" in PaymentResult.objects.unscoped().first().faults[0][2]
    for bad in (a_file([], ("姓名", "电话")), BytesIO(b""), "结果"):
        with pytest.raises(BadInput) as refused:
            does(finance, batch, "read_result", file=bad)
        assert [field for field, _ in refused.value.errors] == ["file"]

    # What came back is paid again once the account is another one.
    with pytest.raises(BadInput, match="没有可以发放"):
        does(finance, None, "make", scheme=SCHEME, period=PERIOD)
    with_an_account(claims[1].person, 123_456)
    second = a_batch("sent", finance)
    [payment] = second.payments.select_related("person", "account")
    assert (payment.claim_id, payment.account.number) == (claims[1].pk, a_card(123_456))
    second = does(finance, second, "read_result", file=a_file([row(second, payment)]))
    assert (second.status, stands(claims[1])) == ("settled", ("paid", ["paid"]))
    assert Payment.objects.unscoped().filter(claim=claims[1]).count() == 2
    rest = [row(batch, one) for one in batch.payments.filter(status="waiting").select_related("person", "account")]
    assert does(finance, batch, "read_result", file=a_file(rest)).status == "settled"
    assert sum(Payment.objects.unscoped().filter(status="paid").values_list("amount", flat=True)) == sum(
        50_000 + n for n in range(11)
    ), "each claim once"


def test_a_result_of_thirty_thousand_lines_settles_the_one_of_this_batch_and_names_the_first_of_the_others():
    finance = staff("finance")
    claim = approved()
    batch = a_batch("sent", finance)
    [payment] = batch.payments.select_related("person", "account")
    others = [(f"{batch.number}-{number:06d}", "", "", "500.00", "成功", "") for number in range(2, 30_001)]
    batch = does(finance, batch, "read_result", file=a_file([*others, row(batch, payment)]))
    report = PaymentResult.objects.unscoped().get()
    assert (report.paid, report.refused, len(report.faults)) == (1, 29_999, 200)
    assert (batch.status, stands(claim)) == ("settled", ("paid", ["paid"]))


def test_the_public_list_says_no_more_than_it_must_and_goes_when_its_days_are_over(client):
    finance = staff("finance")
    person = with_an_account(somebody(name="欧阳秀英"))
    Fact.objects.create(
        person=person, name="disability_level", value="severe", source="document", observed_on=on("2026-01-05"),
        recorded_at="2026-01-05T09:00+08:00", recorded_by_name="x",
    )  # fmt: skip
    approved(person, (JANUARY, JANUARY + 1))
    batch = a_batch("signed", finance)
    url = reverse("portal:payment_notices", args=[PLATFORM])
    assert "欧阳秀英" not in client.get(url).content.decode()
    batch = does(finance, batch, "publish")
    with pytest.raises(WrongState, match="正在公示"):
        does(finance, batch, "publish")
    answer = client.get(url)
    html = answer.content.decode()
    for shown in ("欧阳秀英", person.masked_id_number, "1000.00元", "2026年1月至2026年2月（2个月）", "noindex"):
        assert shown in html
    for never in (a_card(person.pk), "建设银行", person.phone, person.address, person.id_number, "残疾", "severe"):
        assert never not in html
    assert answer["X-Robots-Tag"].startswith("noindex")
    assert "欧阳秀英" not in client.get(reverse("portal:payment_notices", args=["220204001"])).content.decode()
    does(finance, batch, "take_down")
    assert "欧阳秀英" not in client.get(url).content.decode()
    does(finance, batch, "publish")
    assert "欧阳秀英" in client.get(url).content.decode()
    move_to(PaymentBatch.objects.unscoped().get().notice_ends_on)
    assert "欧阳秀英" in client.get(url).content.decode()
    move_to(PaymentBatch.objects.unscoped().get().notice_ends_on.replace(day=20))
    assert "欧阳秀英" not in client.get(url).content.decode()
    for scheme in (one for one in registry.schemes("jilin") if one.gives == "money"):
        assert not any(word in (scheme.public_title or scheme.title) for word in ("残", "低保", "困难", "贫")), (
            scheme.code
        )


def test_a_list_that_was_changed_after_it_was_frozen_is_neither_signed_nor_sent():
    finance = staff("finance")
    approved()
    batch = a_batch("signed", finance)
    batch.payments.update(amount=60_000)
    with pytest.raises(GuardNotMet, match="校验值对不上"):
        does(finance, batch, "send")


def test_who_pays_begins_at_the_batches_and_sees_nothing_else_of_a_file(log_in):
    claim = approved()
    desk = log_in(staff(Role.FINANCE))
    assert desk.get("/desk/")["Location"] == "/desk/payments/"
    made = desk.post(
        "/desk/payments/new/", {"scheme": SCHEME, "period_year": PERIOD[:4], "period_month": PERIOD[5:], "version": 0}
    )
    batch = PaymentBatch.objects.unscoped().get()
    assert made["Location"] == f"/desk/payments/{batch.pk}/"
    assert claim.person.name in desk.get(made["Location"]).content.decode()
    assert batch.number in desk.get("/desk/payments/").content.decode()
    for page in (f"/desk/people/{claim.person_id}/", "/desk/register/", "/desk/cases/", "/desk/search?q=a"):
        assert desk.get(page).status_code == 403
    assert Claim.objects.visible_to(staff(Role.FINANCE)).count() == 0


def test_a_settled_batch_answers_the_same_file_again_and_takes_back_what_came_back_later_by_two_people(log_in):
    finance, second = staff("finance"), staff("finance")
    claim = approved()
    batch = a_batch("sent", finance)
    [payment] = batch.payments.select_related("person", "account")
    file = [row(batch, payment)]
    batch = does(finance, batch, "read_result", file=a_file(file))
    ended, version = batch.ended_on, batch.version
    move_to(on("2026-05-20"))
    again = does(finance, batch, "read_result", file=a_file(file))
    assert (again.status, again.version, again.ended_on) == ("settled", version, ended)
    again = does(finance, batch, "read_result", file=a_file([row(batch, payment, "退回", "销户")]))
    assert (again.status, again.ended_on, stands(claim)) == ("settled", ended, ("paid", ["paid"]))

    ref = ref_of(batch, payment.number)
    for wrong, why in ((f"{batch.number}-9", "没有发放编号"), (ref, "还没有人登记")):
        with pytest.raises(BadInput) as refused:
            does(second, batch, "confirm_return", ref=wrong)
        assert why in str(refused.value.errors)
    does(finance, batch, "report_return", ref=ref, reason="销户退票")
    assert stands(claim) == ("paid", ["paid"])
    assert "销户退票" in log_in(second).get(reverse("desk:payment", args=[batch.pk])).content.decode()
    with pytest.raises(SameEyes):
        does(finance, batch, "confirm_return", ref=ref)
    does(second, batch, "confirm_return", ref=ref)
    assert stands(claim) == ("payment_returned", ["returned"])
    assert Message.objects.unscoped().get(code="payment.returned").fields["reason"] == "销户退票"
    assert not list(batch_replay.verify_state(lambda _: None, Counter()))
    with_an_account(claim.person, 123_457)
    assert a_batch("signed", finance).lines == 1


def test_who_signs_sees_accounts_of_several_people_and_of_others_and_keeps_out_where_the_account_is_theirs(log_in):
    signer = staff("reviewer")
    one, two, alone = (with_an_account(somebody()) for _ in range(3))
    with_an_account(two, one.pk)
    BankAccount.objects.unscoped().filter(person=alone).update(holder="钱多多")
    for person in (one, two, alone, with_an_account(somebody())):
        approved(person)
    batch = a_batch()
    shown = log_in(signer).get(reverse("desk:payment", args=[batch.pk])).content.decode()
    assert shown.count("另有1人登记了同一个银行账户") == 2
    assert shown.count("户名“钱多多”不是本人姓名") == 1
    found = account_doubts.of_batch(batch)
    assert [doubt.name for doubt in found] == [one.name, two.name, alone.name]

    holder = with_an_account(somebody(), one.pk)
    keeper = staff("reviewer", id_index=holder.id_index)
    with pytest.raises(OwnMatter):
        does(keeper, batch, "sign")
    assert does(signer, batch, "sign").status == "frozen"
