"""Saved filters of a list, by name, for cases and the register."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from jiuyuan.agencies import saved_filters
from jiuyuan.agencies.models import SavedFilter, User
from jiuyuan.agencies.roles import Right
from jiuyuan.applications.queries import CaseFilters as CaseFilters
from jiuyuan.desk import queries
from jiuyuan.desk.access import StaffRequest, staff
from jiuyuan.desk.forms.register import SaveFilterForm
from jiuyuan.recognitions.queries import RegisterFilters as RegisterFilters
from jiuyuan.refusals import BadInput, Refusal
from jiuyuan.speed.addresses import url_of
from jiuyuan.speed.rows import belonging_to_any
from jiuyuan.wording import say


def _of_register(query: str) -> str:
    """Full ID and phone numbers are not saved."""
    filters = RegisterFilters.read(QueryDict(query))
    return str(replace(filters, q="") if filters.q and queries.is_whole_number(filters.q) else filters)


#: For each list its URL name, the parser of its query, and the name of a form's URL.
_LISTS: dict[str, tuple[str, Callable[[str], str]]] = {
    "register": ("desk:register", _of_register),
    "cases": ("desk:inbox", lambda query: str(CaseFilters.read(QueryDict(query)))),
}


def context(user: User, of: str, query: str, form: SaveFilterForm | None = None) -> dict[str, Any]:
    """The context of a list's saved filters."""
    where, _ = _LISTS[of]
    filters = belonging_to_any(SavedFilter, "user_id", [user.pk])
    return {
        "query": query,
        "saved": [
            (kept, kept.query == query) for kept in sorted(filters, key=lambda kept: kept.name) if kept.page == of
        ],
        "save": form or SaveFilterForm(),
        "list_at": url_of(where),
        "save_url": url_of(f"desk:{of}_save"),
        "forget_name": f"desk:{of}_forget",
    }


@staff(Right.SEE_PEOPLE)
@require_POST
def save(request: StaffRequest, of: str) -> HttpResponseBase:
    """Save the page's filters under a name."""
    where, read = _LISTS[of]
    query = read(request.POST.get("query", ""))
    form = SaveFilterForm(request.POST)
    try:
        kept = saved_filters.save(request.user, of, form.said()["name"] or "", query)
    except Refusal as refusal:
        said = refusal.errors[0][1] if isinstance(refusal, BadInput) and refusal.errors else refusal.title
        messages.error(request, said)
    else:
        messages.success(request, say("已保存为“{name}”。", name=kept.name))
    return _back(where, query)


@staff(Right.SEE_PEOPLE)
@require_POST
def forget(request: StaffRequest, pk: int, of: str) -> HttpResponseBase:
    where, read = _LISTS[of]
    saved_filters.delete(request.user, of, pk)
    return _back(where, read(request.POST.get("query", "")))


def _back(where: str, query: str) -> HttpResponseBase:
    return redirect(reverse(where) + (f"?{query}" if query else ""))
