"""The state of an installation in figures, for its page, its metrics and `jiuyuan check`. No personal data."""

import shutil
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import pkcs12
from django.conf import settings
from django.db.models import Sum

from jiuyuan import clock
from jiuyuan.agencies import logins, signing_server
from jiuyuan.agencies.models import Agency, User
from jiuyuan.agencies.roles import STAFF
from jiuyuan.history.ledger import last_hash
from jiuyuan.history.models import Digest, Entry
from jiuyuan.operations import runs
from jiuyuan.operations.models import ErrorSeen
from jiuyuan.recognitions.models import NightlyRun
from jiuyuan.rules import calendar
from jiuyuan.worker import queue
from jiuyuan.worker.models import Job

_TRIED_OFTEN = 5


@dataclass(frozen=True)
class Room:
    """The bytes of the disk with the data folder."""

    free: int
    total: int


@dataclass(frozen=True)
class CertificateDays:
    """A certificate in the data folder and its remaining days; None if the file is unreadable."""

    name: str
    days: int | None


def room() -> Room:
    found = shutil.disk_usage(settings.JIUYUAN.data)
    return Room(found.free, found.total)


def jobs() -> Counter[Job.State]:
    """The number of jobs in each state except done."""
    rows = Job.objects.unscoped().filter(queue.OPEN | queue.IN_TROUBLE)
    return Counter(job.state for job in rows.only("finished_at", "failure", "claim", "beat_at", "due_at"))


def neglected() -> int:
    """The number of overdue unclaimed jobs."""
    return sum(job.neglected for job in Job.objects.unscoped().filter(queue.OPEN))


def last_night() -> datetime | None:
    run = NightlyRun.objects.exclude(finished_at=None).order_by("-day").first()
    return run.finished_at if run else None


def last_seal_day() -> date | None:
    return Digest.objects.order_by("-day").values_list("day", flat=True).first()


def last_act_at() -> datetime | None:
    return Entry.objects.unscoped().order_by("-id").values_list("at", flat=True).first()


def outside_copy() -> bool | None:
    """Whether the outside copy of the ledger ends with the same line; None if none is configured."""
    installation = settings.JIUYUAN
    if installation.ledger_outside is None:
        return None
    return last_hash(installation.ledger_outside) == last_hash(installation.ledger)


def certificates(folder: Path | None = None) -> list[CertificateDays]:
    """The certificates of agencies, and of the site if configured; the first to expire first."""
    installation, held = settings.JIUYUAN, _folder(folder)
    found = [CertificateDays(path.name, _days_of_p12(path)) for path in sorted(held.glob("*.p12"))]
    found += [CertificateDays(path.name, _days_of_pem(path)) for path in sorted(held.glob("*.sm2.pem"))]
    if installation.tls_certificate is not None:
        found.append(CertificateDays(installation.tls_certificate.name, _days_of_pem(installation.tls_certificate)))
    return sorted(found, key=lambda one: -1 if one.days is None else one.days)


def without_sm2_certificate() -> list[str]:
    """The codes of agencies that seal papers without a certificate for the SM2 signature."""
    codes = (path.name.removesuffix(".p12") for path in sorted(_folder(None).glob("*.p12")))
    open_ones = set(Agency.objects.filter(closed_on=None).values_list("code", flat=True))
    return [code for code in codes if code in open_ones and not signing_server.certificate_file(code).exists()]


def _folder(folder: Path | None) -> Path:
    return folder or settings.JIUYUAN.data / "certificates"


def _days_of_p12(path: Path) -> int | None:
    try:
        _, certificate, _ = pkcs12.load_key_and_certificates(path.read_bytes(), None)
    except (OSError, ValueError):
        return None
    return _days_left(certificate)


def _days_of_pem(path: Path) -> int | None:
    try:
        return _days_left(x509.load_pem_x509_certificate(path.read_bytes()))
    except (OSError, ValueError):
        return None


def _days_left(certificate: x509.Certificate | None) -> int | None:
    return (certificate.not_valid_after_utc.date() - clock.today()).days if certificate else None


def holidays_known_until() -> int:
    """The last year with published holidays."""
    return max(calendar.published_years())


def guessed_at() -> list[tuple[User, int]]:
    """Staff accounts with many wrong passwords within an hour, most first."""
    staff = User.objects.filter(role__in=STAFF, is_active=True)
    wrong = logins.wrong_within_the_hour(staff.values_list("username", flat=True))
    often = {name: count for name, count in wrong.items() if count >= _TRIED_OFTEN}
    return sorted(((user, often[user.username]) for user in staff.filter(username__in=often)), key=lambda row: -row[1])


def errors_of_days(days: int) -> int:
    """The number of kinds of errors seen in the last days."""
    return ErrorSeen.objects.filter(last_at__gt=clock.now() - timedelta(days=days)).count()


def errors_in_all() -> int:
    return ErrorSeen.objects.aggregate(all=Sum("count"))["all"] or 0


def drilled_this_quarter() -> bool:
    at, today = runs.last_at(runs.Kind.DRILL), clock.today()
    return at is not None and (at.year, (at.month - 1) // 3) == (today.year, (today.month - 1) // 3)
