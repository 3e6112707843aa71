"""Articles."""

from jiuyuan.oversight.models import Article
from tests.oversight.articles import WRITTEN, an_article, consents
from tests.procedures.specimens.specimen import Broken, Specimen, Standing
from tests.recognitions.register import on_the_register


def _about_somebody() -> Article:
    stay = on_the_register()
    consents(stay)
    return an_article(about=stay.number)


def _no_longer(article: Article) -> None:
    assert article.person is not None
    article.person.documents.update(kind="other")


SPECIMENS = {
    ("article", "draft_article"): Specimen(lambda: None, WRITTEN),
    ("article", "revise_article"): Specimen(_about_somebody, WRITTEN),
    ("article", "publish_article"): Specimen(_about_somebody),
    ("article", "withdraw_article"): Specimen(lambda: an_article(published=True), {"reason": "本人不愿意了。"}),
}
BROKEN: dict[tuple[str, str], Broken] = {("article", "consent_on_file"): _no_longer}
STANDING: dict[tuple[str, str], Standing] = {}
