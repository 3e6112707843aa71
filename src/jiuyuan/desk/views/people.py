"""Searching people, a person's page, and the register."""

from typing import Any

from django.db.models import Q
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from jiuyuan import masking
from jiuyuan.agencies.models import User
from jiuyuan.agencies.roles import Right, Role
from jiuyuan.applications import queries
from jiuyuan.desk import fact_rows, timeline
from jiuyuan.desk import queries as desk_queries
from jiuyuan.desk.access import StaffRequest, staff
from jiuyuan.desk.confirmation import asked
from jiuyuan.desk.forms.people import BankAccountForm
from jiuyuan.desk.frame import page
from jiuyuan.history import services as history
from jiuyuan.history.models import Entry, Look
from jiuyuan.oversight.recovery_workflow import RECOVERY
from jiuyuan.people import accounts, bank_accounts, families
from jiuyuan.people import queries as people
from jiuyuan.people.corrections import CORRECTION, label_of
from jiuyuan.people.merging import FILE_CHANGE
from jiuyuan.people.models import FileChange
from jiuyuan.people.sources import licences
from jiuyuan.procedures import engine
from jiuyuan.procedures.registry import Workflow
from jiuyuan.recognitions.models import Investigation
from jiuyuan.recognitions.queries import category_of
from jiuyuan.refusals import NotForRole
from jiuyuan.regions import registry
from jiuyuan.wording import for_record, say

_MOST_TYPED = 120


def _links(workflow: Workflow, row: Any, user: User) -> set[str]:
    """The acts on a row that are shown as links."""
    return {one.transition.action for one in engine.offered(workflow, workflow.hold(row, user)) if one.possible}


@staff()
@require_http_methods(["GET", "HEAD", "POST"])
def search(request: StaffRequest) -> HttpResponseBase:
    """The search box of every page. Posted, so that no full ID or phone number gets into a URL or log."""
    user, typed = request.user, (request.POST or request.GET).get("q", "").strip()[:_MOST_TYPED]
    if not user.may(Right.SEE_PEOPLE):
        if not user.may(Right.READ_HISTORY):
            raise NotForRole(say("您的角色不能查找人员和申请。"))
        return redirect(f"{reverse('desk:history')}?{urlencode({'file': typed})}")
    if request.method == "POST" and not desk_queries.is_whole_number(typed):
        return redirect(f"{reverse('desk:search')}?{urlencode({'q': typed})}")
    found = desk_queries.search(user, typed)
    if typed:
        history.looked(user.actor, "search", for_record("查找：{typed}", typed=masking.text(typed))[:80], user.area)
    if len(found.applications) == 1 and desk_queries.names_a_case(typed, found.applications[0]):
        return redirect("desk:case", found.applications[0].number)
    context = {"typed": typed, "found": found, "most": desk_queries.MOST_FOUND, "categories": queries.categories()}
    return page(request, "search.html", context)


@staff(Right.SEE_PEOPLE)
@require_safe
def person(request: StaffRequest, pk: int) -> HttpResponseBase:
    return _shown(request, pk, unmasked=False)


@staff(Right.SEE_PEOPLE)
@require_POST
def unmask(request: StaffRequest, pk: int) -> HttpResponseBase:
    """The page with full numbers, once; this is recorded."""
    return _shown(request, pk, unmasked=True)


@staff(Right.SEE_PEOPLE)
@never_cache
@require_POST
def binding_code(request: StaffRequest, pk: int) -> HttpResponseBase:
    """A code for somebody at the window whose card and face were compared (docs/decisions/0003-accounts.md).

    Shown once.
    """
    found = people.opened(request.user, pk, for_record("给出绑定码"))
    return _shown(request, pk, unmasked=False, code=accounts.issue_code(request.user, found))


@sensitive_post_parameters("number")
@staff(Right.SEE_PEOPLE, Right.ENTER_BANK_ACCOUNTS)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def bank_account(request: StaffRequest, pk: int) -> HttpResponseBase:
    """Enter the bank account of somebody at the window, from their card."""
    found = people.opened(request.user, pk, for_record("登记银行账户"))
    form = BankAccountForm(request.POST or None, initial={"holder": found.name})
    return asked(
        request, form, lambda: bank_accounts.enter(request.user, pk, **form.said()), say("银行账户登记好了。"),
        reverse("desk:person", args=[pk]), title=say("登记{name}收补贴的银行账户", name=found.name), button=say("登记"),
    )  # fmt: skip


def _shown(request: StaffRequest, pk: int, *, unmasked: bool, code: str = "") -> HttpResponseBase:
    user = request.user
    found = people.opened(user, pk, for_record("人员档案"), unmask=unmasked)
    context = {
        "person": found,
        "unmasked": unmasked,
        "may_unmask": user.may(Right.UNMASK),
        "may_bind": user.may(Right.RECORD_FACTS),
        "code": code,
        "bank_account": (account := bank_accounts.of(found)),
        "bank_doubts": bank_accounts.doubts(account) if account else [],
        "may_enter_bank_account": user.may(Right.ENTER_BANK_ACCOUNTS),
        "may_recover": Role(user.role) in RECOVERY.of().by_action["find"].roles,
        "code_minutes": accounts.MINUTES,
        "facts": fact_rows.rows_of_person(found),
        "documents": [(registry.materials().get(d.kind, d.kind), d) for d in found.documents.all()],
        "applications": list(found.applications.select_related("agency").order_by("-pk")),
        "recognitions": [(category_of(r), r) for r in found.recognitions.all()],
        "recoveries": list(
            Investigation.objects.visible_to(user).filter(recognition__person=found).exclude(recovery="")
        ),
        "family": families.family_of(found),
        "certification": found.family_certifications.filter(cleared_on=None).first(),
        "may_certify": user.may(Right.DECIDE_EXITS),
        "visits": list(found.visits.all()[:20]),
        "may_visit": user.may(Right.VISIT),
        "may_see_visits": user.may(Right.SEE_VISITS),
        "licences": licences.shown(found),
        "corrections": [
            (label_of(row.what), row, "answer" in _links(CORRECTION, row, user))
            for row in found.correction_requests.all()
        ],
        "changes": [
            (row, _links(FILE_CHANGE, row, user))
            for row in FileChange.objects.visible_to(user).filter(Q(source=found) | Q(target=found))
        ],
        "assistance": [row for row in fact_rows.rows_of_person(found) if row.name.startswith("assist")],
        "history": timeline.tell(Entry.objects.of(found.file).order_by("-seq")[:50]),
        "looks": list(Look.objects.of(found.file)[:20]),
    }
    return page(request, "person.html", context)
