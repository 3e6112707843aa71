"""Finding people by what one has in hand, their page, and the register."""

import pytest

from jiuyuan.applications.models import Objection
from jiuyuan.history.models import Look
from jiuyuan.people import accounts
from tests import factories
from tests.desk.reading import links, rows, words
from tests.recognitions.register import struck_off

SEARCH = "/desk/search"


@pytest.fixture
def case(clerk):
    return factories.a_case("submitted", factories.an_applicant(name="单秀英"), clerk=clerk)


@pytest.mark.parametrize("typed", ["单秀英", "单", "shan xiu", "shanxiuying", "SHANX", "dan xiu"])
def test_people_are_found_by_the_beginning_of_their_name_or_its_pinyin(desk, case, typed):
    page = desk.get(SEARCH, {"q": typed})
    assert case.number in words(page)
    assert (f"/desk/people/{case.person_id}/", "单秀英") in links(page)


@pytest.mark.parametrize("typed", ["英", "dian xiu", "ying", "220102"])
def test_others_are_not_found(desk, case, typed):
    assert "没有找到" in words(desk.get(SEARCH, {"q": typed}))


def test_a_whole_id_number_or_telephone_finds_although_both_are_encrypted(desk, case):
    for typed in (case.person.id_number, case.person.id_number.lower(), case.person.phone):
        page = desk.post(SEARCH, {"q": typed})
        assert case.number in words(page)
        assert case.person.id_number not in words(page)


def test_a_name_that_is_posted_gets_an_address_and_a_number_does_not(desk, case):
    assert desk.post(SEARCH, {"q": "单"}).url == "/desk/search?q=%E5%8D%95"
    assert desk.post(SEARCH, {"q": case.person.id_number}).status_code == 200
    assert 'role="search" action="/desk/search" method="post"' in desk.get("/desk/cases/").content.decode()


def test_an_application_number_opens_the_case(desk, case):
    assert desk.get(SEARCH, {"q": case.number}).url == f"/desk/cases/{case.number}/"


def test_number_of_an_objection_opens_the_case_for_who_may_see_it(desk, log_in, elsewhere):
    against = factories.a_case("publishing")
    factories.act(None, against, "object", ground="他在开店")
    number = Objection.objects.unscoped().get().number
    assert desk.get(SEARCH, {"q": number.lower()}).url == f"/desk/cases/{against.number}/"
    assert number in words(desk.get(f"/desk/cases/{against.number}/"))
    assert "没有找到" in words(log_in(elsewhere).get(SEARCH, {"q": number}))


def test_a_search_is_recorded_with_the_number_masked(desk, clerk, case):
    desk.post(SEARCH, {"q": case.person.id_number})
    look = Look.objects.unscoped().get(file="search")
    assert look.actor == clerk.username
    assert case.person.id_number not in look.what
    assert "220102" in look.what


def test_nobody_of_another_area_is_found(log_in, elsewhere, case):
    other = log_in(elsewhere)
    for typed in ("单秀英", case.person.id_number, case.person.phone, case.number):
        page = other.post(SEARCH, {"q": typed}, follow=True)
        assert "没有找到" in words(page)
        assert not page.context["found"]


def test_an_empty_search_says_what_can_be_typed(desk):
    assert "完整的身份证号码" in words(desk.get(SEARCH))


def test_the_persons_page_shows_file_and_who_has_looked(desk, clerk, case):
    page = desk.get(f"/desk/people/{case.person_id}/")
    text = words(page)
    assert case.number in text
    assert "户籍性质" in text
    assert case.person.id_number not in text
    assert "李明 人员档案" in text
    assert Look.objects.unscoped().get(file=case.person.file).what == "人员档案"


def test_the_persons_whole_number_is_shown_on_asking_and_recorded(desk, log_in, case):
    page = desk.post(f"/desk/people/{case.person_id}/number/")
    number = case.person.id_number
    assert f"{number[:6]} {number[6:14]} {number[14:]}" in words(page)
    assert Look.objects.unscoped().filter(file=case.person.file, unmasked=True).count() == 1
    supervisor = log_in(factories.staff("supervisor"))
    assert supervisor.post(f"/desk/people/{case.person_id}/number/").status_code == 403


def test_people_of_another_area_are_not_there(log_in, elsewhere, case):
    assert log_in(elsewhere).get(f"/desk/people/{case.person_id}/").status_code == 404


def test_the_register_shows_who_is_on_it_and_who_was_with_the_ground(desk, clerk, reviewer):
    here = factories.a_case("recognised", clerk=clerk, reviewer=reviewer)
    gone = factories.a_case("recognised", clerk=clerk, reviewer=reviewer)
    struck_off(gone.recognition, "imprisoned", reviewer)
    assert rows(desk.get("/desk/register/")) == 2
    active = desk.get("/desk/register/", {"status": "active"})
    assert here.recognition.number in words(active)
    assert gone.recognition.number not in words(active)
    assert "被判刑收监执行" in words(desk.get("/desk/register/", {"status": "ended"}))
    assert rows(desk.get("/desk/register/", {"q": here.person.name})) >= 1
    assert rows(desk.get("/desk/register/", {"category": "disabled"})) == 0
    assert rows(desk.get("/desk/register/", {"status": "nonsense"})) == 0


def test_an_empty_register_says_how_people_get_there(desk):
    assert "复核认定之后，人员会出现在这里" in words(desk.get("/desk/register/"))


def test_a_binding_code_is_shown_once_to_who_may_give_it(desk, log_in, clerk, case):
    page = desk.post(f"/desk/people/{case.person_id}/binding-code/")
    code = page.context["code"]
    assert code in words(page)
    assert code not in words(desk.get(f"/desk/people/{case.person_id}/"))
    assert "给出绑定码" in words(desk.get(f"/desk/people/{case.person_id}/"))
    person = factories.an_applicant(name="单秀英")
    account = accounts.open_account(
        name="单秀英", id_number=case.person.id_number, phone=person.phone, password="well-kept-4711", code=code
    )
    assert account.person.pk == case.person_id
    supervisor = log_in(factories.staff("supervisor"))
    assert supervisor.post(f"/desk/people/{case.person_id}/binding-code/").status_code == 403
