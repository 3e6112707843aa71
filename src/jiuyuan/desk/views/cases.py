"""The page of a case: next step, known facts with sources, papers, the rules' answer, the record."""

from functools import cache
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.views.decorators.http import require_POST, require_safe

from jiuyuan import clock
from jiuyuan.agencies import signing_server
from jiuyuan.agencies.roles import Right
from jiuyuan.applications import commitment, door, failing, papers
from jiuyuan.applications.case import Case
from jiuyuan.applications.models import Material
from jiuyuan.applications.services import takes_papers
from jiuyuan.applications.workflow import APPLICATION
from jiuyuan.desk import actions, asked, differences, fact_groups, fact_rows, place_in_list, timeline
from jiuyuan.desk.access import StaffRequest, staff
from jiuyuan.desk.forms.acts import ActForm
from jiuyuan.desk.forms.window import UploadForm
from jiuyuan.desk.frame import page
from jiuyuan.desk.place_in_list import address_of_list, kept, list_of
from jiuyuan.desk.views import supervision
from jiuyuan.people import documents
from jiuyuan.regions import registry
from jiuyuan.rules import policy
from jiuyuan.rules.facts import FACTS
from jiuyuan.speed.addresses import url_of
from jiuyuan.templatetags.plain import bare_day
from jiuyuan.wording import for_record, say

_PAGE = "申请详情"
_OUTCOMES = {
    "eligible": (True, "符合认定条件"),
    "ineligible": (False, "不符合认定条件"),
    "undetermined": (None, "还不能判断"),
}


@staff(Right.SEE_CASES)
@require_safe
def case(request: StaffRequest, number: str) -> HttpResponseBase:
    return shown(request, door.case(request.user, number, look=for_record(_PAGE)))


@staff(Right.SEE_CASES)
@require_POST
def unmask(request: StaffRequest, number: str) -> HttpResponseBase:
    """The page with full numbers, once; this is recorded."""
    return shown(request, door.case(request.user, number, look=for_record(_PAGE), unmask=True), unmasked=True)


def shown(request: StaffRequest, case: Case, *, unmasked: bool = False) -> HttpResponse:
    """The case page."""
    user, application = request.user, case.application
    every = actions.actions_of(case)
    following = actions.next_of(case, every)
    orders, supervise = supervision.beside(application, user)
    every += supervise
    stay = application.recognition
    needed, others = fact_rows.rows_of(case)
    may_record = user.may(Right.RECORD_FACTS) and application.is_open
    checks = fact_rows.checks_of(case, needed)
    context = {
        "case": case,
        "application": application,
        "person": case.person,
        "unmasked": unmasked,
        "may_unmask": user.may(Right.UNMASK),
        "next": following,
        "wrong": stay and stay.ended_on is None and user.may(Right.PROPOSE_EXITS),
        "act_form": ActForm(APPLICATION, case, following.action.transition) if following.action else None,
        "ready": [action for action in every if not action.reasons and action != following.action],
        "off": [action for action in every if action.reasons],
        "steps": timeline.steps_of(case),
        "sheet": fact_groups.sheet(case, needed),
        "others": others,
        "may_record": may_record,
        **(_asked(case) if may_record and case.whole_file else {}),
        "checks": checks,
        "unchecked": sum(check.state == "open" for check in checks),
        "answer": _answer(case),
        "lacking_papers": [one.label for one in case.missing_materials] if takes_papers(application) else [],
        "wage": case.minimum_wage,
        "categories": [case.policy.titles[code] for code in application.categories],
        "details": _details(case),
        "history": timeline.tell(reversed(case.acts)),
        "opinions": case.opinions[::-1],
        "special_case_clause": failing.special_case_clause(case.region),
        "since": differences.since_first_review(case) if application.status == "reported" else None,
        "household": case.household,
        "agent": case.agent,
        "signer": commitment.signer(application.signed),
        "signs": signing_server.is_named(),
        "letters": papers.kinds(case),
        "upload_form": UploadForm() if may_record and not case.materials else None,
        **orders,
        **_documents(case, request.GET.get("doc", "")),
        **_place_in_list(request),
    }
    return page(request, "case.html", context, at="inbox")


def _asked(case: Case) -> dict[str, Any]:
    found = asked.of_case(case)
    shown = found if any(one.enquiry for one in found) else []
    return {"asked": shown, "asking": any(one.waiting for one in found), "may_ask": any(one.able for one in found)}


def _answer(case: Case) -> dict[str, Any] | None:
    """The rules' answer by clause: for an open case today's, for a closed one that of the decision."""
    if case.answer is None:
        return None
    found, rules = case.answer, case.policy
    needed = case.needed
    claimed = {*case.application.categories, *found["categories"]}
    base, exclusions = ({clause.code for clause in clauses} for clauses in (rules.base, rules.exclusions))
    value, words = _OUTCOMES[found["outcome"]]
    by_word = bool(case.application.is_open and value and case.unverified)  # stated by the applicant only
    if by_word:
        value, words = None, say("按本人填报，{words}；有的还没有核实", words=say(words))

    def part(codes: set[str]) -> list[dict[str, Any]]:
        return [_clause(clause, clause["code"] in exclusions) for clause in found["clauses"] if clause["code"] in codes]

    others = {clause["code"] for clause in found["clauses"]} - base - exclusions - claimed
    return {
        "value": value,
        "by_word": by_word,
        "words": say(words),
        "missing": [(name, say(FACTS[name].label)) for name in found["missing"] if name in needed],
        "could_help": [say(FACTS[name].label) for name in found["missing"] if name not in needed],
        "groups": [
            (title, [one for one in clauses if not one["good"]], [one for one in clauses if one["good"]])
            for title, codes in (
                (say("基本条件"), base),
                (say("申请的类别"), claimed),
                (say("不予认定的情形"), exclusions),
            )
            if (clauses := part(codes))
        ],
        "rest": part(others),
        "policy": rules,
    }


def _clause(clause: dict[str, Any], excludes: bool) -> dict[str, Any]:
    """A clause for display; for an exclusion, true is the bad answer."""
    status = clause["status"]
    return {
        **clause,
        "facts": _links(get_language(), tuple(clause["facts"])),
        "wage": "local_minimum_wage" in clause["facts"],
        "good": None if status is None else status != excludes,
    }


@cache
def _links(language: str | None, facts: tuple[str, ...]) -> SafeString:
    """Links to the rows of the facts that a clause reads."""
    named = [(name, say(FACTS[name].label)) for name in facts if name != "local_minimum_wage"]
    return format_html_join(" ", '<a href="#fact-{}">{}</a>', named)


def _details(case: Case) -> list[tuple[str, str]]:
    said = case.application.details
    return [
        (d.label, bare_day(day) if d.day and (day := clock.asked_day(said[d.name])) else said[d.name])
        for d in case.questions.details
        if said.get(d.name)
    ]


def _label(material: Material) -> str:
    kind = say(registry.materials().get(material.kind, material.kind))
    part = say(policy.PARTS.get(material.document.part, ""))
    return f"{kind}（{part}）" if part else kind


def _documents(case: Case, chosen: str) -> dict[str, Any]:
    """The papers of the case, and the one shown."""
    number = case.application.number
    papers = [
        {
            "pk": material.pk,
            "label": _label(material),
            "url": url_of("desk:document", number, material.pk),
            "content_type": material.document.content_type,
            "pages": material.document.pages,
            "note": "".join(say(documents.WARNINGS[code]) for code in material.document.warnings),
            "file_name": material.document.file_name,
            "current": str(material.pk) == chosen,
        }
        for material in case.materials
    ]
    current = next((paper for paper in papers if paper["current"]), papers[0] if papers else None)
    return {"papers": papers, "paper": current, "missing_materials": case.missing_materials}


def _place_in_list(request: StaffRequest) -> dict[str, Any]:
    """The list from which the page was opened."""
    given = request.GET.get("list", "")
    here = f"?{urlencode({'list': given})}" if given else ""
    return {"list_url": address_of_list(list_of(given)), "kept": given, "here_query": here}


@staff(Right.SEE_CASES)
@require_safe
def beside(request: StaffRequest, number: str, way: str) -> HttpResponseBase:
    """Redirect to the next or previous case of the list, or at its end to the list."""
    application = door.case(request.user, number).application
    return place_in_list.go(request, place_in_list.beside(request.user, kept(request), application, way), way)
