"""A department's file against the register: who is meant, what changes, what contradicts, and what is left alone."""

from datetime import date
from itertools import product

import pytest

from jiuyuan.history import sealing
from jiuyuan.history import services as history
from jiuyuan.history.models import Entry
from jiuyuan.people import merging
from jiuyuan.people import services as people
from jiuyuan.people.facts import standing
from jiuyuan.people.models import Fact, ImportBatch, ImportRow, KnownFacts, LicenceRecord, Person
from jiuyuan.people.sources import licences, recording, running, services, storing
from jiuyuan.refusals import BadInput, Conflict, NotForRole, WrongState
from tests.factories import an_applicant, staff
from tests.people.sources.files import INSURANCE, a_csv, an_xlsx, imported, outcomes, somebody, uploaded

pytestmark = pytest.mark.django_db
INSURED = "insured_by_employer"
PROVIDER = "社会保险经办机构"
DAY = "2026-03-02"


def insurance(*rows) -> bytes:
    """`(card, "在缴", "单位职工")` a row; a day may follow."""
    return a_csv(
        [
            INSURANCE,
            *([card.name, card.id_number, status, kind, "", *(day or (DAY,))] for card, status, kind, *day in rows),
        ]
    )


def now(person: Person, name: str = INSURED):
    return standing(Fact.objects.unscoped().filter(person=person)).get(name)


def known(person: Person, name: str = INSURED):
    return KnownFacts.objects.unscoped().values_list(name, flat=True).get(person=person)


def chain_holds() -> bool:
    return list(sealing.verify()) == []


# Who is meant -------------------------------------------------------------------------------------------------------------


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
    assert (fact.recorded_by, fact.batch) == (reviewer.username, batch)
    assert known(person) is True
    assert outcomes(batch) == [(2, "changed", "是否在用人单位参保：尚不清楚→是；是否有过社会保险缴费记录：尚不清楚→是")]


def test_what_was_recorded_stands_in_the_persons_chain_and_the_chain_holds(reviewer):
    person, card = somebody()
    batch = imported(reviewer, "social_insurance", insurance((card, "停保", "单位职工")), "社保.csv")
    entry = Entry.objects.filter(file=person.file).last()
    assert (entry.action, entry.actor, entry.area) == ("facts_recorded", reviewer.username, person.area)
    assert entry.payload == {
        "facts": {INSURED: False, "ever_insured": True}, "source": "shared_data", "department": PROVIDER,
        "evidence": "社会保险经办机构2026年3月2日数据，社保.csv第2行", "batch": batch.pk,
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
        for part, (_, _, message) in zip(("校验码", "丢失", "不认识", "没有能用的内容", "晚于今天"), told, strict=False)
    ] == [True] * 5
    assert not any(wrong in message or card.id_number in message for _, _, message in told)
    assert list(ImportRow.objects.unscoped().order_by("row").values_list("columns", flat=True)) == [
        "id_number", "id_number", "status", "", "observed_on", "",
    ]  # fmt: skip
    assert now(person).value is False


def test_number_that_was_typed_wrongly_once_means_the_file_that_was_kept(reviewer):
    (kept, _), (wrong, card) = somebody(name="王秀英"), somebody(name="王秀英")
    change = merging.request_merge(staff("clerk"), kept.pk, wrong.pk, "号码输错过一位")
    merging.confirm(reviewer, change.pk)
    imported(reviewer, "social_insurance", insurance((card, "在缴", "单位职工")))
    assert (now(kept).value, now(wrong)) == (True, None)
    assert known(kept) is True


# What stands and what contradicts -----------------------------------------------------------------------------------------


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
            (other, "在缴", "灵活就业人员"),
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
                evidence="" if source == "declared" else "查询",
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


# Licences -----------------------------------------------------------------------------------------------------------------

LICENCE = ["身份证号码", "统一社会信用代码", "企业名称", "任职身份", "登记状态", "变更日期", "数据日期"]


def market(*rows) -> bytes:
    return a_csv(
        [
            LICENCE,
            *([card.id_number, number, "某某", part, status, day, DAY] for card, number, part, status, day in rows),
        ]
    )


@pytest.mark.parametrize("chunk", [1, 5000])
@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_of_old_and_new_records_of_one_licence_the_latest_counts(reviewer, monkeypatch, chunk, order):
    monkeypatch.setattr(running, "CHUNK", chunk)
    person, card = somebody()
    rows = [(card, "A1", "经营者", "存续", "2019-04-08"), (card, "A1", "经营者", "注销", "2025-11-20")]
    imported(reviewer, "market_regulation", market(*(rows[place] for place in order)))
    assert (now(person, "business_registered").value, now(person, "business_registered").contradicted) == (False, False)
    shown = [
        (str(one.record.changed_on), one.record.get_status_display(), one.effective) for one in licences.shown(person)
    ]
    assert shown == [("2019-04-08", "存续", False), ("2025-11-20", "注销", True)]


def test_another_licence_that_still_stands_counts(reviewer):
    person, card = somebody()
    imported(
        reviewer,
        "market_regulation",
        market(
            (card, "A1", "经营者", "注销", "2025-11-20"),
            (card, "B2", "经营者", "存续", "2020-01-01"),
            (card, "C3", "监事", "已退出", "2024-01-01"),
        ),
    )
    assert now(person, "business_registered").value is True
    assert now(person, "company_office_held").value is False


def test_cancelled_licence_ends_every_part_in_it(reviewer):
    person, card = somebody()
    imported(
        reviewer,
        "market_regulation",
        market((card, "A1", "法定代表人", "存续", "2020-01-01"), (card, "A1", "股东", "注销", "2025-01-01")),
    )
    assert now(person, "company_office_held").value is False


def test_revoked_but_not_cancelled_says_neither_yes_nor_no(reviewer):
    person, card = somebody()
    imported(reviewer, "market_regulation", market((card, "A1", "法定代表人", "吊销未注销", "2020-01-01")))
    assert now(person, "company_office_held") is None
    assert LicenceRecord.objects.unscoped().filter(person=person).count() == 1


def test_same_record_sent_again_is_kept_once(reviewer, today):
    person, card = somebody()
    imported(reviewer, "market_regulation", market((card, "A1", "经营者", "存续", "2020-01-01")))
    today("2026-04-02")
    imported(
        reviewer,
        "market_regulation",
        market((card, "A1", "经营者", "存续", "2020-01-01"), (card, "A1", "经营者", "存续", "2020-01-01")),
    )
    assert LicenceRecord.objects.unscoped().filter(person=person).count() == 1


# The file -----------------------------------------------------------------------------------------------------------------


def test_trial_run_says_what_would_happen_and_changes_nothing(reviewer):
    person, card = somebody()
    before = Entry.objects.filter(file=person.file).count()
    batch = uploaded(reviewer, "social_insurance", insurance((card, "在缴", "单位职工")))
    batch = running.run(batch.pk, recording.work_for)
    assert (batch.status, batch.counts) == ("checked", {"changed": 1})
    assert outcomes(batch)[0][1] == "changed"
    assert (now(person), known(person)) == (None, None)
    assert Entry.objects.filter(file=person.file).count() == before

    services.start(reviewer, batch.pk)
    batch = running.run(batch.pk, recording.work_for)
    assert (batch.status, batch.counts, batch.stored_as) == ("done", {"changed": 1}, "")
    assert len(outcomes(batch)) == 1
    assert now(person).value is True


def test_discarded_file_leaves_nothing_but_that_it_was_there(reviewer, django_capture_on_commit_callbacks):
    _, card = somebody()
    batch = uploaded(reviewer, "social_insurance", insurance((card, "在缴", "单位职工")))
    running.run(batch.pk, recording.work_for)
    stored = ImportBatch.objects.unscoped().get(pk=batch.pk).stored_as
    with django_capture_on_commit_callbacks(execute=True):
        services.discard(reviewer, batch.pk)
    assert not storing._path(stored).exists()
    assert outcomes(batch) == []
    with pytest.raises(WrongState):
        services.start(reviewer, batch.pk)


def test_file_that_was_only_tried_is_forgotten_after_a_week(reviewer, today, django_capture_on_commit_callbacks):
    _, card = somebody()
    batch = running.run(
        uploaded(reviewer, "social_insurance", insurance((card, "在缴", "单位职工"))).pk, recording.work_for
    )
    today("2026-03-08")
    assert services.forget_tried() == 0
    today("2026-03-10")
    with django_capture_on_commit_callbacks(execute=True):
        assert services.forget_tried() == 1
    assert not storing._path(batch.stored_as).exists()
    batch.refresh_from_db()
    assert (batch.status, batch.stored_as, outcomes(batch)) == ("discarded", "", [])
    assert Entry.objects.filter(file=f"import:{batch.pk}").last().actor == "system"


def test_same_file_is_not_imported_twice(reviewer):
    person, card = somebody()
    content = insurance((card, "在缴", "单位职工"))
    imported(reviewer, "social_insurance", content)
    lying = set(storing._path("x").parent.iterdir())
    with pytest.raises(Conflict, match="已经导入过"):
        imported(reviewer, "social_insurance", content)
    assert len(now(person).facts) == 1
    assert set(storing._path("x").parent.iterdir()) == lying


def test_file_that_cannot_be_used_ends_with_its_reason_and_is_removed(reviewer):
    batch = imported(reviewer, "social_insurance", a_csv([["姓名", "电话"], ["王秀英", "1"]]))
    assert batch.status == "failed"
    assert "找不到表头" in batch.failure
    assert batch.stored_as == ""


@pytest.mark.parametrize("role", ["clerk", "supervisor", "province", "auditor"])
def test_only_reviewers_import(role):
    with pytest.raises(NotForRole):
        uploaded(staff(role), "social_insurance", insurance())


@pytest.mark.parametrize(
    ("options", "field"),
    [({"kind": "weather"}, "kind"), ({"content": b""}, "file"), ({"observed_on": "2026-03-03"}, "observed_on")],
)
def test_upload_that_cannot_be_is_refused_by_name(reviewer, options, field):
    given = {"kind": "social_insurance", "content": insurance()} | options
    if "observed_on" in given:
        given["observed_on"] = date.fromisoformat(given["observed_on"])
    with pytest.raises(BadInput) as refused:
        uploaded(reviewer, **given)
    assert refused.value.errors[0][0] == field


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("社保20260228.xlsx", "2026-02-28"),
        ("残联2026年2月1日.csv", "2026-02-01"),
        ("数据.csv", DAY),
        ("社保20260401.csv", DAY),
    ],
)
def test_day_of_the_data_is_found_in_the_name_of_the_file(reviewer, name, day):
    _, card = somebody()
    content = a_csv([["身份证号码", "残疾人证状态"], [card.id_number, "有效"]])
    batch = imported(reviewer, "disabled_federation", content, name)
    assert str(batch.observed_on) == day
    assert {str(fact.observed_on) for fact in batch.facts.all()} == {day}


def test_person_whose_row_for_screening_is_missing_gets_it_whole(reviewer):
    person, card = somebody()
    KnownFacts.objects.unscoped().filter(person=person).delete()
    imported(reviewer, "social_insurance", insurance((card, "在缴", "单位职工")))
    assert (known(person), str(known(person, "birth_date"))) == (True, "1980-05-06")


def test_somebody_who_writes_at_the_same_moment_makes_the_chunk_begin_again(reviewer, monkeypatch):
    person, card = somebody()
    heads_of, interfered = history.heads_of, []

    def heads(files):
        found = heads_of(files)
        if not interfered:
            interfered.append(True)
            people.record_facts(reviewer.actor, person, {INSURED: False}, source="document", evidence="证明")
        return found

    monkeypatch.setattr(history, "heads_of", heads)
    batch = imported(reviewer, "social_insurance", insurance((card, "在缴", "单位职工")))
    assert interfered
    assert len(outcomes(batch)) == 1
    assert Fact.objects.unscoped().filter(batch=batch, name=INSURED).count() == 1
    assert chain_holds()


def test_second_run_of_a_batch_stops_where_another_has_gone_on(reviewer, monkeypatch):
    monkeypatch.setattr(running, "CHUNK", 1)
    cards = [somebody()[1] for _ in range(3)]
    batch = uploaded(
        reviewer, "social_insurance", insurance(*((card, "在缴", "单位职工") for card in cards)), dry=False
    )

    def somebody_else_goes_on(done, _total):
        ImportBatch.objects.unscoped().filter(pk=batch.pk).update(done=done + 1)

    with pytest.raises(running.Elsewhere):
        running.run(batch.pk, recording.work_for, somebody_else_goes_on)
    assert len(outcomes(batch)) == 1
