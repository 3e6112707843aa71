"""The workflow of an article: drafted, published, taken down (五(四)).

Articles about a person require their consent on file.
"""

from typing import Any

from jiuyuan.agencies.models import User
from jiuyuan.agencies.roles import Role
from jiuyuan.labels import texts
from jiuyuan.oversight.models import Article
from jiuyuan.procedures.context import Concerned, Context
from jiuyuan.procedures.doors import in_sight, locked
from jiuyuan.procedures.reading import as_text
from jiuyuan.procedures.registry import Workflow, register
from jiuyuan.procedures.table import Guard, Need, NeedKind, Procedure, State, Transition, Vocabulary
from jiuyuan.procedures.who_acted import sign
from jiuyuan.recognitions.models import Recognition
from jiuyuan.wording import say

Said = dict[str, Any]
_ABOVE, _DRAFT = frozenset({Role.SUPERVISOR, Role.PROVINCE}), frozenset({"draft"})
_CONTENT = (
    Need("title", "标题", longest=60),
    Need("body", "正文", longest=5000, hint="短句子，大家都懂的话。不写身份证号码、电话和住址。"),
    Need(
        "about", "写的是谁", "recognised", required=False, longest=30,
        hint="写到具体的人，填认定编号；本人签字的同意要先存进档案。不写人的，不用填。",
    ),
)  # fmt: skip

TABLE = Procedure(
    tuple(State(code, label, final=code == "withdrawn") for code, label in texts(Article.Status)),
    (
        Transition(
            "draft_article", "写文章", frozenset(), ("draft",), _ABOVE, needs=_CONTENT, effect="write",
            record="article_drafted", done="写了宣传文章", result="已存为草稿。",
        ),
        Transition(
            "revise_article", "修改", _DRAFT, ("draft",), _ABOVE, needs=_CONTENT, effect="write",
            record="article_revised", done="修改了宣传文章", result="已修改。",
        ),
        Transition(
            "publish_article", "发布", _DRAFT, ("published",), _ABOVE, effect="publish", guards=("consent_on_file",),
            emphasis="main", lead="发布以后人人都能看到，不用登录。", record="article_published", done="发布了宣传文章",
            result="已发布。",
        ),
        Transition(
            "withdraw_article", "撤下", frozenset({"draft", "published"}), ("withdrawn",), _ABOVE, effect="withdraw",
            needs=(Need("reason", "撤下的理由", longest=400),), emphasis="grave", record="article_withdrawn",
            done="撤下了宣传文章", result="已撤下，公开的页面上没有了。",
        ),
    ),
)  # fmt: skip


class OfArticle(Context):
    """The context of an article, which is locked; the person it is about may not act on it."""

    @property
    def concerned(self) -> list[Concerned]:
        return [self.subject.person] if self.subject is not None and self.subject.person else []

    def suggested(self, transition: Transition) -> Said:
        """The current draft as initial values."""
        if transition.action != "revise_article":
            return {}
        draft = self.subject
        stay = draft.person.recognitions.order_by("-pk").first() if draft.person else None
        return {"title": draft.title, "body": draft.body, "about": stay.number if stay else ""}

    def payload(self, transition: Transition, said: Said, more: Said, moved: bool) -> Said:
        # The columns already state the contents of the article.
        return super().payload(transition, said if transition.effect != "write" else {}, more, moved)


def _recognised(context: OfArticle, _need: Need, raw: Any) -> Recognition:
    rows = Recognition.objects.visible_to(context.user) if context.user else Recognition.objects.unscoped()
    found: Recognition | None = rows.select_related("person").filter(number=str(raw).strip()[:40]).first()
    if found is None:
        raise ValueError(say("本辖区没有这个认定编号，请核对。"))
    return found


def _write(context: OfArticle, said: Said) -> None:
    if context.subject is None:
        assert context.user is not None
        agency = context.user.agency
        assert agency is not None
        context.subject = Article(agency=agency, area=agency.path)
    article = context.subject
    article.title, article.body = said["title"], said["body"]
    article.person = said["about"].person if "about" in said else None


def _publish(context: OfArticle, _said: Said) -> None:
    sign(context, context.subject, "published")


def _withdraw(context: OfArticle, said: Said) -> None:
    context.subject.reason = said["reason"]


def _consent_on_file(context: OfArticle) -> str | None:
    if context.subject.has_consent:
        return None
    return say("写到具体的人，要有本人签字的同意。请先存进本人的档案，种类选“本人同意宣传的签字”。")


def _door(user: User | None, pk: Any, transition: Transition) -> OfArticle:
    if transition.begins:
        return OfArticle(None, user)
    found = locked(in_sight(Article, user).select_related("agency", "person"), pk, "没有这篇文章。")
    return OfArticle(found, user)


ARTICLE = register(
    Workflow(
        "article", "这篇文章", Article, _door, OfArticle,
        Vocabulary(
            {"write": _write, "publish": _publish, "withdraw": _withdraw},
            guards={
                "consent_on_file": Guard("consent_on_file", "consent_missing", _consent_on_file, "存入本人签字的同意")
            },
            kinds={"recognised": NeedKind(_recognised, "text", as_text)},
        ),
        things="articles",
    )
)  # fmt: skip
ARTICLE.add(TABLE)
