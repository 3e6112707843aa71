"""People's files: corrections, families, merged and split files, departments' files."""

from typing import Any

from jiuyuan import clock
from jiuyuan.agencies.models import User
from jiuyuan.people import services as people
from jiuyuan.people.models import CorrectionRequest, FamilyCertification, FileChange, ImportBatch, Person
from jiuyuan.procedures.subjects import moving
from tests.factories import (
    an_applicant,
    ask_to_correct,
    by_who_knows,
    certify_family,
    confirm_change,
    request_merge,
)
from tests.procedures.specimens.specimen import Broken, Specimen, Standing, clerk, reviewer


def somebody() -> Person:
    """Out of work, as the departments say."""
    card, by = an_applicant(), clerk()
    person = people.register(
        by.actor, name=card.name, id_number=card.id_number, phone=card.phone, address=card.address, agency=by.agency
    )
    for where, said in by_who_knows(card.facts).items():
        people.record_facts(by.actor, person, said, evidence="数据比对", **dict(where))
    return person


def _asked() -> CorrectionRequest:
    asked: CorrectionRequest = ask_to_correct(
        clerk(), somebody().pk, what="income_stable", wanted="否", reason="租约已止。"
    )
    return asked


def _certified() -> FamilyCertification:
    certified: FamilyCertification = certify_family(reviewer(), somebody().pk, ground="入户核实。")
    return certified


def _found_work(row: Person | FamilyCertification) -> None:
    person = row if isinstance(row, Person) else row.person
    for where, said in by_who_knows({"in_labour_relationship": True}).items():
        people.record_facts(clerk().actor, person, said, evidence="数据比对", **dict(where))


def _merge(by: User | None = None) -> FileChange:
    asked: FileChange = request_merge(by or clerk(), somebody().pk, somebody().pk, "同一人", difference_seen=True)
    return asked


def _merged() -> FileChange:
    change: FileChange = confirm_change(reviewer(), _merge().pk, difference_seen=True)
    return change


def _who_asked(change: FileChange) -> User:
    return change.requested_by


def _split(person: Person) -> dict[str, Any]:
    other = an_applicant()
    own = person.facts.values_list("pk", flat=True)[:1]
    said = {"name": other.name, "id_number": other.id_number, "phone": other.phone, "reason": "弄混了"}
    return {"items": {"people.fact": list(own)}, **said}


_KEPT = {"kind": "vacancies", "file_name": "招聘会.csv", "sha256": "0" * 64, "observed_on": "2026-03-01"}


def _batch(status: str, kind: str = "vacancies") -> ImportBatch:
    by = clerk() if kind == "vacancies" else reviewer()
    batch = ImportBatch(
        **{**_KEPT, "kind": kind}, agency=by.agency, area=by.agency.path, by=by, at=clock.now(), status=status
    )
    with moving(ImportBatch):
        batch.save()
    return batch


def _is_a_register(batch: ImportBatch) -> None:
    ImportBatch.objects.unscoped().filter(pk=batch.pk).update(kind="earlier_register")


SPECIMENS: dict[tuple[str, str], Specimen] = {
    ("correction", "ask"): Specimen(somebody, {"what": "income_stable", "wanted": "否", "reason": "租约已止。"}),
    ("correction", "answer"): Specimen(_asked, {"granted": False, "answer": "已核对，没有错。"}, told=True),
    ("family", "certify"): Specimen(somebody, {"ground": "入户核实。"}),
    ("family", "clear"): Specimen(_certified, {"because": "配偶3月1日就业"}),
    ("file_change", "request_merge"): Specimen(
        somebody, lambda person: {"other": somebody().pk, "reason": "同一人", "difference_seen": True}
    ),
    ("file_change", "request_split"): Specimen(somebody, _split),
    ("file_change", "confirm"): Specimen(_merge, {"difference_seen": True}, before=_who_asked),
    ("file_change", "undo"): Specimen(_merged, {"reason": "弄错了"}),
    ("import", "upload"): Specimen(lambda: None, carried=lambda _: {"kept": _KEPT, "dry": True}),
    ("import", "start"): Specimen(
        lambda: _batch("checked", "earlier_register"), by=lambda _: reviewer(), before=lambda batch: batch.by
    ),
    ("import", "discard"): Specimen(lambda: _batch("checked")),
    ("import", "take_back"): Specimen(
        lambda: _batch("done", "social_insurance"), {"reason": "部门发来的是上个月的数据"}, by=lambda _: reviewer()
    ),
    ("import", "checked"): Specimen(lambda: _batch("checking")),
    ("import", "finished"): Specimen(lambda: _batch("running")),
    ("import", "failed"): Specimen(lambda: _batch("running"), {"reason": "没有身份证号码一列"}),
    ("import", "withdrawn"): Specimen(lambda: _batch("withdrawing")),
}
BROKEN: dict[tuple[str, str], Broken] = {
    ("family", "nobody_works"): _found_work,
    ("import", "no_register"): _is_a_register,
}
_ANSWERED = {"answered_on": "2026-03-02", "answer": "已核对"}
STANDING: dict[tuple[str, str], Standing] = {
    ("correction", "granted"): {"granted": True, **_ANSWERED},
    ("correction", "refused"): {"granted": False, **_ANSWERED},
    ("family", "cleared"): {"cleared_on": "2026-03-02"},
}
