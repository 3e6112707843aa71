"""Parameters that an office enters: in force from their day once a second person confirmed them, and read by whoever asks."""

import json
from collections import Counter
from datetime import date

import pytest

from jiuyuan.commands import rules as commands
from jiuyuan.oversight import replay
from jiuyuan.oversight.models import Parameter
from jiuyuan.oversight.parameter_workflow import PARAMETER
from jiuyuan.people.models import KnownFacts
from jiuyuan.people.sources import mapping
from jiuyuan.procedures import engine
from jiuyuan.refusals import BadInput, GuardNotMet, NotForRole, NotFound, SameEyes
from jiuyuan.regions import registry
from jiuyuan.regions.entered import Entered
from jiuyuan.rules import calendar
from jiuyuan.rules.sql.row import SqlRow
from jiuyuan.rules.sql.source import minimum_wage
from tests.factories import PLATFORM, a_case, staff
from tests.oversight.parameters import SAID, confirmed, drafted

pytestmark = pytest.mark.django_db

HERE = "22/2201/220102/220102001/"
POLICY = registry.policy("jilin-2022-10")


def wage_at(place: str, on: date) -> int:
    assert POLICY.wages is not None
    figure = POLICY.wages.at(place, on)
    assert figure is not None
    return figure.value


def earns_it(income: int, on: str) -> bool | None:
    facts = {
        "as_of": on,
        "birth_date": "1975-01-01",
        "income_stable": True,
        "monthly_income": income,
        "residence_division": PLATFORM,
    }
    answer = POLICY.decide(POLICY.parse(facts)).as_json()
    [clause] = [one for one in answer["exclusions"] if "最低工资" in json.dumps(one, ensure_ascii=False)]
    holds: bool | None = clause["status"]
    return holds


def test_a_wage_counts_from_its_day_in_rules_and_sql_for_the_places_that_it_names():
    before = wage_at("220103", date(2026, 3, 2)), wage_at("220102001", date(2026, 1, 31))
    row = confirmed("draft_wage")
    assert wage_at("220102001", date(2026, 2, 1)) == 2300
    assert (wage_at("220103", date(2026, 3, 2)), wage_at("220102001", date(2026, 1, 31))) == before
    assert wage_at("220184", date(2026, 3, 2)) == 2100
    sql = minimum_wage("place", POLICY.wages, SqlRow(date(2026, 3, 2), "duckdb"))
    assert "2300" in sql
    assert "2300" not in minimum_wage("place", POLICY.wages, SqlRow(date(2026, 1, 31), "duckdb"))
    assert row.title == "月最低工资标准（2026年2月1日起）"


def test_of_two_wages_of_a_day_the_later_entered_decides_and_a_withdrawn_one_only_until_that_day():
    confirmed("draft_wage")
    second = confirmed("draft_wage", figures="2400 南关区")
    assert wage_at("220102", date(2026, 3, 2)) == 2400
    engine.act(staff("province"), PARAMETER, second.pk, "withdraw_parameter", {"reason": "抄错了。"})
    registry.keep_up(date(2026, 3, 2), again=True)
    assert [wage_at("220102", date(2026, 3, day)) for day in (2, 3)] == [2400, 2300]


def test_whom_a_wage_touches_is_counted_before_it_is_confirmed():
    case = a_case("accepted")
    KnownFacts.objects.unscoped().filter(person=case.person_id).update(
        monthly_income=2200, residence_division=PLATFORM, local_minimum_wage=None
    )
    row = drafted("draft_wage")
    assert "没有办完的申请登记了收入的1人，其中1人的收入由不低于变为低于当地最低工资标准。" in row.trial
    assert row.trial[0].startswith("2个地方：2120元改为2300元")


def test_a_limit_without_a_value_has_none_before_the_day_of_the_one_entered():
    place = registry.region_of(HERE)
    assert place.limit_if_any("confirm_again_minutes", on=date(2026, 3, 3)) is None
    confirmed()
    place = registry.region_of(HERE)
    assert [place.limit_if_any("confirm_again_minutes", on=date(2026, 3, day)) for day in (2, 3)] == [None, 15]
    figure = place.limit_figure("confirm_again_minutes", on=date(2026, 3, 3))
    assert (figure.label, figure.source) == ("办重要的事，离上次输密码超过多少分钟须再输一次", "吉人社函〔2026〕5号")


def test_a_limit_of_the_files_gives_way_to_the_one_entered_and_comes_back_when_it_is_withdrawn(today):
    row = confirmed(limit="notice_working_days", value=4)
    assert registry.region_of(HERE).limit("notice_working_days", on=date(2026, 3, 3)) == 4
    assert registry.region_of(HERE).limit("notice_working_days", on=date(2026, 3, 2)) == 3
    assert row.trial == ["公示期（工作日）：3改为4。", "过去一年公示0次，按新的公示期有0次要公示得更久。"]
    today("2026-03-04")
    engine.act(staff("province"), PARAMETER, row.pk, "withdraw_parameter", {"reason": "文件已废止。"})
    registry.keep_up(date(2026, 3, 4), again=True)
    assert [registry.region_of(HERE).limit("notice_working_days", on=date(2026, 3, day)) for day in (4, 5)] == [4, 3]


def test_holidays_of_next_year_make_provisional_days_firm(capsys, monkeypatch):
    assert calendar.add_workdays(date(2026, 12, 31), 1) == (date(2027, 1, 4), True)
    row = confirmed("draft_holidays")
    assert row.trial[0] == "2027年还没有安排，现在只按周末和固定节日暂算。"
    assert calendar.add_workdays(date(2027, 1, 29), 1) == (date(2027, 1, 30), False)  # a Saturday worked in exchange
    assert calendar.published_years()[2027] == "国办发明电〔2026〕9号"
    engine.act(staff("province"), PARAMETER, row.pk, "withdraw_parameter", {"reason": "抄错了。"})
    registry.keep_up(date(2026, 3, 2), again=True)
    assert 2027 not in calendar.published_years()


def test_the_command_line_reads_the_copy_without_a_database():
    confirmed("draft_wage")
    confirmed("draft_holidays")
    registry.know_entered(Entered())
    assert 2027 not in calendar.published_years()
    commands.know_the_installation()
    assert 2027 in calendar.published_years()
    assert wage_at("220102", date(2026, 3, 2)) == 2300


def test_a_word_counts_for_imports_below_the_agency_that_entered_it():
    confirmed("draft_word")
    words = [mapping.load("civil_affairs", area).words["status"] for area in (HERE, "22/2202/220204/", "")]
    assert [known.get("低保在享") for known in words] == ["receives", None, None]


def test_who_entered_it_does_not_confirm_it_and_who_confirmed_it_does_not_withdraw_it():
    province = staff("province")
    row = drafted(by=province)
    with pytest.raises(SameEyes):
        engine.act(province, PARAMETER, row.pk, "confirm_parameter")
    another = staff("province")
    engine.act(another, PARAMETER, row.pk, "confirm_parameter")
    with pytest.raises(SameEyes):
        engine.act(another, PARAMETER, row.pk, "withdraw_parameter", {"reason": "看错了。"})
    with pytest.raises(NotFound):
        engine.act(staff("supervisor"), PARAMETER, row.pk, "withdraw_parameter", {"reason": "看错了。"})
    with pytest.raises(NotForRole):
        drafted("draft_wage", by=staff("supervisor"))


def test_what_was_tried_yesterday_is_tried_again_before_it_is_confirmed(today):
    row = drafted("draft_wage")
    today("2026-03-03")
    with pytest.raises(GuardNotMet) as refusal:
        engine.act(staff("province"), PARAMETER, row.pk, "confirm_parameter")
    assert refusal.value.code == "not_tried"


@pytest.mark.parametrize(
    ("action", "wrong", "field"),
    [
        ("draft_wage", {"figures": "2300"}, "figures"),
        ("draft_wage", {"figures": "2300 天津市"}, "figures"),
        ("draft_wage", {"figures": "23 南关区"}, "figures"),
        ("draft_wage", {"figures": "2300 南关区\n2200 220102"}, "figures"),
        ("draft_limit", {"limit": "no_such_limit"}, "limit"),
        ("draft_limit", {"since": "2026-03-02"}, "since"),
        ("draft_limit", {"limit": "second_factor_clerk", "value": 2}, "value"),
        ("draft_holidays", {"holidays": "2027-01-01"}, "holidays"),
        ("draft_holidays", {"workdays": "2027-01-29"}, "workdays"),
        ("draft_holidays", {"workdays": "明天"}, "workdays"),
        ("draft_holidays", {"year": 2026}, "holidays"),
        ("draft_word", {"meaning": "civil_affairs.status.nothing"}, "meaning"),
    ],
)
def test_what_cannot_be_is_refused_with_its_field(action, wrong, field):
    with pytest.raises(BadInput) as refusal:
        drafted(action, **wrong)
    assert field in dict(refusal.value.errors)


def test_the_record_of_a_parameter_replays_into_its_table():
    row = confirmed("draft_wage")
    uncompared: Counter[str] = Counter()
    assert list(replay.verify_state(lambda done: None, uncompared)) == []
    Parameter.objects.unscoped().filter(pk=row.pk).update(value=SAID["draft_limit"])
    assert len(list(replay.verify_state(lambda done: None, uncompared))) == 1
