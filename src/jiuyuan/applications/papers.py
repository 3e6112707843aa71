"""The letters of a case as they were given out: ordered by an act, sealed once by the worker, never by a look."""

import hashlib
from collections.abc import Callable, Sequence
from functools import partial
from io import BytesIO

from jiuyuan import clock
from jiuyuan.agencies.certificates import certificate_of
from jiuyuan.applications import letters
from jiuyuan.applications.case import Case
from jiuyuan.applications.models import Letter
from jiuyuan.labels import texts
from jiuyuan.people import documents
from jiuyuan.printing.letters import seal_letter
from jiuyuan.worker import queue
from jiuyuan.worker.kinds import Kind

_WRITTEN: dict[str, Callable[..., bytes]] = {
    "receipt": letters.receipt_pdf,
    "correction": letters.correction_pdf,
    "rejection": letters.rejection_pdf,
}


def _order(kind: str, case: Case) -> None:
    """Let the worker make a letter of the act that is under way; what may change afterwards is kept with it."""
    application = case.application
    until = application.correct_by.isoformat() if application.correct_by else None
    said = {"items": application.corrections, "until": until} if kind == Letter.Kind.CORRECTION else {}
    letter = Letter.objects.create(
        application=application,
        kind=kind,
        issued_on=case.today,
        officer_name=case.user.name if case.user else "",
        said=said,
    )
    about = f"{dict(texts(Letter.Kind))[kind]} {application.number}"
    queue.order(Kind.MAKE_LETTER, letter.pk, about=about, area=application.area)


#: By the names with which transitions call them.
ORDERS = {
    "receipt": partial(_order, "receipt"),
    "correction": partial(_order, "correction"),
    "declined": partial(_order, "rejection"),
    "rejected": partial(_order, "rejection"),
}


def read(case: Case, kind: str) -> bytes:
    """The letter as it was sealed; those of acts before letters were sealed are written anew, without a seal.

    Raises `NotFound` where the case has none, `WrongState` while it is being made.
    """
    latest = Letter.objects.unscoped().filter(application=case.application, kind=kind).order_by("-pk").first()
    if latest is None or (kind == Letter.Kind.CORRECTION and not case.application.corrections):
        return _WRITTEN[kind](case)
    if not latest.stored_as:
        raise queue.not_made_yet(latest.get_kind_display(), queue.latest(Kind.MAKE_LETTER, latest.pk))
    return documents.read(latest.stored_as)


def together(cases: Sequence[Case], kind: str) -> bytes:
    """One file to print with the letter of each case, in their order. Raises as `read`."""
    from pypdf import PdfReader, PdfWriter  # few need it, and it takes a tenth of a second to load

    writer, out = PdfWriter(), BytesIO()
    for case in cases:
        for sheet in PdfReader(BytesIO(read(case, kind))).pages:
            writer.add_page(sheet)
    writer.write(out)
    return out.getvalue()


def seal(pk: int) -> None:
    """Write a letter as of its act, seal it for the office of the case and keep it; nothing where it was sealed already."""
    rows = Letter.objects.unscoped()
    letter = rows.select_related("application__person", "application__agency").get(pk=pk)
    if letter.stored_as:
        return
    application = letter.application
    case = Case(application, None, today=letter.issued_on)
    pdf = _WRITTEN[letter.kind](case, letter=letter)
    subject = f"{letter.get_kind_display()} {application.number}"
    sealed = seal_letter(pdf, certificate_of(application.agency), officer=letter.officer_name, subject=subject)
    stored, digest = documents.store(sealed), hashlib.sha256(sealed).hexdigest()
    # Where another worker was first, its letter is the one that is given out.
    rows.filter(pk=pk, stored_as="").update(stored_as=stored, sha256=digest, sealed_at=clock.now())
