"""追回 (五(三)): heard before it is decided, sent with its remedies, a ledger that never says more than is owed."""

from collections import Counter
from dataclasses import replace
from importlib import import_module
from io import BytesIO
from types import SimpleNamespace

import pytest
from django.db import IntegrityError, connection, transaction
from pypdf import PdfReader

from jiuyuan import clock
from jiuyuan.notifications.models import Message
from jiuyuan.oversight import replay
from jiuyuan.oversight.doubt_workflow import DOUBT
from jiuyuan.oversight.models import Recovery
from jiuyuan.oversight.recovery_letters import _data, make_recovery_letter, recovery_letter_pdf
from jiuyuan.oversight.recovery_workflow import RECOVERY, missing_remedies
from jiuyuan.oversight.sums import yuan
from jiuyuan.procedures import engine
from jiuyuan.procedures.subjects import moving
from jiuyuan.refusals import BadInput, GuardNotMet, SameEyes, WrongState
from tests.factories import staff
from tests.jobs import work
from tests.money.batches import approved, with_an_account
from tests.oversight.doubts import a_doubt
from tests.oversight.recoveries import CORRECTED, DECIDED, FOUND, PAID, SERVED, a_recovery, overdue, sealed

pytestmark = pytest.mark.django_db


def _act(row, action, **said):
    return engine.act(staff("reviewer"), RECOVERY, row.pk, action, said)


def _refused(row, action, **said):
    with pytest.raises(BadInput) as refusal, transaction.atomic():
        _act(row, action, **said)
    return [name for name, _ in refusal.value.errors]


def _today():
    return clock.today().isoformat()


def test_a_recovery_is_heard_corrected_paid_in_parts_and_settled():
    row = a_recovery("intended")
    assert (row.claimed, row.outstanding, yuan(row.claimed)) == (100_050, 100_050, "1000.50")
    assert _refused(row, "hear", spoke=False) == ["spoke"]  # the day to speak is not over
    assert _refused(row, "hear", spoke=True, words="没有。", months="2025-01 600") == ["months"]
    assert _refused(row, "hear", spoke=True, words="没有。", months="2025-03 1") == ["months"]
    row = _act(row, "hear", spoke=True, words="2月没有上班。", months="2025-01 500\n2025-02 300.50")
    assert (row.corrected, row.outstanding) == (80_050, 80_050)
    row = _act(row, "decide", **DECIDED | {"pay_by": "2026-12-31"})
    sealed(row)
    told = Message.objects.unscoped().count()
    row = _act(row, "serve", **SERVED | {"on": _today()})
    [message] = Message.objects.unscoped().order_by("-pk")[: Message.objects.unscoped().count() - told]
    assert all(words in message.body for words in ("800.50", "60日", "6个月", "掌上复议"))
    assert _refused(row, "pay", **PAID | {"on": _today(), "amount": "800.51"}) == ["amount"]
    row = _act(row, "pay", **PAID | {"on": _today()})
    assert (row.status, row.paid, row.outstanding) == ("served", 50_050, 30_000)
    assert _refused(row, "correct", **CORRECTED | {"months": "2025-01 500"}) == ["months"]  # less than what is paid
    overdue(row)
    row = _act(row, "urge")
    row = _act(row, "correct", **CORRECTED | {"months": "2025-01 500\n2025-02 200"})
    row = _act(row, "pay", amount=19_950, on=_today(), proof="银行回单")
    assert (row.status, row.outstanding, row.payments.count()) == ("settled", 0, 2)
    assert [(one.amount, one.corrected) for one in row.months.all()] == [(50_000, 50_000), (50_050, 20_000)]
    Recovery.objects.unscoped().filter(pk=row.pk).update(
        pay_by="2026-12-31"
    )  # as it was before the test made it overdue
    assert list(replay.verify_state(lambda done: None, Counter())) == []
    for columns in ({"paid": 70_001}, {"corrected": 200_000}, {"paid": 0}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Recovery.objects.unscoped().filter(pk=row.pk).update(**columns)


def test_a_decision_that_does_not_name_its_remedies_cannot_be_decided_or_sent():
    row = a_recovery("heard")
    words = DECIDED | {"pay_by": "2026-12-31"}
    assert _refused(row, "decide", **words, remedies=["可以向上级反映。"]) == ["remedies"]
    row = _act(row, "decide", **words)
    sealed(row)
    review = next(one for one in row.remedies if "行政复议" in one)
    court = "自收到告知之日起6个月内，可以向人民法院提起行政诉讼。"
    body = review.partition("向")[2].partition("（")[0].partition("申请")[0]
    without_online = [f"自收到之日起60日内，可以向{body}申请行政复议。", court]
    Recovery.objects.unscoped().filter(pk=row.pk).update(remedies=without_online)
    assert _refused(row, "serve", **SERVED | {"how": "online", "on": _today()}) == ["how"]
    for remedies in ([court], without_online[:1], [f"可以向{body}申请行政复议。", court]):
        Recovery.objects.unscoped().filter(pk=row.pk).update(remedies=remedies)
        with pytest.raises(GuardNotMet) as refusal, transaction.atomic():
            _act(row, "serve", **SERVED | {"on": _today()})
        assert refusal.value.code == "without_remedies"
    Recovery.objects.unscoped().filter(pk=row.pk).update(remedies=without_online)
    assert _act(row, "serve", **SERVED | {"on": _today()}).status == "served"
    assert missing_remedies([], "南关区人民政府", online=True)[2:] == ["网上申请行政复议的途径"]


def test_each_notice_is_a_letter_sealed_by_a_job_and_a_decision_goes_out_only_sealed_and_with_its_remedies():
    row = _act(a_recovery("heard"), "decide", **DECIDED | {"pay_by": "2026-12-31"})
    decided = row.letters.last()
    with pytest.raises(GuardNotMet) as refusal, transaction.atomic():
        _act(row, "serve", **SERVED | {"on": _today()})
    assert (refusal.value.code, decided.kind) == ("not_sealed", "recovery_decided")
    with pytest.raises(WrongState):
        recovery_letter_pdf(decided)
    with pytest.raises(ValueError, match="how to object"):
        replace(_data(row, decided.kind, "责令退回补贴决定书", "许静"), objection=())
    work("make_recovery_letter")
    said, announced = (_text(recovery_letter_pdf(one)) for one in row.letters.all()[::-1])
    assert all(words in said for words in ("1000.50", "500.00", "60日", "6个月", "掌上复议", row.reason, row.number))
    assert "陈述和申辩" in announced and "60日" not in announced
    assert [one.said for one in row.letters.all()] == [{}, {}]
    engine.act(staff("reviewer"), RECOVERY, row.pk, "correct", CORRECTED)  # before it was served: it goes out anew
    make_recovery_letter(row.letters.last().pk)
    assert "1000.50" not in _text(recovery_letter_pdf(row.letters.last()))
    row = _act(row, "serve", **SERVED | {"on": _today()})
    overdue(row)
    _act(row, "urge")
    assert [one.kind for one in row.letters.all()][2:] == ["recovery_decided", "recovery_urged"]


def _text(pdf):
    return "".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages).replace("\n", "")


def test_a_confirmed_doubt_opens_a_recovery_and_one_that_is_not_confirmed_does_not():
    doubt, reviewer = a_doubt(), staff("reviewer")
    said = FOUND | {"why": "doubt", "doubt": doubt.pk, "months": [{"month": "2026-01", "amount": 80_000}]}
    for wrong in (said, said | {"why": "fraud"}, said | {"why": "finding", "of_finding": 1}):
        with pytest.raises(BadInput):
            engine.act(reviewer, RECOVERY, doubt.person_id, "find", wrong)
    engine.act(reviewer, DOUBT, doubt.pk, "confirm", {"words": "当月已领养老金。"})
    row = engine.act(reviewer, RECOVERY, doubt.person_id, "find", said)
    assert (row.doubt_id, row.claimed) == (doubt.pk, 80_000)
    quashed = _act(row, "quash", reason="查错了。")
    assert (quashed.status, quashed.outstanding) == ("quashed", 0)


@pytest.mark.parametrize(
    "months",
    ["", "2026-01", "2026-13 5", "2026-01 0", "2026-01 1.234", "2026-01 -5", "2999-01 5", "2026-01 5\n2026-01 6",
     [{"month": "2026-01"}], [{"month": "2026-01", "amount": -1}], [{"month": "2026-01", "amount": True}], {"2026-01": 5}],
)  # fmt: skip
def test_months_and_sums_are_read_whole_or_refused(months):
    person = a_doubt().person
    with pytest.raises(BadInput) as refusal:
        engine.act(
            staff("reviewer"), RECOVERY, person.pk, "find", FOUND | {"why": "doubt", "doubt": 1, "months": months}
        )
    assert "months" in [name for name, _ in refusal.value.errors]


def test_a_doubt_is_recovered_once_and_no_month_gives_back_more_than_its_paid_lines():
    doubt, reviewer = a_doubt(), staff("reviewer")
    engine.act(reviewer, DOUBT, doubt.pk, "confirm", {"words": "当月已领养老金。"})
    january = 2026 * 12
    with_an_account(doubt.person)
    claim = approved(doubt.person, months=(january, january + 1), amount=60_000)
    claim.lines.update(status="paid")
    said = FOUND | {"why": "doubt", "doubt": doubt.pk, "paid_by": ""}

    def refused(**changed):
        with pytest.raises(BadInput) as refusal, transaction.atomic():
            engine.act(reviewer, RECOVERY, doubt.person_id, "find", said | changed)
        return refusal.value.errors

    [(field, why)] = refused(months="2026-01 600\n2026-02 600.01")
    assert (field, "还可以追回600.00元" in why) == ("months", True), why
    assert [name for name, _ in refused(months="2026-01 600\n2025-12 1")] == ["paid_by"]
    row = engine.act(reviewer, RECOVERY, doubt.person_id, "find", said | {"months": "2026-01 600\n2026-02 500"})
    [(field, why)] = refused(months="2026-02 1")
    assert (field, f"第{row.pk}号" in why) == ("doubt", True)
    with pytest.raises(IntegrityError), transaction.atomic(), moving(Recovery):
        Recovery.objects.create(
            person=row.person, agency=row.agency, area=row.area, why="doubt", doubt=doubt, facts="x", law="x", claimed=1,
            found_on=clock.today(), found_by=reviewer,
        )  # fmt: skip
    _act(row, "quash", reason="查错了。")
    assert engine.act(reviewer, RECOVERY, doubt.person_id, "find", said | {"months": "2026-02 600"}).claimed == 60_000


def test_who_decided_a_recovery_neither_corrects_nor_quashes_it_alone():
    row = a_recovery("decided")
    for action, said in (("correct", CORRECTED), ("quash", {"reason": "查错了。"})):
        with pytest.raises(SameEyes), transaction.atomic():
            engine.act(row.decided_by, RECOVERY, row.pk, action, said)
    assert _act(row, "quash", reason="查错了。").status == "quashed"


def test_an_upgrade_names_the_two_recoveries_that_rest_on_one_doubt():
    of_then = SimpleNamespace(get_model=lambda *_: SimpleNamespace(objects=Recovery.objects.unscoped()))
    refuse = import_module("jiuyuan.oversight.migrations.0010_recovered_once").refuse_two_of_one
    row = a_recovery("found")
    refuse(of_then, None)
    first = row.pk
    with connection.cursor() as cursor, moving(Recovery):
        cursor.execute("DROP INDEX oversight_a_doubt_is_recovered_once")
        cursor.execute("DROP INDEX oversight_a_finding_is_recovered_once")
        Recovery.objects.bulk_create([_again(row)])
    with pytest.raises(WrongState) as refusal:
        refuse(of_then, None)
    assert f"recovery:{first}、recovery:{row.pk}" in refusal.value.title


def _again(row):
    row.pk, row._state.adding = None, True
    return row
