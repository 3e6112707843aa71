"""A department's file against the register: who is meant, what changes, what contradicts, and what is left alone."""

from importlib import import_module
from itertools import product

import pytest
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from jiuyuan.history.models import Entry
from jiuyuan.people import services as people
from jiuyuan.people.models import ImportBatch, ImportRow, Person
from jiuyuan.people.sources import recording, running, storing
from tests.factories import an_applicant, confirm_change, request_merge, staff
from tests.people.sources.files import (
    DAY,
    INSURANCE,
    INSURED,
    a_csv,
    an_xlsx,
    chain_holds,
    imported,
    insurance,
    known,
    now,
    outcomes,
    somebody,
    uploaded,
)

pytestmark = pytest.mark.django_db
PROVIDER = "社会保险经办机构"


def test_person_on_file_gets_the_fact_with_department_day_and_row(reviewer):
    person, card = somebody()
    batch = imported(reviewer, "social_insurance", insurance((card, "在缴", "单位职工", "2026/3/1")), "社保.csv")
    fact = now(person).best
    assert (fact.value, fact.source, fact.department, str(fact.observed_on)) == (
        True,
        "shared_data",
        PROVIDER,
        "2026-03-01",
    )
    assert fact.evidence == "社会保险经办机构2026年3月1日数据，社保.csv第2行"
    assert (fact.recorded_by, fact.batch) == (reviewer, batch)
    assert known(person) is True
    assert outcomes(batch) == [(2, "changed", "是否在用人单位参保：尚不清楚→是；是否有过社会保险缴费记录：尚不清楚→是")]


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("张三", ["张　三", "张 三", "张\u200b三"]), ("刘䶮", ["刘\ue863"]), ("李〇梅", ["李○梅"]),
        ("古丽米热·艾比布力", ["古丽米热.艾比布力", "古丽米热．艾比布力", "古丽米热艾比布力", "古丽米热•艾比布力", "古丽米热 艾比布力"]),
    ],
)  # fmt: skip
def test_name_written_otherwise_is_the_same_person(reviewer, name, written):
    person, card = somebody(name=name)
    lines = [[one, card.id_number, "停保", "单位职工"] for one in written]
    batch = imported(reviewer, "social_insurance", a_csv([INSURANCE[:4], *lines]))
    assert {outcome for _, outcome, _ in outcomes(batch)} <= {"changed", "matched"}
    assert known(person) is False


def test_name_that_was_stored_with_a_space_before_is_the_same_person_and_is_put_right(reviewer):
    person, card = somebody(name="张三")
    Person.objects.unscoped().filter(pk=person.pk).update(name="张 三", name_pinyin="zhang   san", name_initials="")
    batch = imported(reviewer, "social_insurance", insurance((card, "停保", "单位职工")))
    assert batch.counts == {"changed": 1}
    then = MigrationLoader(connection).project_state([("people", "0012_one_way_of_writing_names")]).apps
    import_module("jiuyuan.people.migrations.0012_one_way_of_writing_names").write(then, None)
    person.refresh_from_db()
    assert (person.name, person.name_pinyin, person.name_initials) == ("张三", "zhang san", "zs")


@pytest.mark.parametrize("states", [("在缴", "停保"), ("停保", "在缴")])
def test_file_that_contradicts_itself_about_somebody_says_so_in_the_trial_run_too(reviewer, states):
    """One employer who still insures is enough, in whatever order the rows stand."""
    person, card = somebody()
    content = insurance(*((card, state, "单位职工") for state in states))
    tried = running.run(uploaded(reviewer, "social_insurance", content).pk, recording.work_for)
    batch = imported(reviewer, "social_insurance", content)
    for one in (tried, batch):
        assert "同一人在本文件第2行说的不一样，是否在用人单位参保以“是”为准，请核对" in outcomes(one)[1][2]
        assert "本文件" not in outcomes(one)[0][2]
    assert known(person) is True


def test_same_thing_said_twice_of_somebody_is_no_contradiction(reviewer):
    _, card = somebody()
    batch = imported(reviewer, "social_insurance", insurance(*[(card, "在缴", "单位职工")] * 2))
    assert all("说的不一样" not in message for _, _, message in outcomes(batch))


def test_no_line_between_stray_quotes_is_lost_and_theirs_are_named(reviewer):
    people_there = [somebody() for _ in range(6)]
    lines = insurance(*((card, "停保", "单位职工") for _, card in people_there)).decode().splitlines()
    lines[2] = lines[2].replace(",停保", ',"停保')
    lines[5] = lines[5].replace(",停保", ',"停保')
    batch = imported(reviewer, "social_insurance", "\r\n".join(lines).encode(), "社保.csv")
    told = outcomes(batch)
    assert [(number, outcome) for number, outcome, _ in told] == [
        (2, "changed"), (3, "rejected"), (4, "changed"), (5, "changed"), (6, "rejected"), (7, "changed"),
    ]  # fmt: skip
    assert "文本第3行" in told[1][2]
    assert "引号" in told[1][2]
    assert [known(person) for person, _ in people_there] == [False, None, False, False, None, False]


def test_what_was_recorded_stands_in_the_persons_chain_and_the_chain_holds(reviewer):
    person, card = somebody()
    batch = imported(reviewer, "social_insurance", insurance((card, "停保", "单位职工")), "社保.csv")
    facts = {fact.name: fact.pk for fact in person.facts.filter(batch=batch)}
    entry = Entry.objects.unscoped().filter(file=person.file).last()
    assert (entry.action, entry.actor, entry.area) == ("facts_recorded", reviewer.username, person.area)
    assert entry.payload == {
        "facts": {INSURED: False, "ever_insured": True}, "source": "shared_data", "department": PROVIDER,
        "evidence": "社会保险经办机构2026年3月2日数据，社保.csv第2行", "batch": batch.pk,
        "observed_on": "2026-03-02", "written": {INSURED: [facts[INSURED]], "ever_insured": [facts["ever_insured"]]},
    }  # fmt: skip
    assert chain_holds()


def test_nothing_is_kept_of_people_who_are_not_on_file_or_live_elsewhere(reviewer):
    stranger = an_applicant("1980-01-01", name="欧阳不在册")
    elsewhere, card = somebody(at="220204001", name="司马外地")
    batch = imported(
        reviewer, "social_insurance", insurance((stranger, "在缴", "单位职工"), (card, "在缴", "单位职工"))
    )
    assert outcomes(batch) == [(2, "unknown", ""), (3, "unknown", "")]
    assert set(ImportRow.objects.unscoped().values_list("person", flat=True)) == {None}
    assert batch.counts == {"unknown": 2}
    assert now(elsewhere) is None
    assert not storing._path(ImportBatch.objects.unscoped().get().stored_as or "gone").is_file()
    kept = " ".join(str(list(model.objects.unscoped().values())) for model in (ImportBatch, ImportRow))
    assert stranger.id_number not in kept
    assert stranger.name not in kept


def test_number_on_file_under_another_name_stops_the_row(reviewer):
    person, card = somebody(name="王秀英")
    batch = imported(
        reviewer, "social_insurance", a_csv([INSURANCE, ["李秀兰", card.id_number, "在缴", "单位职工", "", DAY]])
    )
    [(_, outcome, message)] = outcomes(batch)
    assert (outcome, now(person)) == ("rejected", None)
    assert message == "身份证号码在册，但姓名与登记的不一致，请核对；确实改过名的，先到窗口更正。"


def test_name_is_the_same_whatever_dot_it_is_written_with(reviewer):
    person, card = somebody(name="阿依古丽·买买提")
    row = ["阿依古丽•买买提", card.id_number, "停保", "单位职工", "", DAY]
    imported(reviewer, "social_insurance", a_csv([INSURANCE, row]))
    assert now(person).value is False


def test_rows_that_cannot_be_used_say_why_without_the_number_and_do_not_hold_up_the_rest(reviewer):
    person, card = somebody()
    wrong = card.id_number[:17] + ("0" if card.id_number[17] != "0" else "1")
    rows = [
        [card.name, wrong, "在缴", "单位职工", "", DAY],
        [card.name, "2.20102E+17", "在缴", "单位职工", "", DAY],
        [card.name, card.id_number, "不明", "单位职工", "", DAY],
        [card.name, card.id_number, "", "", "", DAY],
        [card.name, card.id_number, "停保", "单位职工", "", "2026-03-09"],
        [card.name, card.id_number, "停保", "单位职工", "", DAY],
    ]
    batch = imported(reviewer, "social_insurance", an_xlsx([INSURANCE, *rows]), "社保.xlsx")
    told = outcomes(batch)
    assert [outcome for _, outcome, _ in told] == ["rejected"] * 5 + ["changed"]
    assert [
        part in message
        for part, (_, _, message) in zip(("输错了", "丢失", "不认识", "没有能用的内容", "晚于今天"), told, strict=False)
    ] == [True] * 5
    assert not any(wrong in message or card.id_number in message for _, _, message in told)
    assert list(ImportRow.objects.unscoped().order_by("row").values_list("columns", flat=True)) == [
        "id_number", "id_number", "status", "", "observed_on", "",
    ]  # fmt: skip
    assert now(person).value is False


def test_number_that_was_typed_wrongly_once_means_the_file_that_was_kept(reviewer):
    (kept, _), (wrong, card) = somebody(name="王秀英"), somebody(name="王秀英")
    change = request_merge(staff("clerk"), kept.pk, wrong.pk, "号码输错过一位", difference_seen=True)
    confirm_change(reviewer, change.pk, difference_seen=True)
    imported(reviewer, "social_insurance", insurance((card, "在缴", "单位职工")))
    assert (now(kept).value, now(wrong)) == (True, None)
    assert known(kept) is True


def test_departments_word_takes_the_place_of_what_somebody_said(reviewer):
    person, card = somebody()
    [declared] = people.record_facts(reviewer.actor, person, {INSURED: False}, source="declared")
    batch = imported(reviewer, "social_insurance", insurance((card, "在缴", "单位职工")))
    declared.refresh_from_db()
    assert declared.superseded_by.batch == batch
    assert (now(person).value, now(person).verified) == (True, True)


def test_what_two_sources_say_differently_contradicts_and_nothing_stands(reviewer):
    person, card = somebody()
    people.record_facts(reviewer.actor, person, {INSURED: False}, source="document", evidence="解除劳动合同证明")
    batch = imported(reviewer, "social_insurance", insurance((card, "在缴", "单位职工")))
    assert (now(person).contradicted, known(person)) == (True, None)
    [(_, outcome, message)] = outcomes(batch)
    assert outcome == "contradicted"
    assert "是否在用人单位参保：这一行是“是”，与证明材料“否”矛盾" in message


def test_next_months_file_takes_the_place_of_this_months(reviewer, today):
    person, card = somebody()
    imported(reviewer, "social_insurance", insurance((card, "在缴", "单位职工", "2026-03-01")))
    today("2026-04-02")
    batch = imported(reviewer, "social_insurance", insurance((card, "停保", "单位职工", "2026-04-01")))
    assert (now(person).value, now(person).contradicted, len(now(person).facts)) == (False, False, 2)
    assert outcomes(batch)[0][1:] == ("changed", "是否在用人单位参保：是→否")


def test_older_file_that_comes_late_changes_nothing_and_says_so(reviewer):
    person, card = somebody()
    imported(reviewer, "social_insurance", insurance((card, "停保", "单位职工", "2026-03-01")))
    batch = imported(reviewer, "social_insurance", insurance((card, "在缴", "单位职工", "2026-02-01")))
    assert now(person).value is False
    [(_, outcome, message)] = outcomes(batch)
    assert outcome == "matched"
    assert "是否在用人单位参保：已有2026年3月1日的数据，比这一行新，没有采用" in message


def test_what_somebody_disputes_stays_disputed_however_often_it_is_sent(reviewer, today):
    person, card = somebody()
    imported(reviewer, "social_insurance", insurance((card, "在缴", "单位职工", "2026-03-01")))
    people.dispute(reviewer.actor, person, INSURED, "单位没有办停保，有解除证明")
    for month in ("2026-04-01", "2026-05-01"):
        today(month)
        batch = imported(reviewer, "social_insurance", insurance((card, "在缴", "单位职工", month)))
        assert (now(person).disputed, now(person).value, known(person)) == (True, None, None)
        assert outcomes(batch)[0][1:] == ("contradicted", "是否在用人单位参保：本人有异议，待核实")


def test_several_rows_of_one_person_yes_outweighs_no_in_either_order(reviewer):
    (one, card), (two, other) = somebody(), somebody()
    batch = imported(
        reviewer,
        "social_insurance",
        insurance(
            (card, "停保", "单位职工"),
            (card, "在缴", "单位职工"),
            (other, "在缴", "单位职工"),
            (other, "在缴", "城乡居民"),
        ),
    )
    assert (now(one).value, now(two).value) == (True, True)
    assert not now(one).contradicted
    assert [outcome for _, outcome, _ in outcomes(batch)] == ["changed", "changed", "changed", "matched"]


def test_several_rows_of_one_person_in_different_chunks_are_weighed_alike(reviewer, monkeypatch):
    monkeypatch.setattr(running, "CHUNK", 1)
    test_several_rows_of_one_person_yes_outweighs_no_in_either_order(reviewer)


def test_file_that_says_two_things_of_one_person_contradicts_itself(reviewer):
    person, card = somebody()
    heading = ["身份证号码", "户籍地行政区划代码"]
    batch = imported(
        reviewer, "public_security", a_csv([heading, [card.id_number, "220102"], [card.id_number, "220204"]])
    )
    assert now(person, "hukou_division").contradicted
    assert [outcome for _, outcome, _ in outcomes(batch)] == ["changed", "contradicted"]


@pytest.mark.parametrize("chunk", [1, 5000])
@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_of_several_degrees_the_latest_counts(reviewer, monkeypatch, chunk, order):
    monkeypatch.setattr(running, "CHUNK", chunk)
    person, card = somebody()
    rows = [[card.id_number, "2019-06-30", "专科"], [card.id_number, "2022年6月30日", "本科"]]
    imported(reviewer, "education", a_csv([["身份证号码", "毕业日期", "学历层次"], *(rows[place] for place in order)]))
    assert (now(person, "left_school_on").value, now(person, "degree_level").value) == ("2022-06-30", "bachelor")
    assert str(known(person, "left_school_on")) == "2022-06-30"


_SOURCES = [
    None,
    ("declared", ""),
    ("commitment", ""),
    ("document", ""),
    ("shared_data", PROVIDER),
    ("shared_data", "税务局"),
    ("site_visit", ""),
]


@pytest.mark.parametrize(("before", "said", "sent"), list(product(_SOURCES, [True, False], [True, False])))
def test_import_follows_the_very_rules_of_recording_one_fact(reviewer, before, said, sent):
    (one, card), (two, _) = somebody(), somebody()
    if before:
        source, department = before
        for person in (one, two):
            people.record_facts(
                reviewer.actor, person, {INSURED: said}, source=source, department=department,
                evidence="" if source == "declared" else "查询", by_act=True,
            )  # fmt: skip
    imported(reviewer, "social_insurance", insurance((card, "在缴" if sent else "停保", "单位职工")))
    people.record_facts(
        reviewer.actor, two, {INSURED: sent}, source="shared_data", department=PROVIDER, evidence="查询"
    )

    def shape(person):
        item = now(person)
        current = [(fact.value, fact.source, fact.department) for fact in item.current]
        return item.value, item.contradicted, item.verified, current, len(item.facts), known(person)

    assert shape(one) == shape(two)
