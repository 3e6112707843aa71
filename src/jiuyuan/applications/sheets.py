"""The sheets for notice boards: one per platform and period,
sealed by the worker for the notices then running (二(二)).
"""

from itertools import groupby

from jiuyuan import clock
from jiuyuan.agencies.certificates import certificate_of
from jiuyuan.applications import letters, public
from jiuyuan.applications.models import NoticeSheet, PublicNotice
from jiuyuan.people import documents, sealed_papers
from jiuyuan.printing.letters import payload, render, seal_letter
from jiuyuan.regions import registry
from jiuyuan.wording import say
from jiuyuan.worker import queue
from jiuyuan.worker.kinds import JobKind

NAME = "public_notice"
Key = tuple[int, str, str]


def key(notice: PublicNotice) -> Key:
    """The notices that share a sheet: platform, first and last day."""
    return notice.application.agency_id, notice.posted_on.isoformat(), notice.ends_on.isoformat()


def make_missing() -> None:
    """Make today's sheets that are missing or no longer match the running notices."""
    for _, group in groupby(sorted(public.running(), key=key), key=key):
        notices = list(group)
        if _made(notices) is None:
            _make(notices)


def read(notices: list[PublicNotice]) -> bytes:
    """The sealed sheet of notices that run together. Raises `WrongState` until it is made."""
    made = _made(notices)
    if made is None:
        raise queue.not_made_yet(say("公示单"), queue.latest(JobKind.MAKE_SHEETS, ""))
    return documents.read(made.stored_as)


def _made(notices: list[PublicNotice]) -> NoticeSheet | None:
    agency, posted_on, ends_on = key(notices[0])
    rows = NoticeSheet.objects.unscoped().filter(agency_id=agency, posted_on=posted_on, ends_on=ends_on)
    found: NoticeSheet | None = rows.order_by("-pk").first()
    return found if found and found.notices == _numbers(notices) else None


def _make(notices: list[PublicNotice]) -> None:
    first = notices[0]
    agency = first.application.agency
    letter = registry.papers_of(agency.path).letter(NAME)
    pdf = render(letter.template, payload(letters.notice_board(agency, notices)), wording=letter.wording, sealable=True)
    subject = f"{letter.title} {agency.name}"
    sealed = seal_letter(pdf, certificate_of(agency), officer="", subject=subject)
    NoticeSheet.objects.create(
        agency=agency,
        posted_on=first.posted_on,
        ends_on=first.ends_on,
        notices=_numbers(notices),
        **sealed_papers.keep(sealed, agency),
        sealed_at=clock.now(),
    )


def _numbers(notices: list[PublicNotice]) -> list[int]:
    return sorted(notice.pk for notice in notices)
