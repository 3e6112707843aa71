"""A workbook that we write can be read, sorted and filtered as it is opened."""

import io
from datetime import date, datetime

from openpyxl import load_workbook

from jiuyuan.spreadsheets.writing import Marked, pieces


def written(heads, rows, **options):
    def fill(book):
        sheet = book.sheet("名册", heads, **options)
        for row in rows:
            sheet.append(row)

    return load_workbook(io.BytesIO(b"".join(pieces(fill)))).active


def test_columns_are_as_wide_as_what_stands_in_them_and_days_are_days():
    rows = [["王秀英", "吉林省长春市南关区民康路1号", date(2026, 3, 2), datetime(2026, 3, 2, 8, 5), "长" * 90]] * 3
    sheet = written(["姓名", "地址", "日期", "时间", "说明"], rows)
    widths = [int(sheet.column_dimensions[letter].width) for letter in "ABCDE"]
    assert widths == [9, 30, 13, 22, 48]
    assert (sheet["C2"].is_date, sheet["C2"].value) == (True, datetime(2026, 3, 2))
    assert (sheet.auto_filter.ref, sheet.freeze_panes) == ("A1:E4", "A2")
    assert sheet["A1"].font.bold


def test_list_of_any_length_is_written_whole():
    for count in (0, 1, 199, 200, 201, 450):
        sheet = written(["号", "名"], [[n, "王"] for n in range(count)], fixed_columns=1)
        assert [row[0].value for row in sheet.iter_rows(min_row=2)] == list(range(count))
        assert (sheet.auto_filter.ref, sheet.freeze_panes) == (f"A1:B{count + 1}", "B2")


def test_whatever_people_type_stands_in_its_cell_as_it_was_typed():
    typed = [
        "=1+1",
        "http://例.com",
        "220102198503020021",
        "一\n二",
        " 空格 ",
        "\x0b\ufffe",
        "长" * 32_767,
        True,
        12.5,
        None,
    ]
    sheet = written([str(n) for n in range(len(typed))], [typed])
    assert [cell.value for cell in sheet[2]][:5] == typed[:5]
    assert [cell.value for cell in sheet[2]][6:] == typed[6:]
    assert not [cell for cell in sheet[2] if cell.hyperlink or cell.data_type == "f"]


def test_a_marked_cell_stands_out_and_says_why():
    sheet = written(["生日"], [[Marked("去年", "不是日期")], [Marked("", "空着")]])
    assert [(row[0].value, row[0].fill.fill_type, row[0].comment.text) for row in sheet.iter_rows(min_row=2)] == [
        ("去年", "solid", "不是日期"),
        (None, "solid", "空着"),
    ]
