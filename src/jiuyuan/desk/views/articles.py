"""宣传: articles of the area, one of them and every act about it, and how many of those with a right draw it (五(四))."""

from typing import Any

from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from jiuyuan.agencies.roles import Right
from jiuyuan.assistance.rating_figures import LEAST
from jiuyuan.desk import queries as lists
from jiuyuan.desk import timeline
from jiuyuan.desk.access import StaffRequest, staff
from jiuyuan.desk.frame import page
from jiuyuan.desk.views.one_act import buttons, one_act, transition_for
from jiuyuan.history.models import Entry
from jiuyuan.oversight.article_workflow import ARTICLE, OfArticle
from jiuyuan.oversight.models import Article
from jiuyuan.oversight.publicity_figures import awareness, take_up
from jiuyuan.refusals import NotFound
from jiuyuan.wording import say

_AT = "articles"


@staff(Right.OVERSEE)
@require_safe
def articles(request: StaffRequest) -> HttpResponseBase:
    """Every article of the area, the newest first, below the figures of the area."""
    rows = Article.objects.visible_to(request.user).select_related("agency")
    found, following = lists.newest_first(rows, request.GET.get("cursor", ""))
    figures = take_up(request.user)
    shown = {
        "rows": found, "next": following, "previous": None, "take_up": figures,
        "figures": [
            {
                "key": say("享受率"),
                "value": say("{percent}%", percent=figures.per_cent) if figures.of else say("没有可以享受的人"),
                "note": say(
                    "在册人员中，已核定政策的{drawing}人，可以享受而没有享受的{unclaimed}人（昨夜筛查）",
                    drawing=figures.drawing, unclaimed=figures.unclaimed,
                ),
            },
            _awareness(request),
        ],
    }  # fmt: skip
    return page(request, "articles.html", shown, at=_AT)


def _awareness(request: StaffRequest) -> dict[str, str]:
    found = awareness(request.user)
    if found.per_cent is None:
        note = say(
            "{since:date}至{until:date}评价帮扶的不足{least}人，不显示数字，以免看出是谁说的。",
            since=found.since, until=found.until, least=LEAST,
        )  # fmt: skip
        return {"key": say("知晓度"), "value": say("没有数字"), "note": note}
    answers = "、".join(say("{answer}{count}人", answer=answer, count=count) for answer, count in found.knows_in_words)
    note = say(
        "评价帮扶时回答的{people}人中：{answers}（{since:date}至{until:date}，每人算最后一次）",
        people=found.people, answers=answers, since=found.since, until=found.until,
    )  # fmt: skip
    return {"key": say("知晓度"), "value": say("{percent}%", percent=found.per_cent), "note": note}


@staff(Right.OVERSEE)
@require_safe
def article(request: StaffRequest, pk: int) -> HttpResponseBase:
    found = _found(request, pk)
    shown = {
        "article": found,
        "actions": buttons(ARTICLE, OfArticle(found, request.user), "desk:article_act", pk),
        "history": timeline.tell(Entry.objects.of(found.file).order_by("-seq")),
        "crumbs": _crumbs(found.title),
    }
    return page(request, "article.html", shown, at=_AT)


@staff(Right.OVERSEE)
@require_http_methods(["GET", "HEAD", "POST"])
def create(request: StaffRequest) -> HttpResponseBase:
    """The form of a new draft."""
    return _act(request, None, "draft_article")


@staff(Right.OVERSEE)
@require_http_methods(["GET", "HEAD", "POST"])
def act(request: StaffRequest, pk: int, action: str) -> HttpResponseBase:
    """The form of one act."""
    return _act(request, _found(request, pk), action)


def _act(request: StaffRequest, found: Article | None, action: str) -> HttpResponseBase:
    context = OfArticle(found, request.user)
    transition = transition_for(request, ARTICLE, context.region, action)
    if transition.begins != (found is None):
        raise NotFound(say("没有这个办理事项。"))
    return one_act(
        request, ARTICLE, context, transition, found.pk if found else None,
        caption=found.title if found else say("宣传文章"),
        back=reverse("desk:article", args=[found.pk]) if found else reverse("desk:articles"),
        crumbs=_crumbs(transition.label, found), at=_AT,
        after=None if found else lambda done: redirect("desk:article", done.pk),
    )  # fmt: skip


def _found(request: StaffRequest, pk: int) -> Article:
    rows = Article.objects.visible_to(request.user)
    found: Article | None = rows.select_related("agency", "person", "published_by").filter(pk=pk).first()
    if found is None:
        raise NotFound(say("没有这篇文章。"))
    return found


def _crumbs(here: str, found: Article | None = None) -> list[dict[str, Any]]:
    above = [{"label": say("宣传"), "url": reverse("desk:articles")}]
    if found is not None:
        above.append({"label": found.title, "url": reverse("desk:article", args=[found.pk])})
    return [*above, {"label": here}]
