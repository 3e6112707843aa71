"""Articles for tests."""

from typing import Any

from jiuyuan.agencies.models import User
from jiuyuan.oversight.article_workflow import ARTICLE
from jiuyuan.oversight.models import Article
from jiuyuan.oversight.models.article import CONSENT
from jiuyuan.people import services as people
from jiuyuan.procedures import engine
from jiuyuan.recognitions.models import Recognition
from tests.factories import a_photograph, staff

WRITTEN = {"title": "社区里开了编织班", "body": "十二个人学会了编织，有了活干。"}


def an_article(by: User | None = None, *, published: bool = False, **said: Any) -> Article:
    by = by or staff("supervisor")
    article: Article = engine.act(by, ARTICLE, None, "draft_article", WRITTEN | said)
    return engine.act(by, ARTICLE, article.pk, "publish_article") if published else article


def consents(stay: Recognition) -> None:
    """The paper that they signed, in their file."""
    people.add_document(staff("clerk").actor, stay.person, CONSENT, a_photograph(), "同意.jpg")
