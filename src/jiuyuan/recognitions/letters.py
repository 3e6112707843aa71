"""退出告知书 and the letter on the outcome of an objection: ground, facts, sources, days, and how to object (三)."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from itertools import islice
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef

from jiuyuan import clock
from jiuyuan.agencies.certificates import certificate_of
from jiuyuan.people import documents, sealed_papers
from jiuyuan.people import facts as standing_facts
from jiuyuan.people.correspondence import dead_among, is_dead
from jiuyuan.people.heard import ways
from jiuyuan.printing import letters
from jiuyuan.recognitions import grounds
from jiuyuan.recognitions.models import ExitNotice, ExitObjection, Investigation, Recognition
from jiuyuan.refusals import NotFound
from jiuyuan.regions import registry
from jiuyuan.regions.papers import LetterKind, Papers
from jiuyuan.rules.facts import fact_label
from jiuyuan.rules.logic import reads
from jiuyuan.wording import say
from jiuyuan.worker import queue
from jiuyuan.worker.kinds import JobKind

_CHUNK = 500
OUTCOME = "objection_outcome"


def exit_notice_pdf(recognition: Recognition) -> bytes:
    """The sealed notice of an exit.

    Raises `NotFound` while the recognition is active, `WrongState` until it is made.
    """
    if recognition.ended_on is None:
        raise NotFound(say("在册期间没有退出告知书。"))
    if is_dead(recognition.person):
        raise NotFound(say("本人已去世，不制作告知书，案卷里留有记录。"))
    if made := recognition.exit_notices.filter(version=recognition.version, objection=None).first():
        return documents.read(made.stored_as)
    raise queue.not_made_yet(_title(recognition), queue.latest(JobKind.MAKE_EXIT_NOTICE, _key(recognition)))


def order_exit_notice(recognition: Recognition) -> None:
    """Order the notice of this end from the worker."""
    about = f"{_title(recognition)} {recognition.number}"
    queue.order(JobKind.MAKE_EXIT_NOTICE, _key(recognition), about=about, area=recognition.area)


def order_missing_exit_notices() -> None:
    """Order missing notices: of ends older than notices, and of those held back for a death that proved wrong."""
    ended = Recognition.objects.unscoped().filter(ended_on__isnull=False)
    made = ExitNotice.objects.unscoped().filter(recognition=OuterRef("pk"), version=OuterRef("version"), objection=None)
    missing = ended.filter(~Exists(made)).order_by("pk")
    rows = missing.iterator(chunk_size=_CHUNK)
    while chunk := list(islice(rows, _CHUNK)):
        dead = dead_among(recognition.person_id for recognition in chunk)
        for recognition in chunk:
            if recognition.person_id not in dead:
                last = queue.latest(JobKind.MAKE_EXIT_NOTICE, _key(recognition))
                if last is None or last.state == last.State.DONE:
                    order_exit_notice(recognition)


def order_outcome(objection: ExitObjection) -> None:
    """Order the letter on the outcome of an objection from the worker. No letters are written to the dead."""
    recognition = objection.recognition
    if not is_dead(recognition.person):
        about = f"{_papers(recognition).letter(OUTCOME).title} {recognition.number}"
        queue.order(JobKind.MAKE_EXIT_NOTICE, f"objection:{objection.pk}", about=about, area=recognition.area)


def outcome_pdf(recognition: Recognition) -> bytes:
    """The sealed outcome of the last objection.

    Raises `NotFound` if none was decided, `WrongState` until it is made.
    """
    objection = recognition.objections.exclude(upheld=None).order_by("-pk").first()
    if objection is None or is_dead(recognition.person):
        raise NotFound(say("没有对退出异议的处理结果。"))
    if made := ExitNotice.objects.unscoped().filter(objection=objection).first():
        return documents.read(made.stored_as)
    title = say(_papers(recognition).letter(OUTCOME).title)
    job = queue.latest(JobKind.MAKE_EXIT_NOTICE, f"objection:{objection.pk}")
    if job is None:  # the objection is older than these letters
        raise NotFound(say("当时没有制作{title}，处理结果在消息里。", title=title))
    raise queue.not_made_yet(title, job)


def make_exit_notice(key: str) -> None:
    """Seal and store the ordered notice or outcome; nothing if the end does not stand any more."""
    about, number = key.split(":")
    if about == "objection":
        _make_outcome(int(number))
        return
    rows = Recognition.objects.unscoped().select_related("person", "agency")
    recognition: Recognition | None = rows.filter(pk=int(about), version=int(number), ended_on__isnull=False).first()
    of_this_end = ExitNotice.objects.unscoped().filter(recognition=int(about), version=int(number), objection=None)
    if recognition is None or of_this_end.exists() or is_dead(recognition.person):
        return
    _keep(recognition, _letter(recognition), _data(recognition), recognition.ended_by_name)


def _make_outcome(pk: int) -> None:
    rows = ExitObjection.objects.unscoped().select_related("recognition__person", "recognition__agency")
    objection = rows.get(pk=pk)
    if not ExitNotice.objects.unscoped().filter(objection=objection).exists():
        recognition = objection.recognition
        letter = _papers(recognition).letter(OUTCOME)
        _keep(recognition, letter, _outcome(objection), objection.decided_by_name, objection)


def _keep(
    recognition: Recognition,
    letter: LetterKind,
    data: letters.LetterData,
    officer: str,
    objection: ExitObjection | None = None,
) -> None:
    pdf = letters.render(letter.template, letters.payload(data), wording=letter.wording, sealable=True)
    subject = f"{letter.title} {recognition.number}"
    sealed = letters.seal_letter(pdf, certificate_of(recognition.agency), officer=officer, subject=subject)
    kept = sealed_papers.keep(sealed, recognition.agency)
    with suppress(IntegrityError), transaction.atomic():  # if another worker was first, its letter counts
        ExitNotice.objects.create(
            recognition=recognition,
            version=recognition.version,
            objection=objection,
            **kept,
            made_at=clock.now(),
        )


def _papers(recognition: Recognition) -> Papers:
    return registry.papers_of(recognition.area)


def _letter(recognition: Recognition) -> LetterKind:
    return _papers(recognition).letter(_name(recognition))


def _name(recognition: Recognition) -> str:
    return "annulment" if recognition.annulled else "exit"


def _title(recognition: Recognition) -> str:
    return say(_letter(recognition).title)


def _key(recognition: Recognition) -> str:
    return f"{recognition.pk}:{recognition.version}"


def _data(recognition: Recognition) -> letters.ExitNoticeData:
    assert recognition.ended_on is not None
    said = _held(recognition)
    name = _name(recognition)
    return letters.ExitNoticeData(
        letter=_head(recognition, name, _decided_on(recognition), recognition.ended_by_name),
        recognition_number=recognition.number,
        recognised_on=recognition.recognised_on,
        ended_on=recognition.ended_on,
        clause=said.clause,
        clause_text=said.title,
        facts=tuple(_evidence(recognition)),
        objection=ways(recognition.area, name, recognition.agency),
    )


def _outcome(objection: ExitObjection) -> letters.OutcomeData:
    recognition = objection.recognition
    assert objection.decided_on is not None
    said = grounds.held(recognition, objection.ground, objection.case)
    return letters.OutcomeData(
        letter=_head(recognition, OUTCOME, objection.decided_on, objection.decided_by_name),
        recognition_number=recognition.number,
        exit_on=objection.ended_on,
        exit_ground=f"{said.clause} {said.title}" if said else objection.ground,
        upheld=bool(objection.upheld),
        finding=objection.finding,
        objection=ways(recognition.area, OUTCOME, recognition.agency),
    )


def _head(recognition: Recognition, name: str, on: date, officer: str) -> letters.Letterhead:
    agency = recognition.agency
    return letters.Letterhead(
        title=say(_papers(recognition).letter(name).title),
        document=registry.document_of(recognition.policy),
        number=recognition.number,
        issued_on=on,
        agency=agency.name,
        addressee=recognition.person.name,
        officer=officer,
        address=agency.address,
        phone=agency.phone,
        url=f"{settings.JIUYUAN.base_url}/confirm/{recognition.number}/",
    )


def _held(recognition: Recognition) -> grounds.GroundHeld:
    known = standing_facts.values(standing_facts.standing(recognition.person.facts.all()))
    said = grounds.held(recognition, recognition.ground, recognition.case, known)
    assert said is not None
    return said


def _inquiry(recognition: Recognition) -> Investigation | None:
    """The investigation behind an end under 三(六)."""
    ending = (Investigation.Outcome.EXIT, Investigation.Outcome.ANNUL)
    found: Investigation | None = recognition.investigations.filter(outcome__in=ending).order_by("-pk").first()
    return found if recognition.ground == grounds.DISQUALIFIED else None


def _decided_on(recognition: Recognition) -> date:
    """The day of the decision, from which limits run; older ends have only the day of exit."""
    day = recognition.decided_on or recognition.ended_on
    assert day is not None
    return day


def _evidence(recognition: Recognition) -> Iterator[letters.Evidence]:
    """Yield the facts behind the ground, then the decision; with an investigation its finding follows the reason."""
    for stated in recognition.basis if recognition.basis is not None else _of_before(recognition):
        yield letters.Evidence(
            fact=say(fact_label(stated["name"])),
            value=grounds.in_words(stated["name"], stated["value"]),
            source=grounds.source_in_words(stated),
            source_day=date.fromisoformat(stated["observed_on"]),
        )
    inquiry, decided_on = _inquiry(recognition), _decided_on(recognition)
    by = f"{recognition.agency.name} {recognition.ended_by_name}"
    if (
        inquiry is None
        or inquiry.found_on is None
        or not recognition.evidence.startswith(inquiry.decision.rstrip("。"))
    ):
        yield letters.Evidence(fact=say("退出依据"), value=recognition.evidence, source=by, source_day=decided_on)
        return
    yield letters.Evidence(fact=say("决定的理由"), value=inquiry.decision, source=by, source_day=decided_on)
    found_by = say("{name}，调查{opened_on:date}立案", name=inquiry.agency.name, opened_on=inquiry.opened_on)
    yield letters.Evidence(fact=say("调查结论"), value=inquiry.finding, source=found_by, source_day=inquiry.found_on)


def _of_before(recognition: Recognition) -> Iterator[dict[str, Any]]:
    """For ends older than stored facts: the standing facts that the ground reads."""
    known = standing_facts.standing(recognition.person.facts.all())
    for name in reads(grounds.grounds_of(recognition)[recognition.ground].when):
        if name in known and (value := known[name].value) is not None and value is not False:
            yield grounds.as_stated(known[name].best) | {"value": value}
