"""`jiuyuan screen` on the command line: what it prints, what it writes, how it ends."""

import re
import subprocess
import sys
from datetime import date
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tests.screening.population import as_parquet, population

DAY = date(2026, 11, 25)


def screen(*arguments: object) -> "subprocess.CompletedProcess[str]":
    command = [Path(sys.executable).with_name("jiuyuan"), "screen", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120)


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
