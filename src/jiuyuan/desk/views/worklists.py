"""Work lists of the register: proposals, investigations, objections, warnings."""

from collections.abc import Sequence
from datetime import timedelta

from django.db.models import Q
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from jiuyuan import clock
from jiuyuan.agencies.models import Agency
from jiuyuan.agencies.roles import Right
from jiuyuan.applications import queries as applications
from jiuyuan.desk import filter_words
from jiuyuan.desk.access import StaffRequest, staff
from jiuyuan.desk.frame import page
from jiuyuan.desk.proposal_rows import ground_in_words, shown
from jiuyuan.people import segments
from jiuyuan.recognitions import queries
from jiuyuan.recognitions.models import Investigation
from jiuyuan.rules import calendar


def of_period(request: StaffRequest, columns: Sequence[str], area: str) -> tuple[Q | None, Q, list[str]]:
    """The filters from a period figure: the days of one of these columns (None if not given), the office,
    and both in words.
    """
    named = next((column for column in columns if request.GET.get(column)), "")
    code = request.GET.get("agency", "")
    under = Agency.objects.filter(code=code, path__begins=request.user.area).first() if code else None
    where = Q(**{f"{area}__begins": under.path}) if under else Q(pk__in=[]) if code else Q()
    if not named:
        return None, where, []
    words = filter_words.of_a_figure(named, request.GET[named], under)
    return segments.between(named, request.GET[named]), where, words


@staff(Right.SEE_PEOPLE)
@require_safe
def proposals(request: StaffRequest) -> HttpResponseBase:
    """Proposals waiting for a reviewer, longest waiting first."""
    rows = queries.open_proposals(request.user).select_related("recognition__person", "recognition__agency")
    found, following = queries.soonest_first(rows, "found_on", request.GET.get("cursor", ""))
    context = {"rows": [shown(row) for row in found], "next": following, "previous": None}
    return page(request, "proposals.html", context, at="proposals")


@staff(Right.SEE_PEOPLE)
@require_safe
def investigations(request: StaffRequest) -> HttpResponseBase:
    """Investigations, soonest due first; for a period, those begun or decided in it."""
    days, where, narrowed = of_period(request, ("opened_on", "decided_on"), "recognition__area")
    every = (
        queries.open_investigations(request.user) if days is None else Investigation.objects.visible_to(request.user)
    )
    rows = every.filter(days or Q(), where).select_related("recognition__person", "agency", "found_by")
    found, following = queries.soonest_first(rows, "due_on", request.GET.get("cursor", ""))
    today = clock.today()
    context = {
        "rows": [(row, calendar.workdays_left(today, row.due_on)) for row in found],
        "next": following,
        "previous": None,
        "narrowed": narrowed,
    }
    return page(request, "investigations.html", context, at="investigations")


@staff(Right.SEE_PEOPLE)
@require_safe
def objections(request: StaffRequest) -> HttpResponseBase:
    """Objections to be decided by another reviewer, oldest first."""
    rows = queries.open_objections(request.user).select_related("recognition__person")
    found, following = queries.soonest_first(rows, "made_on", request.GET.get("cursor", ""))
    context = {
        "rows": [
            (ground_in_words(row.recognition, row.ground), row, row.ended_by_id == request.user.pk) for row in found
        ],
        "next": following,
        "previous": None,
    }
    return page(request, "objections.html", context, at="objections")


@staff(Right.SEE_PEOPLE)
@require_safe
def warnings(request: StaffRequest) -> HttpResponseBase:
    """People reaching an age or the end of assistance in the next days, and ending public notices (二(二))."""
    rows = queries.coming_warnings(request.user).select_related("recognition__person__agency")
    found, following = queries.soonest_first(rows, "due_on", request.GET.get("cursor", ""))
    today = clock.today()
    until = today + timedelta(days=queries.days_ahead(request.user))
    ending = [notice for notice in applications.on_notice(request.user) if notice.ends_on <= until]
    context = {
        "rows": [(row, (row.due_on - today).days) for row in found],
        "notices": [
            (notice, calendar.workdays_left(today, notice.ends_on))
            for notice in sorted(ending, key=lambda notice: (notice.ends_on, notice.pk))
        ],
        "days": queries.days_ahead(request.user),
        "next": following,
        "previous": None,
    }
    return page(request, "warnings.html", context, at="warnings")
