"""操作细则 (六): a city's rule answers only while it is in force and published, and is never laxer than the notice."""

from collections import Counter
from datetime import date

import pytest

from jiuyuan.oversight import replay
from jiuyuan.oversight.local_rule_workflow import LOCAL_RULE, expire
from jiuyuan.oversight.models import LocalRule, Parameter
from jiuyuan.oversight.parameter_workflow import PARAMETER
from jiuyuan.oversight.provisions_in_force import read_again
from jiuyuan.procedures import engine
from jiuyuan.refusals import BadInput, GuardNotMet, NotFound, SameEyes
from jiuyuan.regions import registry
from tests.factories import REGION, a_case, staff
from tests.oversight.local_rules import DRAFTED, a_rule, published, tried
from tests.oversight.parameters import confirmed

pytestmark = pytest.mark.django_db

CHANGCHUN, ELSEWHERE = "22/2201/220102/220102001/", "22/2202/220204/220204001/"


def notice_days(on: date, path: str = CHANGCHUN) -> int:
    return registry.region_of(path).limit("notice_working_days", on=on)


def test_shanghais_rule_ends_2026_12_31_on_2027_01_01_nothing_answers_from_it_and_the_page_says_so(client, today):
    rule = published(document="沪人社规〔2022〕8号")
    assert [notice_days(date(2026, 3, 31)), notice_days(date(2026, 4, 1)), notice_days(date(2026, 12, 31))] == [3, 5, 5]
    assert notice_days(date(2027, 1, 1)) == 3
    assert notice_days(date(2026, 6, 1), ELSEWHERE) == 3
    address = f"/rules/{rule.pk}/"
    assert "还没有施行" in client.get(address).content.decode()
    today("2026-12-31")
    page = client.get(address).content.decode()
    assert "正在施行" in page
    assert "改为5" in page
    today("2027-01-01")
    for page in (client.get(address).content.decode(), client.get("/rules/").content.decode()):
        assert "到2026年12月31日为止，2027年1月1日起不再适用" in page
        assert "正在施行" not in page
    assert expire(date(2027, 1, 1)) == 1
    assert LocalRule.objects.unscoped().get(pk=rule.pk).status == "expired"
    assert notice_days(date(2026, 12, 31)) == 5  # what was done then can still be counted again
    assert notice_days(date(2027, 1, 1)) == 3


def test_a_limit_of_no_region_is_changed_for_the_city_alone():
    published(changes={"post_vacancy_report_days": 3})
    on = date(2026, 5, 6)
    found = [registry.region_of(path).limit("post_vacancy_report_days", on=on) for path in (CHANGCHUN, ELSEWHERE)]
    assert found == [3, 5]


def test_what_a_case_here_is_told_comes_from_the_rule_in_force_on_its_day(today):
    published()
    today("2026-04-02")
    case = a_case("publishing")
    notice = case.notices.get()
    assert (notice.posted_on, notice.ends_on) == (date(2026, 4, 2), date(2026, 4, 10))  # five working days over 清明节


def test_a_longer_limit_and_a_shorter_notice_are_refused_and_the_clause_is_named():
    rule = a_rule()
    for name, value, clause in (
        ("recognition_working_days", 11, "二(四)"),
        ("notice_working_days", 2, "二(二)"),
        ("vacancies_offered", 2, "四(二)"),
    ):
        with pytest.raises(BadInput) as refusal:
            engine.act(staff("supervisor"), LOCAL_RULE, rule.pk, "set_limit", {"limit": name, "value": value})
        [(field, why)] = refusal.value.errors
        assert field == "value"
        assert clause in why
    for wrong in ({"limit": "refusals", "value": 9}, {"limit": "recognition_working_days", "value": 0}):
        with pytest.raises(BadInput):
            engine.act(staff("supervisor"), LOCAL_RULE, rule.pk, "set_limit", wrong)
    with pytest.raises(BadInput):
        a_rule(until="2026-03-31")


def test_nothing_answers_before_it_is_published_and_what_changed_is_tried_again():
    supervisor = staff("supervisor")
    rule = tried(supervisor)
    assert notice_days(date(2026, 5, 6)) == 3
    assert rule.trial[0] == "公示期（工作日）：3改为5。"
    rule = engine.act(supervisor, LOCAL_RULE, rule.pk, "set_limit", {"limit": "recognition_working_days", "value": 8})
    with pytest.raises(GuardNotMet) as refusal:
        engine.act(staff("supervisor"), LOCAL_RULE, rule.pk, "publish_rule")
    assert refusal.value.code == "not_tried"
    with pytest.raises(SameEyes):
        engine.act(supervisor, LOCAL_RULE, rule.pk, "publish_rule")
    for elsewhere in ("2202", "MHK"):
        with pytest.raises(NotFound):
            engine.act(staff("supervisor", at=elsewhere), LOCAL_RULE, rule.pk, "try_rule")


def test_a_trial_counts_whom_it_would_touch_here():
    a_case("publishing")
    rule = tried(changes={"notice_working_days": 5, "recognition_working_days": 1, "visit_every_days": 90})
    assert rule.trial[1] == "过去一年公示1次，按新的公示期有1次要公示得更久。"
    assert rule.trial[3].startswith("过去一年受理1件")
    assert rule.trial[5] == "本市在册0人。"


def test_withdrawn_it_answers_until_that_day_and_a_second_one_may_follow(today):
    supervisor = staff("supervisor")
    rule = published(supervisor)
    with pytest.raises(GuardNotMet) as refusal:
        published(supervisor, since="2026-06-01")
    assert refusal.value.code == "overlaps"
    today("2026-05-06")
    engine.act(supervisor, LOCAL_RULE, rule.pk, "withdraw_rule", {"reason": "另有新规定。"})
    registry.keep_up(date(2026, 5, 6), again=True)
    assert (notice_days(date(2026, 5, 6)), notice_days(date(2026, 5, 7))) == (5, 3)
    published(supervisor, changes={"notice_working_days": 4}, since="2026-06-01")
    assert notice_days(date(2026, 6, 1)) == 4


def test_the_record_of_a_rule_replays_into_its_table():
    rule = published()
    uncompared: Counter[str] = Counter()
    assert list(replay.verify_state(lambda done: None, uncompared)) == []
    LocalRule.objects.unscoped().filter(pk=rule.pk).update(changes={"notice_working_days": 1})
    assert len(list(replay.verify_state(lambda done: None, uncompared))) == 1
    assert rule.agency.code == REGION
    assert DRAFTED["document"] == rule.document


def entered(value: int, since: str) -> Parameter:
    return confirmed("draft_limit", limit="answer_days", value=value, since=since)


def test_a_rule_that_became_laxer_than_what_the_province_entered_later_no_longer_counts(today):
    published(changes={"answer_days": 8})
    row = entered(10, "2026-05-01")
    here, on = registry.region_of(CHANGCHUN), date(2026, 5, 6)
    assert any("不再按那一项办" in line for line in row.trial)
    assert here.limit("answer_days", on=date(2026, 4, 30)) == 8
    assert (here.limit("answer_days", on=on), here.limit_figure("answer_days", on=on).source) == (10, row.document)
    today("2026-06-01")
    engine.act(staff("province"), PARAMETER, row.pk, "withdraw_parameter", {"reason": "文件有误。"})
    read_again()
    here = registry.region_of(CHANGCHUN)
    assert [here.limit("answer_days", on=date(2026, 6, day)) for day in (1, 2)] == [10, 8]


def test_a_city_may_change_a_limit_before_and_after_the_day_from_which_the_province_entered_it(today):
    row = entered(10, "2026-05-01")
    rule = a_rule(changes={"answer_days": 10})
    assert rule.changes == {"answer_days": 10}
    with pytest.raises(BadInput) as refusal:
        a_rule(changes={"answer_days": 8})
    assert row.document in dict(refusal.value.errors)["value"]
    assert a_rule(changes={"answer_days": 8}, since="2026-04-01", until="2026-04-30").changes == {"answer_days": 8}
    today("2026-05-06")
    engine.act(staff("province"), PARAMETER, row.pk, "withdraw_parameter", {"reason": "文件有误。"})
    read_again()
    with pytest.raises(BadInput):  # on the day after the last of what was entered seven days are the least again
        a_rule(changes={"answer_days": 6}, since="2026-05-07")
