"""An office's sealing certificate, uploaded on a page by those who manage agencies. Its key is never displayed."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.conf import settings
from django.db import transaction

from jiuyuan import clock
from jiuyuan.agencies import again
from jiuyuan.agencies.models import Agency, User
from jiuyuan.history import services as history
from jiuyuan.people import offices
from jiuyuan.printing import certificates
from jiuyuan.printing.certificates import CertificateError, GivenCertificate
from jiuyuan.refusals import BadInput, GuardNotMet
from jiuyuan.wording import say

LARGEST = 100_000


@dataclass(frozen=True)
class SealInUse:
    """What is displayed of an office's certificate: holder, issuer, last day, days left."""

    subject: str
    issuer: str
    until: date
    days: int


def in_use(agency: Agency) -> SealInUse | None:
    """The certificate of an agency; None if there is none that can be opened."""
    try:
        given = certificates.given((_folder() / f"{agency.code}.p12").read_bytes(), b"")
    except (OSError, CertificateError):
        return None
    return _told(given)


@transaction.atomic
def replace(by: User, agency: Agency, content: bytes, passphrase: str, *, other_name: bool = False) -> SealInUse:
    """Replace the certificate by this PKCS#12 file. `other_name`: the user confirmed that it is the office's despite
    the name.

    Raises `BadInput` for `file`, `passphrase` or `other_name`, `GuardNotMet` for a closed agency, and like
    `offices.refuse_who_does_not_manage`.
    """
    given = _opened(by, agency, content, passphrase, other_name=other_name)
    again.ask(by, "agency.seal")
    certificates.keep(given, agency.code, _folder())
    payload = {
        "subject": given.subject, "issuer": given.issuer, "fingerprint": given.fingerprint,
        "until": str(given.certificate.not_valid_after_utc.date()),
    }  # fmt: skip
    history.append(f"agency:{agency.code}", by.actor, "agency_seal_replaced", payload, agency.path)
    return _told(given)


def look(by: User, agency: Agency, content: bytes, passphrase: str, *, other_name: bool = False) -> SealInUse:
    """Read a certificate file without storing it. Raises like `replace`."""
    return _told(_opened(by, agency, content, passphrase, other_name=other_name))


def _told(given: GivenCertificate) -> SealInUse:
    until = given.certificate.not_valid_after_utc.date()
    return SealInUse(given.subject, given.issuer, until, (until - clock.today()).days)


def _opened(by: User, agency: Agency, content: bytes, passphrase: str, *, other_name: bool) -> GivenCertificate:
    offices.refuse_who_does_not_manage(by, agency)
    if agency.closed_on is not None:
        raise GuardNotMet(say("{name}已经撤销，不能再盖章。", name=agency.name))
    if len(content) > LARGEST:
        raise BadInput(say("文件太大。"), [("file", say("这不像证书文件，请核对。"))])
    try:
        given = certificates.given(content, passphrase.encode())
    except CertificateError as wrong:
        raise BadInput(say("证书不能用。"), [("file", say("{wrong}。请核对文件和密码。", wrong=str(wrong)))]) from None
    _refuse_wrong(agency, given, other_name=other_name)
    return given


def _refuse_wrong(agency: Agency, given: GivenCertificate, *, other_name: bool) -> None:
    first, last = given.certificate.not_valid_before_utc.date(), given.certificate.not_valid_after_utc.date()
    if not first <= clock.today() <= last:
        why = say("这份证书{first:date}至{last:date}有效，今天不能用。", first=first, last=last)
        raise BadInput(say("证书不能用。"), [("file", why)])
    if settings.JIUYUAN.mode == "production" and given.is_development:
        raise BadInput(say("证书不能用。"), [("file", say("这是开发测试用的证书，不得用于正式签章。"))])
    if agency.name not in given.names and agency.code not in given.names and not other_name:
        why = say("证书是“{subject}”的，不是“{name}”的。确实是它的，请勾选。", subject=given.subject, name=agency.name)
        raise BadInput(say("请核对是谁的证书。"), [("other_name", why)])


def _folder() -> Path:
    folder: Path = settings.JIUYUAN.data / "certificates"
    return folder
