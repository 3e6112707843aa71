"""A table of PostgreSQL is answered where it lies; what its columns cannot be is said."""

import csv
from datetime import date

import psycopg
import pyarrow.parquet as pq
import pytest

from jiuyuan.refusals import BadInput
from jiuyuan.rules import policy
from jiuyuan.screening.postgres_engine import People, connect
from jiuyuan.screening.question import Asked
from jiuyuan.screening.screen import screen_postgres

DAY = date(2026, 11, 25)
ASKED = Asked(policy.load("jilin-2022-10"), DAY)


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


@pytest.mark.parametrize(
    ("columns", "wanted"),
    [
        ("id text, birth_date text", "birth_date 是 text 类型，应为 date"), ("id text, brith_date date", "出生日期（birth_date）"),
        ("able_to_work integer", "应为 boolean"), ("service_refusals text", r"应为 date\[\]"), ("sex boolean", "应为 text"),
    ],
)  # fmt: skip
def test_a_column_of_another_type_or_name_is_named(postgres_url, out, columns, wanted):
    table(postgres_url, f"CREATE TABLE screened.people ({columns})")
    with connect(postgres_url) as connection, pytest.raises(BadInput, match=wanted):
        People.table(connection, "screened.people", ASKED)


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
