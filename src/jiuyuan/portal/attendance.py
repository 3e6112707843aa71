"""The page on which an employer reports the attendance of a month by a link: first the code that went to its telephone, then the days."""

from typing import Any

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from jiuyuan.agencies.pace import TooOften
from jiuyuan.assistance import attendance_links
from jiuyuan.assistance.models import AttendanceLink, Placement
from jiuyuan.assistance.post_workflow import POST
from jiuyuan.fields import Calendar
from jiuyuan.notifications import gateways
from jiuyuan.portal.question_page import QuestionPage, put_on
from jiuyuan.procedures import engine
from jiuyuan.refusals import BadInput, NotFound, Refusal
from jiuyuan.wording import say

_COOKIE = "jiuyuan_attendance"


class CodeForm(forms.Form):
    """The code that went to the telephone."""

    use_required_attribute = False
    code = forms.CharField(
        label="验证码",
        required=False,
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )


class DaysForm(QuestionPage):
    """The days of everybody who is shown; the act reads and refuses."""

    def __init__(self, people: list[Placement], data: Any = None) -> None:
        super().__init__(data)
        for one in people:
            name = one.recognition.person.name
            self.fields[f"days_{one.pk}"] = forms.CharField(
                label=say("{name}出勤几天？", name=name),
                required=False,
                widget=forms.TextInput({"inputmode": "numeric"}),
            )
            self.fields[f"left_{one.pk}"] = forms.DateField(
                label=say("{name}已经不来了的，最后一天是？", name=name), required=False, widget=Calendar()
            )


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def attendance(request: HttpRequest, secret: str) -> HttpResponseBase:
    """One month of one post. Without the code nobody's name is shown, and nothing else of the system is behind the link."""
    try:
        link = attendance_links.found(secret)
        response = _step(request, link, secret)
    except NotFound as gone:
        response = render(request, "portal/employer_gone.html", {"said": gone.title}, status=404)
    response["X-Robots-Tag"] = "noindex, noarchive"
    response["Referrer-Policy"] = "no-referrer"
    return response


def _step(request: HttpRequest, link: AttendanceLink, secret: str) -> HttpResponseBase:
    mark = request.COOKIES.get(_COOKIE, "")
    if attendance_links.is_open(link, mark):
        return _days(request, link, f"{secret}.{mark}")
    form, status, sent = CodeForm(request.POST if request.POST.get("step") == "code" else None), 200, False
    if request.method == "POST":
        try:
            if request.POST.get("step") == "send":
                sent = attendance_links.send_code(secret)
            elif opened := attendance_links.open_with(secret, request.POST.get("code", "")):
                answer = redirect(request.path)
                answer.set_cookie(
                    _COOKIE, opened, path=request.path, httponly=True, samesite="Lax", secure=request.is_secure()
                )
                return answer
            else:
                why = say("验证码不对，或者已经过期。一天输错五次的，明天再试，或者请发给您的平台给一个新链接。")
                raise BadInput(say("有内容需要改正。"), [("code", why)])
        except TooOften:
            raise
        except Refusal as refusal:
            form = form if form.is_bound else CodeForm(request.POST)
            put_on(form, refusal)
            status = 422
    context = {
        "link": link,
        "post": link.post,
        "form": form,
        "sent": sent,
        "sends": gateways.configured() is not None,
        "phone_ends": link.post.phone[-4:],
    }
    return render(request, "portal/attendance_code.html", context, status=status)


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
