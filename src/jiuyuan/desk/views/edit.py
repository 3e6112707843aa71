"""Correcting 《认定表》 while the case is open, as stated by the person."""

from django.contrib import messages
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_http_methods

from jiuyuan.agencies.roles import Right
from jiuyuan.applications import door, services
from jiuyuan.desk.access import StaffRequest, staff
from jiuyuan.desk.forms.edit import EditForm
from jiuyuan.desk.frame import page
from jiuyuan.desk.place_in_list import kept
from jiuyuan.desk.views.acts import back_to_case, conflict
from jiuyuan.refusals import BadInput, Conflict, GuardNotMet, OlderVersion, WrongState
from jiuyuan.wording import for_record, say


@staff(Right.SEE_CASES, Right.RECORD_FACTS)
@require_http_methods(["GET", "HEAD", "POST"])
def edit_form(request: StaffRequest, number: str) -> HttpResponseBase:
    """The form with its present values; saved as one act, or none if unchanged."""
    case = door.case(request.user, number, look=for_record("修改认定表"))
    form, status = EditForm(case, request.POST or None), 200
    if request.method == "POST":
        try:
            saved = services.save(request.user, number, version=form.seen, **form.changes())
        except (BadInput, GuardNotMet) as refusal:
            cleaned = [(name, message.replace(f"（{name}）", "")) for name, message in refusal.errors]
            form.refuse(BadInput(refusal.title, cleaned))
            status = refusal.status
        except (OlderVersion, Conflict, WrongState) as refusal:
            return conflict(request, door.case(request.user, number), form, refusal)
        else:
            same = saved.version == form.seen
            messages.info(request, say("没有改动。")) if same else messages.success(request, say("已修改认定表。"))
            return back_to_case(request, number, "#form")
    context = {"case": case, "application": case.application, "form": form, "kept": kept(request)}
    return page(request, "edit_form.html", context, at="inbox", status=status)
