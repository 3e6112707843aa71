"""Names and telephone numbers as people write them."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiuyuan import characters
from jiuyuan.people.contact import clean_name, clean_phone, plain_name, same_name
from jiuyuan.people.pinyin import pinyin
from jiuyuan.refusals import BadInput


@pytest.mark.parametrize(
    "name",
    ["王秀英", "𠮷田一", "龚䶮", "刘〇", "㛃玉", "欧阳娜娜", "Anna Ли", "买买提·吐尔逊", "丁𬭎", "鿍", "\U000323af"],
)
def test_name_is_kept_as_it_stands_on_the_card(name):
    assert clean_name(name) == name


@pytest.mark.parametrize("dot", "•・‧∙⋅・·.．｡ㆍᐧꞏ⦁⚫")
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


_NAMES = {
    "张三": ["张　三", "张 三", " 张\u00a0三 ", "张\u2003三", "张\t三", "张\u200b三", "张\ufeff三", "张\u202d三\u202c", "张\u2060三", "张三_x000D_", "张三\r\n"],
    "古丽米热·艾比布力": [
        "古丽米热.艾比布力", "古丽米热．艾比布力", "古丽米热•艾比布力", "古丽米热・艾比布力", "古丽米热･艾比布力", "古丽米热‧艾比布力",
        "古丽米热 · 艾比布力", "古丽米热。艾比布力", "古丽米热··艾比布力", "古丽米热-艾比布力", "古丽米热——艾比布力", "古丽米热艾比布力", "古丽米热 艾比布力",
    ],
    "方长贝龙": ["⽅⻓⻉⻰", "⽅长贝龙"],
    "刘䶮": ["刘\ue863"],
    "李〇梅": ["李○梅", "李◯梅"],
    "葛一": ["葛\U000e0100一", "葛\ufe00一"],
    "Anna Li": ["anna li", "ANNA  LI", "Ａｎｎａ Ｌｉ"],
}  # fmt: skip


@pytest.mark.parametrize(("name", "written"), [(name, written) for name, all_ in _NAMES.items() for written in all_])
def test_one_name_is_one_name_however_it_is_written(name, written):
    assert same_name(clean_name(written), name)
    assert same_name(name, written)
    if "·" not in name and name.isascii() is False:
        assert clean_name(written) == name


@pytest.mark.parametrize(
    ("one", "other"), [("张三", "张二"), ("张三", "张三丰"), ("买买提·吐尔逊", "买买提·吐尔洪"), ("张三", "")]
)
def test_different_names_are_different(one, other):
    assert not same_name(one, other)


@given(st.text(max_size=20))
def test_a_name_that_was_made_plain_stays_as_it_is(text):
    assert plain_name(plain_name(text)) == plain_name(text)
    assert same_name(plain_name(text), text)


def test_characters_that_nobody_sees_are_all_known():
    unseen = [chr(code) for code in range(0x110000) if unicodedata.category(chr(code)) == "Cf"]
    assert [hex(ord(character)) for character in unseen if characters.visible(f"王{character}秀") != "王秀"] == []


@pytest.mark.parametrize(
    "typed",
    [
        "8613812345678", "0086-138-1234-5678", "86-13812345678", "+86 138 1234 5678", "138–1234—5678", "138－1234－5678",
        "\u202d13812345678\u202c", "138\u200b12345678", "138.1234.5678", "（86）13812345678", "(086)13812345678", "086-138-1234-5678", "013812345678", "+86 (0) 138 1234 5678",
    ],
)  # fmt: skip
def test_telephone_pasted_with_marks_and_country_is_the_same(typed):
    assert clean_phone(typed) == "13812345678"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("0431-88880000-801", "043188880000-801"), ("0431 88880000转801", "043188880000-801"), ("(0431)88880000分机801", "043188880000-801"),
        ("+86 431 88880000", "043188880000"), ("86-0431-88880000", "043188880000"), ("+86-10-12345678", "01012345678"), ("086-0431-88880000", "043188880000"),
    ],
)  # fmt: skip
def test_landline_keeps_its_area_and_extension(typed, kept):
    assert clean_phone(typed) == kept
