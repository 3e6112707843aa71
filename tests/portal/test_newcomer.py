"""Somebody of 52 who is here for the first time: everyday words, nothing asked twice, nothing that frightens, an end to what is done."""

import importlib
import pkgutil
import re
from datetime import date

import pytest
from django import forms

from jiuyuan import clock, desk, portal
from jiuyuan.money import entitlements
from jiuyuan.money.in_words import in_words
from jiuyuan.notifications import notices
from jiuyuan.notifications.models import Message
from jiuyuan.people.models import Person
from jiuyuan.portal import sections
from jiuyuan.portal.letters import letters_to, matters, still_asked, unread_matters
from tests.factories import a_case, an_account, an_applicant, seen_by
from tests.portal.test_selfcheck import ABOUT, OLDER, answered
from tests.portal.walking import PASSWORD, a_draft_of, account_form, begin, boxes, seen

pytestmark = pytest.mark.django_db


def every_form():
    for package in (portal, desk):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            importlib.import_module(module.name)

    def below(kind):
        for one in kind.__subclasses__():
            yield one
            yield from below(one)

    return {one for one in below(forms.Form) if one.__module__.startswith("jiuyuan")}


def test_no_password_box_carries_a_value_back():
    boxes_ = [
        field.widget
        for form in every_form()
        for field in form.base_fields.values()
        if isinstance(field.widget, forms.PasswordInput)
    ]
    assert len(boxes_) >= 6
    assert not any(box.render_value for box in boxes_)


def test_refused_registration_keeps_all_but_the_password(client):
    page = client.post("/register/", account_form(an_applicant(), again="etwas anderes 9"))
    assert "两次输的密码不一样" in seen(page)
    for secret in (PASSWORD, "etwas anderes 9"):
        assert secret not in page.content.decode(), "not in the form for larger type either"
    assert boxes(page)["password"] == boxes(page)["again"] == [""]
    assert boxes(page)["phone"] != [""]


def test_who_never_worked_understands_the_question_and_reads_their_own_words_again(client):
    for chosen, words in (
        ("female_55+3", "没有单位，自己交职工养老保险，55岁退休"),
        ("unsure+4", "从没上过班，也没交过职工养老保险"),
        ("female_50+2", "在单位做别的活（以前叫工人），50岁退休"),
    ):
        page, _ = answered(client, **OLDER | {"birth_date": "1974-01-06", "retirement_track": chosen})
        assert words in seen(page)
        for jargon in ("女55周岁", "女50周岁"):
            assert jargon not in seen(page)
        if chosen == "unsure+4":  # an answer, from which the age does not follow
            assert "您答的是：从没上过班，也没交过职工养老保险。这一项由工作人员帮您核实。" in seen(page)
            assert "现在能答" not in seen(page)


def test_what_is_chosen_is_ticked_again_where_it_is_changed(client):
    page, _ = answered(client, **OLDER | {"birth_date": "1974-01-06", "retirement_track": "female_55+3"})
    asked = client.post(ABOUT, {"answered": boxes(page)["answered"], "change": "retirement_track"})
    assert boxes(asked)["retirement_track"] == ["female_55+3"]


def test_who_qualifies_reads_what_they_get_how_long_and_what_comes_next(client):
    words = seen(answered(client, **OLDER)[0])
    for told in ("至少给您3个岗位", "认定一直有效", "最长3年", "下一步怎么办，要多久", "10个工作日办完"):
        assert told in words


def test_the_page_after_the_registration_does_not_frighten(client):
    page = client.post("/register/", account_form(an_applicant()), follow=True)
    assert "账号开通了" in seen(page)
    assert "这里看不到" not in seen(page)
    assert "以前在窗口办过的，带身份证到窗口要绑定码" in seen(page)


def test_the_register_that_the_self_check_asked_for_stays_chosen(client):
    page, _ = answered(client, **OLDER)
    client.post("/apply/", {"answered": boxes(page)["answered"]})
    case = begin(client)
    assert boxes(client.get(f"/mine/{case.number}/form/register/"))["hukou_division"] == ["220000"]


def test_pages_that_are_answered_already_are_not_passed_over_without_a_word(log_in):
    account, case = a_draft_of()
    client = log_in(account)
    asked = [step for step in sections.steps(seen_by(account, case)) if step.part == 3]
    last = max(place for place, step in enumerate(asked) if step.once)
    for step in asked[: last + 1]:
        page = client.get(step.url)
        page = client.post(step.url, boxes(page), follow=True)
    assert f"后面{len(asked) - last - 1}页您都答过了，已经填好" in seen(page)
    assert "都答过了" not in seen(client.get(page.redirect_chain[-1][0])), "said once"


def test_papers_are_counted_without_the_page_for_other_ones_and_the_bar_is_full_of_what_is_done(client):
    case = begin(client)
    for code, place in (("id_card", "材料（1/2）"), ("hukou_book", "材料（2/2）"), ("other", "材料 ")):
        assert place in seen(client.get(f"/mine/{case.number}/materials/{code}/")), code
    review = client.get(f"/mine/{case.number}/form/")
    assert "还缺这些" in seen(review)
    bar = re.search(r'<progress value="(\d)" max="(\d)"', review.content.decode())
    assert int(bar[1]) < int(bar[2]) - 1


def test_where_a_wrong_name_is_put_right_stands_beside_it(log_in):
    account = an_account()
    case = a_case("draft", by=account)
    client = log_in(account)
    for page in ("/mine/information/", "/mine/account/", f"/mine/{case.number}/form/"):
        assert "写错了的，带身份证到窗口，当场改" in seen(client.get(page)), page


def test_the_telephone_at_the_foot_says_whose_it_is(client, log_in):
    assert "打电话问人社服务热线： 12333" in seen(client.get("/"))
    a_case("submitted", by=(account := an_account()))
    agency = Person.objects.unscoped().get(account=account).agency
    agency.phone = "0431-88880000"
    agency.save()
    assert f"打电话问{agency.name}： 0431-88880000" in seen(log_in(account).get("/"))


def test_messages_are_new_until_they_were_shown_and_ask_no_more_when_it_is_done(log_in):
    account = an_account()
    case = a_case("correction", by=account)
    client = log_in(account)
    assert "新 申请要补正，请改好再提交" in seen(client.get("/mine/"))
    assert "新 申请要补正" not in seen(client.get("/mine/"))
    letters = letters_to(account, [case])
    letters.update(read_at=None)
    assert unread_matters(letters, still_asked(account, [case])) == 1
    case.status = "submitted"
    assert unread_matters(letters, still_asked(account, [case])) == 0
    assert matters(letters, still_asked(account, [case]))[0].settled


def test_offer_and_appointment_that_are_answered_ask_no_more():
    account = an_account()
    asked = [
        Message(
            file="person:1", code=code, fields=notices.kept(code, {**said, "agency": "", "employer": "", "job": ""})
        )
        for code, said in (
            ("appointment.invite", {"on": date(2026, 3, 9), "time": "", "place": "", "kind": ""}),
            ("offer.offer", {"pay": "", "answer_by": date(2026, 3, 9)}),
        )
    ]
    asked.append(Message(file="person:1", code="placement.begin"))
    assert [still_asked(account, [])(one) for one in asked] == [False, False, None]


def test_no_woman_of_48_is_asked_whether_she_graduates_and_no_word_is_ours_alone():
    applicant = an_applicant(born="1977-06-01")
    person = a_case("recognised", applicant).person
    shown = in_words(entitlements.of_person(person), clock.today())
    said = str(shown)
    assert shown
    for words in ("毕业年度", "引文", "核定的"):
        assert words not in said.replace("初次核定", ""), words
