"""值得看一看: patterns in the record by office and account, with cases to open (五(三))."""

from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from jiuyuan import clock
from jiuyuan.agencies.roles import Right
from jiuyuan.desk.access import StaffRequest, staff
from jiuyuan.desk.frame import page
from jiuyuan.oversight.patterns import patterns
from jiuyuan.oversight.soon_late import soon_late
from jiuyuan.people.queries import looked_at_list
from jiuyuan.wording import for_record


@staff(Right.OVERSEE)
@require_safe
def worth_a_look(request: StaffRequest) -> HttpResponseBase:
    """The patterns with their measures; the look at the people is recorded."""
    today = clock.today()
    looked_at_list(request.user, for_record("值得看一看的情况"))
    shown = {"patterns": patterns(request.user, today), "soon": soon_late(request.user, today)}
    return page(request, "patterns.html", shown, at="patterns")
