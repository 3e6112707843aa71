"""Names and telephone numbers as people write them."""

import pytest

from jiuyuan.people.contact import clean_name, clean_phone
from jiuyuan.people.pinyin import pinyin
from jiuyuan.refusals import BadInput


@pytest.mark.parametrize(
    "name",
    ["王秀英", "𠮷田一", "龚䶮", "刘〇", "㛃玉", "欧阳娜娜", "Anna Ли", "买买提·吐尔逊", "丁𬭎", "鿍", "\U000323af"],
)
def test_name_is_kept_as_it_stands_on_the_card(name):
    assert clean_name(name) == name


@pytest.mark.parametrize("dot", "•・‧∙⋅・·")
def test_every_dot_between_names_becomes_the_one_on_the_card(dot):
    assert clean_name(f"买买提{dot}吐尔逊") == "买买提·吐尔逊"


def test_spaces_around_a_name_are_dropped():
    assert clean_name("\u3000王秀英 ") == "王秀英"
    assert clean_name("Anna \t Li") == "Anna Li"


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("王秀英😀", "😀"),
        ("👵🏻", "👵"),
        ("王秀英1", "1"),
        ("王@秀", "@"),
        ("<b>王</b>", "<"),
        ("王\u200b秀", "\u200b"),
        ("王\x00", "\x00"),
    ],
)
def test_character_that_no_name_has_is_named(name, wrong):
    with pytest.raises(BadInput) as refused:
        clean_name(name)
    [(field, message)] = refused.value.errors
    assert field == "name"
    assert f"“{wrong}”" in message


@pytest.mark.parametrize(("name", "told"), [("", "请填写姓名"), ("  ", "请填写姓名"), ("王" * 41, "最多40个字")])
def test_no_name_and_too_long_a_name_are_told(name, told):
    with pytest.raises(BadInput) as refused:
        clean_name(name)
    assert told in refused.value.errors[0][1]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("13812345678", "13812345678"),
        ("138 1234-5678", "13812345678"),
        ("+8613812345678", "13812345678"),
        ("１３８１２３４５６７８", "13812345678"),
        ("0431-88880000", "043188880000"),
        ("(0431)8888000", "04318888000"),
    ],
)
def test_telephone_is_kept_as_digits(typed, kept):
    assert clean_phone(typed) == kept


@pytest.mark.parametrize(
    "typed", ["", "1381234567", "12812345678", "88880000", "电话", "138123456789", "138١٢٣٤٥٦٧٨", "😀"]
)
def test_telephone_that_cannot_be_called_is_refused_with_an_example(typed):
    with pytest.raises(BadInput) as refused:
        clean_phone(typed)
    [(field, message)] = refused.value.errors
    assert field == "phone"
    assert "例如" in message


@pytest.mark.parametrize(
    ("name", "read"),
    [
        ("单秀英", "shan xiu ying"),
        ("仇和", "qiu he"),
        ("曾国藩", "zeng guo fan"),
        ("区大为", "ou da wei"),
        ("尉迟恭", "yu chi gong"),
        ("王秀英", "wang xiu ying"),
        ("Anna", "anna"),
    ],
)
def test_surname_is_read_as_a_surname(name, read):
    assert pinyin(name) == read
