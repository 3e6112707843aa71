"""What cannot be used is listed with file, row and reason, never silently unknown; everybody else is answered."""

import csv
from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from openpyxl import Workbook

from jiuyuan.regions import registry
from jiuyuan.screening.columns import Columns
from jiuyuan.screening.question import ScreeningQuestion
from jiuyuan.screening.screen import screen
from tests.screening.population import as_parquet, population

DAY = date(2026, 11, 25)
ASKED = ScreeningQuestion(registry.policy("jilin-2022-10"), DAY)


def listed(path: Path) -> list[dict[str, str]]:
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("birth_date", "1970-01-32", "1970-01-32”不是日历上有的日子"), ("birth_date", "32 January", "不是日期"),
        ("birth_date", "1970-02-30", "日历上"), ("birth_date", "2026-11-26", "晚于"), ("birth_date", "19700230", "不是日期"),
        ("birth_date", "0000-01-01", "日历上"), ("birth_date", "12024-01-01", "不是日期"), ("birth_date", "1970-1", "不是日期"),
        ("unemployed_since", "2027-01-01", "晚于"),
        ("able_to_work", "maybe", "maybe”应为"), ("able_to_work", "2", "应为"), ("able_to_work", "?", "应为"),
        ("sex", "M", "不在可选范围内"), ("hukou_kind", "未婚", "不在可选范围内"),
        ("hukou_division", "2201", "6至12位数字"), ("hukou_division", "22010a", "6至12位数字"), ("residence_division", "长春", "6至12位"),
        ("monthly_income", "-1", "不小于0"), ("monthly_income", "两千", "不小于0"), ("monthly_income", "nan", "不小于0"),
        ("monthly_income", "1e400", "不小于0"), ("monthly_income", "1,20", "不小于0"),
        ("local_minimum_wage", "0", "大于0"),
        ("service_refusals", "2026-01-01;2026-13-01", "日期"), ("service_refusals", "三次", "日期"),
        ("as_of", "2026-01-01", "与本次筛查的日期"),
    ],
)  # fmt: skip
def test_a_bad_value_is_listed_with_file_row_and_reason_and_the_rest_is_answered(tmp_path, out, column, value, reason):
    file = tmp_path / "people.csv"
    file.write_text(f'id,{column}\na,\nb,"{value}"\nc,\n', "utf-8")
    screened = screen(str(file), ASKED, out)
    assert [row["id"] for row in pq.read_table(out).to_pylist()] == ["a", "c"]
    assert screened.summary.rejected == 1
    (entry,) = listed(screened.rejects)
    assert (entry["文件"], entry["行号"], entry["编号"], entry["列"]) == (str(file), "3", "b", column)
    assert entry["内容"].lstrip("'") == value
    assert reason in entry["原因"]


def test_contradictions_are_listed_too(tmp_path, out):
    file = tmp_path / "people.csv"
    file.write_text(
        "id,sex,retirement_track\na,male,female_50\nb,female,male_60\nc,男,男60周岁\nd,,female_55\n", "utf-8"
    )
    screened = screen(str(file), ASKED, out)
    assert [row["id"] for row in pq.read_table(out).to_pylist()] == ["c", "d"]
    assert [(entry["行号"], entry["列"]) for entry in listed(screened.rejects)] == [
        ("2", "retirement_track"),
        ("3", "retirement_track"),
    ]
    assert "不一致" in listed(screened.rejects)[0]["原因"]


def test_a_row_with_several_faults_is_one_row_with_a_line_for_each(tmp_path, out):
    (tmp_path / "people.csv").write_text("id,sex,able_to_work\na,X,maybe\n", "utf-8")
    screened = screen(str(tmp_path / "people.csv"), ASKED, out)
    assert screened.summary.rejected == 1
    assert [entry["列"] for entry in listed(screened.rejects)] == ["sex", "able_to_work"]


def test_rows_of_another_length_are_listed(tmp_path, out):
    (tmp_path / "people.csv").write_text("id,sex\na,male\nb,male,x\n\nc\nd,maybe\n", "utf-8")
    screened = screen(str(tmp_path / "people.csv"), ASKED, out)
    assert [row["id"] for row in pq.read_table(out).to_pylist()] == ["a"]
    assert {(entry["行号"], entry["编号"]) for entry in listed(screened.rejects)} == {("3", ""), ("5", ""), ("6", "d")}


def test_rows_of_a_spreadsheet_carry_the_numbers_it_shows(tmp_path, out):
    book = Workbook()
    for row in (["id", "性别"], ["a", "男"], [], ["b", "人妖"], ["c", "女"]):
        book.active.append(row)
    book.save(tmp_path / "people.xlsx")
    screened = screen(str(tmp_path / "people.xlsx"), ASKED, out)
    assert [(entry["行号"], entry["编号"]) for entry in listed(screened.rejects)] == [("4", "b")]
    assert [row["id"] for row in pq.read_table(out).to_pylist()] == ["a", "c"]


def test_parquet_is_looked_at_as_closely(tmp_path, out):
    people = population(3, 300, DAY)
    people[10] |= {"sex": "x", "retirement_track": None}
    people[120]["hukou_division"] = "22"
    people[299]["monthly_income"] = float("nan")
    people[250]["birth_date"] = date(2026, 11, 26)
    people[251]["monthly_income"] = -1
    first = as_parquet(people[:150], tmp_path / "1.parquet")
    second = as_parquet(people[150:], tmp_path / "2.parquet")
    screened = screen(str(tmp_path / "*.parquet"), ASKED, out)
    found = [(entry["文件"], entry["行号"], entry["编号"], entry["列"]) for entry in listed(screened.rejects)]
    assert found == [
        (str(first), "11", "10", "sex"), (str(first), "121", "120", "hukou_division"),
        (str(second), "101", "250", "birth_date"), (str(second), "102", "251", "monthly_income"),
        (str(second), "150", "299", "monthly_income"),
    ]  # fmt: skip
    assert len(pq.read_table(out)) == 295


@pytest.mark.parametrize("kind", [pa.float64(), pa.float32()])
@pytest.mark.parametrize("column", ["monthly_income", "local_minimum_wage"])
@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf"), -1.0])
@pytest.mark.parametrize("counted", [False, True])  # whether the file says how many are no number, as DuckDB writes it
def test_one_impossible_number_in_a_file_is_found_whatever_its_statistics_say(
    tmp_path, out, kind, column, value, counted
):
    people = pa.table({"id": list("abcde"), column: pa.array([1.0, 1.0, value, None, 1.0], kind)})
    file = str(tmp_path / "people.parquet")
    if counted:
        with duckdb.connect() as engine:
            engine.from_arrow(people).write_parquet(file)
    else:
        pq.write_table(people, file)
    screened = screen(file, ASKED, out)
    (entry,) = listed(screened.rejects)
    assert (entry["行号"], entry["编号"], entry["列"]) == ("3", "c", column)
    assert [row["id"] for row in pq.read_table(out).to_pylist()] == ["a", "b", "d", "e"]


def test_a_list_of_refusals_with_a_gap_is_listed(tmp_path, out):
    lists = pa.array([[DAY], [DAY, None], [], None], pa.list_(pa.date32()))
    pq.write_table(pa.table({"id": ["a", "b", "c", "d"], "service_refusals": lists}), tmp_path / "people.parquet")
    screened = screen(str(tmp_path / "people.parquet"), ScreeningQuestion(ASKED.policy, DAY, "exits"), out)
    assert [entry["编号"] for entry in listed(screened.rejects)] == ["b"]
    assert [row["id"] for row in pq.read_table(out).to_pylist()] == ["a", "c", "d"]


def test_a_clean_run_takes_the_list_of_an_earlier_one_away(tmp_path, out):
    file = tmp_path / "people.csv"
    file.write_text("id,sex\na,maybe\n")
    screened = screen(str(file), ASKED, out)
    assert screened.rejects.exists()
    file.write_text("id,sex\na,male\n")
    screen(str(file), ASKED, out)
    assert [path.name for path in out.parent.iterdir()] == [out.name]


def test_the_list_goes_where_it_is_told(tmp_path, out):
    (tmp_path / "people.csv").write_text("id,sex\na,maybe\n")
    screen(str(tmp_path / "people.csv"), ASKED, out, tmp_path / "faults.csv")
    assert len(listed(tmp_path / "faults.csv")) == 1
    assert [path.name for path in out.parent.iterdir()] == [out.name]


def test_nobody_is_answered_under_no_id_or_under_one_that_several_have(tmp_path, out):
    first, second = tmp_path / "1.csv", tmp_path / "2.csv"
    first.write_text("id,sex\na,male\n,male\nb,male\nb,female\n", "utf-8")
    second.write_text("编号,sex,备用\nc,female,\na,male,\n", "utf-8")
    columns = Columns(ASKED.policy.known_facts, ["备用"])
    screened = screen(str(tmp_path / "*.csv"), ASKED, out, columns=columns)
    assert [row["id"] for row in pq.read_table(out).to_pylist()] == ["c"]
    assert screened.summary.rejected == 5
    found = [
        (Path(entry["文件"]).name, entry["行号"], entry["编号"], entry["列"]) for entry in listed(screened.rejects)
    ]
    assert found == [
        ("1.csv", "2", "a", "id"), ("1.csv", "3", "", "id"), ("1.csv", "4", "b", "id"), ("1.csv", "5", "b", "id"),
        ("2.csv", "3", "a", "id"),
    ]  # fmt: skip
    assert "请补上编号" in listed(screened.rejects)[1]["原因"]
    assert "编号重复" in listed(screened.rejects)[2]["原因"]


def test_where_ids_are_repeated_too_everybody_stands_in_the_order_of_the_files(tmp_path, out):
    for number in range(6):
        (tmp_path / f"{number}.csv").write_text(f"id,sex\n{number}a,male\nb,male\n{number}c,male\n", "utf-8")
    for _ in range(8):  # an order that hangs on which thread is first holds most of the time
        screened = screen(str(tmp_path / "*.csv"), ASKED, out)
        assert pq.read_table(out)["id"].to_pylist() == [f"{number}{each}" for number in range(6) for each in "ac"]
        assert [Path(entry["文件"]).name for entry in listed(screened.rejects)] == [f"{n}.csv" for n in range(6)]


def test_ids_of_a_parquet_file_are_looked_at_too_and_numbers_count_as_ids(tmp_path, out):
    pq.write_table(pa.table({"id": pa.array([1.0, 2.0, 2.0, None]), "sex": ["male"] * 4}), tmp_path / "people.parquet")
    screened = screen(str(tmp_path / "people.parquet"), ASKED, out)
    assert pq.read_table(out)["id"].to_pylist() == ["1"]
    assert [entry["行号"] for entry in listed(screened.rejects)] == ["2", "3", "4"]


def test_what_stands_below_the_table_is_nobody(tmp_path, out):
    book = Workbook()
    below = (["合计", 2], ["第1页 共1页"], ["制表人：王芳", None, "2026-03-02"], ["（以下空白）"])
    for row in (["id", "性别", "低保"], ["a", "男", "是"], [None, "合 计"], ["b", "女", "否"], *below):
        book.active.append(row)
    book.save(tmp_path / "people.xlsx")
    rows = "id,性别,低保\na,男,是\n,合 计,\nb,女,否\n合计,2,\n第1页 共1页\n制表人：王芳,,2026-03-02\n（以下空白）\n"
    (tmp_path / "people.csv").write_text(rows.replace("低保", "receives_minimum_allowance"), "utf-8")
    for name in ("people.xlsx", "people.csv"):
        columns = Columns(ASKED.policy.known_facts, ["低保", "receives_minimum_allowance"])
        screened = screen(str(tmp_path / name), ASKED, out, columns=columns)
        assert pq.read_table(out)["id"].to_pylist() == ["a", "b"], name
        assert screened.summary.rejected == 0, name
