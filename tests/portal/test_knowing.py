"""What people can read before and after, and how each of their matters stands on the first page."""

from datetime import date, timedelta

import pytest

from jiuyuan import clock
from jiuyuan.notifications import notices
from jiuyuan.notifications.models import Message
from jiuyuan.portal.letters import matters
from jiuyuan.regions import registry
from jiuyuan.wording import say
from tests.assistance.vacancies import a_vacancy
from tests.factories import a_case, again, an_account, move_to, staff
from tests.oversight.articles import an_article
from tests.portal.walking import seen

pytestmark = pytest.mark.django_db


def test_one_page_says_who_qualifies_and_what_one_gets(client):
    words = seen(client.get("/about/"))
    rules = next(registry.policies())
    for category in rules.categories:
        assert category.plain in words
    for said in ("免费培训", "10个工作日办完", "家里人帮着办", "吉人社发〔2022〕10号", "找到工作了，告诉我们"):
        assert said in words
    assert "谁能申请，有什么帮扶" in seen(client.get("/"))


@pytest.mark.parametrize("path", ["/about/", "/schemes/recognition/"])
def test_conditions_and_exclusions_stand_in_everyday_words(client, path):
    words, rules = seen(client.get(path)), next(registry.policies())
    for clause in (*rules.base, *rules.exclusions):
        assert clause.plain in words
        assert f" {clause.title} " not in words


def test_no_door_leads_to_an_empty_room(client):
    assert "各地细则" not in seen(client.get("/schemes/"))
    assert "看看别人怎么办的" not in seen(client.get("/schemes/"))
    an_article(published=True)
    assert "看看别人怎么办的" in seen(client.get("/schemes/"))


@pytest.mark.parametrize("path", ["/", "/about/", "/self-check/", "/login/", "/notices/"])
def test_every_page_says_whose_service_it_is_and_what_becomes_of_data(client, path):
    page = client.get(path)
    assert "吉林省人力资源和社会保障厅" in seen(page)
    assert 'href="/privacy/"' in page.content.decode()


def test_the_page_on_data_says_what_why_who_and_what_one_can_do(client):
    words = seen(client.get("/privacy/"))
    for said in ("存什么，为什么", "向谁核实", "谁看得到", "存多久", "可以要求更正"):
        assert said in words


@pytest.mark.parametrize(
    ("state", "title"),
    [
        ("correction", "要补正几处"),
        ("submitted", "等待受理"),
        ("withdrawn", "已撤回"),
        ("recognised", "您已被认定为就业困难人员"),
    ],
)
def test_the_first_page_says_how_a_matter_stands_whatever_became_of_it(log_in, state, title):
    account = an_account()
    case = a_case(state, by=account)
    words = seen(log_in(account).get("/"))
    assert title in words
    number = case.recognition.number if state == "recognised" else case.number
    assert number in words


def test_who_is_recognised_is_told_so_before_filling_anything_in(log_in):
    account = an_account()
    a_case("recognised", by=account)
    assert "您已经是就业困难人员" in seen(log_in(account).get("/apply/"))


def test_who_found_work_says_so_by_one_button(log_in):
    account = an_account()
    stay = a_case("recognised", by=account, reviewer=staff("reviewer")).recognition
    client = log_in(account)
    words = seen(client.get("/mine/"))
    assert "我找到工作了" in words
    assert "半年内3次以上不接受" in words
    url = f"/mine/recognition/{stay.pk}/leave/?found_work"
    assert "这一页是申请退出援助" in seen(client.get(url))
    said = {"where": "欧亚超市", "since_year": "2026", "since_month": "3", "since_day": "1"}
    assert "请写在哪里上班。" in seen(client.post(url, said | {"where": ""}))
    assert client.post(url, said).status_code == 302
    assert stay.proposals.get().reason == "我找到工作了：欧亚超市，2026年3月1日起上班。"


def test_corrections_are_ticked_off_and_nothing_is_handed_in_unchanged_without_a_word(log_in):
    account = an_account()
    case = a_case("correction", by=account)
    client, url = log_in(account), f"/mine/{case.number}/sign/"
    items = {f"item_{place}": "done" for place in range(len(case.corrections))}
    signed = {"signature": case.person.name, "consent": "on"}
    assert "改好了" in seen(client.get(url))
    assert "请选“改好了”或“还没改”" in seen(client.post(url, signed))
    assert "还什么都没有动" in seen(client.post(url, signed | items))
    assert "处没有改" in seen(client.post(url, signed | dict.fromkeys(items, "open")))
    assert again(case).status == "correction"
    client.post(f"/mine/{case.number}/form/wishes/", {"skills": "做面食"})
    client.post(url, signed | items)
    assert again(case).status == "submitted"


def test_until_when_to_put_right_stands_beside_what(log_in):
    account = an_account()
    case = a_case("correction", by=account)
    until = again(case).correct_by
    client = log_in(account)
    assert f"请在{until.year}年{until.month}月{until.day}日" in seen(client.get(f"/mine/{case.number}/form/"))
    move_to(until + timedelta(days=1))
    for page in (f"/mine/{case.number}/form/", "/"):
        assert f"{until.year}年{until.month}月{until.day}日已过，现在还可以提交" in seen(client.get(page))


def test_jobs_and_numbers_to_check_are_reached_from_the_first_page_and_jobs_of_ones_own_county_from_help(log_in):
    account = an_account()
    a_case("recognised", by=account)
    client = log_in(account)
    first = client.get("/").content.decode()
    assert 'href="/jobs/"' in first
    assert 'href="/confirm/"' in first
    assert 'href="/jobs/?county=220102"' in client.get("/mine/help/").content.decode()
    vacancy = a_vacancy(staff("clerk"))
    assert 'href="/jobs/?county=220102"' in client.get(f"/jobs/{vacancy.pk}/").content.decode()


def test_messages_without_a_case_are_one_matter_for_each_thing_they_are_about():
    said = dict.fromkeys(("agency", "pay", "reason", "place", "kind", "time", "name", "answer"), "…")
    until = date(2026, 12, 4)
    job = {"employer": "欧亚超市", "job": "理货员"}
    what = say("{day:date}您没有接受介绍的岗位“{job}”", day=date(2026, 11, 20), job="保洁员")
    asked = [
        ("offer.taken_on", {"employer": "欧亚超市", "begins_on": until}),
        ("account.number_used", {}),
        ("account.phone_changed", {}),
        ("offer.offer", {**job, "answer_by": until}),
        ("offer.offer", {**job, "job": "收银员", "answer_by": until}),
        ("refusal.excuse", {"what": what}),
        ("course.day_off", {"course": "面点", "on": until}),
        ("appointment.cancel", {"on": until, "words": "雪"}),
        ("appointment.invite", {"on": date(2026, 12, 9)}),
        ("appointment.invite", {"on": until}),
        ("refusal.tell", {"what": what, "until": until}),
        ("enrolment.enrol", {"course": "面点", "begins_on": until, "ends_on": until}),
        ("plan.plan", {}),
    ]
    letters = [
        Message(file="person:1", code=code, fields=notices.kept(code, said | fields), read_at=clock.now())
        for code, fields in asked
    ]
    letters[4].read_at = letters[10].read_at = None
    letters += [
        Message(file="application:1", code="application@jilin.submit"),
        Message(file="application:1", code="account.replaced"),
    ]
    told = matters(letters, lambda message: None)
    found = [[letters.index(one) for one in (matter.latest, *matter.earlier)] for matter in told]
    assert found == [[0, 3], [1], [2], [4], [5, 10], [6, 11], [7, 9], [8], [12], [13, 14]]
    assert [matter.unread for matter in told] == [i in (3, 4, 9) for i in range(10)]
