"""The pages of parameters: what stands with its source, a draft with whom it touches, and the word of a refused row."""

import pytest

from jiuyuan.oversight.models import Parameter
from jiuyuan.people.sources.mapping import unknown_word
from tests.factories import staff
from tests.oversight.parameters import SAID, drafted

pytestmark = pytest.mark.django_db


def test_the_province_reads_what_stands_enters_a_wage_and_sees_whom_it_touches(log_in):
    page = log_in(staff("province"))
    assert "还没有数额的" in page.get("/desk/parameters/").content.decode()
    assert "一次性创业补贴标准（每人元）" in page.get("/desk/parameters/of/limit/").content.decode()
    form = page.get("/desk/parameters/new/draft_wage/").content.decode()
    assert "2120 长春市南关区、" in form
    done = page.post("/desk/parameters/new/draft_wage/", {"version": 0, **SAID["draft_wage"]})
    assert done.status_code == 302, done.content.decode()
    shown = page.get(done["Location"]).content.decode()
    assert "元改为2300元" in shown
    assert "须由另一人对照文件确认" in shown
    assert Parameter.objects.unscoped().get().status == "draft"


def test_the_form_of_one_limit_asks_for_that_one_and_of_holidays_for_the_next_year_without_a_plan(log_in):
    page = log_in(staff("province"))
    form = page.get("/desk/parameters/new/draft_limit/?about=startup_subsidy_once").content.decode()
    assert form.count('type="radio"') == 1
    assert 'value="2027"' in page.get("/desk/parameters/new/draft_holidays/").content.decode()


def test_a_refused_rows_word_leads_to_the_form_for_its_meaning(log_in):
    sentence = "“保障状态”写的是“低保在享”，系统不认识这个词，请改正，或在“参数”中登记它的意思。"
    assert (unknown_word(sentence), unknown_word("身份证号码是空的。")) == ("低保在享", "")
    page = log_in(staff("reviewer"))
    form = page.get("/desk/parameters/new/draft_word/", {"about": "civil_affairs", "word": "低保在享"}).content.decode()
    assert 'value="低保在享"' in form
    assert "“保障状态”：与“在保、正常、享受”一样" in form
    assert "social_insurance." not in form


def test_a_reviewer_sees_the_words_of_their_own_county_and_confirms_nothing(log_in):
    own, provinces = drafted("draft_word"), drafted()
    page = log_in(staff("reviewer"))
    assert [page.get(f"/desk/parameters/{row.pk}/").status_code for row in (own, provinces)] == [200, 404]
    assert page.get(f"/desk/parameters/{own.pk}/do/confirm_parameter/").status_code == 403
