"""Leads: screening lists, leads by platform, and calls by clerks."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Count
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from jiuyuan import clock
from jiuyuan.agencies.roles import Right, Role
from jiuyuan.applications import outreach
from jiuyuan.applications.lead_workflow import LEAD
from jiuyuan.applications.models import Extract, Lead
from jiuyuan.applications.queries import categories
from jiuyuan.characters import whole_number
from jiuyuan.desk import queries
from jiuyuan.desk.access import StaffRequest, staff
from jiuyuan.desk.forms.outreach import CallForm, DismissForm, DraftForm, ExtractForm
from jiuyuan.desk.forms.spoken import SpokenForm
from jiuyuan.desk.frame import page
from jiuyuan.history import services as history
from jiuyuan.people.wording import value_in_words
from jiuyuan.procedures import engine
from jiuyuan.refusals import BadInput, NotFound, Refusal
from jiuyuan.rules.facts import FACTS
from jiuyuan.wording import say

_COUNTS = (
    ("leads", "可能符合、还没有申请"),
    ("known", "已申请、已在册或已在别的名单中"),
    ("unclear", "情况不清楚，没有一类能确定"),
    ("ineligible", "不符合"),
    ("outside", "不在辖区或没有常住地，没有保存"),
    ("rejected", "不能用的行"),
)
_UNDER_WAY = (Extract.Status.WAITING, Extract.Status.RUNNING)


@staff(Right.SCREEN)
@require_http_methods(["GET", "HEAD", "POST"])
def extracts(request: StaffRequest) -> HttpResponseBase:
    """The lists of the area, and the upload form."""
    form = ExtractForm(request.POST, request.FILES) if request.method == "POST" else ExtractForm()
    if request.method == "POST":
        said = form.said()
        try:
            file = said["file"]
            if not isinstance(file, UploadedFile):
                raise BadInput(say("没有选择文件。"), [("file", say("请选择要筛查的名单。"))])
            extract = outreach.upload(
                request.user,
                provider=said["provider"] or "",
                file_name=file.name or "",
                pieces=file.chunks(),
                observed_on=_day(said["observed_on"] or ""),
            )
            return redirect("desk:extract", extract.pk)
        except Refusal as refusal:
            form.refuse(refusal)
    visible = Extract.objects.visible_to(request.user).select_related("by", "agency")
    rows, following = queries.newest_first(visible, request.GET.get("cursor", ""))
    context = {"form": form, "rows": rows, "next": following, "previous": None}
    return page(request, "extracts.html", context, at="extracts", status=422 if form.is_bound else 200)


def _day(written: str) -> date | None:
    try:
        return date.fromisoformat(written) if written else None
    except ValueError:
        raise BadInput(say("日期有误。"), [("observed_on", say("请写成2026-03-02的样子。"))]) from None


@staff(Right.SCREEN)
@require_safe
def extract(request: StaffRequest, pk: int) -> HttpResponseBase:
    """A list: progress, results, and leads by platform."""
    found = _extract(request, pk)
    by_platform = (
        Lead.objects.visible_to(request.user)
        .filter(extract=found)
        .values("agency__code", "agency__name", "status")
        .annotate(count=Count("pk"))
        .order_by("agency__path")
    )
    platforms: dict[str, dict[str, Any]] = {}
    for row in by_platform:
        line = platforms.setdefault(row["agency__code"], {"name": row["agency__name"], "code": row["agency__code"]})
        line[row["status"]] = row["count"]
    context = {
        "extract": found,
        "counts": [(label, found.counts.get(name, 0)) for name, label in _COUNTS],
        "platforms": platforms.values(),
        "under_way": found.status in _UNDER_WAY,
        "crumbs": [{"label": say("筛查名单"), "url": reverse("desk:extracts")}, {"label": found.provider}],
        **_work(found),
    }
    return page(request, "extract.html", context, at="extracts")


@staff(Right.SCREEN)
@require_safe
def progress(request: StaffRequest, pk: int) -> HttpResponseBase:
    return render(request, "components/work.html", _work(_extract(request, pk)))


def _extract(request: StaffRequest, pk: int) -> Extract:
    found: Extract | None = (
        Extract.objects.visible_to(request.user).select_related("by", "agency").filter(pk=pk).first()
    )
    if found is None:
        raise NotFound(say("没有这份名单。"))
    return found


def _work(found: Extract) -> dict[str, Any]:
    return {
        "label": found.get_status_display(),
        "done": found.done,
        "total": max(found.total, found.done, 1),
        "poll_url": reverse("desk:extract_progress", args=[found.pk]),
        "finished": found.status not in _UNDER_WAY,
        "failed": found.failure,
        "result_url": reverse("desk:extract", args=[found.pk]),
        "result_label": say("看结果"),
    }


@staff(Right.SEE_PEOPLE)
@require_safe
def leads(request: StaffRequest) -> HttpResponseBase:
    """The people to call in the user's area."""
    status = request.GET.get("status", Lead.Status.NEW)
    status = status if status in Lead.Status.values else Lead.Status.NEW
    visible = Lead.objects.visible_to(request.user)
    counts = dict(visible.values_list("status").annotate(count=Count("pk")).order_by())
    chosen = visible.filter(status=status).select_related("agency", "extract")
    today = clock.today()
    again = visible.filter(status=Lead.Status.NEW, again_on__lte=today)
    if "again" in request.GET:
        chosen = chosen.filter(again_on__lte=today)
    if platform := request.GET.get("platform", ""):
        chosen = chosen.filter(agency__code=platform)
    if number := request.GET.get("extract", ""):
        chosen = chosen.filter(extract_id=whole_number(number) or 0)
    rows, following = queries.newest_first(chosen, request.GET.get("cursor", ""))
    if rows:
        history.looked(request.user.actor, "leads", "待联系人员名单", request.user.area)
    tabs = [
        {
            "label": Lead.Status(one).label,
            "url": f"?status={one}",
            "count": counts.get(one, 0),
            "current": one == status and "again" not in request.GET,
        }
        for one in Lead.Status.values
    ]
    tabs.insert(
        1,
        {
            "label": say("该再打的"),
            "url": "?status=new&again=1",
            "count": again.count(),
            "current": "again" in request.GET,
        },
    )
    context = {
        "today": today,
        "rows": [(lead, _titles(lead)) for lead in rows],
        "tabs": tabs,
        "next": following,
        "previous": None,
    }
    return page(request, "leads.html", context, at="leads")


@staff(Right.SEE_PEOPLE)
@require_http_methods(["GET", "HEAD", "POST"])
def lead(request: StaffRequest, pk: int) -> HttpResponseBase:
    """A lead: known facts with sources, open questions, and creating a draft."""
    rows = Lead.objects.visible_to(request.user).select_related("agency", "extract", "application")
    found: Lead | None = rows.filter(pk=pk).first()
    if found is None:
        raise NotFound(say("没有这位待联系人员。"))
    draft, dismissal, call = DraftForm(initial={"phone": found.phone or ""}), DismissForm(), CallForm(found)
    if request.method == "POST":
        refused: SpokenForm = draft
        try:
            if "call" in request.POST:
                refused = call = CallForm(found, request.POST)
                engine.act(request.user, LEAD, pk, "call", call.given())
                messages.success(request, say("已记下与{name}的联系。", name=found.name))
                return redirect("desk:lead", pk)
            if "dismiss" in request.POST:
                refused = dismissal = DismissForm(request.POST)
                engine.act(request.user, LEAD, pk, "dismiss", dismissal.said())
                messages.success(request, say("已记录：{name}不申请。", name=found.name))
                return redirect("desk:leads")
            refused = draft = DraftForm(request.POST)
            applied = engine.act(request.user, LEAD, pk, "draft", draft.said())
            messages.success(request, say("已生成草稿，名单上的内容已填好并注明来源。补齐材料后提交。"))
            return redirect("desk:case", applied.application.number)
        except (NotFound, Refusal) as refusal:
            if refusal.status in (403, 404):
                raise
            refused.refuse(refusal)
    history.looked(request.user.actor, f"extract:{found.extract_id}", "待联系人员", found.area, unmasked=False)
    context = {
        "lead": found,
        "categories": _titles(found),
        "known": [(FACTS[name].label, value_in_words(name, value)) for name, value in found.facts.items()],
        "call": call,
        "calls": list(found.calls.all()),
        "answered": [(FACTS[name].label, value_in_words(name, value)) for name, value in found.answers.items()],
        "draft": draft,
        "dismissal": dismissal,
        "may_act": request.user.role == Role.CLERK and found.status == Lead.Status.NEW,
        "crumbs": [{"label": say("待联系"), "url": reverse("desk:leads")}, {"label": found.name}],
    }
    return page(request, "lead.html", context, at="leads", status=422 if request.method == "POST" else 200)


def _titles(found: Lead) -> str:
    titles = categories(found.agency.path)
    return "、".join(titles[code] for code in found.categories)
