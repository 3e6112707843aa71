"""值得看一看: what the record shows by office and account, in numbers, with cases to open or to ask about (五(三))."""

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
    """Each list with how it is measured; the look at the people in it is recorded."""
    today = clock.today()
    looked_at_list(request.user, for_record("值得看一看的情况"))
    shown = {"patterns": patterns(request.user, today), "soon": soon_late(request.user, today)}
    return page(request, "patterns.html", shown, at="patterns")
