"""The letters: receipt, correction, refusal, public notice, exit, referral to an employer.

Each has what a person needs in order to act: deadline, ground, source, and remedies.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Any

from jiuyuan.printing.certificates import Certificate
from jiuyuan.printing.drawings import draw_qr
from jiuyuan.printing.seal_fields import SealField, drawn_seal
from jiuyuan.printing.typesetting import STYLE, payload_of, typeset
from jiuyuan.wording import Sentence, packed, say, unpacked


class UnmaskedNumberError(ValueError):
    """An unmasked ID number was about to be published."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letterhead:
    """Sender, addressee, date and document of a letter, with the sender's address."""

    title: str
    number: str
    issued_on: date
    agency: str
    document: str = ""
    addressee: str = ""
    officer: str = ""
    address: str = ""
    phone: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptData:
    """受理通知书. `due_on` is the last day of the limit, provisional if that year has no holiday plan yet."""

    letter: Letterhead
    masked_id: str
    applied_on: date
    accepted_on: date
    due_on: date
    limit_days: int
    notice_days: int | None
    provisional: bool = False
    categories: tuple[str, ...] = ()
    materials: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CorrectionItem:
    what: str
    why: str
    how: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionData:
    """补正告知书, with all corrections at once."""

    letter: Letterhead
    items: tuple[CorrectionItem, ...]
    until: date | None = None
    objection: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.items:
            raise ValueError("a letter of correction names what is to be corrected")


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusalGround:
    """A ground of a refusal. `remedy`: what would change the answer."""

    clause: str
    clause_text: str
    fact: str
    value: str
    source: str
    source_day: date | None
    remedy: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RejectionData:
    """A refusal. `objection`: the remedies, one sentence each."""

    letter: Letterhead
    grounds: tuple[RefusalGround, ...]
    objection: tuple[str, ...]

    def __post_init__(self) -> None:
        _must_be_contestable(self.grounds, self.objection)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnData:
    """A letter on a case returned by the county. `grounds`: what failed; empty if it has to be corrected."""

    letter: Letterhead
    reason: str
    grounds: tuple[RefusalGround, ...]
    objection: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RecognitionData:
    """认定证明, and the sheet for the entry in the person's certificate."""

    letter: Letterhead
    recognition_number: str
    sex: str
    id_number: str
    category: str
    recognised_on: date
    certificate_number: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeData:
    """The outcome of an objection to an exit; `exit_on` and `exit_ground` are those of the exit."""

    letter: Letterhead
    recognition_number: str
    exit_on: date
    exit_ground: str
    upheld: bool
    finding: str
    objection: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusalNoticeData:
    """A counted refusal. `came`: whether it was an appointment that the person missed."""

    letter: Letterhead
    recognition_number: str
    refused_on: date
    what: str
    came: bool
    told_on: date
    told: str
    response: str
    ground: str
    objection: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimRefusalData:
    """不予支持决定书: the refused claim, reason and clause."""

    letter: Letterhead
    scheme: str
    months: str
    claimed_on: date
    reason: str
    clause: str
    objection: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RecoveryData:
    """A recovery: announced (`speak_by`), decided (`reason`) or urged (`decision`: number and day).

    `months` have their sums. A decision without remedies is not printed.
    """

    letter: Letterhead
    facts: str
    law: str
    months: tuple[tuple[str, str], ...]
    sum: str
    speak_by: date | None = None
    words: str = ""
    reason: str = ""
    pay_by: date | None = None
    account: str = ""
    decision: str = ""
    objection: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.reason:
            _must_be_contestable(self.months, self.objection)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    fact: str
    value: str
    source: str
    source_day: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ExitNoticeData:
    """退出告知书: ground, facts, and the day of exit."""

    letter: Letterhead
    recognition_number: str
    recognised_on: date
    ended_on: date
    clause: str
    clause_text: str
    facts: tuple[Evidence, ...]
    objection: tuple[str, ...]

    def __post_init__(self) -> None:
        _must_be_contestable(self.facts, self.objection)


@dataclass(frozen=True, slots=True)
class PrintedNoticeEntry:
    """A person on public notice. `masked_id` keeps the first six and the last two digits."""

    name: str
    sex: str
    masked_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicNoticeData:
    """公示. It has no fields for category, address or birth date, so they cannot be published."""

    letter: Letterhead
    begins_on: date
    ends_on: date
    entries: tuple[PrintedNoticeEntry, ...]
    objection: str = ""

    def __post_init__(self) -> None:
        for entry in self.entries:
            if not _MASKED.fullmatch(entry.masked_id):
                raise UnmaskedNumberError(f"公示的身份证号码只能保留前6位和后2位：{entry.name}")
        for text in _texts(self):
            # Normalise full-width digits and spaces, which would hide a number from this check but not from readers.
            plain = re.sub(r"\s", "", unicodedata.normalize("NFKC", text))
            if _FULL.search(plain) or _OLD.search(plain):
                raise UnmaskedNumberError("公示内容中有未隐去的身份证号码")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralData:
    """推荐介绍信. Of the person only the name: no fields for category, disability or poverty."""

    letter: Letterhead
    name: str
    job: str
    place: str
    pay: str
    time: str
    return_by: date


@dataclass(frozen=True, slots=True, kw_only=True)
class PostContractData:
    """公益性岗位合同单, signed by the employer (the addressee) and the person.

    `report_days`: the days within which a vacated post has to be reported.
    """

    letter: Letterhead
    name: str
    job: str
    duties: str
    place: str
    time: str
    pay: str
    begins_on: date
    until: date
    report_days: int


LetterData = (
    ReferralData
    | PostContractData
    | ReceiptData
    | CorrectionData
    | RejectionData
    | ReturnData
    | RecognitionData
    | OutcomeData
    | RefusalNoticeData
    | ClaimRefusalData
    | RecoveryData
    | ExitNoticeData
    | PublicNoticeData
)


def payload(data: LetterData) -> dict[str, Any]:
    """The input of a template as JSON: sentences with their fields, translated when the letter is typeset."""
    found: dict[str, Any] = _kept(data)
    return found


def _kept(value: Any) -> Any:
    if is_dataclass(value):
        return {field.name: _kept(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, list | tuple):
        return [_kept(item) for item in value]
    return packed(value) if isinstance(value, Sentence) else payload_of(value)


def words(said: dict[str, Any]) -> dict[str, Any]:
    """A `payload` in the reader's language."""
    found: dict[str, Any] = payload_of(_said(said))
    return found


def _said(value: Any) -> Any:
    if isinstance(value, list):
        return [_said(item) for item in value]
    if isinstance(value, dict) and "say" not in value:
        return {name: _said(item) for name, item in value.items()}
    return unpacked(value)


def render(
    template: Path,
    said: dict[str, Any],
    *,
    own: Path | None = None,
    wording: Mapping[str, str] = MappingProxyType({}),
    sealable: bool = False,
) -> bytes:
    """Render a letter from its `payload`, with room for a seal if `sealable`. `own` and `wording`: see `typeset`."""
    filled = words(said)
    letter = filled["letter"]
    with_code = {**filled, "qr": draw_qr(letter["url"]) if letter["url"] else None}
    done = typeset(template, with_code, day=date.fromisoformat(letter["issued_on"]), own=own, wording=wording)
    if not sealable:
        return done.pdf
    from jiuyuan.printing.sealing import add_fields

    title = {"seal": say("{agency}电子印章", agency=letter["agency"])}
    return add_fields(done.pdf, [SealField.at(place, title) for place in done.places])


def seal_letter(
    pdf: bytes,
    certificate: Certificate,
    *,
    officer: str,
    subject: str,
    seal: str | None = None,
) -> bytes:
    """Seal and sign a letter rendered as `sealable`, over the agency's name.

    `subject` is the reason shown by PDF readers, such as the letter's title and number.
    """
    from jiuyuan.printing.sealing import sign_pdf

    payload = {"seal": seal or drawn_seal(certificate)}
    drawn = typeset(STYLE / "seal.typ", payload, day=_SEAL_DAY)
    return sign_pdf(
        pdf,
        certificate,
        field="seal",
        reason=subject,
        name=f"{certificate.agency_name} {officer}",
        appearance=drawn.pdf,
    )


_SEAL_DAY = date(2022, 5, 10)  # seals have no date; a fixed one makes the bytes reproducible

_MASKED = re.compile(r"\d{6}\*{10}\d[\dX]")
_FULL = re.compile(r"\d{6}(18|19|20)\d{2}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])\d{3}[\dXx]")
_OLD = re.compile(r"(?<!\d)\d{8}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])\d{3}(?!\d)")


def _must_be_contestable(grounds: tuple[object, ...], objection: tuple[str, ...]) -> None:
    if not grounds or not objection:
        raise ValueError("a decision against someone states its grounds and how to object")


def _texts(value: Any) -> Iterator[str]:
    """Yield every text in a dataclass, recursively."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from _texts(item)
    elif is_dataclass(value):
        for field in fields(value):
            yield from _texts(getattr(value, field.name))
