"""The letters of a recovery: 拟追回补贴告知书, 责令退回补贴决定书, 催告书 (五(三); 行政强制法 54).

Sealed once, by a job.
"""

from django.conf import settings

from jiuyuan import clock
from jiuyuan.agencies.certificates import certificate_of
from jiuyuan.agencies.models import Agency
from jiuyuan.oversight.models import Recovery, RecoveryLetter
from jiuyuan.oversight.sums import yuan
from jiuyuan.people import documents, sealed_papers
from jiuyuan.people.correspondence import is_dead
from jiuyuan.people.heard import ways
from jiuyuan.printing import letters
from jiuyuan.refusals import WrongState
from jiuyuan.regions import registry
from jiuyuan.rules.calendar import month_in_words
from jiuyuan.wording import say
from jiuyuan.worker import queue
from jiuyuan.worker.kinds import JobKind

Kind = RecoveryLetter.Kind


def remedies_of(area: str, agency: Agency) -> list[str]:
    """The remedies against the decision, as stated in the region's letter, one sentence each."""
    heard = registry.papers_of(area).heard
    return list(ways(area, Kind.DECIDED if Kind.DECIDED in heard else "decision", agency))


def order_recovery_letter(recovery: Recovery, kind: Kind, officer: str) -> None:
    """Store the contents of an act's letter and order it,
    unless the person is dead or the region has no such letter.
    """
    letter = registry.papers_of(recovery.area).letters.get(kind)
    if letter is None or is_dead(recovery.person):
        return
    said = letters.payload(_data(recovery, kind, letter.title, officer))
    row = RecoveryLetter.objects.create(recovery=recovery, kind=kind, ordered_on=clock.today(), said=said)
    about = f"{letter.title} {recovery.pk}"
    queue.order(JobKind.MAKE_RECOVERY_LETTER, str(row.pk), about=about, area=recovery.area)


def unsealed(recovery: Recovery, kind: Kind) -> str | None:
    """Why the last letter of a kind cannot be handed out yet; None if it can, or there is none."""
    row = recovery.letters.filter(kind=kind).order_by("-pk").first()
    return None if row is None or row.stored_as else _waits(row).title


def recovery_letter_pdf(row: RecoveryLetter) -> bytes:
    """The sealed letter. Raises `WrongState` until it is made."""
    if not row.stored_as:
        raise _waits(row)
    return documents.read(row.stored_as)


def make_recovery_letter(pk: int) -> None:
    """Seal and store the ordered letter with its stored contents; nothing if that was done."""
    rows = RecoveryLetter.objects.unscoped().select_related("recovery__agency")
    row = rows.filter(pk=pk, stored_as="").first()
    if row is None:
        return
    letter = registry.papers_of(row.recovery.area).letter(row.kind)
    pdf = letters.render(letter.template, row.said, wording=letter.wording, sealable=True)
    head = row.said["letter"]
    sealed = letters.seal_letter(
        pdf, certificate_of(row.recovery.agency), officer=head["officer"], subject=f"{letter.title} {head['number']}"
    )
    kept = sealed_papers.keep(sealed, row.recovery.agency)
    # If another worker was first, its letter counts.
    rows.filter(pk=pk, stored_as="").update(**kept, sealed_at=clock.now(), said={})


def _waits(row: RecoveryLetter) -> WrongState:
    return queue.not_made_yet(row.get_kind_display(), queue.latest(JobKind.MAKE_RECOVERY_LETTER, str(row.pk)))


def _data(recovery: Recovery, kind: Kind, title: str, officer: str) -> letters.RecoveryData:
    agency, decided, urged = recovery.agency, kind == Kind.DECIDED, kind == Kind.URGED
    number = recovery.number if decided else f"{agency.code}-{recovery.pk:06d}"
    return letters.RecoveryData(
        letter=letters.Letterhead(
            title=say(title), number=number, issued_on=clock.today(), agency=agency.name,
            addressee=recovery.person.name, officer=officer, address=agency.address, phone=agency.phone,
            url=settings.JIUYUAN.base_url,
        ),
        facts=recovery.facts,
        law=recovery.law,
        months=tuple(_months(recovery)),
        sum=yuan(recovery.outstanding if urged else recovery.due),
        speak_by=recovery.speak_by,
        words=recovery.words,
        reason=recovery.reason if decided else "",
        pay_by=recovery.pay_by,
        account=recovery.account,
        decision=say("{number}，{day:date}", number=recovery.number, day=recovery.decided_on) if urged else "",
        objection=tuple(recovery.remedies) if decided else (),
    )  # fmt: skip


def _months(recovery: Recovery) -> list[tuple[str, str]]:
    """The sum to be repaid for each month, without months that were dropped."""
    found = [(one.month, one.amount if one.corrected is None else one.corrected) for one in recovery.months.all()]
    return [(month_in_words(month), yuan(amount)) for month, amount in found if amount]
