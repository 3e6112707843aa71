"""Remembers the list from which a case was opened, through its forms, and links to the neighbouring cases."""

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.http import urlencode

from jiuyuan.agencies.models import User
from jiuyuan.applications import paging, queries
from jiuyuan.applications.models import Application
from jiuyuan.applications.queries import CaseFilters
from jiuyuan.desk.access import StaffRequest
from jiuyuan.speed.addresses import url_of

_AT_THE_END = {"next": "已经是清单里的最后一份。", "previous": "已经是清单里的第一份。"}


def kept(request: StaffRequest) -> str:
    """The query of the list from which a case was opened."""
    return request.POST.get("list", "") or request.GET.get("list", "")


def list_of(given: str) -> CaseFilters:
    return CaseFilters.read(QueryDict(given)) if given else CaseFilters(state="open")


def address_of_list(filters: CaseFilters) -> str:
    return f"{url_of('desk:inbox')}?{filters}"


def address_of_case(number: str, given: str, anchor: str = "") -> str:
    query = f"?{urlencode({'list': given})}" if given else ""
    return f"{url_of('desk:case', number)}{query}{anchor}"


def way_back(given: QueryDict) -> dict[str, str | None]:
    """For acts on many cases: `back`, the query of their list, and the list's URL."""
    if "back" not in given:
        return {"back": None, "list_url": url_of("desk:home")}
    back = str(given["back"] or "")
    return {"back": back, "list_url": address_of_list(CaseFilters.read(QueryDict(back)))}


def beside(user: User, given: str, application: Application, way: str = "next") -> str | None:
    """The number of the neighbouring case in the list; call it before an act changes the order."""
    return paging.beside(queries.listed(user, list_of(given)), application, way)


def go(request: StaffRequest, other: str | None, way: str = "next") -> HttpResponse:
    """Redirect to that case, or to the list at its end."""
    given = kept(request)
    if other is None:
        messages.info(request, _AT_THE_END[way])
        return redirect(address_of_list(list_of(given)))
    return redirect(address_of_case(other, given))
