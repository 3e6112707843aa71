"""宣传: the articles of the area with their acts, and the take-up of support (五(四))."""

from django.http.response import HttpResponseBase
from django.views.decorators.http import require_http_methods, require_safe

from jiuyuan.agencies.roles import Right
from jiuyuan.assistance.rating_figures import LEAST
from jiuyuan.desk import queries as lists
from jiuyuan.desk.access import StaffRequest, staff
from jiuyuan.desk.frame import page
from jiuyuan.desk.views.drafted import Drafted
from jiuyuan.oversight.article_workflow import ARTICLE
from jiuyuan.oversight.models import Article
from jiuyuan.oversight.publicity_figures import awareness, take_up
from jiuyuan.wording import say

_AT = "articles"
_ARTICLES = Drafted(ARTICLE, "article", _AT, "宣传", "宣传文章", "没有这篇文章。", ("person", "published_by"))


@staff(Right.OVERSEE)
@require_safe
def articles(request: StaffRequest) -> HttpResponseBase:
    """The articles of the area, newest first, below its figures."""
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
    return _ARTICLES.shown(request, pk)


@staff(Right.OVERSEE)
@require_http_methods(["GET", "HEAD", "POST"])
def create(request: StaffRequest) -> HttpResponseBase:
    return _ARTICLES.act(request, None, "draft_article")


@staff(Right.OVERSEE)
@require_http_methods(["GET", "HEAD", "POST"])
def act(request: StaffRequest, pk: int, action: str) -> HttpResponseBase:
    return _ARTICLES.act(request, pk, action)
