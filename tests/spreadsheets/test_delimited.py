"""A text of rows is read as a spreadsheet program reads it, and no line of it is lost."""

import csv
import io

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from jiuyuan.spreadsheets.delimited import Damaged, RefusedRow, Rows, encoding_of, opened

HEADING = ["编号", "姓名", "状态", "地址"]


def score(cells):
    return sum(cell.strip() in HEADING for cell in cells)


def read(text, width=4, separator=","):
    rows = Rows(io.StringIO(text, newline=""), separator)
    rows.width = width
    return list(rows)


def lines_of(found):
    return [cells.line if isinstance(cells, RefusedRow) else cells for _, cells in found]


def test_unclosed_quote_refuses_its_own_line_and_no_other():
    found = read('1,张三,停,南岭\n2,马晓东,停,"5楼\n3,方志远,停,南岭\n4,薄熙妹,停,南岭\n')
    assert [number for number, _ in found] == [1, 2, 3, 4]
    assert [isinstance(cells, RefusedRow) for _, cells in found] == [False, True, False, False]
    assert found[1][1].line == 2
    assert "引号" in found[1][1].reason


@pytest.mark.parametrize(
    "text",
    [
        '1,"张三,停,南岭\n2,马晓东,停,南岭\n3,"方志远,停,南岭\n4,薄熙妹,停,南岭',  # both in front of values
        '1,张三,停,"南岭\n2,马晓东,停,南岭\n3,方志远,停,南岭"\n4,薄熙妹,停,南岭',  # the second behind one, at the end of its line
        '1,"张三,停,南岭\n2,马晓东,停,南岭\n3,方志远",停,南岭\n4,薄熙妹,停,南岭',  # the second where a value ends
        '"1,张三,停,南岭\n2,马晓东,停,南岭\n3,方志远,"",南岭\n4,薄熙妹,停,南岭',
    ],
)
def test_two_stray_quotes_lose_nobody_between(text):
    found = read(text)
    assert [number for number, _ in found] == [1, 2, 3, 4]
    assert isinstance(found[0][1], RefusedRow)
    assert found[1][1] == ["2", "马晓东", "停", "南岭"]
    assert found[3][1] == ["4", "薄熙妹", "停", "南岭"]


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ('A"2', 'A"2'),
        ('"A"2', "A2"),
        ('"A""2"', 'A"2'),
        ('""', ""),
        ('""""', '"'),
        ('"A" ', "A "),
        ('5"', '5"'),
        ('"甲,乙"', "甲,乙"),
    ],
)
def test_quote_inside_a_value_is_read_as_a_spreadsheet_reads_it(written, value):
    assert read(f"1,张三,停,{written}\n2,马晓东,停,南岭") == [
        (1, ["1", "张三", "停", value]),
        (2, ["2", "马晓东", "停", "南岭"]),
    ]


def test_quote_that_moves_the_columns_is_refused():
    [(_, refused), _] = read('1,"张三,"停",南岭\n2,马晓东,停,南岭')
    assert isinstance(refused, RefusedRow)


@pytest.mark.parametrize("place", [1, 3])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_value_of_several_lines_is_one_value(place, end):
    row = ["1", "张三", "停", "南岭"]
    row[place] = f'一行，“甲”,"乙"{end}二行{end}三行'
    text = io.StringIO()
    csv.writer(text, lineterminator=end).writerows([HEADING, row, ["2", "马晓东", "停", "南岭"]])
    _, (number, cells), last = read(text.getvalue())
    assert (number, [cell.split() for cell in cells]) == (2, [cell.split() for cell in row])
    assert last == (3, ["2", "马晓东", "停", "南岭"])


def test_heading_of_several_lines_is_one_row():
    rows = Rows(io.StringIO('编号,"姓\n名",状态,地址\n1,张三,停,南岭', newline=""), ",")
    assert next(iter(rows)) == (1, ["编号", "姓\n名", "状态", "地址"])
    assert rows.line == 2


def test_heading_in_which_a_quote_opens_swallows_no_rows():
    text = '编号,姓名,状态,"地址\n1,张三,停,南岭\n2,马晓东,停,南岭"\n3,方志远,停,南岭\n'
    assert lines_of(read(text, width=0)) == [
        1,
        *[row.split(",") for row in text.replace('岭"', '岭"').split("\n")[1:-1]],
    ]


@pytest.mark.parametrize("beside", ["停", "停,"])
def test_shorter_row_of_somebody_else_is_not_taken_into_a_cell(beside):
    text = f'1,220102198503020010,"停,南岭\n2,220102198503020029,{beside}\n3,22010219850302003X,停",南岭\n'
    found = read(text)
    assert lines_of(found)[0] == 1
    assert [number for number, _ in found] == [1, 2, 3]


def test_more_cells_than_columns_are_refused_for_what_stands_where_is_not_known():
    found = read("1,张三,停,南岭,5楼\n2,马晓东,停,南岭,,\n3,方志远,停")
    assert [isinstance(cells, RefusedRow) for _, cells in found] == [True, False, False]


TEXTS = st.text(st.sampled_from('a甲,"\n\r \ufeff'), max_size=60)


@given(text=TEXTS, width=st.integers(0, 4))
def test_every_line_of_any_text_is_in_a_row_or_refused_by_its_number(text, width):
    lines = list(io.StringIO(text, newline=""))
    rows, covered = Rows(lines, ","), 0
    rows.width = width
    for place, (number, cells) in enumerate(rows, 1):
        assert number == place
        first, covered = covered + 1, rows.line
        if isinstance(cells, RefusedRow):
            assert (first, covered) == (cells.line, cells.line)
        else:  # nothing that stands in the lines is missing from the cells, but marks that part them
            there = "".join(lines[first - 1 : covered])
            assert sorted("".join(cells).translate(MARKS)) == sorted(there.translate(MARKS))
    assert covered == len(lines)


MARKS = str.maketrans("", "", '",\r\n')


@given(st.lists(st.lists(st.text(st.sampled_from('a甲," \n'), max_size=4), min_size=5, max_size=5), max_size=6))
def test_what_a_program_writes_is_read_or_refused_and_never_read_otherwise(rows):
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    found = read(text.getvalue(), width=5)
    assume(not any(isinstance(cells, RefusedRow) for _, cells in found))
    assert [cells for _, cells in found] == rows


def file(text, encoding="utf-8"):
    return io.BytesIO(text.encode(encoding))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("marks", ["", "\ufeff", "\ufeff\ufeff"])
def test_encodings_that_are_sent_are_known(encoding, marks):
    content = file(f"{marks}编号,姓名,状态,地址\n1,䶮秀英,停,南岭\n", encoding)
    assert [list(cells) for _, cells in opened(content, score)] == [HEADING, ["1", "䶮秀英", "停", "南岭"]]
    assert not content.closed


@pytest.mark.parametrize("content", [b"\x89PNG\0\0\0\x01\xff\xfe", b"\xff\xff\xff\xff", b"a\0b\0c" * 9 + b"\xff\0\xd8"])
def test_what_is_no_text_is_refused(content):
    with pytest.raises(Damaged):
        encoding_of(io.BytesIO(content))


@pytest.mark.parametrize("separator", [",", "\t", ";", "|", "，"])
@pytest.mark.parametrize("lines", [0, 1, 5])
def test_separator_is_that_of_the_heading_and_not_of_a_note(separator, lines):
    text = (
        "说明；1,本表,2,数据,3,按月,4,如有;;;;;;疑问||||||，，，，，，\n" * lines
        + separator.join(HEADING)
        + "\n"
        + separator.join(["1", "张三", "停", "南岭，5楼" if separator != "，" else "南岭"])
    )
    assert list(opened(file(text), score))[-1][1][:2] == ["1", "张三"]


def test_separator_that_the_file_itself_states_is_used():
    assert list(opened(file("sep=;\n编号;姓名\n1;张三"), score))[-1][1] == ["1", "张三"]


def test_endless_line_is_refused_by_its_number():
    with pytest.raises(Damaged, match="第2行"):
        list(opened(file("编号,姓名\n" + "1" * (1 << 20)), score))
