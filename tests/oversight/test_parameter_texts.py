"""Sentences of letters and public texts in an office's own words: tried, confirmed by another, used from their day, taken back."""

from datetime import date

import pytest

from jiuyuan.oversight import parameter_words
from jiuyuan.oversight.models import Parameter
from jiuyuan.oversight.parameter_texts import as_written, preview
from jiuyuan.oversight.parameter_workflow import PARAMETER
from jiuyuan.oversight.provisions_in_force import read_again
from jiuyuan.printing.wording import sentences, wrong_with
from jiuyuan.procedures import engine
from jiuyuan.refusals import BadInput
from jiuyuan.regions import registry
from tests.factories import OTHER_COUNTY, PLATFORM, move_to, staff
from tests.oversight.parameters import SAID, confirmed, drafted
from tests.printing.paper import text_of

pytestmark = pytest.mark.django_db
COUNTY, ELSEWHERE = f"22/2201/220102/{PLATFORM}/", f"22/2202/{OTHER_COUNTY}/"
LETTER, OWN = "claim_refused", SAID["draft_letter"]["wording"]


@pytest.fixture(autouse=True)
def _forget():
    yield
    Parameter.objects.unscoped().all().delete()
    read_again()


def words_at(area: str) -> list[str]:
    return as_written(registry.papers_of(area).letter(LETTER))


def test_the_words_of_a_county_stand_in_its_letters_from_their_day_and_in_nobody_elses():
    confirmed("draft_letter")
    assert OWN not in words_at(COUNTY)
    move_to(date(2026, 3, 3))
    read_again()
    assert words_at(COUNTY) == [OWN]
    assert OWN not in words_at(ELSEWHERE)


def test_the_office_that_is_nearest_goes_before_those_above_it():
    confirmed("draft_letter", staff("supervisor"), wording=OWN.replace("我们", "我局"))
    confirmed("draft_letter")
    move_to(date(2026, 3, 4))
    read_again()
    assert words_at(COUNTY) == [OWN]
    assert words_at("22/2201/220103/") == [OWN.replace("我们", "我局")]


def test_taken_back_the_letter_says_what_it_said_before():
    row = confirmed("draft_letter")
    move_to(date(2026, 3, 4))
    engine.act(staff("province"), PARAMETER, row.pk, "withdraw_parameter", {"reason": "措辞不妥。"})
    read_again()
    assert OWN not in words_at(COUNTY)


def test_the_preview_is_the_letter_with_the_new_words_about_nobody():
    row = drafted("draft_letter")
    text = text_of(preview(row, date(2026, 3, 2)))
    assert "我们核对和复核后，决定不予支持。" in text
    assert "不予支持决定书" in text
    assert row.agency.name in text


def test_what_stands_shows_the_document_of_the_office_that_is_nearest():
    confirmed("draft_letter")
    move_to(date(2026, 3, 3))
    read_again()
    rows = {one.about: one for one in parameter_words.standing("letter", "22/2201/220102/", date(2026, 3, 3))}
    assert rows[LETTER].lines == (OWN,)
    assert SAID["draft_letter"]["document"] in rows[LETTER].source
    assert rows["rejected"].source == "系统原来的"


@pytest.mark.parametrize(
    ("own", "why"),
    [
        ("您申请的{scheme}（{months}），经核对和复核，决定{result}。", "{day}"),
        ("您{day}申请的{scheme}（{months}）{reason}，决定{result}。", "{reason}"),
        ("您{day}申请的{scheme}（{months}），现告知{result}。", "决定"),
        ("您{day}申请的{scheme}（{months}），决定{result}。😀", "印不出来"),
    ],
)
def test_words_that_lose_what_was_decided_are_refused_by_their_line(own, why):
    with pytest.raises(BadInput) as refusal:
        drafted("draft_letter", wording=own)
    [(field, message)] = refusal.value.errors
    assert field == "wording"
    assert message.startswith("第1行：")
    assert why in message


@pytest.mark.parametrize(
    ("letter", "before", "after"),
    [
        ("public_notice", "可以署名或者不署名", "请署名"),
        ("correction", "现一次性告知", "现告知"),
        ("objection_outcome", "没有经手这次退出的工作人员", "工作人员"),
        ("recovery_intended", "当面说明，来电、来信，或者登录系统说明", "领取结果"),
        ("proof", "只说明出具当日的情况", "长期有效"),
    ],
)
def test_what_a_letter_tells_people_they_can_do_stays_in_its_sentence(letter, before, after):
    [text] = [one for one in sentences(registry.papers_of("").letter(letter).template) if before in one]
    assert "要保留" in wrong_with(text, text.replace(before, after))


def test_a_letter_keeps_the_number_of_its_sentences():
    with pytest.raises(BadInput) as refusal:
        drafted("draft_letter", wording=f"{OWN}\n{OWN}")
    assert "1句" in dict(refusal.value.errors)["wording"]


def test_every_sentence_may_stand_as_it_is():
    for kind in registry.papers_of("").letters.values():
        assert [text for text in sentences(kind.template) if wrong_with(text, text)] == []


def test_the_telephone_and_the_name_that_people_read_are_the_provinces_to_change():
    confirmed("draft_text")
    confirmed("draft_text", text="institution", lines="吉林省就业服务局")
    confirmed("draft_text", text="duties", lines="去面试：介绍的岗位，去看一看。")
    move_to(date(2026, 3, 3))
    read_again()
    region = registry.home()
    assert (region.hotline, region.about.institution) == ("0431-12333", "吉林省就业服务局")
    assert region.about.duties == (("去面试", "介绍的岗位，去看一看。"),)


@pytest.mark.parametrize(
    ("text", "lines"),
    [("hotline", "打12333"), ("institution", "一处\n二处"), ("gets", "没有题目的一行")],
)
def test_a_text_that_does_not_fit_its_place_is_refused(text, lines):
    with pytest.raises(BadInput) as refusal:
        drafted("draft_text", text=text, lines=lines)
    assert "lines" in dict(refusal.value.errors)
