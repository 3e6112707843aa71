"""拒绝公共就业服务告知书: what was counted, why, and the remedies (三(五)). Sealed once, by a job."""

from contextlib import suppress

from django.conf import settings
from django.db import IntegrityError, transaction

from jiuyuan import clock
from jiuyuan.agencies.certificates import certificate_of
from jiuyuan.assistance.models import RefusalNotice, ServiceRefusal
from jiuyuan.people import documents, sealed_papers
from jiuyuan.people.correspondence import is_dead
from jiuyuan.people.heard import ways
from jiuyuan.printing import letters
from jiuyuan.refusals import NotFound
from jiuyuan.regions import registry
from jiuyuan.regions.papers import LetterKind
from jiuyuan.wording import say
from jiuyuan.worker import queue
from jiuyuan.worker.kinds import JobKind

LETTER = "refusal_counted"


def order_refusal_notice(refusal: ServiceRefusal) -> None:
    """Order the notice from the worker, unless the person is dead or the region has no such letter."""
    if (letter := _letter(refusal)) is not None and not is_dead(refusal.recognition.person):
        about = f"{letter.title} {refusal.recognition.number}"
        queue.order(JobKind.MAKE_REFUSAL_NOTICE, str(refusal.pk), about=about, area=refusal.area)


def refusal_notice_pdf(refusal: ServiceRefusal) -> bytes:
    """The sealed notice of a counted refusal. Raises `NotFound` if there is none, `WrongState` until it is made."""
    letter = _letter(refusal)
    job = queue.latest(JobKind.MAKE_REFUSAL_NOTICE, str(refusal.pk))
    if letter is None or refusal.status != ServiceRefusal.Status.COUNTED or job is None:
        raise NotFound(say("没有这份告知书。"))
    if made := RefusalNotice.objects.unscoped().filter(refusal=refusal).first():
        return documents.read(made.stored_as)
    raise queue.not_made_yet(say(letter.title), job)


def make_refusal_notice(pk: int) -> None:
    """Seal and store the ordered notice; nothing if the refusal does not count any more."""
    rows = ServiceRefusal.objects.unscoped().select_related(
        "recognition__person", "recognition__agency", "offer", "appointment", "decided_by"
    )
    refusal = rows.filter(pk=pk, status=ServiceRefusal.Status.COUNTED).first()
    letter = _letter(refusal) if refusal is not None else None
    if refusal is None or letter is None or RefusalNotice.objects.unscoped().filter(refusal=refusal).exists():
        return
    stay, officer = refusal.recognition, refusal.decided_by_name if refusal.decided_by else ""
    pdf = letters.render(
        letter.template, letters.payload(_data(refusal, letter, officer)), wording=letter.wording, sealable=True
    )
    subject = f"{letter.title} {stay.number}"
    sealed = letters.seal_letter(pdf, certificate_of(stay.agency), officer=officer, subject=subject)
    kept = sealed_papers.keep(sealed, stay.agency)
    with suppress(IntegrityError), transaction.atomic():  # if another worker was first, its letter counts
        RefusalNotice.objects.create(
            refusal=refusal,
            **kept,
            made_at=clock.now(),
        )


def _letter(refusal: ServiceRefusal) -> LetterKind | None:
    return registry.papers_of(refusal.area).letters.get(LETTER)


def _data(refusal: ServiceRefusal, letter: LetterKind, officer: str) -> letters.RefusalNoticeData:
    stay = refusal.recognition
    assert refusal.decided_on is not None and refusal.told_on is not None
    return letters.RefusalNoticeData(
        letter=letters.Letterhead(
            title=say(letter.title),
            document=registry.document_of(stay.policy),
            number=stay.number,
            issued_on=refusal.decided_on,
            agency=stay.agency.name,
            addressee=stay.person.name,
            officer=officer,
            address=stay.agency.address,
            phone=stay.agency.phone,
            url=f"{settings.JIUYUAN.base_url}/confirm/{stay.number}/",
        ),
        recognition_number=stay.number,
        refused_on=refusal.refused_on,
        what=refusal.called,
        came=refusal.offer is None,
        told_on=refusal.told_on,
        told=f"{refusal.told_how}，{refusal.told_proof}",
        response=refusal.response,
        ground=refusal.ground,
        objection=ways(stay.area, LETTER, stay.agency),
    )
