"""不予支持决定书: the refused scheme and months, reasons, clause and remedies. Sealed once, by a job."""

from contextlib import suppress

from django.conf import settings
from django.db import IntegrityError, transaction

from jiuyuan import clock
from jiuyuan.agencies.certificates import certificate_of
from jiuyuan.agencies.models import Agency
from jiuyuan.money.models import Claim, ClaimRefusalLetter
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

LETTER = "claim_refused"


def order_claim_letter(claim: Claim) -> None:
    """Order the letter from the worker, unless the person is dead or the region has no such letter."""
    if (letter := _letter(claim)) is not None and not is_dead(claim.person):
        queue.order(JobKind.MAKE_CLAIM_LETTER, str(claim.pk), about=f"{letter.title} {claim.pk}", area=claim.area)


def claim_letter_pdf(claim: Claim) -> bytes:
    """The sealed letter of a refused claim. Raises `NotFound` if there is none, `WrongState` until it is made."""
    letter, job = _letter(claim), queue.latest(JobKind.MAKE_CLAIM_LETTER, str(claim.pk))
    if letter is None or claim.status != Claim.Status.REFUSED or job is None:
        raise NotFound(say("没有这份决定书。"))
    if made := ClaimRefusalLetter.objects.unscoped().filter(claim=claim).first():
        return documents.read(made.stored_as)
    raise queue.not_made_yet(say(letter.title), job)


def make_claim_letter(pk: int) -> None:
    """Seal and store the ordered letter; nothing if that was done."""
    rows = Claim.objects.unscoped().select_related("person", "agency", "refused_by__agency")
    claim = rows.filter(pk=pk, status=Claim.Status.REFUSED).first()
    letter = _letter(claim) if claim is not None else None
    if claim is None or letter is None or ClaimRefusalLetter.objects.unscoped().filter(claim=claim).exists():
        return
    by = claim.refused_by
    office = (by.agency if by is not None else None) or claim.agency
    data = _data(claim, letter, office, by.name if by is not None else "")
    pdf = letters.render(letter.template, letters.payload(data), wording=letter.wording, sealable=True)
    sealed = letters.seal_letter(
        pdf, certificate_of(office), officer=data.letter.officer, subject=f"{letter.title} {data.letter.number}"
    )
    kept = sealed_papers.keep(sealed, office)
    with suppress(IntegrityError), transaction.atomic():  # if another worker was first, its letter counts
        ClaimRefusalLetter.objects.create(
            claim=claim,
            **kept,
            made_at=clock.now(),
        )


def _letter(claim: Claim) -> LetterKind | None:
    return registry.papers_of(claim.area).letters.get(LETTER)


def _data(claim: Claim, letter: LetterKind, office: Agency, officer: str) -> letters.ClaimRefusalData:
    assert claim.ended_on is not None
    return letters.ClaimRefusalData(
        letter=letters.Letterhead(
            title=say(letter.title), document=claim.rules.document, number=f"{office.code}-{claim.pk:06d}",
            issued_on=claim.ended_on, agency=office.name, addressee=claim.person.name, officer=officer,
            address=office.address, phone=office.phone, url=settings.JIUYUAN.base_url,
        ),
        scheme=claim.title,
        months=claim.months,
        claimed_on=claim.claimed_on,
        reason=claim.reason,
        clause=claim.clause,
        objection=ways(claim.area, LETTER, office),
    )  # fmt: skip
