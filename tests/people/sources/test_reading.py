"""Files as departments really send them are read; what cannot be read is named with what to do."""

import io
import re
import tracemalloc
from datetime import date, datetime
from pathlib import Path

import pytest

from jiuyuan.people.sources import cells, reading, storing
from jiuyuan.refusals import BadInput
from tests.factories import an_id_number
from tests.people.sources.files import a_csv, an_xlsx

TODAY = date(2026, 3, 2)
WANTED = {"id_number": ["身份证号码", "公民身份号码"], "status": ["参保状态"], "day": ["日期"]}
NEEDED = [["id_number"], ["status"]]
HEADING = ["姓名", "身份证号码", "参保状态"]
NUMBER = an_id_number("1985-03-02")


def read(content: bytes, name: str = "数据.csv"):
    table = reading.table(io.BytesIO(content), name, WANTED, NEEDED)
    return table, list(table.rows)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_csv_is_read_in_the_encodings_that_are_sent(encoding):
    table, rows = read(a_csv([HEADING, ["䶮秀英", NUMBER, "在缴"]], encoding))
    assert table.headings == HEADING
    assert rows == [(2, ["䶮秀英", NUMBER, "在缴"])]


@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_csv_is_read_with_the_delimiters_that_are_sent(delimiter):
    _, rows = read(a_csv([HEADING, ["王秀英", NUMBER, "在缴"]], delimiter=delimiter))
    assert rows == [(2, ["王秀英", NUMBER, "在缴"])]


def test_heading_is_found_below_titles_and_blank_lines():
    content = an_xlsx(
        [["长春市社会保险参保情况表"], [], ["统计日期：2026年3月2日"], HEADING, ["王秀英", NUMBER, "在缴"]],
        lambda sheet: sheet.merge_cells("A1:C1"),
    )
    table, rows = read(content, "社保.xlsx")
    assert (table.heading_row, rows) == (4, [(5, ["王秀英", NUMBER, "在缴"])])


@pytest.mark.parametrize(
    "heading", ["*身份证号码", "身份证号码（18位）", "身份证\n号码", " 身份证号码 ", "公民身份号码"]
)
def test_heading_is_known_however_it_is_decorated(heading):
    table, _ = read(an_xlsx([["姓名", heading, "参保状态"]]), "社保.xlsx")
    assert table.places == {"id_number": 1, "status": 2}


def test_heading_with_an_open_quote_is_refused_and_loses_nobody():
    text = f'身份证号码,参保状态,"备注\n{NUMBER},在缴,\n{NUMBER},在缴,"\n{NUMBER},在缴,\n'
    with pytest.raises(BadInput) as refused:
        read(text.encode())
    assert "第1行的引号没有成对" in refused.value.errors[0][1]


@pytest.mark.parametrize("end", ["\u2028", "\x0b", "\x0c", "\x85"])
def test_file_whose_lines_nothing_ends_is_refused_and_loses_nobody_silently(end):
    text = (
        a_csv([[*HEADING, "备注"], ["王秀英", NUMBER, "在缴", ""], ["李秀英", NUMBER, "停保", ""]])
        .decode()
        .replace("\r\n", end)
    )
    with pytest.raises(BadInput) as refused:
        read(text.encode())
    assert "表头里有身份证号码" in refused.value.errors[0][1]


def test_file_without_its_columns_is_refused_and_the_columns_are_named():
    with pytest.raises(BadInput) as refused:
        read(a_csv([["姓名", "电话"], ["王秀英", "13800000000"]]))
    assert refused.value.errors == [
        ("file", "“数据.csv”的前30行中找不到表头，还缺这些列：“身份证号码”；“参保状态”。请在表头中写上这些列名再导入。")
    ]


@pytest.mark.parametrize("word", ["合计", "总计", "小计", "合 计", "共计3人", "本页小计"])
def test_totals_and_blank_lines_and_notes_are_no_rows(word):
    lines = [HEADING, ["王秀英", NUMBER, "在缴"], [], ["", "", ""], [word, "3", ""], ["填表人：李明", "", ""]]
    for content in (a_csv(lines), an_xlsx(lines)):
        assert [number for number, _ in read(content)[1]] == [2]


def test_row_that_lacks_only_its_number_is_kept_to_be_reported():
    assert [number for number, _ in read(a_csv([HEADING, ["王秀英", "", "在缴"]]))[1]] == [2]


def test_cell_merged_over_several_rows_says_the_same_in_each():
    lines = [
        HEADING,
        ["王秀英", NUMBER, "在缴"],
        [None, NUMBER, "停保"],
        [None, NUMBER, "停保"],
        ["李秀英", NUMBER, "停保"],
    ]
    _, rows = read(an_xlsx(lines, lambda sheet: sheet.merge_cells("A2:A4")), "社保.xlsx")
    assert [cells[0] for _, cells in rows] == ["王秀英", "王秀英", "王秀英", "李秀英"]


def test_first_visible_sheet_is_read():
    from openpyxl import Workbook

    book = Workbook()
    book.worksheets[0].sheet_state = "hidden"
    book.create_sheet("数据").append(HEADING)
    book.worksheets[1].append(["王秀英", NUMBER, "在缴"])
    book.active = 1
    out = io.BytesIO()
    book.save(out)
    assert [number for number, _ in read(out.getvalue(), "社保.xlsx")[1]] == [2]


@pytest.mark.parametrize(
    "start", [b"PK\x03\x04 cut off", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 locked", b"\x89PNG\0\0\xff\xfe"]
)
def test_what_is_no_table_is_refused_in_words(start):
    with pytest.raises(BadInput) as refused:
        read(start, "社保.xlsx")
    [(field, sentence)] = refused.value.errors
    assert field == "file"
    assert "社保.xlsx" in sentence
    assert "另存为" in sentence


def test_xlsx_cut_off_half_way_is_refused_in_words():
    content = an_xlsx([HEADING] + [["王秀英", NUMBER, "在缴"]] * 500)
    for length in range(100, len(content), 400):
        with pytest.raises(BadInput):
            read(content[:length], "社保.xlsx")


def test_empty_table_is_refused():
    with pytest.raises(BadInput, match="文件不能用"):
        read(an_xlsx([]), "社保.xlsx")


@pytest.mark.parametrize(
    "written",
    [
        "2026-03-02", "2026/3/2", "20260302", "2026年3月2日", "46083", "46083.0", "２０２６－３－２", "2026.3.2",
        "2026-03-02 00:00:00", "2026/3/2 8:05", "2026-03-01T16:00:00Z", "2026-03-02T15:59:59.999Z", "2026-03-01 16:00:00+00",
        "2026-03-02T00:00:00+08:00", "2026-03-01 16:00 UTC", "2026-03-01T10:00:00-0600", "2026年3月2号", "2026–03–02", "2026−3‐2", " 2026年 3月 2日 ", date(2026, 3, 2), datetime(2026, 3, 2, 8, 5),
    ],
)  # fmt: skip
def test_a_day_is_read_in_every_notation(written):
    assert cells.day(written) == date(2026, 3, 2)


def test_a_day_that_the_spreadsheet_knows_as_one_comes_as_a_day():
    def format_as_days(sheet):
        sheet["C2"].number_format = "yyyy/m/d"
        sheet["C3"].number_format = 'yyyy"年"m"月"d"日"'

    lines = [
        ["身份证号码", "参保状态", "日期"],
        [NUMBER, "在缴", 46083],
        [NUMBER, "在缴", date(2026, 3, 2)],
        [NUMBER, "停", 46083],
    ]
    _, rows = read(an_xlsx(lines, format_as_days), "社保.xlsx")
    assert [cells.day(row[2]) for _, row in rows] == [date(2026, 3, 2)] * 3


@pytest.mark.parametrize(
    "written",
    [
        "2026-02-30T00:00:00Z",
        "2026-03-02T25:00:00Z",
        "9999-12-31T16:00:00Z",
        "26-3-2",
        "2026-02-30",
        "去年",
        "202603",
        "2026年3月",
        "0",
        "3/2/2026",
        "1e400",
    ],
)
def test_what_is_no_day_is_named(written):
    with pytest.raises(cells.UnreadableCell) as wrong:
        cells.day(written)
    assert written in str(wrong.value)


@pytest.mark.parametrize(
    "written",
    [
        NUMBER,
        NUMBER.lower(),
        f"'{NUMBER}",
        f"\t{NUMBER}",
        f'="{NUMBER}"',
        f" {NUMBER[:6]} {NUMBER[6:14]} {NUMBER[14:]}",
        f"’{NUMBER}",
    ],
)
def test_id_number_is_read_as_people_and_spreadsheets_write_it(written):
    assert cells.id_number(written, TODAY).number == NUMBER


def test_small_x_and_fifteen_digits_and_a_trailing_zero_are_read():
    with_x = next(n for n in (an_id_number("1985-03-02", number=k) for k in range(200)) if n.endswith("X"))
    assert cells.id_number(with_x.lower(), TODAY).number == with_x
    old = NUMBER[:6] + NUMBER[8:17]
    for written in (old, f"{old}.0", f"{old[0]}.{old[1:]}E+14"):
        assert cells.id_number(written, TODAY).number == NUMBER
    digits = next(n for n in (an_id_number("1985-03-02", number=k) for k in range(200)) if n.isdigit())
    for written in (f"{digits}.0", f"{digits[0]}.{digits[1:]}E+17"):
        assert cells.id_number(written, TODAY).number == digits


@pytest.mark.parametrize("written", ["2.20102E+17", "2.20102198503020E+17", "2.20102198503021e+17", "2.20102E+14"])
def test_number_that_a_spreadsheet_rounded_is_refused_and_says_why(written):
    with pytest.raises(
        cells.UnreadableCell, match="被表格软件改成了数字，后几位已经丢失；请把这一列的格式设为“文本”后重新导出"
    ):
        cells.id_number(written, TODAY)


def test_eighteen_digits_that_excel_keeps_as_a_number_are_refused():
    content = an_xlsx([["身份证号码", "参保状态"], [float(NUMBER[:17] + "1"), "在缴"]])
    _, [(_, row)] = read(content, "社保.xlsx")
    with pytest.raises(cells.UnreadableCell, match="被表格软件改成了数字"):
        cells.id_number(row[0], TODAY)


def test_what_is_wrong_with_a_number_never_repeats_it():
    for wrong in (NUMBER[:17] + "0", NUMBER[:6] + "19850231" + NUMBER[14:], "2201021985", "abc"):
        with pytest.raises(cells.UnreadableCell) as refused:
            cells.id_number(wrong, TODAY)
        assert not any(len(run) >= 8 for run in re.findall(r"[0-9-]+", str(refused.value)))


def test_memory_does_not_grow_with_the_rows_of_a_workbook():
    def peak(rows: int) -> int:
        content = an_xlsx([HEADING] + [["王秀英", 220102198503020000 + n, "在缴"] for n in range(rows)])
        tracemalloc.start()
        table = reading.table(io.BytesIO(content), "社保.xlsx", WANTED, NEEDED)
        assert sum(1 for _ in table.rows) == rows
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    assert peak(8_000) < peak(2_000) * 1.5


@pytest.mark.parametrize("size", [0, 1, (1 << 20) - 1, 1 << 20, (1 << 20) + 1, (5 << 20) // 2])
def test_stored_file_lies_encrypted_and_comes_back_from_any_place(size):
    content = bytes(range(256)) * (size // 256 + 1)
    content = content[:size]
    name, _ = storing.store(content[start : start + 100_000] for start in range(0, size, 100_000))
    try:
        lying = storing._path(name).read_bytes()
        if size > 4:
            assert content[:64] not in lying
        with storing.opened(name) as file:
            assert file.read() == content
            for place in (0, size // 2, max(size - 5, 0)):
                file.seek(place)
                assert file.read(7) == content[place : place + 7]
            assert file.seek(0, io.SEEK_END) == size
    finally:
        storing.remove(name)
    with pytest.raises(FileNotFoundError):
        storing.opened(name)


def test_workbook_of_the_old_kind_is_read_with_its_merged_cells_and_days():
    """`old.xls`: a title, an empty row, a name merged over two rows, a number kept as a float, a total."""
    content = (Path(__file__).parent / "old.xls").read_bytes()
    table, [(first, one), (second, two)] = read(content, "低保.xls")
    assert (table.heading_row, first, second) == (3, 4, 5)
    assert (one[0], two[0]) == ("王秀英", "王秀英")
    assert (cells.day(one[3]), cells.day(two[3])) == (date(2026, 3, 2), date(2026, 3, 2))
    with pytest.raises(cells.UnreadableCell, match="被表格软件改成了数字"):
        cells.id_number(two[1], TODAY)


@pytest.mark.parametrize(
    ("written", "sum_"),
    [
        ("1880", 1880), ("￥1880", 1880), ("¥1,880.50", 1880.5), ("1880元/月", 1880), ("1880元每月", 1880), ("0.2万", 2000), ("１８８０元", 1880),
        ("0", 0), (" 1 880 ", 1880), ("0.00", 0), ("人民币1880元整", 1880),
    ],
)  # fmt: skip
def test_a_sum_is_read_as_people_write_it(written, sum_):
    assert cells.amount(written) == sum_


@pytest.mark.parametrize(
    "written", ["1_880", "1_79", "1,88", "约2000", "-5", "1e3", "nan", "inf", "两千", "1880/年", "?", "12 50"]
)
def test_what_is_no_sum_is_refused_and_named(written):
    assert not cells.no_sum(written)
    with pytest.raises(cells.UnreadableCell, match="不是金额"):
        cells.amount(written)
