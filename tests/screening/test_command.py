"""`jiuyuan screen` on the command line: what it prints, what it writes, how it ends."""

import os
import re
import subprocess
import sys
from datetime import date, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from openpyxl import Workbook

from tests.screening.population import as_parquet, population

DAY = date(2026, 11, 25)


def screen(*arguments: object, environment: dict[str, str] | None = None) -> "subprocess.CompletedProcess[str]":
    command = [Path(sys.executable).with_name("jiuyuan"), "screen", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, env=environment)


@pytest.fixture(scope="module")
def people(tmp_path_factory) -> Path:
    return as_parquet(population(11, 80, DAY), tmp_path_factory.mktemp("people") / "people.parquet")


def test_a_summary_by_outcome_clause_and_county_follows(people, out):
    done = screen(people, "--as-of", DAY, "--out", out)
    assert done.returncode == 0, done.stderr
    assert "共80人" in done.stdout
    assert re.search(r"符合条件 +[0-9]+ +[0-9.]+%", done.stdout)
    assert "一(一)2 大龄失业人员" in done.stdout
    assert "一(二)3 有稳定收入且月收入不低于当地最低工资标准" in done.stdout
    assert "长春市南关区" in done.stdout
    assert "省外" in done.stdout
    assert "地区不详" in done.stdout


def test_exits_are_asked_with_their_question(people, out):
    done = screen(people, "--as-of", DAY, "--out", out, "--question", "exits")
    assert done.returncode == 0, done.stderr
    assert "三(五) 本人申请退出或半年内拒绝公共就业服务3次以上" in done.stdout
    assert "signal_employed" in pq.read_schema(out).names


def test_rejected_rows_end_with_status_1_and_the_place_of_the_list(tmp_path, out):
    (tmp_path / "people.csv").write_text("id,sex\na,maybe\nb,male\n")
    done = screen(tmp_path / "people.csv", "--as-of", DAY, "--out", out)
    assert done.returncode == 1
    assert "有1行不能使用" in done.stderr
    assert str(out.with_name("result.parquet.rejects.csv")) in done.stderr
    assert len(pq.read_table(out)) == 1


@pytest.mark.parametrize(
    ("arguments", "wanted"),
    [
        (["nobody.parquet"], "没有找到"), (["{people}", "--policy", "nowhere-2020"], "没有代号"),
        (["{people}", "--out", "result.doc"], "扩展名"), (["{people}", "--out", "/nowhere/result.csv"], "没有文件夹"),
        (["{people}", "--report", "/nowhere/report.html"], "没有文件夹"), (["{people}", "--master", "local"], "--master"),
        (["{people}", "--base", "--question", "exits"], "--base"), (["{people}", "--as-of", "2026-02-30"], "日历"),
        (["people", "--engine", "postgres"], "--dsn"), (["{people}", "--engine", "sqlite"], "不能是"),
        (["people", "--engine", "postgres", "--dsn", "postgres://nobody@127.0.0.1:1/x"], "连不上"),
    ],
)  # fmt: skip
def test_what_cannot_start_says_why_and_ends_with_status_2(people, out, arguments, wanted, monkeypatch):
    monkeypatch.delenv("JIUYUAN_DATABASE_URL", raising=False)
    done = screen("--as-of", DAY, "--out", out, *(a.format(people=people) for a in arguments))
    assert done.returncode == 2, done.stdout
    assert wanted in done.stderr
    assert list(out.parent.iterdir()) == []


def test_a_column_nobody_knows_ends_with_status_2(tmp_path, out):
    (tmp_path / "people.csv").write_text("id,brith_date\na,1970-01-01\n")
    done = screen(tmp_path / "people.csv", "--as-of", DAY, "--out", out)
    assert done.returncode == 2
    assert "出生日期（birth_date）" in done.stderr


@pytest.mark.parametrize("question", ["decide", "exits"])
def test_the_report_is_one_page_that_needs_nothing_beside_it(people, out, tmp_path, question):
    report = tmp_path / "report.html"
    done = screen(people, "--as-of", DAY, "--out", out, "--question", question, "--report", report)
    assert done.returncode == 0, done.stderr
    page = report.read_text("utf-8")
    assert not re.findall(r"""(?:src|href)\s*=\s*["']?(?!#)|@import|url\(|<script""", page)
    assert page.count("<svg") == 3
    assert "共 80 人" in page
    assert "长春市南关区" in page
    assert ("大龄失业人员" if question == "decide" else "被判刑收监执行") in page
    assert list(tmp_path.glob(".report*")) == []


def test_every_column_that_nobody_knows_is_named_at_once_and_can_be_left_out(tmp_path, out):
    file = tmp_path / "people.csv"
    file.write_text("id,sex,备注,电话,brith_date\na,male,x,139,1970-01-01\n", "utf-8")
    done = screen(file, "--as-of", DAY, "--out", out)
    assert done.returncode == 2
    for words in ("备注", "电话", "brith_date", "出生日期（birth_date）", "--ignore"):
        assert words in done.stderr
    done = screen(file, "--as-of", DAY, "--out", out, "--ignore", "备注，电话", "--ignore", "brith_date")
    assert done.returncode == 0, done.stderr
    assert "没有读的列：备注、电话、brith_date" in done.stderr
    assert screen(file, "--as-of", DAY, "--out", out, "--ignore", "*").returncode == 0
    assert len(pq.read_table(out)) == 1


def test_a_sheet_can_be_named(tmp_path, out):
    book = Workbook()
    book.active.title = "一月"
    for title, sheet in (("一月", book.active), ("二月", book.create_sheet("二月"))):
        sheet.append(["id", "性别"])
        sheet.append([title, "男"])
    book.save(tmp_path / "people.xlsx")
    done = screen(tmp_path / "people.xlsx", "--as-of", DAY, "--out", out)
    assert done.returncode == 2
    assert "--sheet" in done.stderr
    assert screen(tmp_path / "people.xlsx", "--as-of", DAY, "--out", out, "--sheet", "二月").returncode == 0
    assert [row["id"] for row in pq.read_table(out).to_pylist()] == ["二月"]
    done = screen(tmp_path / "people.xlsx", "--as-of", DAY, "--out", out, "--sheet", "三月")
    assert done.returncode == 2
    assert "一月、二月" in done.stderr


def test_the_index_of_pandas_is_no_column(tmp_path, out):
    people = pa.table({"id": ["a"], "sex": ["male"], "__index_level_0__": [7]})
    pq.write_table(people, tmp_path / "people.parquet")
    assert screen(tmp_path / "people.parquet", "--as-of", DAY, "--out", out).returncode == 0


def test_an_engine_that_is_not_asked_for_is_not_loaded(people, out):
    """Of a start of half a second psycopg alone would take a third more."""
    loaded = "{'psycopg', 'pyspark', 'django'} & sys.modules.keys()"
    program = f"import sys; from jiuyuan.cli import main; main(); print({loaded})"
    command = [sys.executable, "-c", program, "screen", people, "--as-of", str(DAY), "--out", out]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.stdout.endswith("set()\n"), done.stderr


@pytest.mark.parametrize("zone", ["UTC", "Asia/Shanghai", "America/Los_Angeles"])
def test_the_day_is_that_of_beijing_whatever_the_zone_of_the_machine(tmp_path, out, zone):
    """Midnight in Beijing, also where it had summer time; a moment as pandas and others write it, and in words."""
    born = [datetime(1986, 3, 3), datetime(1988, 7, 1), datetime(1975, 12, 31)]
    moments = pa.array(born, pa.timestamp("us")).cast(pa.timestamp("us"))
    there = pc.assume_timezone(moments, "Asia/Shanghai")
    asked = ["--as-of", "2026-03-03", "--out", out, "--base"]
    environment = os.environ | {"TZ": zone}
    answers = []
    for column in (
        pa.array([day.date() for day in born], pa.date32()),
        there,
        there.cast(pa.timestamp("ns", "UTC")),
        [f"{day:%Y-%m-%d}T00:00:00+08:00" for day in born],
    ):
        since = pa.array([datetime(2025, 9, 3)] * 3, pa.timestamp("us"))
        people = {"id": ["a", "b", "c"], "birth_date": column, "sex": ["female"] * 3, "hukou_kind": ["urban"] * 3}
        pq.write_table(
            pa.table(people | {"unemployed_since": pc.assume_timezone(since, "Asia/Shanghai")}),
            tmp_path / "people.parquet",
        )
        done = screen(tmp_path / "people.parquet", *asked, environment=environment)
        assert done.returncode == 0, done.stderr
        answers.append(pq.read_table(out).to_pylist())
    assert [row["older"] for row in answers[0]] == [True, False, True]
    assert all(answer == answers[0] for answer in answers[1:])
