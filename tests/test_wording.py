"""Sentences: a template with fields that is made into words when it is read, and can be put away until then."""

from datetime import date

import pytest

from jiuyuan import wording
from jiuyuan.refusals import NotFound
from jiuyuan.wording import Sentence, for_record, packed, say, unpacked

DAY = date(2026, 3, 2)


def other_language(text):
    return {"公示到{day:date}结束。": "ends {day:date}.", "{year}年{month}月{day}日": "{day}.{month}.{year}"}.get(
        text, text
    )


@pytest.fixture
def translated(monkeypatch):
    monkeypatch.setattr(wording, "_translate", other_language)


def test_a_field_stays_what_it_is_until_it_is_shown():
    assert say("公示到{day:date}结束。", day=DAY) == "公示到2026年3月2日结束。"
    assert say("{day:weekday}、{day:short}、{day:month_day}、{day}", day=DAY) == (
        "2026年3月2日 周一、3月2日 周一、3月2日、2026-03-02"
    )
    assert say("还缺{names}；{names:；}；{names:run}", names=(x for x in "甲乙")) == "还缺甲、乙；甲；乙；甲乙"
    assert say("没有字段的{不动}") == "没有字段的{不动}"
    refusal = NotFound(say("没有“{name}”。", name="甲"))
    assert (refusal.title, refusal.fields) == ("没有“甲”。", {"name": "甲"})


def test_a_sentence_is_made_again_in_the_language_of_who_reads(monkeypatch):
    first = say("公示到{day:date}结束。", day=DAY)
    inside = say("“{sentence}”", sentence=first)
    monkeypatch.setattr(wording, "_translate", other_language)
    assert isinstance(first, Sentence)
    assert (first, first.again()) == ("公示到2026年3月2日结束。", "ends 2.3.2026.")
    assert isinstance(inside, Sentence)
    assert inside.again() == "“ends 2.3.2026.”"


def test_what_is_put_away_comes_back_in_the_language_of_who_reads(monkeypatch):
    kept = packed([say("公示到{day:date}结束。", day=DAY), DAY, "甲"])
    assert kept == [
        {"say": "公示到{day:date}结束。", "with": {"day": {"day": "2026-03-02"}}},
        {"day": "2026-03-02"},
        "甲",
    ]
    monkeypatch.setattr(wording, "_translate", other_language)
    assert unpacked(kept) == ["ends 2.3.2026.", DAY, "甲"]


@pytest.mark.usefixtures("translated")
def test_the_record_stands_in_one_language_whoever_acts():
    assert for_record("公示到{day:date}结束。", day=DAY) == "公示到2026年3月2日结束。"
