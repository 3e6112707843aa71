"""Cases, and people who seem to qualify and have not applied."""

from datetime import timedelta
from typing import Any

from jiuyuan import clock
from jiuyuan.agencies.models import User
from jiuyuan.applications import door, services
from jiuyuan.applications.lead_workflow import LEAD
from jiuyuan.applications.models import Application, Extract, Lead
from jiuyuan.history.models import Entry
from jiuyuan.people.models import Fact, Person
from jiuyuan.procedures import bulk
from tests.factories import (
    SAID,
    a_case,
    a_signed_request,
    act,
    after_the_notice,
    again,
    an_applicant,
    found_out,
    hand_in_materials,
    move_to,
    returned_as_failing,
    seen_by,
    verify_facts,
)
from tests.procedures.specimens.specimen import Broken, Specimen, Standing, clerk, reviewer


def _in_hand(status: str, *actions: str, **more: Any) -> Application:
    """A case of a street of the chain, with somebody's acts on it."""
    case = a_case(status, **more)
    for action in actions:
        act(reviewer() if action == "settle_special_case" else clerk(), case, action)
    return again(case)


def _draft() -> Application:
    case = a_case("draft")
    hand_in_materials(clerk(), case)
    return again(case)


def _verified() -> Application:
    case = a_case("accepted")
    verify_facts(clerk(), case)
    return again(case)


def _failing() -> Application:
    case = a_case("accepted")
    found_out(clerk(), case)
    return again(case)


def _notice_over() -> Application:
    case = a_case("publishing")
    after_the_notice(case)
    return again(case)


def _objected(case: Application) -> Application:
    notice = seen_by(None, case).notice
    assert notice is not None
    today = clock.today()
    move_to(notice.ends_on)
    act(None, case, "object")
    move_to(max(today, notice.ends_on))
    return again(case)


def _one_voice(case: Application) -> User:
    voice = reviewer()
    act(voice, case, "settle_special_case")
    return voice


def _special_case(case: Application, granted: bool) -> None:
    act(clerk(), case, "raise_special_case")
    _settled(case, granted=granted)


def _settled(case: Application, *, granted: bool = True) -> None:
    for _ in range(2):
        act(reviewer(), case, "settle_special_case", granted=granted)


def _without_an_address(case: Application) -> None:
    Person.objects.unscoped().filter(pk=case.person_id).update(address="")


def _without_papers(case: Application) -> None:
    for material in list(case.materials.all()):
        services.remove_material(clerk(), case.number, material.pk)


def _handed_in_unsigned(case: Application) -> None:
    Application.objects.unscoped().filter(pk=case.pk).update(signed={})


def _contradicted(case: Application) -> None:
    services.save(
        clerk(), case.number, facts={"business_registered": True}, source="site_visit", evidence="入户，邻居称在开店"
    )


def _family_at_work(case: Application) -> None:
    Application.objects.unscoped().filter(pk=case.pk).update(categories=["zero_employment_family"])
    facts = {"zero_employment_family": True}
    services.save(clerk(), case.number, facts=facts, source="document", evidence="家庭情况核查表")
    services.save(clerk(), case.number, household=[{"name": "徐大山", "relation": "配偶", "state": "在上班"}])


def _disputed(case: Application) -> None:
    verify_facts(clerk(), case, company_office_held=True)
    services.dispute_fact(clerk(), case.number, "company_office_held", "身份证被冒用，报案回执2026-031")


def _on_ones_word(case: Application) -> None:
    rows = Fact.objects.unscoped().filter(person=case.person_id, name="registered_unemployed")
    rows.update(source="declared", department="")


def _back_on_file(case: Application) -> None:
    verify_facts(clerk(), case, registered_unemployed=True)


def _before_the_end(case: Application) -> None:
    move_to(case.notices.latest("pk").ends_on)


def _after_the_end(case: Application) -> None:
    move_to(case.notices.latest("pk").ends_on + timedelta(days=1))


def _a_lead() -> Lead:
    return _found(clerk().agency)


def _found(agency: Any) -> Lead:
    somebody = an_applicant()
    extract = Extract.objects.create(
        provider="失业登记系统", file_name="x.csv", sha256="", observed_on="2026-03-01", agency=agency,
        area=agency.path, by=reviewer(), at=clock.now(),
    )  # fmt: skip
    lead = Lead(
        extract=extract, row=2, agency=agency, area=agency.path, name=somebody.name, id_number=somebody.id_number,
        id_index=somebody.id_index, categories=["older"], outcome="eligible",
    )  # fmt: skip
    bulk.act_many(LEAD, "worker", "find", [(LEAD.hold(lead, None), {})])
    return lead


def _who_did_it(case: Application) -> User:
    return User.objects.get(username=Entry.objects.of(case.file).latest("seq").actor)


def _case(action: str, ready: Any, **more: Any) -> tuple[tuple[str, str], Specimen]:
    return ("application", action), Specimen(ready, **{"said": SAID.get(action), **more})


SPECIMENS: dict[tuple[str, str], Specimen] = dict(
    (
        _case("submit", _draft),
        _case("ask_correction", lambda: a_case("submitted")),
        _case("decline", lambda: a_case("submitted")),
        _case("accept", lambda: a_case("submitted")),
        _case("first_review_pass", _verified),
        _case("first_review_fail", _failing),
        _case("raise_special_case", lambda: a_case("accepted")),
        _case("settle_special_case", lambda: _in_hand("accepted", "raise_special_case"), before=_one_voice),
        _case("object", lambda: a_case("publishing")),
        _case("settle_objection", lambda: _objected(a_case("publishing"))),
        _case("endorse", _notice_over),
        _case("report", lambda: a_case("endorsed")),
        _case("recall", lambda: a_case("reported")),
        _case("take_back", lambda: a_case("accepted"), said={"reason": "点错了人"}, by=_who_did_it),
        _case("recognise", lambda: a_case("reported"), before=lambda case: case.endorsed_by),
        _case("return", lambda: a_case("reported")),
        _case("reopen", lambda: a_case("returned")),
        _case("reject", lambda: again(returned_as_failing(clerk(), reviewer()))),
        _case("withdraw", lambda: a_case("submitted"), said=lambda case: {"request": a_signed_request(clerk(), case)}),
        (("lead", "find"), Specimen(clerk, brings=lambda user: _found(user.agency))),
        (("lead", "draft"), Specimen(_a_lead, {"phone": "13900001111", "address": "民康路2号"})),
        (("lead", "call"), Specimen(_a_lead, {"result": "no_answer", "note": "响了很久"})),
        (("lead", "dismiss"), Specimen(_a_lead, {"because": "本人已找到工作"})),
    )
)
BROKEN: dict[tuple[str, str], Broken] = {
    ("application", guard): broken
    for guard, broken in (
        ("form_complete", _without_an_address),
        ("materials_complete", _without_papers),
        ("signed", _handed_in_unsigned),
        ("no_contradiction", _contradicted),
        ("no_family_at_work", _family_at_work),
        ("no_dispute", _disputed),
        ("eligible", lambda case: found_out(clerk(), case)),
        ("verified", _on_ones_word),
        ("no_open_special_case", lambda case: act(clerk(), case, "raise_special_case")),
        ("open_special_case", _settled),
        ("not_settled_against", lambda case: _special_case(case, granted=False)),
        ("a_clause_fails", _back_on_file),
        ("returned_as_failing", _back_on_file),
        ("correction_over", lambda case: act(clerk(), case, "ask_correction")),
        ("notice_running", _after_the_end),
        ("notice_over", _before_the_end),
        ("batch_unopened", lambda case: door.case(reviewer(), case.number, look="申请详情")),
        ("nothing_followed", lambda case: door.looked(door.case(reviewer(), case.number), "受理通知书", paper=True)),
        ("no_open_objection", _objected),
        ("open_objection", lambda case: act(clerk(), case, "settle_objection")),
    )
}
STANDING: dict[tuple[str, str], Standing] = {}
