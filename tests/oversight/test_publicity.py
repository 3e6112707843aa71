"""Publicity (五(四)): articles about a person only with their consent, and how many of those with a right draw it."""

from datetime import date

import pytest

from jiuyuan.money.models import UnclaimedScheme
from jiuyuan.oversight.article_workflow import ARTICLE
from jiuyuan.oversight.publicity_figures import take_up
from jiuyuan.people.models import KnownFacts
from jiuyuan.procedures import engine
from jiuyuan.refusals import BadInput, GuardNotMet
from tests.factories import staff
from tests.oversight.articles import an_article, consents
from tests.recognitions.register import on_the_register

pytestmark = pytest.mark.django_db


def test_an_article_about_a_person_is_published_only_with_the_consent_on_file_and_is_gone_once_withdrawn(client):
    supervisor, stay = staff("supervisor"), on_the_register()
    article = an_article(supervisor, about=stay.number)
    with pytest.raises(GuardNotMet) as refusal:
        engine.act(supervisor, ARTICLE, article.pk, "publish_article")
    assert refusal.value.code == "consent_missing"
    with pytest.raises(BadInput):
        an_article(staff("supervisor", at="2202"), about=stay.number)
    consents(stay)
    address = f"/articles/{article.pk}/"
    assert client.get(address).status_code == 404
    engine.act(supervisor, ARTICLE, article.pk, "publish_article")
    assert "编织" in client.get(address).content.decode()
    assert article.title in client.get("/articles/").content.decode()
    engine.act(supervisor, ARTICLE, article.pk, "withdraw_article", {"reason": "本人不愿意了。"})
    assert client.get(address).status_code == 404
    assert article.title not in client.get("/articles/").content.decode()


def test_of_those_who_have_a_right_it_says_how_many_draw_and_that_nobody_was_asked_what_they_know(log_in):
    supervisor, drawing, unclaimed = staff("supervisor"), on_the_register(), on_the_register()
    assert take_up(staff("supervisor", at="2202")).per_cent is None
    KnownFacts.objects.unscoped().filter(person=drawing.person).update(assistance_granted=True)
    for scheme in ("startup", "training"):
        UnclaimedScheme.objects.unscoped().create(recognition=unclaimed, scheme=scheme, found_on=date(2026, 3, 1))
    assert (take_up(supervisor).per_cent, take_up(supervisor).of) == (50, 2)
    page = log_in(supervisor).get("/desk/articles/").content.decode()
    assert "50%" in page
    assert "不足5人，不显示数字" in page
