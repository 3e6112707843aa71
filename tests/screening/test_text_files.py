"""No line of a text file is lost: each is part of a row that is answered, or is listed by its number."""

import pyarrow.parquet as pq
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from jiuyuan.refusals import BadInput
from jiuyuan.regions import registry
from jiuyuan.screening import text_files
from jiuyuan.screening.columns import Columns
from jiuyuan.screening.question import ScreeningQuestion
from jiuyuan.screening.screen import screen
from jiuyuan.spreadsheets import delimited
from jiuyuan.spreadsheets.cells import RefusedRow
from tests.examples import examples
from tests.screening.test_files import DAY, JILIN
from tests.screening.test_rejects import listed

COLUMNS = Columns(JILIN.known_facts)
ASKED = ScreeningQuestion(registry.policy("jilin-2022-10"), DAY)


def read(path):
    """The rows as (number, cells), and the numbers of the lines that were refused."""
    refused = []
    headings, batches = text_files.read(path, COLUMNS.known, lambda line, why: refused.append(line))
    rows = []
    for numbers, batch, _ in batches:
        cells = zip(*(column.to_pylist() for column in batch.columns), strict=True)
        rows += [(number, list(row)) for number, row in zip(numbers, cells, strict=True)]
    return headings, [row for row in rows if any(cell.strip() for cell in row[1])], refused


def by_python(path):
    """The same by the reader that goes line by line."""
    with path.open("rb") as file:
        rows = delimited.opened(file, COLUMNS.known)
        found, refused = [], []
        last = 0
        for number, cells in rows:
            taken, last = rows.line - last, rows.line
            if not rows.width:
                rows.width = len(cells)
            elif isinstance(cells, RefusedRow):
                refused.append(cells.line)
            elif not any(cell.strip() for cell in cells):
                continue
            elif len(cells) != rows.width:
                refused += range(rows.line - taken, rows.line)
            else:
                found.append((number, list(cells)))
    return found, refused


CELL = st.sampled_from(
    ["", "a", "是", '"b"', '"c,d"', 'A"2', '"', '""', '"x', 'y"', '"1\n2"', '"q""r"', '"s"t', " ", '" u"']
)
LINE = st.lists(CELL, min_size=3, max_size=3).map(",".join) | st.lists(CELL, max_size=5).map(",".join)
TEXT = st.lists(LINE, max_size=25).map("\n".join)


@settings(max_examples=examples(400))
@given(TEXT, st.sampled_from([24, 64, 1 << 22]), st.sampled_from(["\n", "\r\n", "\r"]), st.booleans())
@example('1,"a,b\n2,c,d\n3,e",f\n', 1 << 22, "\n", True)
@example('x"y,"z,1\nb,c,d\n', 1 << 22, "\n", True)
def test_block_by_block_every_line_is_read_as_line_by_line(tmp_path_factory, body, block, end, ended):
    path = tmp_path_factory.mktemp("text") / "people.csv"
    text = "id,sex,hukou_kind\n" + body + ("\n" if ended else "")
    path.write_bytes(text.replace("\n", end).encode())
    whole = text_files._BLOCK
    text_files._BLOCK = block
    try:
        _, rows, refused = read(path)
    finally:
        text_files._BLOCK = whole
    expected, expected_refused = by_python(path)
    assert rows == expected
    assert len(refused) == len(expected_refused)


ANY = st.text(st.sampled_from('",;\n\r\t a是1\ufeff'), max_size=120)


@settings(max_examples=examples(300))
@given(ANY)
def test_of_any_text_the_lines_in_rows_and_the_lines_refused_are_all_lines_of_data(tmp_path_factory, body):
    path = tmp_path_factory.mktemp("text") / "people.csv"
    path.write_bytes(("id,sex\n" + body).encode())
    _, rows, refused = read(path)
    lines = ("id,sex\n" + body).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    lines = [line.lstrip("\ufeff") for line in lines[1:]]
    blank = sum(not line.replace(",", "").replace(";", "").replace('"', "").strip() for line in lines)
    in_rows = sum(1 + max(cell.count("\n") for cell in cells) for _, cells in rows)
    assert in_rows + len(refused) <= len(lines)
    assert in_rows + len(refused) >= len(lines) - blank


def people(count, spoilt):
    return "id,sex,other_exclusion\n" + "".join(
        f"{n},female,{spoilt.get(n, '')}\n" for n in range(2, count + 2)
    )  # the id is the line


@pytest.mark.parametrize(
    ("spoilt", "refused"),
    [
        ({5: '"'}, {5}),
        ({5: '"x'}, {5}),
        ({5: '"', 9: '"'}, {5, 9}),
        ({5: 'A"2'}, set()),
        ({3: '"a', 4: 'b"'}, {3}),
        ({11: '"'}, {11}),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
def test_a_stray_quote_costs_its_own_row_only_and_is_named_by_file_and_line(tmp_path, out, spoilt, refused, encoding):
    file = tmp_path / "people.csv"
    file.write_bytes(people(10, spoilt).encode(encoding))
    screened = screen(str(file), ASKED, out)
    assert {int(row["id"]) for row in pq.read_table(out).to_pylist()} == set(range(2, 12)) - refused
    assert screened.summary.rejected == len(refused)
    entries = listed(screened.rejects) if refused else []
    assert {(entry["文件"], int(entry["行号"])) for entry in entries} == {(str(file), line) for line in refused}
    assert all("引号" in entry["原因"] for entry in entries)


def test_two_stray_quotes_far_apart_lose_nobody_between_them(tmp_path, out):
    file = tmp_path / "people.csv"
    file.write_text(people(40_000, {7: '"', 30_000: '"'}), "utf-8")
    screened = screen(str(file), ASKED, out)
    assert screened.summary.people + screened.summary.rejected == 40_000
    assert screened.summary.rejected == 2


def test_a_cell_of_several_lines_is_one_row_also_where_a_block_ends_in_it(tmp_path, out, monkeypatch):
    monkeypatch.setattr(text_files, "_BLOCK", 40)
    file = tmp_path / "people.csv"
    file.write_text('id,sex,other_exclusion\n1,female,"一\n二\n三"\n2,male,\n3,人妖,\n', "utf-8")
    screened = screen(str(file), ASKED, out)
    assert [row["id"] for row in pq.read_table(out).to_pylist()] == ["1", "2"]
    assert [(entry["行号"], entry["编号"]) for entry in listed(screened.rejects)] == [("4", "3")]


@pytest.mark.parametrize(
    "above", ["吉林省就业困难人员名单\n", "\n\n", "填表说明：性别填男或女，没有的空着\n\n", "sep=;\n"]
)
def test_what_stands_above_the_heading_does_no_harm(tmp_path, out, above):
    separator = ";" if "sep" in above else ","
    lines = ["编号,性别,户籍性质", "1,男,城镇户籍", "2,女,农村户籍"]
    (tmp_path / "people.csv").write_text(above + "\n".join(lines).replace(",", separator), "utf-8")
    assert screen(str(tmp_path / "people.csv"), ASKED, out).summary.rejected == 0
    assert [row["id"] for row in pq.read_table(out).to_pylist()] == ["1", "2"]


def test_heading_with_an_open_quote_loses_nobody(tmp_path, out):
    file = tmp_path / "people.csv"
    file.write_text('id,sex,"other_exclusion\n2,male,\n3,male,"\n4,female,\n', "utf-8")
    with pytest.raises(BadInput, match="第1行的引号没有成对"):
        screen(str(file), ASKED, out)


@pytest.mark.parametrize("separator", [",", ";", "\t", "|", "，"])
def test_whatever_parts_the_columns(tmp_path, out, separator):
    lines = ["编号,性别,户籍性质", '1,"男",城镇户籍', "2,女,农村户籍"]
    (tmp_path / "people.csv").write_text("\n".join(lines).replace(",", separator), "utf-8")
    assert screen(str(tmp_path / "people.csv"), ASKED, out).summary.rejected == 0
    assert [row["id"] for row in pq.read_table(out).to_pylist()] == ["1", "2"]
