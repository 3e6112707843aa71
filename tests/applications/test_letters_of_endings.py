"""Each ending has a letter of its own, which says what its act said, and how one is heard."""

import pytest

from jiuyuan.agencies.models import Agency
from jiuyuan.applications import papers, services, sheets
from jiuyuan.applications.models import Application, NoticeSheet, PublicNotice
from jiuyuan.notifications.models import Message
from jiuyuan.people import documents
from jiuyuan.printing.letters import words
from jiuyuan.refusals import NotFound, WrongState
from tests.applications.refusing import a_case_with
from tests.factories import a_case, a_photograph, act, again, found_out, returned_as_failing, seen_by
from tests.jobs import work
from tests.printing.paper import text_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def a_telephone(db):
    Agency.objects.filter(code="220102001").update(phone="0431-88901234", address="西四马路66号")


def the(kind, case):
    return words(case.letters.get(kind=kind).said)


def test_what_is_not_accepted_says_where_to_go_and_how_to_be_heard_and_claims_nothing(clerk):
    said = the("declined", a_case("declined", clerk=clerk))
    assert said["letter"]["title"] == "不予受理告知书"
    assert [ground["clause"] for ground in said["grounds"]] == ["二(二)"]
    text = "".join(said["objection"])
    for part in (
        "（地址：西四马路66号，电话：0431-88901234）",
        "60日内",
        "长春市南关区人民政府",
        "6个月内",
        "掌上复议",
    ):
        assert part in text
    assert "不符合" not in text


def test_a_refusal_an_upheld_objection_and_a_case_that_failed_at_the_county_are_three_letters(clerk, reviewer):
    refused = a_case_with("business", True, clerk, reviewer)
    act(clerk, refused, "first_review_fail", clauses=["business"], reason="停业后可再申请。")
    assert the("rejected", refused)["letter"]["title"] == "不予认定告知书"

    noticed = a_case("publishing", clerk=clerk)
    act(None, noticed, "object", ground="在某超市上班")
    found_out(clerk, noticed, insured_by_employer=True)
    act(clerk, noticed, "settle_objection", upheld=True, clauses=["employed"], finding="在某超市上班。")
    [ground] = the("objection_upheld", noticed)["grounds"]
    assert (ground["clause"], ground["fact"]) == ("一(二)1", "是否在用人单位参保")

    failed = returned_as_failing(clerk, reviewer)
    assert the("returned", failed)["letter"]["agency"] == "南关区公共就业服务中心"
    act(clerk, failed, "reject", told_how="当面", told_on="2026-03-06")
    assert the("not_passed", failed)["grounds"]
    assert not failed.letters.filter(kind="rejected").exists()


def test_an_objection_that_is_not_upheld_refuses_nobody(clerk):
    case = a_case("publishing", clerk=clerk)
    act(None, case, "object", ground="听说在上班")
    act(clerk, case, "settle_objection", upheld=False, finding="没有上班。")
    assert {letter.kind for letter in case.letters.all()} == {"receipt"}


def test_who_is_recognised_gets_a_proof_and_a_sheet_with_all_that_is_entered(reviewer):
    case = a_case("recognised", reviewer=reviewer)
    said = the("entry", case)
    assert said["letter"]["officer"] == reviewer.name
    assert said["letter"]["agency"] == case.recognition.agency.name
    assert (said["category"], said["recognised_on"]) == ("大龄失业人员", "2026-03-06")
    assert said["recognition_number"] == the("proof", case)["recognition_number"] == case.recognition.number
    assert case.letters.get(kind="proof").agency == case.recognition.agency


def test_a_letter_says_what_its_act_said_whatever_changes_before_it_is_sealed_and_keeps_no_copy(clerk, log_in):
    case = a_case("accepted", clerk=clerk)
    Agency.objects.filter(code="220102001").update(phone="")
    assert the("receipt", case)["letter"]["phone"] == "0431-88901234"
    work("make_letter")
    letter = case.letters.get()
    assert letter.said == {}
    assert letter.stored_as


def test_papers_of_one_kind_are_counted_and_a_number_stands_once(clerk):
    case = a_case("submitted", clerk=clerk)
    services.add_material(clerk, case.number, "id_card", a_photograph("grey"), "back.jpg")
    act(clerk, case, "accept")
    said = the("receipt", case)
    assert "居民身份证（2张）" in said["materials"]
    assert "form_number" not in said


def test_messages_against_somebody_say_before_whom_and_by_when(clerk, reviewer):
    case = a_case_with("business", True, clerk, reviewer)
    act(clerk, case, "first_review_fail", clauses=["business"], reason="停业后可再申请。")
    body = Message.objects.unscoped().latest("pk").body
    for part in ("电话：0431-88901234", "60日内", "人民政府", "6个月内"):
        assert part in body
    assert "。。" not in body


def test_the_sheet_for_the_board_is_sealed_by_a_job_for_those_who_are_on_notice_and_made_anew_when_they_change(clerk):
    first = a_case("publishing", clerk=clerk)

    def running():
        rows = PublicNotice.objects.unscoped().filter(taken_down_on=None)
        return list(rows.select_related("application__agency", "application__person").order_by("pk"))

    with pytest.raises(WrongState, match="公示单"):
        sheets.read(running())
    assert not NoticeSheet.objects.unscoped().exists()
    sheets.make_missing()
    pdf = sheets.read(running())
    assert pdf.startswith(b"%PDF") and sheets.read(running()) == pdf
    sheets.make_missing()
    assert NoticeSheet.objects.unscoped().count() == 1
    a_case("publishing", clerk=clerk)
    with pytest.raises(WrongState):
        sheets.read(running())
    assert first.pk


def test_a_correction_ordered_before_letters_kept_their_words_is_sealed_with_what_was_asked_then(clerk):
    case = a_case("correction", clerk=clerk)
    case.letters.all().update(said={"items": ["补交残疾人证"], "until": "2026-03-20"})
    Application.objects.unscoped().filter(pk=case.pk).update(corrections=[], correct_by=None)
    work("make_letter")
    text = text_of(documents.read(case.letters.get().stored_as))
    assert "补交残疾人证" in text and "2026年3月20日前补正" in text


def test_letters_of_before_are_dated_as_their_act(clerk, monkeypatch, today):
    case = a_case("rejected", clerk=clerk)
    decided = again(case).opinions.last().given_on
    case.letters.all().delete()
    dates = []
    monkeypatch.setattr(papers, "render", lambda _, said, **__: dates.append(said["letter"]["issued_on"]) or b"%PDF")
    today("2026-11-30")
    papers.read(seen_by(clerk, case), "rejection")
    assert dates == [decided.isoformat()]
    with pytest.raises(NotFound):
        papers.read(seen_by(clerk, case), "nonsense")
