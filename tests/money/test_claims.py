"""Claims: line by line, checked by one, reviewed and approved by two others, and nothing twice."""

import re
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from io import BytesIO

import pytest
from django.db import IntegrityError, connection, transaction
from pypdf import PdfReader

from jiuyuan.agencies.services import issue_token
from jiuyuan.applications.replay import verify_state
from jiuyuan.history import sealing
from jiuyuan.money.claim_letters import claim_letter_pdf, make_claim_letter
from jiuyuan.money.claim_workflow import CLAIM
from jiuyuan.money.entitlements import of_person
from jiuyuan.money.granting import basis_in_words
from jiuyuan.money.models import Claim, ClaimLine, ClaimRefusalLetter
from jiuyuan.notifications.models import Message
from jiuyuan.people import services as people
from jiuyuan.people.models import LicenceRecord, Person
from jiuyuan.recognitions.models import Recognition
from jiuyuan.refusals import BadInput, Conflict, GuardNotMet, NotFound, Refusal, SameEyes, WrongState
from jiuyuan.regions import registry
from jiuyuan.rules.calendar import month_text
from tests.api.program import Program
from tests.factories import an_account, does, staff
from tests.jobs import work
from tests.money.claims import a_claim, hired, month, said, step
from tests.recognitions.register import learn

pytestmark = pytest.mark.django_db

claim_for, check, review, approve = (does(CLAIM, action) for action in ("claim", "check", "review", "approve"))
submit, withdraw, refuse = (does(CLAIM, action) for action in ("submit", "withdraw", "refuse"))


def flexible(since="2025-10-15"):
    """Somebody who works on their own account, on the register since then."""
    person = hired(wants_work=True)
    Recognition.objects.unscoped().filter(person=person).update(recognised_on=date.fromisoformat(since))
    return person


def learnt(person, day, **facts):
    """What the insurance office says of one day."""
    people.record_facts(
        staff("clerk").actor, person, facts, source="shared_data", department="social_insurance", evidence="社保数据",
        observed_on=date.fromisoformat(day),
    )  # fmt: skip


def cancelled(person, day):
    LicenceRecord.objects.create(
        person=person, licence="92220102MA0000001X", part="owner", organisation="张姐小吃店", status="cancelled",
        changed_on=date.fromisoformat(day), observed_on=date(2026, 3, 1),
    )  # fmt: skip


def lines_of(claim):
    return {month_text(line.month): line for line in ClaimLine.objects.unscoped().filter(claim=claim)}


def test_line_of_a_month_in_which_an_employer_insured_stops_with_its_reason_and_the_others_go_on():
    person = flexible()
    learnt(person, "2025-12-10", insured_by_employer=True)
    cancelled(person, "2025-11-20")
    claim = claim_for(staff("clerk"), person.pk, **said("flexible_insurance", **{"from": "2025-10", "to": "2026-02"}))
    submit(staff("clerk"), claim.pk)
    claim = check(staff("clerk"), claim.pk)
    lines = lines_of(claim)
    assert {month: line.status for month, line in lines.items()} == {
        "2025-10": "stopped", "2025-11": "stopped", "2025-12": "stopped", "2026-01": "claimed", "2026-02": "claimed",
    }  # fmt: skip
    assert "在用人单位参加社会保险" in lines["2025-12"].reason
    assert (
        "张姐小吃店）2025年11月20日注销，2025年11月以前（含当月）的月份不支付，次月起不受影响"
        in lines["2025-11"].reason
    )
    assert {one["name"]: one["value"] for one in lines["2025-12"].rests_on}["insured_by_employer"] is True
    asked = {(one["month"], one["code"]): one for one in claim.checks}
    insured = asked["2025-12", "insured"]
    assert (insured["answer"], insured["source"], insured["as_of"]) == (
        "no",
        "社会保险经办机构",
        "2025-12-10",
    )
    assert asked["2026-01", "insured"]["answer"] == "unknown"  # a record of December says nothing of January
    assert asked["2026-01", "on_register"]["answer"] == "yes"
    assert (lines["2026-01"].amount, lines["2026-01"].amount_source) == (None, "没有查到依据的标准，由省级设定")

    with pytest.raises(BadInput) as unknown:
        review(staff("reviewer"), claim.pk)
    assert dict(unknown.value.errors)["ground"].startswith("有查不到的事项")
    learnt(person, "2025-12-20", insured_by_employer=True)
    claim = step(step(claim, "reviewed"), "published")
    with pytest.raises(GuardNotMet, match="公示到"):
        approve(staff("reviewer"), claim.pk)
    with pytest.raises(SameEyes):
        approve(claim.reviewed_by, claim.pk)
    claim = step(claim, "approved")
    told = Message.objects.unscoped().latest("pk").body
    assert told.startswith("您申请的灵活就业社会保险补贴（2025年10月至2026年2月）已经同意。不支付的：2025年10月")


def test_what_cannot_be_claimed_is_refused_in_words_that_say_why(monkeypatch):
    clerk, person = staff("clerk"), flexible()

    def why(scheme="flexible_insurance", **changes):
        with pytest.raises(Refusal) as refused:
            claim_for(clerk, person.pk, **said(scheme, **changes))
        return refused.value.title

    assert why(**{"from": "2025-09", "to": "2026-01"}) == (
        "2025年10月15日才认定，2025年9月在认定以前，不能申请；请从2025年10月申请。"
    )
    assert why(to="2026-04") == "2026年4月还没有到，不能申请，最多到2026年3月。"
    assert why(to="2026-01") == "结束的月份早于开始的月份，请核对。"
    with pytest.raises(BadInput) as bad:
        claim_for(clerk, person.pk, scheme="flexible_insurance", **{"from": "二月"})
    assert dict(bad.value.errors) == {"from": "从哪个月请填年和月，例如2026-03。"}
    with pytest.raises(BadInput) as bad:
        claim_for(clerk, person.pk, scheme="no such thing")
    assert "灵活就业社会保险补贴" in dict(bad.value.errors)["scheme"]
    first = claim_for(clerk, person.pk, **said("flexible_insurance", **{"from": "2026-01", "to": "2026-02"}))
    assert why(**{"from": "2026-02"}) == (
        "2026年2月的灵活就业社会保险补贴已经申请过（2026年3月2日申请，草稿），不能重复申请。"
    )
    assert why("employer_insurance", **{"from": "2026-02"}) == (
        "2026年2月已经在灵活就业社会保险补贴（草稿）里，用人单位社会保险补贴不能和它同一个月享受，两项只能选一项。"
    )
    claim_for(clerk, person.pk, scheme="startup")
    assert why("startup") == "一次性创业补贴已经申请过，一次事由只享受一次。"
    withdraw(clerk, first.pk, reason="本人不想办了。")
    again = claim_for(clerk, person.pk, **said("flexible_insurance", **{"from": "2026-02"}))
    assert {line.status for line in ClaimLine.objects.unscoped().filter(claim=first)} == {"dropped"}
    Claim.objects.unscoped().filter(pk=again.pk).update(first=True)
    assert why(**{"from": "2026-01", "to": "2026-01"}) == (
        "灵活就业社会保险补贴初次核定从2026年2月开始，2026年1月在初次核定以前，不能申请。"
    )
    expired = replace(registry.scheme("jilin", "flexible_insurance"), until=date(2025, 12, 31))
    with monkeypatch.context() as patched:
        patched.setattr(registry, "schemes", lambda region: (expired,))
        assert why() == "灵活就业社会保险补贴执行到2025年12月31日为止，2026年3月已经没有这项政策，不能申请。"
    with pytest.raises(IntegrityError), transaction.atomic():
        ClaimLine.objects.create(claim=again, person=person, scheme="flexible_insurance", month=month("2026-02"))
    learn(Recognition.objects.unscoped().get(person=person), deceased=True)
    assert why() == "档案上记载本人已经去世，不能再申请补贴。记错了的，请先更正。"
    with pytest.raises(GuardNotMet, match="去世"):
        submit(clerk, again.pk)


def test_first_approval_keeps_the_basis_counts_the_months_and_stands_on_file():
    person = hired()
    claim = a_claim("submitted", person)
    assert {one.scheme.code: one.outcome for one in of_person(person)}["employer_insurance"] == "open"
    for reached in ("checked", "reviewed", "published", "approved"):
        claim = step(claim, reached)
    assert (claim.first, claim.basis["extended"], claim.basis["law_of"]) == (True, False, claim.approved_on.isoformat())
    assert "最多36个月" in basis_in_words(claim)
    known = {fact.name: fact.value for fact in person.facts.filter(name__startswith="assistance_", superseded_by=None)}
    assert known == {"assistance_granted": True, "assistance_ends_on": "2029-02-28"}
    answer = {one.scheme.code: one for one in of_person(person)}["employer_insurance"]
    assert (answer.months_used, answer.months_left) == (1, 35)
    assert list(verify_state(lambda done: None, Counter())) == []
    assert list(sealing.verify()) == []

    refused = a_claim("checked")
    by = staff("reviewer")
    refused = refuse(by, refused.pk, reason="三月没有参保。", clause="财社〔2023〕181号")
    told = Message.objects.unscoped().latest("pk").body
    assert "不予支持。理由：三月没有参保。依据：财社〔2023〕181号。" in told
    for way in ("行政复议", "行政诉讼"):
        assert way in told
    assert {line.status for line in ClaimLine.objects.unscoped().filter(claim=refused)} == {"dropped"}


def test_refusal_of_a_claim_has_a_sealed_letter_that_says_why_and_how_to_be_heard():
    claim = a_claim("checked")
    with pytest.raises(NotFound):
        claim_letter_pdf(claim)
    refused = refuse(staff("reviewer", name="赵国栋"), claim.pk, reason="三月没有参保。", clause="财社〔2023〕181号")
    with pytest.raises(WrongState):
        claim_letter_pdf(refused)
    work("make_claim_letter")
    pages = PdfReader(BytesIO(claim_letter_pdf(refused))).pages
    text = re.sub(r"\s", "", "".join(page.extract_text() for page in pages))
    for said_there in ("不予支持", "三月没有参保。", "财社〔2023〕181号", "60日内", "行政复议", "6个月内", "赵国栋"):
        assert said_there in text, said_there
    make_claim_letter(refused.pk)
    assert ClaimRefusalLetter.objects.unscoped().count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_who_post_the_same_claim_at_once_one_makes_it_and_the_other_is_told():
    person = hired()
    clerks = [staff("clerk"), staff("clerk")]

    def make(which):
        try:
            return claim_for(clerks[which], person.pk, **said()).status
        except Conflict as refusal:
            return refusal.code
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as windows:
        assert set(windows.map(make, range(2))) == {"draft", "twice"}
    assert (Claim.objects.unscoped().count(), ClaimLine.objects.unscoped().count()) == (1, 1)


def test_programs_claim_see_lines_and_checks_and_withdraw():
    person, owner, clerk = hired(), an_account(), staff("clerk")
    Person.objects.unscoped().filter(pk=person.pk).update(account=owner)
    own, office = Program(issue_token(owner)), Program(issue_token(clerk))
    refused = own.post(f"/people/{person.pk}/claims", said())
    assert (refused.status_code, "由单位申请" in refused.json()["title"]) == (422, True)
    made = own.post(f"/people/{person.pk}/claims", said("flexible_insurance")).json()
    assert (made["status"], made["claimant"], made["title"]) == ("draft", "person", "灵活就业社会保险补贴")
    assert made["actions"] == ["submit", "withdraw"]
    twice = office.post(f"/people/{person.pk}/claims", said("flexible_insurance"))
    assert (twice.status_code, twice.json()["claim"]) == (409, made["id"])
    assert own.post(f"/claims/{made['id']}/submit", {"version": 1}).json()["status"] == "submitted"
    seen = office.post(f"/claims/{made['id']}/check", {"version": 2}).json()
    assert [line["status"] for line in seen["lines"]] == ["stopped"]
    assert {check["answer"] for check in seen["checks"]} == {"yes", "no", "unknown"}
    listed = office.get("/claims", status="checked", person=person.pk).json()["items"]
    assert [one["id"] for one in listed] == [made["id"]]
    assert own.get(f"/claims/{made['id']}").json()["lines"] == seen["lines"]
    assert own.post(f"/claims/{made['id']}/withdraw", {"version": 3}).json()["status"] == "withdrawn"
