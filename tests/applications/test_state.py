"""The record replayed beside the tables: clean over every way a case goes, and every row that differs is named."""

from collections import Counter

import pytest
from django.db import connection

from jiuyuan.applications import services
from jiuyuan.applications.models import Application, Decision, Objection, Opinion, PublicNotice, SpecialCase
from jiuyuan.applications.replay import every_known_act, verify_state
from jiuyuan.assistance import replay as help_
from jiuyuan.desk import timeline
from jiuyuan.encryption import encrypt
from jiuyuan.history.models import Entry
from jiuyuan.money import batch_replay
from jiuyuan.oversight import replay as supervision
from jiuyuan.people import services as people
from jiuyuan.people.models import Fact, KnownFacts, Person
from jiuyuan.procedures.subjects import moving
from tests import factories
from tests.factories import act, confirm_change, request_merge, request_split, undo_change
from tests.portal.walking import a_draft_of


def faults():
    return list(verify_state(lambda done: None, Counter()))


def test_every_act_that_the_record_knows_is_replayed_or_declared_to_set_nothing():
    assert set(timeline.ACTS) <= every_known_act() | help_.KNOWN | supervision.KNOWN | batch_replay.KNOWN


@pytest.mark.parametrize(
    "status", ["draft", "submitted", "accepted", "publishing", "endorsed", "reported", "recognised"]
)
def test_case_that_nobody_touched_has_no_fault(db, status):
    factories.a_case(status)
    assert faults() == []


@pytest.fixture
def case(db):
    """Recognised, after an objection that was not upheld and a special case."""
    found = factories.a_case("publishing")
    act(None, found, "object", ground="有人说此人在外地上班")
    act(factories.staff("clerk"), found, "settle_objection", upheld=False, finding="到户核查，本人在家")
    return Application.objects.unscoped().get(pk=found.pk)


def change(table: str, assignment: str, where: str) -> None:
    """As with SQL in hand."""
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET {assignment} WHERE {where}")
        assert cursor.rowcount == 1


@pytest.mark.parametrize(
    ("assignment", "said"),
    [
        ("categories = '[\"disabled\"]'", "“申请类别”与记录不符"),
        ("status = 'endorsed'", "“状态”与记录不符（记录：publishing，表中：endorsed）"),
        ("version = version + 1", "“版本”与记录不符"),
        ("due_on = '2026-12-31'", "“办结期限”与记录不符"),
        ("submitted_on = '2026-01-05'", "“提交日期”与记录不符"),
        ("round = 2", "“轮次”与记录不符"),
        ("number = number || 'x'", "记录中没有这一行"),
    ],
)
def test_changed_column_of_a_case_is_named(case, assignment, said):
    change("applications_application", assignment, f"id = {case.pk}")
    found = faults()
    assert any(fault.startswith(f"申请 {case.number}") and said in fault for fault in found), found


def test_case_that_was_changed_is_not_covered_up_by_the_next_act(case, today):
    change("applications_application", "categories = '[\"disabled\"]'", f"id = {case.pk}")
    today("2026-03-13")
    act(factories.staff("clerk"), case, "endorse", opinion="公示无异议")
    assert faults() == [f"申请 {case.number}：“申请类别”与记录不符。"]


@pytest.mark.parametrize(
    ("table", "assignment"),
    [
        ("applications_decision", "policy = 'x'"),
        ("applications_publicnotice", "ends_on = '2026-03-03'"),
        ("applications_objection", "upheld = NULL, settled_on = NULL"),
        ("applications_objection", "finding = 'x'"),
        ("applications_objection", "ground = 'x'"),
    ],
)
def test_changed_row_of_a_case_is_named(case, table, assignment):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT id FROM {table}")
        [(pk,)] = cursor.fetchall()
    change(table, assignment, f"id = {pk}")
    assert all(fault.startswith(f"申请 {case.number} 的") and f" {pk}：" in fault for fault in faults())
    assert faults()


@pytest.mark.parametrize(
    ("table", "column", "content"),
    [
        ("applications_decision", "answer", b'{"outcome": "eligible"}'),
        ("applications_decision", "facts", b"{}"),
        ("applications_application", "details", b'{"note": "x"}'),
    ],
)
def test_encrypted_column_that_was_changed_with_the_keys_or_without_is_named(case, table, column, content):
    context = f"{table.replace('_', '.')}.{column}"
    for changed, said in ((encrypt(content, context), "与记录不符"), (content, "表中的内容读不懂")):
        with connection.cursor() as cursor:
            cursor.execute(f"UPDATE {table} SET {column} = %s", [changed])
        assert any(said in fault for fault in faults())


@pytest.mark.parametrize("model", [Decision, Objection, PublicNotice])
def test_removed_row_of_a_case_is_named(case, model):
    Opinion.objects.unscoped().all().delete()
    Objection.objects.unscoped().all().delete()
    if model is PublicNotice:
        PublicNotice.objects.unscoped().all().delete()
    if model is Decision:
        Decision.objects.unscoped().all().delete()
    name = model._meta.verbose_name
    assert any(fault.startswith(f"{name} ") and "表中已没有这一行" in fault for fault in faults())


@pytest.mark.parametrize("model", [Decision, Opinion, SpecialCase])
def test_row_that_was_put_beside_the_record_is_named(case, model):
    made = {
        Decision: {"action": "recognise", "as_of": "2026-03-02", "policy": "x", "facts": {}, "parameters": {},
                   "answer": {}, "made_at": "2026-03-02T00:00:00+08:00"},
        Opinion: {"round": 1, "action": "endorse", "text": "x", "officer_name": "x",
                  "agency": case.agency, "given_on": "2026-03-02"},
        SpecialCase: {"round": 1, "question": "x", "raised_by_name": "x", "raised_on": "2026-03-02"},
    }[model]  # fmt: skip
    row = model.objects.create(application=case, **made)
    name = f"申请 {case.number} 的{model._meta.verbose_name} {row.pk}"
    assert faults() == [f"{name}：记录中没有这一行，是在记录之外加进去的。"]


def test_case_and_person_that_were_put_beside_the_record_are_named(case):
    case.pk, case.number, case.status, case.finished_on = None, "x-2026-1", "withdrawn", "2026-03-02"
    with moving(Application):
        case.save(force_insert=True)
    person = case.person
    person.pk, person.id_index, person.account = None, "x", None
    person.save(force_insert=True)
    assert "申请 x-2026-1：记录中没有这一行，是在记录之外加进去的。" in faults()
    assert f"人员 {person.pk}：记录中没有这个人的案卷，是在记录之外加进去的。" in faults()


@pytest.fixture
def person(db):
    """Somebody of whom a department and the person say different things, one of them disputed."""
    clerk = factories.staff("clerk")
    found = factories.a_case("submitted", clerk=clerk).person
    people.record_facts(clerk.actor, found, {"insured_by_employer": True}, source="shared_data",
                        department="社会保险", evidence="比对")  # fmt: skip
    people.dispute(clerk.actor, found, "insured_by_employer", "已停保，有证明")
    return found


@pytest.mark.parametrize(
    "assignment",
    ["value = 'false'", "name = 'ever_insured'", "source = 'site_visit'", "department = 'x'", "evidence = 'x'",
     "observed_on = '2025-01-01'", "disputed = false, dispute = ''", "dispute = 'x'", "settlement = 'x'",
     "recorded_by_id = NULL", "withdrawn_at = recorded_at", "superseded_by_id = id"],
)  # fmt: skip
def test_changed_fact_is_named(person, assignment):
    pk = Fact.objects.unscoped().get(person=person, name="insured_by_employer", source="shared_data").pk
    change("people_fact", assignment, f"id = {pk}")
    assert any(f"（{pk}）" in fault for fault in faults())


def test_removed_and_added_facts_are_named(person):
    fact = Fact.objects.unscoped().get(person=person, name="hukou_kind")
    pk = fact.pk
    fact.delete()
    assert any(f"（{pk}）：记录中有，表中已没有这一行。" in fault for fault in faults())
    fact.save(force_insert=True)
    assert any(f"（{fact.pk}）：记录中没有这一行" in fault for fault in faults())


@pytest.mark.parametrize("assignment", ["hukou_kind = 'rural'", "unemployed_since = '2020-01-01'", "deceased = true"])
def test_what_screening_reads_is_compared_with_the_facts(person, assignment):
    change("people_knownfacts", assignment, f"person_id = {person.pk}")
    assert [fault[: len(f"案卷 person:{person.pk}")] for fault in faults()] == [f"案卷 person:{person.pk}"]
    KnownFacts.objects.unscoped().filter(pk=person.pk).delete()
    assert any("已不存在" in fault for fault in faults())


def test_files_that_were_merged_and_split_and_put_back_have_no_fault(person):
    asks, confirms = factories.staff("clerk"), factories.staff("clerk")
    other = factories.a_case("withdrawn").person
    first = request_merge(asks, other.pk, person.pk, "同一个人，号码输错过", difference_seen=True)
    confirm_change(confirms, first.pk, difference_seen=True)
    assert faults() == []
    Application.objects.unscoped().filter(person=other, status="withdrawn").update(person=person)
    assert any("“申请人”与记录不符" in fault for fault in faults())
    Application.objects.unscoped().filter(person=person).update(person=other)
    undo_change(asks, first.pk, "不是同一个人")
    assert faults() == []
    facts = list(Fact.objects.unscoped().filter(person=person, name="hukou_kind").values_list("pk", flat=True))
    new = factories.an_applicant()
    split = request_split(
        asks,
        person.pk,
        name=new.name,
        id_number=new.id_number,
        phone=new.phone,
        items={"people.fact": facts},
        reason="混了",
    )
    confirm_change(confirms, split.pk, difference_seen=True)
    assert faults() == []
    Fact.objects.unscoped().filter(pk__in=facts).update(person=person)
    assert any("人员与记录不符" in fault for fault in faults())


def test_rows_of_before_acts_said_what_they_set_are_counted_and_not_called_wrong(case):
    """As an upgraded installation has them: their acts say less, so less of them is compared."""
    for entry in Entry.objects.unscoped():
        for name in ("state", "written", "observed_on", "document"):
            entry.payload.pop(name, None)
        _rewrite(entry)
    uncompared: Counter[str] = Counter()
    assert list(verify_state(lambda done: None, uncompared)) == []
    assert uncompared["rows"] > 10
    Fact.objects.unscoped().filter(name="hukou_kind").update(value="rural")
    assert any("户籍" in fault for fault in verify_state(lambda done: None, uncompared))


def _rewrite(entry: Entry) -> None:
    entry.delete()
    entry.save(force_insert=True)


@pytest.fixture(autouse=True)
def unguarded(db):
    """Rows of the record are put there as an earlier version wrote them."""
    from importlib import import_module
    from types import SimpleNamespace

    guard = import_module("jiuyuan.history.migrations.0002_append_only")
    with connection.cursor() as cursor:
        guard.drop(None, SimpleNamespace(connection=connection, execute=lambda sql, params=None: cursor.execute(sql)))


def test_act_that_the_system_does_not_know_is_named(case):
    entry = Entry.objects.unscoped().filter(file=case.file).last()
    entry.pk, entry.seq, entry.action = None, entry.seq + 1, "approve"
    entry.save()
    assert any("不认识的动作“approve”" in fault for fault in faults())


def test_whatever_a_table_holds_is_a_fault(case):
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL keeps columns to their types")
    change("applications_application", "due_on = 'soon', submitted_on = x'ff'", f"id = {case.pk}")
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA ignore_check_constraints = ON")
        cursor.execute("UPDATE people_fact SET value = '{' WHERE name = 'hukou_kind'")
        cursor.execute("UPDATE history_entry SET payload = '7' WHERE seq = 2")
        cursor.execute("PRAGMA ignore_check_constraints = OFF")
    found = faults()
    assert f"申请 {case.pk}：表中的内容读不懂。" in found
    assert any("的事实“" in fault and "内容与记录不符" in fault for fault in found)
    assert any("不能重放" in fault for fault in found)


def test_next_correction_of_a_form_is_replayed(db):
    clerk = factories.staff("clerk")
    case = factories.a_case("submitted", clerk=clerk)
    services.save(clerk, case.number, categories=["older", "disabled"])
    assert Person.objects.unscoped().count() >= 1
    assert faults() == []


def test_who_acts_for_somebody_is_replayed_until_nobody_does_any_more(db):
    account, case = a_draft_of()
    said = {"name": "王小军", "relation": "儿子", "phone": "13900001234"} | {
        "id_number": factories.an_applicant().id_number
    }
    services.save(account, case.number, agent=said)
    services.save(account, case.number, agent=said | {"phone": "13900001235"})
    assert faults() == []
    change("applications_agent", "name = '王大军'", "true")
    [fault] = faults()
    assert "“姓名”与记录不符" in fault
    change("applications_agent", "name = '王小军'", "true")
    services.save(account, case.number, agent=dict.fromkeys(said, ""))
    assert faults() == []
    services.save(account, case.number, agent=said)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM applications_agent")
    [fault] = faults()
    assert "代办人" in fault
    assert "表中已没有这一行" in fault
