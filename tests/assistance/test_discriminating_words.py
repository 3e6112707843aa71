"""What a vacancy may not ask of people (就业促进法 27–31), told apart from what only sounds so."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiuyuan.assistance.discriminating_words import IN_WORDS, Ground, marks


@pytest.mark.parametrize(
    ("text", "marked", "ground"),
    [
        ("限男性，45岁以下", "限男性", "sex"),
        ("招女收银员2名", "招女", "sex"),
        ("性别：女", "性别：女", "sex"),
        ("要求35岁以下，男", "男", "sex"),
        ("男性优先", "男性优先", "sex"),
        ("已婚已育者优先", "已婚已育者优先", "sex"),
        ("两年内不得怀孕", "不得怀孕", "sex"),
        ("汉族优先", "汉族优先", "ethnicity"),
        ("少数民族勿扰", "少数民族勿扰", "ethnicity"),
        ("不招黑人", "不招黑人", "race"),
        ("无宗教信仰", "无宗教信仰", "religion"),
        ("不招残疾人", "不招残疾人", "disability"),
        ("四肢健全", "四肢健全", "disability"),
        ("体检无乙肝", "无乙肝", "disease"),
        ("限本市城镇户口", "限本市城镇户口", "register"),
        ("农村户口勿扰", "农村户口勿扰", "register"),
        ("外地人勿扰", "外地人勿扰", "register"),
    ],
)
def test_condition_that_discriminates_is_marked_where_it_stands(text, marked, ground):
    [mark] = marks({"conditions": text})
    assert (mark.text, mark.ground) == (marked, ground)
    assert text[mark.start : mark.end] == mark.text


@pytest.mark.parametrize(
    "text",
    [
        "男女不限", "性别不限，户籍不限", "男装导购", "女鞋店营业员", "女士用品导购", "清真餐厅服务员", "回族拉面师傅", "懂朝鲜语优先",
        "护理女性老人", "会照顾男女老人", "妇女主任", "男科护士", "女工宿舍管理员", "有健康证", "残疾人优先", "接受残疾人", "农村、城镇户口均可",
        "50岁以下，身体健康", "无犯罪记录", "能吃苦耐劳，倒班",
    ],
)  # fmt: skip
def test_what_only_sounds_so_is_not_marked(text):
    assert marks({"title": text, "conditions": text}) == []


def test_every_mark_names_its_field_and_each_ground_its_article():
    found = marks({"title": "女前台", "conditions": "本地户口，无传染病"})
    assert [(mark.field, mark.ground) for mark in found] == [
        ("title", "sex"),
        ("conditions", "register"),
        ("conditions", "disease"),
    ]
    assert set(IN_WORDS) == set(Ground)


@given(st.text(alphabet="限只招不要男女性装汉族乙肝残疾人本地户口优先勿扰，。 无宗教信仰", max_size=60))
def test_marks_stand_in_the_text_one_after_the_other(text):
    reached = 0
    for mark in marks({"conditions": text}):
        assert mark.start >= reached
        assert text[mark.start : mark.end] == mark.text != ""
        reached = mark.end
