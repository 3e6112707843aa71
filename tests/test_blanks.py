"""What programs write for nothing is nothing; what people write is kept."""

import pytest

from jiuyuan.blanks import is_blank


@pytest.mark.parametrize(
    "written",
    ["", " ", "　", "NULL", "null", "\\N", "(null)", "（NULL）", "None", "--", "——", "－", "#N/A", "N/A", "nan", "NaN", "NaT", "<NA>", "不详"],
)  # fmt: skip
def test_blank_written_out_is_blank(written):
    assert is_blank(written)


@pytest.mark.parametrize("written", ["无", "0", "否", "-1", "A", "南岭街道", "空军"])
def test_answers_are_no_blanks(written):
    assert not is_blank(written)
