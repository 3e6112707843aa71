"""Where somebody is paid: who enters it, what is said of slips, who sees it whole."""

import pytest
from django.db import connection

from jiuyuan.history.models import Entry, Look
from jiuyuan.notifications.models import Message
from jiuyuan.people import bank_accounts
from jiuyuan.people.models import BankAccount
from jiuyuan.refusals import BadInput, HolderUnknown, NotForRole, NotFound, OwnMatter
from tests.factories import OTHER_PLATFORM, a_case, an_account, an_applicant, staff

pytestmark = pytest.mark.django_db
CARD, OTHER_CARD = "6217000010001234569", "6222020200112233446"
BANK = "中国建设银行人民路支行"


def enter(user, person, number=CARD, holder="", bank=BANK):
    return bank_accounts.enter(user, person.pk, number=number, holder=holder, bank=bank)


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("", "请填写银行卡号"),
        ("6217 0000 1000 12", "现在是14位"),
        ("6217000010001234568", "校验位对不上"),
        ("6217000010001234659", "校验位对不上"),
        ("62170000100012345X9", "只有数字"),
    ],
)
def test_a_slip_in_a_number_is_named(typed, told):
    with pytest.raises(BadInput) as refused:
        bank_accounts.clean_number(typed)
    [(field, sentence)] = refused.value.errors
    assert (field, told in sentence) == ("number", True), sentence
    assert (
        bank_accounts.clean_number("6217 0000 1000 1234 569")
        == bank_accounts.clean_number("６２１７-0000-10001234569")
        == CARD
    )


def test_the_window_enters_it_encrypted_and_the_latest_counts():
    clerk, account = staff("clerk"), an_account()
    person = a_case("submitted", by=account).person
    first = enter(clerk, person)
    assert (first.holder, str(first), first.masked_number) == (person.name, "****4569", "****4569")
    with connection.cursor() as cursor:
        cursor.execute("SELECT number FROM people_bankaccount")
        assert CARD.encode() not in bytes(cursor.fetchone()[0])
    entry = Entry.objects.unscoped().get(action="bank_account_entered")
    assert (entry.file, entry.actor, entry.payload["last_four"]) == (person.file, clerk.username, "4569")
    assert CARD not in str(entry.payload)
    told = Message.objects.unscoped().get(code="person.bank_account_entered")
    assert told.fields == {"bank": BANK, "last_four": "4569"}
    with pytest.raises(BadInput, match="没有变"):
        enter(clerk, person)
    second = enter(clerk, person, OTHER_CARD)
    assert bank_accounts.of(person) == second
    assert bank_accounts.of_many([person.pk]) == {person.pk: second.pk}
    assert BankAccount.objects.unscoped().count() == 2

    for other, refusal in (
        (staff("reviewer"), NotForRole), (staff("clerk", OTHER_PLATFORM), NotFound), (staff("finance"), NotFound),
        (staff("clerk", id_index=person.id_index), OwnMatter), (staff("clerk", id_index=""), HolderUnknown),
    ):  # fmt: skip
        with pytest.raises(refusal):
            enter(other, person)
    with pytest.raises(BadInput) as refused:
        enter(clerk, person, "1", "3", "")
    assert [field for field, _ in refused.value.errors] == ["number", "holder", "bank"]


def test_an_account_of_several_people_is_a_doubt_and_no_refusal():
    clerk = staff("clerk")
    one, other, third = (a_case("submitted", an_applicant(name=name)).person for name in ("王秀英", "李秀英", "赵秀英"))
    assert not bank_accounts.doubts(enter(clerk, one))
    [doubt] = bank_accounts.doubts(enter(clerk, other))
    assert doubt.startswith("另有1人登记了同一个银行账户")
    assert one.name not in doubt
    [not_theirs, shared] = bank_accounts.doubts(enter(clerk, third, holder="王秀英"))
    assert "户名“王秀英”不是本人姓名" in not_theirs
    assert shared.startswith("另有2人")
    enter(clerk, other, OTHER_CARD)
    assert bank_accounts.others_with(bank_accounts.of(one)) == 1, "an earlier account of somebody counts no more"


def test_the_person_enters_it_on_the_phone_and_sees_it_whole_once_asked(client, log_in):
    account = an_account()
    account.set_password("songhua-2026")
    account.save()
    person = a_case("submitted", by=account).person
    mine = log_in(account)
    refused = mine.post(
        "/mine/account/bank/", {"number": CARD[:-1], "holder": person.name, "bank": BANK, "password": "不对"}
    )
    assert "校验位对不上" in (page := refused.content.decode())
    assert "密码不对" in page
    assert CARD[:-1] in page, "what was typed stays"
    said = {"number": CARD, "holder": person.name, "bank": BANK, "password": "songhua-2026"}
    assert mine.post("/mine/account/bank/", said)["Location"] == "/mine/account/"
    page = mine.get("/mine/account/").content.decode()
    assert "4569" in page
    assert CARD not in page
    assert CARD in mine.post("/mine/account/bank/whole/").content.decode()
    assert Look.objects.unscoped().get(file=person.file, unmasked=True).actor == account.username
    desk = log_in(staff("clerk")).get(f"/desk/people/{person.pk}/").content.decode()
    assert "4569" in desk
    assert CARD not in desk


def test_the_number_of_a_card_typed_as_a_bank_or_a_holder_is_refused_and_says_where_it_belongs():
    clerk = staff("clerk")
    person = a_case("submitted", by=an_account()).person
    for wrong in (
        {"bank": "6217 0000-1000 1234 569"},
        {"bank": f"建行{CARD}"},
        {"holder": "６２１７０００0 10001234569"},
    ):
        [field] = wrong
        with pytest.raises(BadInput) as refused:
            enter(clerk, person, **wrong)
        [(at, why)] = refused.value.errors
        assert (at, "像卡号的数字" in why) == (field, True), why
    assert enter(clerk, person, bank="建设银行第1234567890号网点").bank
