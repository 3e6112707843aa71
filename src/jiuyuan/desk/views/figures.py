"""Figures of an area; each links to the list it counts."""

from django.http import Http404
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_safe

from jiuyuan.agencies.models import Agency
from jiuyuan.agencies.roles import Right
from jiuyuan.applications import figures as applications
from jiuyuan.applications.figures import FigureRow
from jiuyuan.desk.access import StaffRequest, staff
from jiuyuan.desk.frame import page
from jiuyuan.desk.place_in_list import address_of_list
from jiuyuan.oversight.figures import state_tables


@staff(Right.SEE_FIGURES)
@require_safe
def figures(request: StaffRequest) -> HttpResponseBase:
    """Cases by state and limit for the agencies directly below one, with links further down."""
    user = request.user
    assert user.agency is not None
    code = request.GET.get("under", "")
    under = Agency.objects.filter(code=code, path__begins=user.area).first() if code else user.agency
    if under is None:
        raise Http404
    total, rows = state_tables.table(user, under)
    above = under.parent if under.parent and under.parent.path.startswith(user.area) else None
    context = {
        "under": under,
        "above": above,
        "above_url": f"{reverse('desk:figures')}?under={above.code}" if above else "",
        "heads": [label for label, _ in applications.columns(request.user)],
        "total": _row(total),
        "rows": [_row(row) for row in rows if row.cells[0].count],
        "idle": sum(not row.cells[0].count for row in rows),
    }
    return page(request, "figures.html", context, at="figures")


def _row(row: FigureRow) -> dict[str, object]:
    deeper = row.agency.level in (Agency.Level.REGION, Agency.Level.COUNTY, Agency.Level.PROVINCE)
    return {
        "agency": row.agency,
        "url": f"{reverse('desk:figures')}?under={row.agency.code}" if deeper else "",
        "cells": [(cell.count, address_of_list(cell.filters)) for cell in row.cells],
    }
