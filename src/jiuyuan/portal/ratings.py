"""Ratings of finished assistance, and whether people know what they can claim (五(四))."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from jiuyuan.assistance.models import Enrolment, Interview, JobOffer, Measure, ServiceRating
from jiuyuan.assistance.rating_workflow import OVER, RATED, RATING, Rated, RatingOf, key_of
from jiuyuan.portal.access import applicant, for_applicants
from jiuyuan.portal.question_page import QuestionPage, ask, posted, saved
from jiuyuan.procedures import engine
from jiuyuan.recognitions.models import Recognition
from jiuyuan.refusals import NotFound
from jiuyuan.wording import say


class RatingForm(QuestionPage):
    mark = forms.ChoiceField(
        label="这次帮助，您满意吗？", choices=ServiceRating.Mark.choices, widget=forms.RadioSelect,
        error_messages={"required": "请选一个。"},
    )  # fmt: skip
    knows = forms.ChoiceField(
        label="您知道自己可以享受哪些政策吗？", choices=ServiceRating.Knows.choices, widget=forms.RadioSelect,
        error_messages={"required": "请选一个。"},
    )  # fmt: skip
    words = forms.CharField(
        label="还想说的", required=False, widget=forms.Textarea({"rows": 4}),
        help_text="可以不写。要写就写5到500个字，不要写姓名和电话。",
    )  # fmt: skip


def shown(stay: Recognition, user: Any) -> list[dict[str, Any]]:
    """The finished acts of assistance in the present recognition, with the rating or a link to rate."""
    rows = ServiceRating.objects.visible_to(user).filter(recognition=stay)
    said = {(name, pk): rating for rating in rows for name in RATED if (pk := getattr(rating, f"{name}_id"))}
    found = []
    for rated in _over(stay, user):
        kind, pk = key_of(rated)
        rating = said.get((kind, pk))
        until = RatingOf(rated, user, rating).changes_until if rating else None
        found.append(
            {
                "kind": kind,
                "pk": pk,
                "what": _called(rated),
                "mark": ServiceRating.Mark(rating.mark).label if rating else "",
                "until": until,
                "open": rating is None or engine.why_not(RATING, RatingOf(rated, user, rating), "change") == "",
            }
        )
    return found


@for_applicants
@require_http_methods(["GET", "HEAD", "POST"])
def rate(request: HttpRequest, kind: str, pk: int) -> HttpResponseBase:
    """Rate an act of assistance, or change the rating."""
    user = applicant(request)
    assert user is not None
    rated = _own(user, kind, pk)
    rating = ServiceRating.objects.visible_to(user).filter(**{kind: rated}).first()
    action, key = ("change", rating.pk) if rating else ("rate", key_of(rated))
    if why := engine.why_not(RATING, RatingOf(rated, user, rating), action):
        messages.error(request, why)
        return redirect("portal:helping")
    before = {"mark": rating.mark, "knows": rating.knows, "words": rating.words} if rating else None
    form = RatingForm(posted(request), initial=before)
    if request.method == "POST" and form.is_valid():
        said = {name: value for name, value in form.cleaned_data.items() if value}
        if saved(form, lambda: engine.act(user, RATING, key, action, said)) is not None:
            messages.success(request, say("谢谢，已记下。"))
            return redirect("portal:helping")
    return ask(
        request,
        form,
        title=say("您觉得怎么样？"),
        caption=_called(rated),
        lead=say("评不评由您，不影响帮您。工作人员只看到许多人加在一起的数，看不到是谁说的。"),
        button=say("提交"),
        back_url=reverse("portal:helping"),
        back_label=say("返回，不评"),
    )


def _over(stay: Recognition, user: Any) -> Iterator[Rated]:
    for name, model in RATED.items():
        way = "plan__recognition" if model is Measure else "recognition"
        rows: Any = model.objects
        rows = rows.visible_to(user).filter(**{way: stay}, status__in=OVER[name])
        for row in rows.select_related(*_WITH[name]):
            (row.plan if isinstance(row, Measure) else row).recognition = stay
            yield row


_WITH = {"interview": ("recognition",), "offer": ("plan",), "enrolment": ("course",), "measure": ("plan",)}


def _own(user: Any, kind: str, pk: int) -> Rated:
    model: Any = RATED.get(kind)
    found: Rated | None = model.objects.visible_to(user).filter(pk=pk).first() if model else None
    if found is None:
        raise NotFound(say("没有可以评价的这次帮扶。"))
    return found


def _called(rated: Rated) -> str:
    """Its name for the person."""
    if isinstance(rated, Interview):
        return say("{day:date}和您谈话", day=rated.on)
    if isinstance(rated, JobOffer):
        return say("介绍岗位：{job}", job=rated.as_it_stood["title"])
    if isinstance(rated, Enrolment):
        return say("培训：{course}", course=rated.course.title)
    return str(rated.what)
