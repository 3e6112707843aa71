"""What of money is due on 今天要办: batches for who signs and pays, returned payments for the clerk, nothing of files for finance."""

import pytest
from django.urls import reverse

from jiuyuan import clock
from jiuyuan.assistance import duties
from jiuyuan.money.results import in_yuan, ref_of
from tests.desk.reading import words
from tests.factories import staff
from tests.money.batches import a_batch, a_file, approved, does, somebody, with_an_account
from tests.recognitions.register import on_the_register

pytestmark = pytest.mark.django_db


def due(user, code):
    return [one.on for one in duties.due(user, duties.BY_CODE[code], clock.today())]


def test_batch_is_due_until_it_is_signed_sent_and_its_results_are_there_and_finance_sees_no_file(log_in):
    finance, reviewer, stay = staff("finance"), staff("reviewer"), on_the_register()
    approved()
    batch = a_batch("frozen", finance)
    assert due(reviewer, "sign_batch") == [clock.today()]
    desk = log_in(finance)
    page = words(desk.get(reverse("desk:today")))
    assert ("签批发放批次" in page, stay.person.name in page) == (True, False)
    assert desk.get(reverse("desk:today"), {"duty": "interview"}).status_code == 404
    for signer in (finance, reviewer):
        batch = does(signer, batch, "sign")
    assert (due(reviewer, "sign_batch"), due(finance, "send_batch")) == ([], [clock.today()])
    batch = does(finance, batch, "send")
    assert (due(finance, "send_batch"), due(finance, "read_result")) == ([], [clock.today()])
    [payment] = batch.payments.all()
    row = (ref_of(batch, payment.number), payment.person.name, "", in_yuan(payment.amount), "成功", "")
    batch = does(finance, batch, "read_result", file=a_file([row]))
    assert due(finance, "read_result") == []
    does(finance, batch, "report_return", ref=row[0], reason="销户")
    assert due(reviewer, "confirm_return") == [clock.today()]


def test_returned_payment_is_the_clerks_until_the_account_is_another_one():
    finance, clerk = staff("finance"), staff("clerk")
    person = with_an_account(somebody())
    approved(person)
    batch = a_batch("sent", finance)
    [payment] = batch.payments.all()
    row = (ref_of(batch, payment.number), person.name, "", in_yuan(payment.amount), "退回", "户名不符")
    does(finance, batch, "read_result", file=a_file([row]))
    assert due(clerk, "returned_payment") == [clock.today()]
    with_an_account(person, 4711, clerk)
    assert due(clerk, "returned_payment") == []
