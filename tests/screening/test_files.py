"""What offices really send: every kind of file, Chinese headings, GB18030, blank lines, folders; one answer for all of them."""

import csv
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from openpyxl import Workbook, load_workbook

from jiuyuan.refusals import BadInput
from jiuyuan.regions import registry
from jiuyuan.rules.facts import FACTS
from jiuyuan.screening.question import ScreeningQuestion
from jiuyuan.screening.screen import screen
from tests.rules.people import NAMES
from tests.screening.population import as_parquet, population

JILIN = registry.policy("jilin-2022-10")
DAY = date(2026, 11, 25)
ASKED = ScreeningQuestion(JILIN, DAY)
PEOPLE = population(7, 60, DAY)


def rows(path: Path) -> list[dict[str, Any]]:
    return pq.read_table(path).to_pylist()


def written(value: Any, chinese: bool) -> str:
    """A value as a file of text has it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return ("是" if value else "否") if chinese else str(value).lower()
    if isinstance(value, tuple):
        return ";".join(map(str, value)) or "[]"
    if isinstance(value, date) and chinese:
        return f"{value.year}年{value.month}月{value.day}日"
    return str(value)


def csv_text(people: list[dict[str, Any]], chinese: bool = False) -> str:
    heads = [FACTS[name].label if chinese else name for name in NAMES]
    lines = [",".join(["编号" if chinese else "id", *heads])]
    for person in people:
        cells = [person["id"]]
        for name in NAMES:
            cell = written(person.get(name), chinese)
            choices = FACTS[name].choices
            cells.append(choices[cell] if chinese and cell in choices else cell)
        lines.append(",".join(cells))
    return "\n".join(lines) + "\n"


@pytest.fixture(scope="module")
def expected(tmp_path_factory) -> dict[str, list[dict[str, Any]]]:
    """The answers for the people of a Parquet file."""
    folder = tmp_path_factory.mktemp("expected")
    file = as_parquet(PEOPLE, folder / "people.parquet")
    answers = {}
    for question in ("decide", "exits"):
        screen(str(file), ScreeningQuestion(JILIN, DAY, question), folder / "out.parquet")
        answers[question] = rows(folder / "out.parquet")
    return answers


@pytest.mark.parametrize("question", ["decide", "exits"])
@pytest.mark.parametrize("chinese", [False, True])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_text_in_any_encoding_and_language_is_read(tmp_path, out, expected, encoding, chinese, question):
    file = tmp_path / "名单.csv"
    file.write_bytes(csv_text(PEOPLE, chinese).replace("\n", "\r\n").encode(encoding))
    summary = screen(str(file), ScreeningQuestion(JILIN, DAY, question), out).summary
    assert summary.rejected == 0
    assert rows(out) == expected[question]


def test_a_spreadsheet_is_read_with_its_days_numbers_and_truth_values(tmp_path, out, expected):
    book = Workbook()
    sheet = book.active
    sheet.append(["id", *(FACTS[name].label for name in NAMES)])
    for person in PEOPLE:
        cells = [person.get(name) for name in NAMES]
        sheet.append([person["id"], *(written(cell, False) if isinstance(cell, tuple) else cell for cell in cells)])
    book.save(tmp_path / "people.xlsx")
    assert screen(str(tmp_path / "people.xlsx"), ASKED, out).summary.rejected == 0
    assert rows(out) == expected["decide"]


def test_columns_of_other_types_are_read_by_their_words(tmp_path, out, expected):
    """As other programs leave them: numbers for codes and truth values, moments for days, texts for numbers."""
    columns: dict[str, pa.Array] = {"id": pa.array([int(person["id"]) for person in PEOPLE])}
    for name in NAMES:
        values = [person.get(name) for person in PEOPLE]
        kind = FACTS[name].kind
        if kind == "date":
            columns[name] = pa.array(values, pa.date32()).cast(pa.timestamp("ns"))
        elif kind == "boolean":
            columns[name] = pa.array([None if value is None else int(value) for value in values], pa.int64())
        elif kind == "division":
            columns[name] = pa.array([None if value is None else float(value) for value in values], pa.float64())
        elif kind == "number":
            columns[name] = pa.array([None if value is None else str(value) for value in values], pa.string())
        elif kind == "dates":
            texts = [None if value is None else [day.isoformat() for day in value] for value in values]
            columns[name] = pa.array(texts, pa.list_(pa.string()))
        else:
            columns[name] = pa.array(values, pa.string()).dictionary_encode()
    pq.write_table(pa.table(columns), tmp_path / "people.parquet")
    for question in ("decide", "exits"):
        assert (
            screen(str(tmp_path / "people.parquet"), ScreeningQuestion(JILIN, DAY, question), out).summary.rejected == 0
        )
        assert rows(out) == expected[question]


def test_a_folder_holds_files_of_every_kind_with_different_columns(tmp_path, out):
    folder = tmp_path / "people"
    (folder / "deeper").mkdir(parents=True)
    as_parquet(PEOPLE[:20], folder / "1.parquet")
    (folder / "deeper" / "2.csv").write_text(csv_text(PEOPLE[20:40], chinese=True), "gb18030")
    (folder / "3.csv").write_text("编号,性别\n甲,男\n", "utf-8")
    (folder / "_SUCCESS").touch()
    (folder / "deeper" / "~$2.xlsx").touch()
    (folder / "notes.md").write_text("not people")
    screen(str(folder), ASKED, out)
    assert sorted(row["id"] for row in rows(out)) == sorted([person["id"] for person in PEOPLE[:40]] + ["甲"])
    assert [row["outcome"] for row in rows(out) if row["id"] == "甲"] == ["undetermined"]


def test_a_glob_names_files(tmp_path, out):
    for part in range(3):
        as_parquet(PEOPLE[part * 10 : part * 10 + 10], tmp_path / f"part-{part}.parquet")
    as_parquet(PEOPLE[:10], tmp_path / "other.parquet")
    screen(str(tmp_path / "part-*.parquet"), ASKED, out)
    assert [row["id"] for row in rows(out)] == [person["id"] for person in PEOPLE[:30]]


def test_identifiers_stay_text(tmp_path, out):
    (tmp_path / "people.csv").write_text("id,sex\n007,male\n220102198503020021,female\n")
    screen(str(tmp_path / "people.csv"), ASKED, out)
    assert [row["id"] for row in rows(out)] == ["007", "220102198503020021"]


def test_blank_lines_quotes_and_empty_columns_do_no_harm(tmp_path, out):
    (tmp_path / "people.csv").write_text(
        '\ufeffid,性别（必填）,是否有劳动能力,,\n1,"男","是",,\n\n,,,,\n2,女,不清楚,,\n"3\n",male,N,,\n', "utf-8"
    )
    asked = ScreeningQuestion(JILIN, DAY, base=True)
    assert screen(str(tmp_path / "people.csv"), asked, out).summary.rejected == 0
    assert [(row["id"], row["able_to_work"]) for row in rows(out)] == [("1", True), ("2", None), ("3\n", False)]


@pytest.mark.parametrize(
    ("text", "unemployed"),
    [
        ("2026-05-25", True), ("2026/5/25", True), ("2026.05.25", True), ("2026年5月25日", True), ("20260525", True),
        ("2026-05-25 00:00:00", True), ("2026-05-26", False), (" 2026-05-25 ", True), ("不详", None),
    ],
)  # fmt: skip
def test_a_day_may_be_written_in_every_usual_way(tmp_path, out, text, unemployed):
    (tmp_path / "people.csv").write_text(
        f"birth_date,sex,hukou_kind,unemployed_since\n1970-01-01,female,urban,{text}\n", "utf-8"
    )
    assert screen(str(tmp_path / "people.csv"), ASKED, out).summary.rejected == 0
    assert rows(out)[0]["older"] is unemployed


@pytest.mark.parametrize(
    ("heading", "nearest"),
    [("brith_date", "birth_date"), ("出生日", "出生日期"), ("able_work", "able_to_work"), ("户籍类别", "户籍")],
)  # fmt: skip
def test_a_column_nobody_knows_is_named_with_the_nearest_one(tmp_path, out, heading, nearest):
    (tmp_path / "people.csv").write_text(f"id,{heading}\n1,x\n", "utf-8")
    with pytest.raises(BadInput, match=nearest):
        screen(str(tmp_path / "people.csv"), ASKED, out)
    assert not out.exists()


@pytest.mark.parametrize(
    ("content", "wanted"),
    [
        (b"", "空"), (b"id,sex,\xe6\x80\xa7\xe5\x88\xab\n1,male,male\n", "同一项内容"),
        (b"\xff\xff\x80\x00\x80", "编码|不是文字"), (b"id,sex,\n1,male,x\n", "列名"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_used_says_why(tmp_path, out, content, wanted):
    (tmp_path / "people.csv").write_bytes(content)
    with pytest.raises(BadInput, match=wanted):
        screen(str(tmp_path / "people.csv"), ASKED, out)
    assert list(out.parent.iterdir()) == []


def a_workbook(**sheets: list[list[Any]]) -> bytes:
    book = Workbook()
    book.remove(book.active)
    for name, lines in sheets.items():
        sheet = book.create_sheet(name)
        for line in lines:
            sheet.append(line)
    written = BytesIO()
    book.save(written)
    return written.getvalue()


_ROWS = [["编号", "性别", "户籍性质"], ["1", "男", "城镇户籍"]]
_PAGE = f"<table>{''.join('<tr>' + ''.join(f'<td>{cell}' for cell in row) + '</tr>' for row in _ROWS)}</table>"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("people.xlsx", a_workbook(名单=[["吉林省就业困难人员名单"], [], *_ROWS])),
        ("people.xlsx", a_workbook(说明=[["编号", "请填写"]], 名单=[["名单"], *_ROWS])),
        ("people.csv", a_workbook(名单=_ROWS)),
        ("people.xls", a_workbook(名单=_ROWS)),
        ("people.xls", _PAGE.encode("gb18030")),
        ("people.xls", _PAGE.encode("utf-16")),
        ("people.csv", _PAGE.encode()),
        ("people.xls", "\n".join("\t".join(row) for row in _ROWS).encode("gb18030")),
    ],
)
def test_a_table_is_known_by_its_content_and_its_heading_found_below_a_title(tmp_path, out, name, content):
    (tmp_path / name).write_bytes(content)
    assert screen(str(tmp_path / name), ASKED, out).summary.rejected == 0
    assert [row["id"] for row in rows(out)] == ["1"]


def test_column_of_a_spreadsheet_that_nobody_sees_is_refused_and_named(tmp_path, out):
    book = load_workbook(BytesIO(a_workbook(名单=_ROWS)))
    book["名单"].column_dimensions["B"].hidden = True
    book.save(tmp_path / "people.xlsx")
    with pytest.raises(BadInput, match=f"第2列“{_ROWS[0][1]}”在表格里是隐藏的"):
        screen(str(tmp_path / "people.xlsx"), ASKED, out)


def test_a_broken_parquet_file_or_spreadsheet_says_so(tmp_path, out):
    for name in ("people.parquet", "people.xlsx"):
        (tmp_path / name).write_bytes(b"PAR1 or PK: neither")
        with pytest.raises(BadInput, match="完好"):
            screen(str(tmp_path / name), ASKED, out)


def test_people_who_are_not_there_say_what_could_be(tmp_path, out):
    with pytest.raises(BadInput, match="没有找到"):
        screen(str(tmp_path / "nobody.csv"), ASKED, out)
    with pytest.raises(BadInput, match="没有可以筛查的文件"):
        screen(str(tmp_path), ASKED, out.with_suffix(".csv"))


def test_a_file_with_nobody_in_it_has_an_empty_result(tmp_path, out):
    (tmp_path / "people.csv").write_text("id,sex\n")
    assert screen(str(tmp_path / "people.csv"), ASKED, out).summary.people == 0
    assert rows(out) == []


def test_the_result_is_csv_or_a_spreadsheet_by_its_ending(tmp_path, out, expected):
    file = as_parquet(PEOPLE, tmp_path / "people.parquet")
    screen(str(file), ASKED, out.with_suffix(".csv"))
    with out.with_suffix(".csv").open(newline="") as result:
        lines = list(csv.reader(result))
    names = list(expected["decide"][0])
    assert lines[0] == names
    texts = {True: "true", False: "false", None: ""}
    for line, row in zip(lines[1:], expected["decide"], strict=True):
        assert line == [row["id"], row["outcome"], *(texts[row[name]] for name in names[2:])]
    screen(str(file), ASKED, out.with_suffix(".xlsx"))
    book = load_workbook(out.with_suffix(".xlsx"))
    sheet = list(book.worksheets[0].iter_rows(values_only=True))
    assert sheet[0] == tuple(names)
    assert sheet[1:] == [tuple(row.values()) for row in expected["decide"]]
    assert ("older", "类别：大龄失业人员（空白表示不清楚）", "一(一)2") in list(
        book["说明"].iter_rows(values_only=True)
    )


def test_words_that_would_run_as_a_formula_are_defused(tmp_path, out):
    (tmp_path / "people.csv").write_text("id,sex\n=1+1,male\n@a,male\n-5,female\n")
    screen(str(tmp_path / "people.csv"), ASKED, out.with_suffix(".csv"))
    with out.with_suffix(".csv").open(newline="") as file:
        assert [line[0] for line in csv.reader(file)] == ["id", "'=1+1", "'@a", "'-5"]
    screen(str(tmp_path / "people.csv"), ASKED, out.with_suffix(".xlsx"))
    sheet = load_workbook(out.with_suffix(".xlsx")).worksheets[0]
    assert [sheet.cell(row, 1).value for row in (2, 3, 4)] == ["'=1+1", "'@a", "'-5"]
