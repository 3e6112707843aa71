"""The state of one's application: progress steps, receipt, papers, messages."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render

from jiuyuan.agencies import signing_server
from jiuyuan.agencies.models import User
from jiuyuan.applications import commitment, papers, services, taking_back
from jiuyuan.applications.case import Case
from jiuyuan.applications.models import Application, DueState
from jiuyuan.applications.printed_form import form_pdf
from jiuyuan.applications.workflow import APPLICATION
from jiuyuan.history.models import Entry
from jiuyuan.notifications import gateways
from jiuyuan.notifications import services as notifications
from jiuyuan.people.heard import ways
from jiuyuan.portal import line, materials
from jiuyuan.portal.access import applicant, for_applicants, is_editable, own_case
from jiuyuan.portal.corrections import corrections
from jiuyuan.portal.letters import letters_to, matters, still_asked
from jiuyuan.portal.recognition import cards
from jiuyuan.refusals import NotFound
from jiuyuan.regions.region import Advice
from jiuyuan.wording import say


@for_applicants
def mine(request: HttpRequest) -> HttpResponseBase:
    """All the person has here: applications, recognitions, messages."""
    user = _user(request)
    applications = list(Application.objects.visible_to(user).select_related("agency", "recognition").order_by("-pk"))
    letters = matters(letters_to(user, applications), still_asked(user, applications))
    context = {
        "applications": [  # applications that led to recognition are on its card
            (one, line.title(one, user)) for one in applications if one.recognition_id is None
        ],
        "cards": cards(user, applications),
        "matters": letters,
        "fresh": [matter for matter in letters if matter.unfolded],
        "read": [matter for matter in letters if not matter.unfolded],
    }
    page = render(request, "portal/mine.html", context)
    # Messages shown count as read, except when a browser prefetches the page.
    if request.method == "GET" and not request.headers.get("Sec-Purpose", "").startswith("prefetch"):
        notifications.read([one for matter in letters for one in (matter.latest, *matter.earlier)])
    return page


@for_applicants
def progress(request: HttpRequest, number: str) -> HttpResponseBase:
    case = own_case(request, number)
    return render(request, "portal/progress.html", _context(case))


@for_applicants
def receipt(request: HttpRequest, number: str) -> HttpResponseBase:
    """The confirmation after submission: number, day, office and next steps."""
    case = own_case(request, number)
    if case.application.submitted_on is None:
        return redirect("portal:progress", number)
    return render(request, "portal/receipt.html", _context(case) | {"texting": gateways.reaches(case.phone)})


def _context(case: Case) -> dict[str, Any]:
    application = case.application
    entries = Entry.objects.of(application.file).only("seq", "action", "at", "actor_name", "agency", "role")
    titles = case.policy.titles
    return {
        "application": application,
        "standing": line.standing(case),
        "steps": line.steps(case, list(entries)),
        "afterwards": [
            sentence.format_map(line.TextWords(case)) for sentence in APPLICATION.of(case.region).afterwards
        ],
        "signer": commitment.signer(application.signed),
        "categories": [titles[code] for code in application.categories],
        "days_left": case.days_left,
        "provisional": application.due_state == DueState.PROVISIONAL,
        "corrections": corrections(case),
        "contradiction": case.family_contradiction if application.is_open else [],
        "editable": is_editable(case),
        "is_draft": application.submitted_on is None,
        "papers": _papers(case),
        "signs": signing_server.is_named(),
        "missing": materials.missing(case),
        "takes_papers": services.takes_papers(application),
        "refused": application.state.refused,
        "basis_withdrawn": case.basis_withdrawn,
        "heard": ways(application.area, papers.refusal_of(case), application.agency)
        if application.state.refused
        else (),
        "to_put_right": _to_put_right(case) if application.state.refused else (),
        "notice": None if case.notice_is_over else case.posted,  # without a notice that is over
        "recognition": application.recognition,
    }


def _to_put_right(case: Case) -> list[Advice]:
    """The region's advice on the facts behind the last refusal, without repetition."""
    decision = case.opinions[-1].decision if case.opinions else None
    clauses = decision.refusal.get("clauses", ()) if decision else ()
    advised = {**case.place.remedies, **case.place.curable}
    names = dict.fromkeys(fact["name"] for clause in clauses for fact in clause["facts"])
    return [advised[name] for name in names if name in advised]


def _papers(case: Case) -> list[dict[str, str]]:
    """The available papers as PDFs."""
    held = taking_back.held(case)
    found = [("form", say("认定表")), *(one for one in papers.kinds(case) if one[0] not in held)]
    return [{"kind": kind, "label": label} for kind, label in found]


@for_applicants
def paper(request: HttpRequest, number: str, kind: str) -> HttpResponseBase:
    """One of the person's papers; 404 if it is not ready."""
    case = own_case(request, number)
    if kind in taking_back.held(case):
        raise NotFound(say("没有这种文书。"))
    pdf = form_pdf(case) if kind == "form" else papers.read(case, kind)
    headers = {"Content-Disposition": f'inline; filename="{number}-{kind}.pdf"', "Cache-Control": "private, no-store"}
    return HttpResponse(pdf, content_type="application/pdf", headers=headers)


def _user(request: HttpRequest) -> User:
    user = applicant(request)
    assert user is not None
    return user
