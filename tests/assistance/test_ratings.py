"""What people say of help: each act that is over once, by themselves; staff see figures of many and never who said it."""

import json
from collections import Counter
from datetime import timedelta

import pytest
from django.urls import reverse

from jiuyuan import clock
from jiuyuan.applications.replay import verify_state
from jiuyuan.assistance import rating_figures
from jiuyuan.assistance.models import ServiceRating
from jiuyuan.assistance.offer_workflow import OFFER
from jiuyuan.assistance.rating_workflow import RATING, key_of
from jiuyuan.history.models import Entry
from jiuyuan.oversight.publicity_figures import awareness
from jiuyuan.procedures import engine
from jiuyuan.procedures.subjects import moving
from jiuyuan.refusals import BadInput, NotFound, WrongState
from tests.assistance.offers import INTERESTED, a_plan_with_vacancies, an_offer
from tests.assistance.plans import held
from tests.assistance.test_help_pages import browser, text_of
from tests.desk.reading import words
from tests.factories import OTHER_COUNTY, a_case, an_account, an_applicant, does, move_to, staff
from tests.recognitions.register import on_the_register

pytestmark = pytest.mark.django_db

rate, change = does(RATING, "rate"), does(RATING, "change")
GOOD = {"mark": "good", "knows": "some"}


def test_a_person_rates_each_act_that_is_over_once_and_changes_it_for_a_month():
    clerk, owner = staff("clerk"), an_account()
    stay = a_case("recognised", an_applicant(), by=owner).recognition
    offer = an_offer(clerk, a_plan_with_vacancies(clerk, stay))
    talk, measure = stay.interviews.get(), offer.plan.measures.first()
    person, page = browser(owner), reverse("portal:helping")

    def at(row):
        return reverse("portal:rate", args=key_of(row))

    shown = text_of(person.get(page))
    assert "和您谈话" in shown and "介绍岗位：" not in shown
    for waits in (offer, measure):
        assert at(waits) not in person.get(page).content.decode()
        assert "还没有办完" in text_of(person.get(at(waits), follow=True))
        with pytest.raises(WrongState):
            rate(owner, key_of(waits), **GOOD)
    assert browser(an_account()).get(at(talk)).status_code == 404
    with pytest.raises(NotFound):
        rate(an_account(), key_of(talk), **GOOD)

    wrong = person.post(at(talk), {"mark": "poor", "knows": "no", "words": "太远"})
    assert "至少要5个字" in text_of(wrong) and "太远" in wrong.content.decode()
    for bad in ("好" * 501, "谈得很\x07仔细。"):
        with pytest.raises(BadInput) as refused:
            rate(owner, key_of(talk), **GOOD, words=bad)
        assert [name for name, _ in refused.value.errors] == ["words"]
    assert not ServiceRating.objects.unscoped().exists()

    told = {"mark": "poor", "knows": "no", "words": "约的时间总是改。"}
    assert person.post(at(talk), told)["Location"] == page
    rating = ServiceRating.objects.unscoped().get()
    assert (rating.mark, rating.knows, rating.words) == ("poor", "no", "约的时间总是改。")
    with pytest.raises(WrongState):
        rate(owner, key_of(talk), **GOOD)
    assert "约的时间总是改。" in person.get(at(talk)).content.decode()
    engine.act(owner, OFFER, offer.pk, *INTERESTED)
    assert person.post(at(offer), GOOD).status_code == 302

    move_to(rating.rated_on + timedelta(days=30))
    assert person.post(at(talk), GOOD).status_code == 302
    rating.refresh_from_db()
    assert (rating.mark, rating.words, rating.changed_on) == ("good", "", clock.today())
    record = json.dumps([one.payload for one in Entry.objects.of(rating.file)], ensure_ascii=False)
    assert "help_rated" in {one.action for one in Entry.objects.of(rating.file)}
    assert "约的时间总是改" not in record and '"mark": "poor"' not in record and '"mark": "good"' not in record
    assert not list(verify_state(lambda done: None, Counter()))
    move_to(rating.rated_on + timedelta(days=31))
    with pytest.raises(WrongState):
        change(owner, rating.pk, **GOOD)
    assert "不能再改" in text_of(person.get(at(talk), follow=True))
    assert at(talk) not in person.get(page).content.decode()


def test_staff_see_how_five_people_or_more_rated_once_the_month_is_over_and_never_who(log_in):
    clerk, supervisor = staff("clerk"), staff("supervisor")
    stays = [on_the_register() for _ in range(5)]
    with moving(ServiceRating):
        for stay, mark, knows in zip(
            stays, ["good", "good", "fair", "poor"], ["yes", "yes", "yes", "no"], strict=False
        ):
            said(stay, mark, knows, "谈得很仔细。")
    last_month = clock.today()
    move_to((last_month.replace(day=1) + timedelta(days=40)).replace(day=1))
    page, publicity = reverse("desk:help_figures"), reverse("desk:articles")
    four = words(log_in(clerk).get(page))
    assert "评价的不足5人，不显示。" in four and "谈得很仔细" not in four
    assert awareness(supervisor).per_cent is None
    assert "没有数字" in words(log_in(supervisor).get(publicity))

    with moving(ServiceRating):
        # The first again: five ratings, still four people.
        said(stays[0], "very_poor", "some", "后来没人管了。", last_month)
        assert not rating_figures.rating_figures(clerk, clock.today()).enough
        said(stays[4], "fair", "some", "", clock.today())
        assert not rating_figures.rating_figures(clerk, clock.today()).enough, "of this month nothing is shown yet"
        said(stays[4], "fair", "some", "", last_month)
    found = rating_figures.rating_figures(clerk, clock.today())
    assert (found.count, found.people) == (6, 5)
    assert found.marks == {"good": 2, "fair": 2, "poor": 1, "very_poor": 1}
    assert found.knows == {"yes": 2, "some": 2, "no": 1}
    for who in (clerk, supervisor):
        seen = words(log_in(who).get(page))
        assert "谈得很仔细。" in seen and "后来没人管了。" in seen
        assert not any(stay.person.name in seen[seen.index("本人怎样评价帮扶") :] for stay in stays)
    assert "40%" in words(log_in(supervisor).get(publicity))
    assert not rating_figures.rating_figures(staff("clerk", OTHER_COUNTY), clock.today()).enough
    assert rating_figures.words(staff("clerk", OTHER_COUNTY), clock.today()) == []


def said(stay, mark, knows, text, day=None):
    row = held(staff("clerk"), stay)
    ServiceRating.objects.create(
        interview=row, recognition=stay, mark=mark, knows=knows, words=text, rated_on=day or clock.today()
    )
