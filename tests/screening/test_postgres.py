"""A table of PostgreSQL is answered where it lies; what its columns cannot be is said."""

import csv
from datetime import date

import psycopg
import pyarrow.parquet as pq
import pytest

from jiuyuan.refusals import BadInput
from jiuyuan.regions import registry
from jiuyuan.screening.postgres_engine import People, connect
from jiuyuan.screening.question import ScreeningQuestion
from jiuyuan.screening.screen import screen, screen_postgres

DAY = date(2026, 11, 25)
ASKED = ScreeningQuestion(registry.policy("jilin-2022-10"), DAY)


def table(url: str, *statements: str) -> None:
    with psycopg.connect(url) as connection:
        connection.execute("DROP SCHEMA IF EXISTS screened CASCADE; CREATE SCHEMA screened")
        for statement in statements:
            connection.execute(statement)


def test_a_table_in_a_schema_with_chinese_names_is_read_and_bad_rows_are_listed(postgres_url, out):
    table(
        postgres_url,
        'CREATE TABLE screened."名单" ("编号" integer, "性别" varchar(10), "出生日期" date, monthly_income numeric(10, 2), '
        "residence_division text, unemployed_since timestamp)",
        """INSERT INTO screened."名单" VALUES
            (1, 'male', '1970-01-01', 0, '220102', '2026-01-01 08:00'), (2, 'x', '1970-01-01', NULL, NULL, NULL),
            (3, 'male', 'infinity', -1, '22', NULL), (4, 'female', '2026-11-26', 5.5, NULL, NULL), (5, NULL, NULL, NULL, NULL, NULL)""",
    )
    with connect(postgres_url) as connection:
        screened = screen_postgres(People.table(connection, "screened.名单", ASKED), ASKED, out)
    assert [row["id"] for row in pq.read_table(out).to_pylist()] == ["1", "5"]
    with screened.rejects.open(encoding="utf-8-sig") as file:
        found = [(entry["文件"], entry["编号"], entry["列"]) for entry in csv.DictReader(file)]
    assert sorted(found) == sorted([
        ("screened.名单", "2", "sex"), ("screened.名单", "3", "birth_date"), ("screened.名单", "3", "residence_division"),
        ("screened.名单", "3", "monthly_income"), ("screened.名单", "4", "birth_date"),
    ])  # fmt: skip


def test_nobody_in_a_table_is_answered_under_no_id_or_one_that_several_have(postgres_url, out):
    table(
        postgres_url,
        "CREATE TABLE screened.people (id text, sex text)",
        "INSERT INTO screened.people VALUES ('a', 'male'), (NULL, 'male'), ('', 'male'), ('b', 'male'), ('b', 'female')",
    )
    with connect(postgres_url) as connection:
        screened = screen_postgres(People.table(connection, "screened.people", ASKED), ASKED, out)
    assert pq.read_table(out)["id"].to_pylist() == ["a"]
    with screened.rejects.open(encoding="utf-8-sig") as file:
        assert [(entry["编号"], entry["列"]) for entry in csv.DictReader(file)] == [("", "id")] * 2 + [("b", "id")] * 2


def test_a_column_of_another_name_is_named(postgres_url, out):
    table(postgres_url, "CREATE TABLE screened.people (id text, brith_date date)")
    with connect(postgres_url) as connection, pytest.raises(BadInput, match="出生日期（birth_date）"):
        People.table(connection, "screened.people", ASKED)


WORDS = {
    "sex": ["女", "female", "男", "女性别"],
    "birth_date": ["1980年3月2日", "1980-03-02", "19800302", "N/A"],
    "able_to_work": ["是", "1.0", "否", "不清楚"],
    "hukou_division": ["220102.0", "220102", "110105", "长春"],
    "monthly_income": ["￥1,880", "0.2万", "1880元/月", "1_880"],
    "service_refusals": ["2026-01-01;2026-02-01", "[]", "无", "三次"],
    "left_school_on": ["2023-07", "2024年11月", "2025.1", "2023-13"],
}


def test_a_table_takes_the_same_words_as_a_file(postgres_url, tmp_path, out):
    rows = [["a", "b", "c", "d"], *WORDS.values()]
    lines = [",".join(["id", *WORDS]), *(",".join(f'"{cell}"' for cell in row) for row in zip(*rows, strict=True))]
    (tmp_path / "people.csv").write_text("\n".join(lines), "utf-8")
    asked = ScreeningQuestion(ASKED.policy, DAY, base=True)
    from_file = screen(str(tmp_path / "people.csv"), asked, out)
    expected, rejected = pq.read_table(out).to_pylist(), from_file.rejects.read_text("utf-8-sig")
    assert [row["id"] for row in expected] == ["a", "b", "c"]
    table(
        postgres_url,
        f"CREATE TABLE screened.people (id text, {', '.join(f'{name} text' for name in WORDS)})",
        *(
            "INSERT INTO screened.people VALUES (" + ", ".join(f"'{cell}'" for cell in row) + ")"
            for row in zip(*rows, strict=True)
        ),
    )
    with connect(postgres_url) as connection:
        screened = screen_postgres(People.table(connection, "screened.people", asked), asked, out)
    assert pq.read_table(out).to_pylist() == expected
    lines = rejected.replace(str(tmp_path / "people.csv") + ",5", "screened.people,")
    assert screened.rejects.read_text("utf-8-sig") == lines


@pytest.mark.parametrize("zone", ["UTC", "Asia/Shanghai", "America/Los_Angeles"])
def test_a_moment_is_on_its_day_in_china_whatever_the_zone_of_the_database(postgres_url, out, zone, monkeypatch):
    monkeypatch.setenv("PGTZ", zone)
    table(
        postgres_url,
        "CREATE TABLE screened.people (id text, birth_date timestamptz, sex text, hukou_kind text, unemployed_since text)",
        "INSERT INTO screened.people VALUES ('a', '1986-11-25 00:00+08', 'female', 'urban', '2025-01-01T00:00:00+08:00'),"
        " ('b', '1986-11-26 00:00+08', 'female', 'urban', '2025-01-01T00:00:00+08:00')",
    )
    with connect(postgres_url) as connection:
        screen_postgres(People.table(connection, "screened.people", ASKED), ASKED, out)
    assert [row["older"] for row in pq.read_table(out).to_pylist()] == [True, False]


def test_a_table_that_is_not_there_is_named(postgres_url):
    with connect(postgres_url) as connection, pytest.raises(BadInput, match="没有名为 nobody 的表"):
        People.table(connection, "nobody", ASKED)


def test_an_empty_table_has_an_empty_result(postgres_url, out):
    table(postgres_url, "CREATE TABLE screened.people (id text)")
    with connect(postgres_url) as connection:
        assert screen_postgres(People.table(connection, "screened.people", ASKED), ASKED, out).summary.people == 0
    assert len(pq.read_table(out)) == 0


def test_the_connection_cannot_write(postgres_url):
    with connect(postgres_url) as connection, pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
        connection.execute("CREATE TABLE written (id text)")
