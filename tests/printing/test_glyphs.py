from hypothesis import given
from hypothesis import strategies as st

from jiuyuan.printing.glyphs import missing, printable


def test_page_can_warn_of_what_will_be_missing():
    assert missing("王😀小😀明 𠮷䶮·") == ["😀"]


def test_line_ends_become_one_kind_and_controls_go():
    assert printable("一\r\n二\r三\t四\x00\ufeff\u202e五") == "一\n二\n三 四五"


@given(st.text())
def test_whatever_is_typed_comes_out_printable(typed):
    once = printable(typed)
    assert printable(once) == once
    assert missing(once) == []
