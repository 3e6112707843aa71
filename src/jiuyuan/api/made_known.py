"""What cities publish: their own rules (六), and articles (五(四)). For supervisors; the public reads pages."""

from typing import TYPE_CHECKING, Annotated, Any

from django.http import HttpRequest
from ninja import Router, Schema

from jiuyuan.agencies.models import User
from jiuyuan.agencies.roles import Right
from jiuyuan.api import paging, things
from jiuyuan.api.inputs import one_of
from jiuyuan.api.things import ThingInList, ThingShape
from jiuyuan.api.tokens import Bearer, user_of
from jiuyuan.oversight.article_workflow import ARTICLE
from jiuyuan.oversight.local_rule_workflow import LOCAL_RULE
from jiuyuan.oversight.models import Article, LocalRule
from jiuyuan.procedures.registry import Workflow
from jiuyuan.refusals import NotForRole, NotFound
from jiuyuan.wording import say

router = Router(auth=Bearer(), tags=["people"])

_RULE = {
    "agency": "agency.code", "title": "title", "document": "document", "since": "since", "until": "until",
    "tried_on": "tried_on", "published_on": "published_on", "ended_on": "ended_on", "reason": "reason",
}  # fmt: skip
_ARTICLE = {
    "agency": "agency.code", "title": "title", "body": "body", "published_on": "published_on", "reason": "reason",
}  # fmt: skip
if TYPE_CHECKING:
    RuleColumns = ThingShape
    RuleInList = ThingInList
    ArticleShape = ThingShape
    ArticleInList = ThingInList
else:
    RuleColumns = things.shape_of("RuleColumns", LocalRule, _RULE)
    RuleInList = things.shape_of("RuleInList", LocalRule, _RULE, ThingInList)
    ArticleShape = things.shape_of("ArticleShape", Article, _ARTICLE)
    ArticleInList = things.shape_of("ArticleInList", Article, _ARTICLE, ThingInList)
RuleStatus = Annotated[str, one_of(["", *LOCAL_RULE.states])]
ArticleStatus = Annotated[str, one_of(["", *ARTICLE.states])]


class RuleShape(RuleColumns):
    """`changes`: the value of each limit by its name. `trial`: whom it would touch, a line each."""

    text: str
    changes: dict[str, int]
    trial: list[str]


class RulesPage(Schema):
    items: list[RuleInList]
    next: str | None


class ArticlesPage(Schema):
    items: list[ArticleInList]
    next: str | None


@router.get("/local_rules", response=RulesPage, summary="Rules of cities")
def list_local_rules(request: HttpRequest, status: RuleStatus = "", cursor: str = "") -> dict[str, Any]:
    """Those of your area, drafts too. What answers on a day is what was published and stands between its days."""
    rows = _rows(user_of(request), LOCAL_RULE, status)
    return paging.page(rows, "id", cursor, lambda row: RuleInList(**things.in_list(row, _RULE)))


@router.get("/local_rules/{int:pk}", response=RuleShape, summary="One rule of a city")
def see_local_rule(request: HttpRequest, pk: int) -> RuleShape:
    """With its text, the limits that it changes, and whom it would touch as it was last tried."""
    user = user_of(request)
    return rule(user, _one(user, LOCAL_RULE, pk))


@router.get("/articles", response=ArticlesPage, summary="Articles")
def list_articles(request: HttpRequest, status: ArticleStatus = "", cursor: str = "") -> dict[str, Any]:
    """Those of your area, drafts too."""
    rows = _rows(user_of(request), ARTICLE, status)
    return paging.page(rows, "id", cursor, lambda row: ArticleInList(**things.in_list(row, _ARTICLE)))


@router.get("/articles/{int:pk}", response=ArticleShape, summary="One article")
def see_article(request: HttpRequest, pk: int) -> ArticleShape:
    """Whom it is about is not said."""
    user = user_of(request)
    return article(user, _one(user, ARTICLE, pk))


def rule(user: User, row: LocalRule) -> RuleShape:
    shown = things.shown(user, LOCAL_RULE, row, _RULE)
    return RuleShape(**shown, text=row.text, changes=dict(sorted(row.changes.items())), trial=row.trial)


def article(user: User, row: Article) -> ArticleShape:
    return ArticleShape(**things.shown(user, ARTICLE, row, _ARTICLE))


def _rows(user: User, workflow: Workflow, status: str = "") -> Any:
    if not user.may(Right.OVERSEE):
        raise NotForRole(say("细则和宣传文章由督导和省级管理人员办理，您的角色不能查看。"))
    model: Any = workflow.model
    rows = model.objects.visible_to(user).select_related("agency")
    return workflow.in_state(rows, status)


def _one(user: User, workflow: Workflow, pk: int) -> Any:
    found = _rows(user, workflow).filter(pk=pk).first()
    if found is None:
        raise NotFound(say("没有{noun}。", noun=workflow.noun))
    return found
