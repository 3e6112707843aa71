"""One text, one meaning: what each kind of fact takes, and what it does not."""

from contextlib import suppress
from datetime import date

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from jiuyuan.regions import registry
from jiuyuan.rules.facts import FACTS
from jiuyuan.screening.question import ScreeningQuestion
from jiuyuan.screening.reading import UnreadableFile, reader
from jiuyuan.screening.screen import screen

JILIN, DAY = registry.policy("jilin-2022-10"), date(2026, 3, 2)


def read(name, text, day=DAY):
    return reader(FACTS[name], JILIN, day)(text)


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("1880", 1880), ("1880.50", 1880.5), ("1,880", 1880), ("1,234,567.8", 1234567.8), ("￥1880", 1880), ("¥ 1,880", 1880),
        ("1880元", 1880), ("1880元/月", 1880), ("1880 元每月", 1880), ("0.2万", 2000), ("0.2万元", 2000), ("1.5万元/月", 15000),
        ("１８８０", 1880), ("1e3", 1000), ("0", 0), ("人民币1880元", 1880), ("1 880元整", 1880), ("2千", 2000),
        ("无", None), ("N/A", None), ("", None), ("--", None),
    ],
)  # fmt: skip
def test_a_sum_is_read_with_its_mark_and_unit(text, amount):
    assert read("monthly_income", text) == amount


@pytest.mark.parametrize(
    "text",
    [
        "1_880",
        "1_79",
        "1,20",
        "-1",
        "nan",
        "inf",
        "1e400",
        "0x10",
        "1880-2000",
        "约1880",
        "1.880.5",
        "万",
        "?",
        "12 50",
    ],
)
def test_what_is_no_sum_is_none(text):
    with pytest.raises(UnreadableFile):
        read("monthly_income", text)


@settings(suppress_health_check=[HealthCheck.filter_too_much])  # most of what is drawn is no sum
@given(st.text("0123456789_,.¥万元/月e+- ", max_size=12))
def test_whatever_is_read_as_a_sum_has_no_other_signs_in_its_number(text):
    value = None
    with suppress(UnreadableFile):
        value = read("monthly_income", text)
    assume(value is not None)
    digits = text.strip().strip("¥元/月万 ").replace(",", "").replace(" ", "")
    assert "_" not in text
    assert value == pytest.approx(float(digits) * (10_000 if "万" in text else 1))


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-03-02", date(2026, 3, 2)), ("2026/3/2", date(2026, 3, 2)), ("2026年3月2日", date(2026, 3, 2)),
        ("20260302", date(2026, 3, 2)), ("20260302.0", date(2026, 3, 2)), ("2026-03-02 00:00:00", date(2026, 3, 2)),
        ("2026-03-01T16:00:00Z", date(2026, 3, 2)), ("2026-03-01T15:59:59+00:00", date(2026, 3, 1)),
        ("2026-03-02T00:00:00+08:00", date(2026, 3, 2)), ("2026–03—02", date(2026, 3, 2)), ("\u200e2026-03-02\u200b", date(2026, 3, 2)), ("1988-06-30 15:00:00+00", date(1988, 7, 1)), ("无", None),
        ("NULL", None), ("#N/A", None), ("0", None),
    ],
)  # fmt: skip
def test_a_day_is_read_and_a_moment_is_on_its_day_in_china(text, day):
    assert read("recognised_on", text) == day


@pytest.mark.parametrize(
    ("text", "graduated"),
    [
        ("2023-07", True), ("2023/7", True), ("2023.07", True), ("2023年7月", True), ("202307", True), ("2024-02", True),
        ("2024-03", None), ("2024-04", False), ("2025年7月", False),
    ],
)  # fmt: skip
def test_of_a_month_what_is_certain_is_read_and_the_row_is_answered(tmp_path, out, text, graduated):
    graduate = {
        "ever_employed": "否", "ever_insured": "否", "degree_domestic": "是", "degree_full_time": "是", "degree_level": "本科学历",
    }  # fmt: skip
    (tmp_path / "people.csv").write_text(
        f"left_school_on,{','.join(graduate)}\n{text},{','.join(graduate.values())}\n", "utf-8"
    )
    assert screen(str(tmp_path / "people.csv"), ScreeningQuestion(JILIN, DAY), out).summary.rejected == 0
    assert pq.read_table(out).to_pylist()[0]["graduate"] is graduated


@given(st.dates(date(2020, 1, 1), date(2026, 12, 31)), st.dates(date(2024, 1, 1), date(2026, 12, 31)))
def test_a_month_is_what_every_day_of_it_would_be(month, as_of):
    """Never more: where two days of the month would be answered in two ways, nothing is known."""
    value = read("left_school_on", f"{month:%Y-%m}", as_of)
    first = month.replace(day=1)
    days = [first.replace(day=n) for n in range(1, 32) if _there_is(first, n)]

    def graduate(day):
        facts = JILIN.parse({"as_of": as_of, "left_school_on": day, "ever_employed": False, "ever_insured": False,
                             "degree_domestic": True, "degree_full_time": True, "degree_level": "bachelor"})  # fmt: skip
        return "graduate" in JILIN.decide(facts).categories

    answers = {graduate(day) for day in days}
    assert answers == ({graduate(value)} if value is not None else {True, False})


def _there_is(first, day):
    try:
        first.replace(day=day)
    except ValueError:
        return False
    return True


@pytest.mark.parametrize("name", ["birth_date", "recognised_on"])
def test_a_month_is_no_day_of_birth_or_recognition(name):
    with pytest.raises(UnreadableFile):
        read(name, "1980-05")


def test_a_code_that_is_also_a_word_for_nothing_is_the_code():
    assert read("degree_level", "none") == "none"
    assert read("land_requisition_level", "没有征地") == "none"
    assert read("degree_level", "N/A") is None


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("hukou_division", "220102.0", "220102"), ("hukou_division", "２２０１０２", "220102"), ("able_to_work", "1.0", True),
        ("able_to_work", "0.0", False), ("able_to_work", "有", True), ("able_to_work", "N/A", None), ("sex", "FEMALE", "female"), ("sex", "女\u200b", "female"), ("able_to_work", "\u202a是\u202c", True),
        ("service_refusals", "无", ()), ("service_refusals", "", None), ("service_refusals", '["2026-01-01"]', (date(2026, 1, 1),)),
    ],
)  # fmt: skip
def test_numbers_as_programs_leave_them_and_words_as_people_do(name, text, value):
    assert read(name, text) == value


def test_a_text_file_reads_as_a_typed_one_whether_its_words_are_few_or_many(tmp_path, out):
    """A map of a few words and a table of many give the same."""
    for count in (5, 400):
        days = [date.fromordinal(729000 + n) for n in range(count)]
        typed = {"id": [str(n) for n in range(count)], "unemployed_since": days, "hukou_kind": ["urban"] * count}
        typed |= {"birth_date": [date(1970, 1, 1)] * count, "sex": ["female"] * count}
        pq.write_table(pa.table(typed), tmp_path / "people.parquet")
        rows = [f"{n},{day:%Y年%-m月%-d日},城镇户籍,1970/1/1,女" for n, day in enumerate(days)]
        (tmp_path / "people.csv").write_text("\n".join([",".join(typed), *rows]), "utf-8")
        screen(str(tmp_path / "people.parquet"), ScreeningQuestion(JILIN, date(2000, 3, 2)), out)
        expected = pq.read_table(out).to_pylist()
        assert (
            screen(str(tmp_path / "people.csv"), ScreeningQuestion(JILIN, date(2000, 3, 2)), out).summary.rejected == 0
        )
        assert pq.read_table(out).to_pylist() == expected
