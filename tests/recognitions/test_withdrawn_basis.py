"""A file that is taken back undoes no decision: who decides is warned, the person is told, and somebody else decides anew."""

from collections import Counter

import pytest

from jiuyuan.applications.replay import verify_state
from jiuyuan.notifications.models import Message
from jiuyuan.people.sources import reversal
from jiuyuan.recognitions.models import Recognition
from jiuyuan.recognitions.queries import coming_warnings
from jiuyuan.refusals import GuardNotMet, SameEyes, WrongState
from tests.factories import (
    a_case,
    act,
    act_on,
    after_the_notice,
    again,
    an_account,
    an_applicant,
    put_on_the_register,
    seen_by,
    staff,
    take_import_back,
    verify_facts,
)
from tests.people.sources.files import a_csv, imported, insurance, on_file
from tests.recognitions.register import end

pytestmark = pytest.mark.django_db


def taken_back(batch):
    take_import_back(batch.by, batch.pk, "部门发来的是别人的数据")
    reversal.run(batch.pk)


def told(code):
    return [message.body for message in Message.objects.unscoped().filter(code=code)]


def test_an_end_whose_fact_is_taken_back_stands_until_another_reviewer_looks_again():
    importer, ended_by, proposer, clerk = staff("reviewer"), staff("reviewer"), staff("reviewer"), staff("clerk")
    stays = []
    rows = [["姓名", "身份证号码", "待遇状态"]]
    for card in (an_applicant("1966-05-06"), an_applicant("1967-05-06"), an_applicant("1968-05-06")):
        stays.append(put_on_the_register(clerk, on_file(card)))
        rows.append([card.name, card.id_number, "正常领取"])
    batch = imported(importer, "social_insurance", a_csv(rows))
    left, right, stayed = stays
    for stay in (left, right):
        end(stay, ended_by)
    act_on("propose", proposer, stayed, ground="pension_or_retirement", reason="社保数据")
    with pytest.raises(WrongState, match="没有撤回"):
        act_on("restore", importer, left, "没有领养老金")
    taken_back(batch)
    assert {stay.status for stay in Recognition.objects.unscoped().filter(pk__in=[left.pk, right.pk])} == {"ended"}
    assert {warning.recognition_id for warning in coming_warnings(importer)} == {left.pk, right.pk, stayed.pk}
    assert all("是否已享受基本养老保险待遇" in body for body in told("recognition.basis_withdrawn"))
    assert len(told("recognition.basis_withdrawn")) == 2
    with pytest.raises(SameEyes, match="由另一人重新核对"):
        act_on("restore", ended_by, left, "没有领养老金")
    with pytest.raises(SameEyes, match="由另一人重新核对"):
        act_on("stand_by", proposer, stayed, "我提的没错")
    act_on("restore", importer, left, "社保局来函，没有领养老金")
    act_on("stand_by", importer, right, "社保窗口查询，2月起领养老金")
    act_on("stand_by", importer, stayed, "建议另行处理")
    left.refresh_from_db()
    right.refresh_from_db()
    assert (left.status, left.ground, left.basis, right.status) == ("active", "", None, "ended")
    assert not coming_warnings(importer).exists()
    assert "恢复在册" in told("recognition.restore")[0]
    [unchanged] = told("recognition.stand_by")
    assert "不变。理由：社保窗口查询" in unchanged
    assert list(verify_state(lambda done: None, Counter())) == []


def test_decisions_on_applications_that_rest_on_a_file_taken_back_are_looked_at_again():
    importer, clerk, account = staff("reviewer"), staff("clerk"), an_account()
    refused_card, recognised_card, reported_card = (an_applicant() for _ in range(3))
    refused = a_case("accepted", refused_card, clerk=clerk, by=account)
    on_register, reported = (a_case("accepted", card, clerk=clerk) for card in (recognised_card, reported_card))
    batch = imported(
        importer, "social_insurance",
        insurance((refused_card, "在缴", "单位职工"), (recognised_card, "停保", "单位职工"), (reported_card, "停保", "单位职工")),
    )  # fmt: skip
    act(clerk, refused, "first_review_fail", clauses=["employed"])
    for case, status in ((on_register, "recognised"), (reported, "reported")):
        further(case, clerk, status)
    taken_back(batch)
    assert again(refused).status == "rejected"
    assert seen_by(clerk, refused).basis_withdrawn == ["是否在用人单位参保"]
    assert "您可以重新申请" in told("application.basis_withdrawn")[0]
    stay = again(on_register).recognition
    assert [warning.recognition_id for warning in coming_warnings(importer)] == [stay.pk]
    with pytest.raises(GuardNotMet, match="只有本人填报"):
        act(staff("reviewer"), reported, "recognise")


def further(case, clerk, status):
    verify_facts(clerk, case)
    act(clerk, case, "first_review_pass")
    after_the_notice(case)
    act(clerk, case, "endorse")
    act(clerk, case, "report")
    if status == "recognised":
        act(staff("reviewer"), case, "recognise")
