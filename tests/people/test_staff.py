"""Accounts of staff: who opens, moves and closes whose (contract: Who acts)."""

from datetime import date

import pytest

from jiuyuan.agencies.models import Agency, Relative, User
from jiuyuan.agencies.services import issue_token
from jiuyuan.applications import handover
from jiuyuan.applications import nightly as night
from jiuyuan.history.models import Entry
from jiuyuan.history.services import Actor
from jiuyuan.notifications.models import Message
from jiuyuan.people import holders, staff
from jiuyuan.procedures import own_matter
from jiuyuan.refusals import BadInput, Conflict, HolderUnknown, NotForRole, NotFound, OwnMatter, SameEyes
from tests import factories
from tests.factories import COUNTY, OTHER_COUNTY, OTHER_PLATFORM, PLATFORM, PROVINCE, REGION, act_on, an_id_number

pytestmark = pytest.mark.django_db
OPERATOR = Actor("os:root", "root", "operator")


def said(**changes):
    number = an_id_number("1988-08-08", number=next(_NUMBERS))
    return {"name": "周红", "role": "clerk", "agency": PLATFORM, "id_number": number} | changes


_NUMBERS = iter(range(100, 400))


@pytest.fixture
def province():
    return factories.staff("province")


@pytest.fixture
def supervisor():
    return factories.staff("supervisor")


def test_an_opened_account_logs_in_once_with_what_was_drawn_and_stands_in_the_record(province, client):
    account, password = staff.open_account(province, "zhouhong", **said(id_number=" ".join(an_id_number("1988-08-08"))))
    assert account.check_password(password)
    assert account.first_password
    assert client.post("/login/", {"username": "zhouhong", "password": password}).status_code == 302
    assert client.get("/desk/")["Location"] == "/desk/account/password/"
    entry = Entry.objects.unscoped().get(file="account:zhouhong")
    assert (entry.action, entry.actor, entry.area) == ("account_opened", province.username, account.area)
    assert password not in str(entry.payload)
    assert an_id_number("1988-08-08") not in str(entry.payload)


@pytest.mark.parametrize(
    ("role", "at"), [("clerk", PLATFORM), ("reviewer", COUNTY), ("auditor", COUNTY), ("auditor", PLATFORM)]
)
def test_a_supervisor_opens_accounts_below_its_own_office(supervisor, role, at):
    account, _ = staff.open_account(supervisor, "zhouhong", **said(role=role, agency=at))
    assert account.role == role


@pytest.mark.parametrize(
    ("role", "at", "refused"),
    [
        ("clerk", OTHER_PLATFORM, NotFound), ("reviewer", OTHER_COUNTY, NotFound), ("clerk", "999", NotFound),
        ("supervisor", REGION, NotForRole), ("supervisor", "2202", NotFound), ("province", PROVINCE, NotFound),
        ("auditor", REGION, NotForRole), ("auditor", PROVINCE, NotFound), ("channel", "", NotForRole),
    ],
)  # fmt: skip
def test_a_supervisor_makes_no_account_above_itself_beside_itself_or_outside(supervisor, role, at, refused):
    with pytest.raises(refused):
        staff.open_account(supervisor, "zhouhong", **said(role=role, agency=at))
    assert not User.objects.filter(username="zhouhong").exists()


@pytest.mark.parametrize("role", ["clerk", "reviewer", "auditor"])
def test_others_manage_no_account(role):
    by, account = factories.staff(role), factories.staff("clerk")
    acts = (
        lambda: staff.open_account(by, "zhouhong", **said()),
        lambda: staff.change(by, account, role="reviewer", agency=COUNTY),
        lambda: staff.reset_password(by, account),
        lambda: handover.close(by, account, "调离"),
        lambda: staff.issue_token(by, account, days=1),
        lambda: staff.listed(by),
    )
    for act in acts:
        with pytest.raises(NotForRole):
            act()


def test_an_account_outside_the_region_is_not_there(supervisor):
    outside, above = factories.staff("clerk", at=OTHER_PLATFORM), factories.staff("province")
    for account in (outside, above):
        for act in (staff.reset_password, lambda by, one: handover.close(by, one, "调离")):
            with pytest.raises(NotFound):
                act(supervisor, account)


def test_a_supervisor_does_not_touch_a_colleague_of_its_own_office(supervisor):
    with pytest.raises(NotForRole):
        staff.reset_password(supervisor, factories.staff("supervisor"))


def test_nobody_changes_closes_or_resets_their_own_account(province):
    acts = (
        lambda: staff.change(province, province, role="auditor", agency=PROVINCE),
        lambda: staff.reset_password(province, province),
        lambda: handover.close(province, province, "调离"),
    )
    for act in acts:
        with pytest.raises(OwnMatter):
            act()


def test_nobody_makes_or_keeps_their_own_second_person():
    number = an_id_number("1970-01-01")
    index = factories.blind_index(number)
    province = factories.staff("province", id_index=index)
    with pytest.raises(OwnMatter):
        staff.open_account(province, "zhouhong", **said(id_number=number))
    second = factories.staff("reviewer", id_index=index)
    with pytest.raises(OwnMatter):
        staff.reset_password(province, second)


def test_who_has_not_said_whose_account_it_is_may_look_and_not_act():
    province = factories.staff("province", id_index="")
    assert staff.listed(province).exists()
    with pytest.raises(HolderUnknown):
        staff.open_account(province, "zhouhong", **said())
    with pytest.raises(HolderUnknown):
        staff.reset_password(province, factories.staff("clerk"))


def test_one_holder_may_have_two_roles_which_is_shown_and_is_one_person(province):
    number = an_id_number("1990-01-01")
    clerk, _ = staff.open_account(province, "zhouhong", **said(id_number=number))
    reviewer, _ = staff.open_account(province, "zhouhong.fh", **said(role="reviewer", agency=COUNTY, id_number=number))
    assert [other.username for other in holders.others_of(reviewer)] == ["zhouhong"]
    assert own_matter.same_person(clerk, reviewer)
    assert Entry.objects.unscoped().get(file=reviewer.file).payload["same_holder"] == ["zhouhong"]
    with pytest.raises(BadInput, match="改正") as refused:
        staff.open_account(province, "zhouhong3", **said(id_number=number))
    assert refused.value.errors[0][0] == "id_number"


def test_all_that_is_wrong_is_said_at_once(province):
    with pytest.raises(BadInput) as refused:
        staff.open_account(
            province,
            "Zhou Hong",
            name="周1",
            role="reviewer",
            agency=PLATFORM,
            id_number="1",
            valid_until=date(2026, 3, 1),
        )
    assert {field for field, _ in refused.value.errors} == {"username", "name", "agency", "id_number", "valid_until"}


@pytest.mark.parametrize(
    "taken",
    ["a12345678", "unknown-0123", "system", "night", "worker", "public", "ab", "1abc", "周红", "zhou hong", "x" * 41],
)
def test_names_that_stand_for_somebody_else_are_refused(province, taken):
    with pytest.raises(BadInput) as refused:
        staff.open_account(province, taken, **said())
    assert [field for field, _ in refused.value.errors] == ["username"]


def test_a_dated_account_works_to_its_last_day_and_closes_itself(province, today, log_in, committed):
    account, _ = staff.open_account(province, "jieban", **said(valid_until=date(2026, 3, 4)))
    account.first_password = False
    account.save()
    here = log_in(account)
    today("2026-03-04")
    assert here.get("/desk/cases/").status_code == 200
    today("2026-03-05")
    assert here.get("/desk/cases/").status_code == 302
    assert not User.objects.get(pk=account.pk).may("see_cases")
    night.run(seals=False)
    account.refresh_from_db()
    assert not account.is_active
    assert Entry.objects.unscoped().filter(file=account.file, action="account_expired", actor="system").count() == 1


def test_a_moved_account_sees_the_new_area_and_not_the_old_one(supervisor, log_in):
    clerk = factories.staff("clerk", name="李明")
    case = factories.a_case("submitted", clerk=clerk)
    here = log_in(clerk)
    assert here.get(f"/desk/cases/{case.number}/").status_code == 200
    staff.change(supervisor, clerk, agency="220102002")
    assert here.get(f"/desk/cases/{case.number}/").status_code == 404
    entry = Entry.objects.unscoped().get(file=clerk.file, action="account_moved")
    assert entry.payload == {
        "before": {"role": "clerk", "agency": PLATFORM},
        "now": {"role": "clerk", "agency": "220102002"},
    }
    assert Message.objects.unscoped().filter(recipient=clerk.username).exists()


def test_a_role_goes_with_the_level_of_its_agency(supervisor):
    clerk = factories.staff("clerk")
    with pytest.raises(BadInput) as refused:
        staff.change(supervisor, clerk, role="reviewer")
    assert refused.value.errors[0][0] == "agency"
    assert staff.change(supervisor, clerk, role="reviewer", agency=COUNTY).role == "reviewer"
    with pytest.raises(NotFound):
        staff.change(supervisor, clerk, agency=OTHER_COUNTY)


def test_a_reset_ends_sessions_and_tokens_is_told_and_recorded(supervisor, log_in, client):
    clerk = factories.staff("clerk", name="李明")
    issue_token(clerk)
    here = log_in(clerk)
    password = staff.reset_password(supervisor, clerk)
    assert here.get("/desk/cases/").status_code == 302
    assert not any(token.holds for token in clerk.tokens.all())
    client.post("/login/", {"username": clerk.username, "password": password})
    page = client.get("/desk/account/password/").content.decode()
    assert "您的密码被重设了" in page
    assert supervisor.name in page
    entry = Entry.objects.unscoped().get(file=clerk.file, action="password_reset")
    assert entry.actor == supervisor.username
    assert password not in str(entry.payload)
    assert "重设密码" in log_in(supervisor).get("/desk/staff/").content.decode()


def test_a_closed_account_keeps_its_record_and_names_what_it_leaves(supervisor, log_in):
    clerk = factories.staff("clerk", name="李明")
    case = factories.a_case("endorsed", clerk=clerk)
    issue_token(clerk)
    here = log_in(clerk)
    [left] = handover.open_work(clerk)
    assert left.number == case.number
    assert "南岭街道公共就业服务平台的其他经办人" in left.falls_to
    handover.close(supervisor, clerk, "调离")
    assert here.get("/desk/cases/").status_code == 302
    assert not clerk.tokens.get().holds
    entry = Entry.objects.unscoped().get(file=clerk.file, action="account_closed")
    assert case.number in str(entry.payload["leaves"])
    with pytest.raises(Conflict):
        handover.close(supervisor, clerk, "调离")
    with pytest.raises(Conflict):
        staff.reset_password(supervisor, clerk)
    assert Entry.objects.unscoped().filter(actor=clerk.username).exists()


def test_nobody_leaves_behind_what_a_colleague_of_the_same_name_proposed_or_found():
    one, other = (factories.staff("clerk", name="李明") for _ in range(2))
    stay = factories.a_case("recognised", clerk=factories.staff("clerk")).recognition
    act_on("propose", one, stay.pk, ground="left_scope", reason="听说搬走了。")
    inquiry = act_on("investigate", one, stay.pk, cause="有人反映。")
    act_on("find", one, inquiry.pk, finding="已到外省落户。", holds=True, fraud=False)
    act_on("tell", one, inquiry.pk, how="当面", proof="签收")
    assert [left.what for left in handover.open_work(one)] == ["提出的退出建议", "写了结论的调查"]
    assert handover.open_work(other) == []


def test_a_closing_needs_its_reason(supervisor):
    clerk = factories.staff("clerk")
    with pytest.raises(BadInput):
        handover.close(supervisor, clerk, " ")
    assert User.objects.get(pk=clerk.pk).is_active


def test_where_nobody_is_left_the_sentence_says_so_and_what_to_do(supervisor):
    alone = factories.staff("reviewer", at="220103")
    assert "没有县级复核人可以办事" in staff.left_alone(alone)
    with pytest.raises(SameEyes, match=r"没有其他县级复核人可以办.*有期限的账号"):
        own_matter.refuse(alone, acted_before=[alone])
    same = factories.staff("reviewer", at="220103", id_index=alone.id_index)
    with pytest.raises(SameEyes, match="有期限的账号"):
        own_matter.refuse(alone, acted_before=[alone, same])
    factories.staff("reviewer", at="220103")
    assert staff.left_alone(alone) == ""
    with pytest.raises(SameEyes) as refused:
        own_matter.refuse(alone, acted_before=[alone])
    assert "有期限" not in refused.value.title


def test_a_colleague_who_is_a_relative_too_is_nobody_left():
    person = factories.a_case("draft").person
    clerk, colleague = (factories.staff("clerk", at="220102002") for _ in range(2))
    for one in (clerk, colleague):
        Relative.objects.create(user=one, name=person.name, relation="母亲", id_index=person.id_index)
    with pytest.raises(OwnMatter, match="有期限的账号"):
        own_matter.refuse(clerk, person)


def test_a_channel_calls_with_tokens_and_has_no_password(province):
    account, password = staff.open_account(province, "hall", name="网上办事大厅", role="channel")
    assert password == ""
    assert not account.has_usable_password()
    assert staff.issue_token(province, account, days=30)
    with pytest.raises(BadInput):
        staff.reset_password(province, account)


def test_the_operator_at_the_command_line_is_the_actor_in_the_record():
    account, _ = staff.open_account(OPERATOR, "zhouhong", **said())
    entry = Entry.objects.unscoped().get(file=account.file)
    assert (entry.actor, entry.role) == ("os:root", "operator")


def test_nobody_is_seated_at_a_closed_agency(province):
    Agency.objects.filter(code=PLATFORM).update(closed_on=date(2026, 3, 1))
    with pytest.raises(BadInput, match="改正") as refused:
        staff.open_account(province, "zhouhong", **said())
    assert "已经撤销" in refused.value.errors[0][1]


def test_a_holder_is_named_once_and_no_number_is_kept():
    clerk, number = factories.staff("clerk", id_index=""), an_id_number("1980-02-02")
    holders.name_holder(clerk, number)
    assert User.objects.get(pk=clerk.pk).id_index == factories.blind_index(number)
    assert number not in str(Entry.objects.unscoped().get(file=clerk.file).payload)
    with pytest.raises(Conflict):
        holders.name_holder(clerk, an_id_number("1981-02-02"))


def test_a_relative_who_is_taken_off_counts_on_for_thirty_days(today):
    person = factories.a_case("draft", factories.an_applicant(name="王秀英")).person
    clerk = factories.staff("clerk")
    relative = holders.declare(clerk, name="王秀英", relation="母亲", id_number=person.id_number)
    with pytest.raises(BadInput):
        holders.take_off(clerk, relative.pk, "")
    holders.take_off(clerk, relative.pk, "记错了人")
    assert Entry.objects.unscoped().get(file=clerk.file, action="relative_taken_off").payload["reason"] == "记错了人"

    def keeps_out() -> bool:
        """As the next request finds it."""
        return own_matter.is_own_matter(User.objects.get(pk=clerk.pk), person)

    assert keeps_out()
    today("2026-04-01")
    assert keeps_out()
    today("2026-04-02")
    assert not keeps_out()
    assert holders.relatives_of(clerk) == []


def test_a_relative_of_somebody_else_cannot_be_taken_off():
    one, other = factories.staff("clerk"), factories.staff("clerk")
    relative = holders.declare(one, name="王秀英", relation="母亲", id_number=an_id_number("1950-02-02"))
    with pytest.raises(NotFound):
        holders.take_off(other, relative.pk, "不是亲属")


def test_a_relative_is_declared_once_and_never_oneself():
    number = an_id_number("1950-02-02")
    clerk = factories.staff("clerk", id_index=factories.blind_index(number))
    with pytest.raises(BadInput):
        holders.declare(clerk, name="王秀英", relation="本人", id_number=number)
    said_of = {"name": "王秀英", "relation": "母亲", "id_number": an_id_number("1951-02-02")}
    holders.declare(clerk, **said_of)
    with pytest.raises(Conflict):
        holders.declare(clerk, **said_of)
    with pytest.raises(BadInput) as refused:
        holders.declare(clerk, name="1", relation="", id_number="2")
    assert {field for field, _ in refused.value.errors} == {"name", "relation", "id_number"}
