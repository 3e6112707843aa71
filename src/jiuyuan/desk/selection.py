"""The cases of an act on many: those ticked, or all of a list, soonest due first."""

from django.http import QueryDict

from jiuyuan.agencies.models import User
from jiuyuan.applications import paging, queries
from jiuyuan.applications.case import Case
from jiuyuan.applications.queries import CaseFilters

MOST = 200


def picked(user: User, given: QueryDict) -> list[Case]:
    """At most `MOST` cases visible to the user, with the data needed to decide."""
    rows = queries.listed(
        user, CaseFilters.read(QueryDict(given.get("list", ""))) if "list" in given else CaseFilters()
    )
    if "list" not in given:
        rows = rows.filter(number__in=given.getlist("numbers")[:MOST])
    return queries.cases(user, paging.page(rows, size=MOST).rows, whole=True)
