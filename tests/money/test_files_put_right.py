"""Claims and payments when files are split or merged, and when somebody writes past the record: who is paid stays who was signed for."""

from collections import Counter

import pytest

from jiuyuan import clock
from jiuyuan.money import batch_replay
from jiuyuan.money.claim_workflow import CLAIM
from jiuyuan.money.models import Claim, ClaimLine
from jiuyuan.oversight.doubt_finding import raise_doubts
from jiuyuan.oversight.models import Doubt
from jiuyuan.people import bank_accounts, replay
from jiuyuan.people.models import BankAccount
from jiuyuan.procedures import engine
from jiuyuan.refusals import BadInput, Conflict, GuardNotMet
from tests.factories import an_id_number, confirm_change, request_merge, request_split, staff, undo_change
from tests.money.batches import JANUARY, PERIOD, SCHEME, a_batch, a_card, approved, does, somebody, with_an_account

pytestmark = pytest.mark.django_db


def of_whom(claim):
    lines = ClaimLine.objects.unscoped().filter(claim=claim).values_list("person", flat=True)
    return Claim.objects.unscoped().get(pk=claim.pk).person_id, *lines


def faults_of_people():
    faults, uncompared = [], Counter()
    for belonging in replay.files(faults, lambda done: None):
        faults += list(replay.differences(belonging, faults, uncompared))
    return faults


def test_a_claim_is_split_off_with_its_lines_and_not_at_all_once_it_stands_in_a_batch():
    mixed = with_an_account(somebody())
    claim, clerk, reviewer = approved(mixed), staff("clerk"), staff("reviewer")

    def split(label, *keys):
        other = {"name": "李另人", "id_number": an_id_number("1966-01-02", "male", 7), "phone": "13900000001"}
        return request_split(clerk, mixed.pk, items={label: list(keys)}, reason="材料是同名另一人的。", **other)

    with pytest.raises(BadInput):
        split("money.claimline", claim.lines.get().pk)
    change = split("money.claim", claim.pk)
    confirm_change(reviewer, change.pk)
    assert of_whom(claim) == (change.target_id, change.target_id)
    undo_change(reviewer, change.pk, "弄错了。")
    assert of_whom(claim) == (mixed.pk, mixed.pk)

    change = split("money.claim", claim.pk)
    a_batch()
    with pytest.raises(GuardNotMet, match="列入发放"):
        confirm_change(reviewer, change.pk)
    assert of_whom(claim) == (mixed.pk, mixed.pk)
    mixed = with_an_account(somebody())
    paid = approved(mixed)
    [payment] = a_batch().payments.all()
    for label, key in (
        ("money.claim", paid.pk), ("people.bankaccount", payment.account_id), ("money.payment", payment.pk),
    ):  # fmt: skip
        with pytest.raises(BadInput):
            split(label, key)


def test_a_claim_whose_lines_name_another_person_is_left_out_of_a_batch():
    claim, _other = approved(), approved()
    claim.lines.update(person=somebody())
    batch = does(staff("finance"), None, "make", scheme=SCHEME, period=PERIOD)
    assert (batch.lines, batch.left_out) == (1, {"another_person": 1})


def test_who_is_paid_may_be_merged_into_another_file_and_the_list_that_was_signed_still_stands():
    person, kept, clerk = with_an_account(somebody()), somebody(), staff("clerk")
    approved(person)
    batch = a_batch("signed")
    change = request_merge(clerk, kept.pk, person.pk, "同一人。", difference_seen=True)
    confirm_change(staff("reviewer"), change.pk, difference_seen=True)
    assert does(staff("finance"), batch, "send").status == "sent"
    assert not list(batch_replay.verify_state(lambda done: None, Counter()))
    assert not faults_of_people()
    for begins in (
        lambda: bank_accounts.enter(clerk, person.pk, number=a_card(99), holder="", bank="建设银行"),
        lambda: engine.act(clerk, CLAIM, person.pk, "claim", {"scheme": SCHEME, "from": "2026-01", "to": "2026-01"}),
    ):
        with pytest.raises(Conflict, match=f"已经合并到{kept.name}") as merged:
            begins()
        assert merged.value.code == "merged"


def test_an_account_that_was_rewritten_or_swapped_under_the_signatures_is_not_paid_and_is_named_by_the_record():
    for _ in range(2):
        approved()
    batch = a_batch("signed")
    assert not faults_of_people()
    one, other = BankAccount.objects.unscoped().order_by("pk")
    one.number, other.number = other.number, one.number
    for account in (one, other):
        account.save(update_fields=["number"])
    with pytest.raises(GuardNotMet, match="校验值对不上"):
        does(staff("finance"), batch, "send")
    assert len(list(batch_replay.verify_state(lambda done: None, Counter()))) == 1
    assert [fault.count("账号与记录不符") for fault in faults_of_people()] == [1, 1]
    BankAccount.objects.create(
        person=one.person, number=a_card(7), number_index="x", holder="张", bank="工行", entered_at=one.entered_at,
        entered_by_name="x",
    )  # fmt: skip
    assert sum("在记录之外加进去的" in fault for fault in faults_of_people()) == 1


def test_two_files_that_were_paid_for_the_same_month_are_merged_and_the_night_doubts_it():
    kept, given_up, clerk = with_an_account(somebody()), with_an_account(somebody()), staff("clerk")
    own, twice = approved(kept), approved(given_up, months=(JANUARY, JANUARY + 1))
    for claim in (own, twice):
        claim.lines.update(status="paid")
    change = request_merge(clerk, kept.pk, given_up.pk, "同一人。", difference_seen=True)
    confirm_change(staff("reviewer"), change.pk, difference_seen=True)
    assert [line.person_id for line in twice.lines.order_by("month")] == [given_up.pk, kept.pk]
    raise_doubts(clock.today())
    doubt = Doubt.objects.unscoped().get(check_number=6)
    line = twice.lines.get(month=JANUARY)
    assert (doubt.person_id, doubt.since, doubt.witness) == (kept.pk, JANUARY, f"line:{line.pk}")
    assert not faults_of_people()

    undo_change(staff("reviewer"), change.pk, "弄错了。")
    assert {line.person_id for line in twice.lines.all()} == {given_up.pk}
