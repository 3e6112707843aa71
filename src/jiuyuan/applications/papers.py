"""The letters of a case as given out. The act fixes their contents; the worker seals them once."""

from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from io import BytesIO

from django.utils import timezone

from jiuyuan import clock
from jiuyuan.agencies.certificates import certificate_of
from jiuyuan.agencies.models import Agency
from jiuyuan.applications import letters
from jiuyuan.applications.case import Case
from jiuyuan.applications.models import Application, Letter, Opinion
from jiuyuan.people import documents, sealed_papers
from jiuyuan.people.correspondence import is_dead
from jiuyuan.printing.letters import payload, render, seal_letter
from jiuyuan.procedures.registry import WORKFLOWS
from jiuyuan.refusals import NotFound
from jiuyuan.regions import registry
from jiuyuan.regions.papers import LetterKind as Paper
from jiuyuan.speed.rows import belonging
from jiuyuan.wording import say
from jiuyuan.worker import queue
from jiuyuan.worker.kinds import JobKind

#: The refusal letters; in URLs they share one name.
REFUSING = "rejection"
_REFUSING = ("declined", "rejected", "objection_upheld", "not_passed")


def _order(name: str, case: Case) -> None:
    """Order a letter of the current act from the worker. No letters are written to the dead."""
    application, officer = case.application, case.user.name if case.user else ""
    if is_dead(case.person):
        return
    as_it_stands = Case(application, None, today=case.today)
    letter = Letter.objects.create(
        application=application,
        kind=name,
        agency=_agency(application, name),
        issued_on=case.today,
        officer=case.user,
        officer_name=officer,
        said=payload(letters.WRITTEN[name](as_it_stands, name, officer)),
    )
    about = f"{_letter(application, name).title} {application.number}"
    queue.order(JobKind.MAKE_LETTER, letter.pk, about=about, area=application.area)


#: By the letter names that transitions use.
ORDERS: dict[str, Callable[[Case], None]] = {name: partial(_order, name) for name in letters.WRITTEN}


def kinds(case: Case) -> list[tuple[str, str]]:
    """The letters that a case has: their kind in URLs and their title."""
    application, found = case.application, dict[str, str]()
    for letter in belonging(application, Letter):
        found[letter.kind] = _title(application, letter.kind)
    if not application.corrections:
        found.pop("correction", None)
    elif "correction" not in found:
        found["correction"] = _title(application, "correction")
    has = registry.papers_of(application.area).letters
    if not application.accepted_on:
        found.pop("receipt", None)  # the acceptance was taken back
    if application.accepted_on and "receipt" in has and "receipt" not in found:
        found["receipt"] = _title(application, "receipt")
    refusing = [found.pop(name) for name in _REFUSING if name in found]
    if application.state.refused:
        found[REFUSING] = refusing[-1] if refusing else _title(application, refusal_of(case))
    return list(found.items())


def read(case: Case, kind: str) -> bytes:
    """The sealed letter. Letters older than sealing are rendered again, dated as the act.

    Raises `NotFound` if the case has none, `WrongState` while it is being made.
    """
    if kind != REFUSING and kind not in letters.WRITTEN:
        raise NotFound(say("没有这种文书。"))
    if kind == "receipt" and not case.application.accepted_on:
        raise NotFound(say("没有这种文书。"))
    names = _REFUSING if kind == REFUSING else (kind,)
    latest = Letter.objects.unscoped().filter(application=case.application, kind__in=names).order_by("-pk").first()
    if latest is None and is_dead(case.person):
        raise NotFound(say("本人已去世，不再制作文书，案卷里留有记录。"))
    if latest is None or (kind == "correction" and not case.application.corrections):
        return _of_before(case, refusal_of(case) if kind == REFUSING else kind)
    if not latest.stored_as:
        title = _title(case.application, latest.kind)
        raise queue.not_made_yet(title, queue.latest(JobKind.MAKE_LETTER, latest.pk))
    return documents.read(latest.stored_as)


def together(cases: Sequence[Case], kind: str) -> bytes:
    """One PDF with the letter of each case, in order, for printing. Raises like `read`."""
    from pypdf import PdfReader, PdfWriter  # imported on use: rarely needed, and takes a tenth of a second

    writer, out = PdfWriter(), BytesIO()
    for case in cases:
        for sheet in PdfReader(BytesIO(read(case, kind))).pages:
            writer.add_page(sheet)
    writer.write(out)
    return out.getvalue()


def title(case: Case, kind: str) -> str:
    """The title of this kind of letter, untranslated. Raises `NotFound`."""
    if kind != REFUSING and kind not in letters.WRITTEN:
        raise NotFound(say("没有这种文书。"))
    return _letter(case.application, refusal_of(case) if kind == REFUSING else kind).title


def seal(pk: int) -> None:
    """Typeset a letter, seal it for its office and store it; nothing if it is sealed already."""
    rows = Letter.objects.unscoped()
    letter = rows.select_related("application__person", "application__agency", "agency").get(pk=pk)
    if letter.stored_as:
        return
    application, name = letter.application, letter.kind
    said = letter.said
    # Older letters did not store their contents; a correction has only what was asked and the deadline.
    if "letter" not in said:
        if "items" in said:
            application.corrections = said["items"]
            application.correct_by = date.fromisoformat(said["until"]) if said["until"] else None
        case = Case(application, None, today=letter.issued_on)
        said = payload(letters.WRITTEN[name](case, name, letter.officer_name))
    kind = _letter(application, name)
    pdf = render(kind.template, said, wording=kind.wording, sealable=True)
    subject = f"{_title(application, name)} {application.number}"
    agency = letter.agency or application.agency
    sealed = seal_letter(pdf, certificate_of(agency), officer=letter.officer_name, subject=subject)
    kept = sealed_papers.keep(sealed, agency)
    # If another worker was first, its letter counts. The contents are in the letter now and leave the row.
    rows.filter(pk=pk, stored_as="").update(**kept, sealed_at=clock.now(), said={})


def _of_before(case: Case, name: str) -> bytes:
    """A letter of an act older than stored letters: dated as the act, without a seal."""
    on = _day_of_act(case, name)
    data = letters.WRITTEN[name](Case(case.application, None, today=on or case.today), name, "")
    kind = _letter(case.application, name)
    return render(kind.template, payload(data), wording=kind.wording)


def _day_of_act(case: Case, name: str) -> date | None:
    if name == "receipt":
        return case.application.accepted_on
    if name in ("proof", "entry"):
        return case.application.recognition.recognised_on if case.application.recognition else None
    told = {t.action for t in WORKFLOWS["application"].of(case.region).transitions if name in t.letters}
    found: Opinion | None = next((o for o in reversed(case.opinions) if o.action in told), None)
    if name == "correction":
        asked = next((act for act in reversed(case.acts) if act.action == "ask_correction"), None)
        return timezone.localdate(asked.at) if asked else None
    return found.given_on if found else None


def refusal_of(case: Case) -> str:
    """The letter that tells of the refusal, by the last refusing act."""
    by_action = WORKFLOWS["application"].of(case.region).by_action
    told = [by_action[o.action].letters for o in case.opinions if o.action in by_action]
    found = [name for names in told for name in names if name in _REFUSING]
    return found[-1] if found else "declined" if case.application.status == "declined" else "rejected"


def _agency(application: Application, name: str) -> Agency:
    """The agency whose seal it has: the county's for recognitions and returns, else the platform's."""
    if name in ("proof", "entry"):
        return application.recognition.agency if application.recognition else application.agency
    if name == "returned":
        return application.opinions.filter(action="return").latest("pk").agency
    return application.agency


def _letter(application: Application, name: str) -> Paper:
    return registry.papers_of(application.area).letter(name)


def _title(application: Application, name: str) -> str:
    return say(_letter(application, name).title)
