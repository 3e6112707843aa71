"""退出告知书: why somebody was struck off, on which fact, from which source and day, and how to object (三)."""

import hashlib
from collections.abc import Iterator
from contextlib import suppress

from django.conf import settings
from django.db import IntegrityError, transaction

from jiuyuan import clock
from jiuyuan.agencies.certificates import certificate_of
from jiuyuan.people import documents
from jiuyuan.people import facts as standing_facts
from jiuyuan.people.models import Source
from jiuyuan.printing import letters
from jiuyuan.recognitions.models import ExitNotice, Recognition
from jiuyuan.recognitions.services import exit_grounds
from jiuyuan.refusals import NotFound
from jiuyuan.rules import facts as rule_facts
from jiuyuan.rules.logic import reads

OBJECTION = (
    "认为退出不对的，可以登录系统，或持本告知书和凭据到原办理平台提出异议；异议处理期间，退出暂停；",
    "异议由另一名工作人员处理，结果书面告知您；",
    "也可以依法申请行政复议或者提起行政诉讼。",
)


def exit_notice_pdf(recognition: Recognition) -> bytes:
    """The sealed notice of an exit, made once for each end. Raises `NotFound` while the recognition is active."""
    if recognition.ended_on is None:
        raise NotFound("在册期间没有退出告知书。")
    of_this_end = recognition.exit_notices.filter(version=recognition.version)
    if made := of_this_end.first():
        return documents.read(made.stored_as)
    certificate = certificate_of(recognition.agency)
    pdf = letters.render_exit_notice(_data(recognition), templates=None, sealable=True)
    subject = f"退出告知书 {recognition.number}"
    sealed = letters.seal_letter(pdf, certificate, officer=recognition.ended_by_name, subject=subject)
    with suppress(IntegrityError), transaction.atomic():
        ExitNotice.objects.create(
            recognition=recognition,
            version=recognition.version,
            stored_as=documents.store(sealed),
            sha256=hashlib.sha256(sealed).hexdigest(),
            made_at=clock.now(),
        )
    # Where somebody else was first, theirs is the notice.
    return documents.read(of_this_end.get().stored_as)


def _data(recognition: Recognition) -> letters.ExitNoticeData:
    assert recognition.ended_on is not None
    ground = exit_grounds()[recognition.ground]
    agency = recognition.agency
    return letters.ExitNoticeData(
        letter=letters.Letterhead(
            number=recognition.number,
            issued_on=recognition.ended_on,
            agency=agency.name,
            addressee=recognition.person.name,
            officer=recognition.ended_by_name,
            address=agency.address,
            phone=agency.phone,
            url=f"{settings.JIUYUAN.base_url}/",
        ),
        recognition_number=recognition.number,
        recognised_on=recognition.recognised_on,
        ended_on=recognition.ended_on,
        clause=ground.clause,
        clause_text=ground.title,
        facts=tuple(_evidence(recognition)),
        objection=OBJECTION,
    )


def _evidence(recognition: Recognition) -> Iterator[letters.Evidence]:
    """The known facts that the ground reads, then what the officer wrote."""
    assert recognition.ended_on is not None
    known = standing_facts.standing(recognition.person.facts.all())
    for name in reads(exit_grounds()[recognition.ground].when):
        if name in known and (value := known[name].value) is not None and value is not False:
            best = known[name].best
            yield letters.Evidence(
                fact=rule_facts.FACTS[name].label,
                value=_said(name, value),
                source="，".join(filter(None, [Source(best.source).label, best.department, best.evidence])),
                source_day=best.observed_on,
            )
    yield letters.Evidence(
        fact="退出依据",
        value=recognition.evidence,
        source=f"{recognition.agency.name} {recognition.ended_by_name}",
        source_day=recognition.ended_on,
    )


def _said(name: str, value: object) -> str:
    fact = rule_facts.FACTS[name]
    if value is True:
        return "是"
    if isinstance(value, list):
        return "、".join(map(str, value))
    return fact.choices.get(str(value), f"{value}{fact.unit}")
