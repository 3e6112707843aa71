"""The page on which an employer reports a month's attendance by link, after entering the code sent to its phone."""

from typing import Any

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from jiuyuan.assistance import attendance_links, link_codes
from jiuyuan.assistance.models import AttendanceLink, Placement
from jiuyuan.assistance.post_workflow import POST
from jiuyuan.portal.link_code import code_step
from jiuyuan.portal.question_page import QuestionPage, put_on
from jiuyuan.procedures import engine
from jiuyuan.refusals import NotFound, Refusal
from jiuyuan.web.fields import Calendar
from jiuyuan.wording import say

_COOKIE = "jiuyuan_attendance"


class DaysForm(QuestionPage):
    """The days of everybody shown; the act validates them."""

    def __init__(self, people: list[Placement], data: Any = None) -> None:
        super().__init__(data)
        for one in people:
            name = one.recognition.person.name
            self.fields[f"days_{one.pk}"] = forms.CharField(
                label=say("{name}出勤几天？", name=name),
                required=False,
                widget=forms.TextInput({"inputmode": "numeric"}),
            )
            self.fields[f"days_{one.pk}"].decides = True  # type: ignore[attr-defined]
            self.fields[f"left_{one.pk}"] = forms.DateField(
                label=say("{name}已经不来了的，最后一天是？", name=name), required=False, widget=Calendar()
            )


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def attendance(request: HttpRequest, secret: str) -> HttpResponseBase:
    """A month of a post. Without the code no names are shown; nothing else can be reached by the link."""
    try:
        link = attendance_links.found(secret)
        response = _step(request, link, secret)
    except NotFound as gone:
        response = render(request, "portal/employer_gone.html", {"said": gone.title}, status=404)
    response["X-Robots-Tag"] = "noindex, noarchive"
    return response


def _step(request: HttpRequest, link: AttendanceLink, secret: str) -> HttpResponseBase:
    mark = request.COOKIES.get(_COOKIE, "")
    if link_codes.is_open(link, mark):
        return _days(request, link, f"{secret}.{mark}")
    return code_step(
        request, secret, attendance_links, cookie=_COOKIE, phone=link.post.phone, agency=link.post.agency,
        title=say("报告{year}年{month}月的考勤", year=link.month.year, month=link.month.month),
        lead=say(
            "{agency}请贵单位报告公益性岗位上的人这个月出勤几天。只能报告一次，{day:date}前有效。",
            agency=link.post.agency.name, day=link.valid_until,
        ),
    )  # fmt: skip


def _days(request: HttpRequest, link: AttendanceLink, key: str) -> HttpResponseBase:
    people, status = attendance_links.shown(link), 200
    form = DaysForm(people, request.POST or None)
    if request.method == "POST":
        rows = {
            str(one.pk): {
                "days": request.POST.get(f"days_{one.pk}", ""),
                "left_on": form.fields[f"left_{one.pk}"].widget.value_from_datadict(
                    request.POST, request.FILES, f"left_{one.pk}"
                ),
            }
            for one in people
        }
        try:
            engine.act(None, POST, key, "report_attendance", {"rows": rows})
            return redirect(reverse("portal:employer_thanks"))
        except NotFound:
            raise
        except Refusal as refusal:
            put_on(form, refusal)
            status = 422
    context = {"link": link, "post": link.post, "form": form, "people": people}
    return render(request, "portal/attendance.html", context, status=status)
