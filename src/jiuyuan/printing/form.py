"""The application form: its contents and PDF. The region defines layout and wording (`regions.papers.FormOfRegion`).

The form can be printed at every stage; what is unknown stays a blank line to be filled in by hand.

An opinion can be added in two ways. With the agency's electronic seal: `render_sealable_form`, then `seal_form`
for each office, whose signatures leave earlier ones valid. Or printed, for an ink seal: put the opinion into
`FormData`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from jiuyuan.printing.certificates import Certificate
from jiuyuan.printing.drawings import draw_photo, draw_qr
from jiuyuan.printing.seal_fields import SealField, drawn_seal
from jiuyuan.printing.typesetting import Typeset, payload_of, typeset

LONGEST_OPINION = 240  # characters of text and reason that fit the cell in readable type


@dataclass(frozen=True, slots=True)
class Choice:
    """A checkbox."""

    label: str
    ticked: bool = False


def choices(labels: tuple[str, ...], *ticked: str) -> tuple[Choice, ...]:
    """Checkboxes for all `labels`. Raises `ValueError` if `ticked` has another one."""
    unknown = [label for label in ticked if label not in labels]
    if unknown:
        raise ValueError(f"no box for {'、'.join(unknown)} among {'、'.join(labels)}")
    return tuple(Choice(label, label in ticked) for label in labels)


@dataclass(frozen=True, slots=True)
class PrintedMember:
    """A household member. `state` is free text: 在岗, 失业, 在校, 退休 …"""

    name: str
    sex: str = ""
    id_number: str = ""
    relation: str = ""
    state: str = ""


@dataclass(frozen=True, slots=True)
class Remark:
    """An earlier event to be shown on the form: 补正, 复核退回, 不予受理 …"""

    kind: str
    day: date
    text: str
    by: str = ""


@dataclass(frozen=True, slots=True)
class NoticePeriod:
    """The public notice of 二(二). `result` is empty while it runs."""

    begins_on: date
    ends_on: date
    result: str = ""


@dataclass(frozen=True, slots=True)
class PrintedOpinion:
    """An agency's opinion on the form. Refusals and returns have a reason.

    `entry`: the category entered by the county in 《就业创业证》 (二(三)).
    """

    passed: bool
    text: str
    officer: str
    day: date
    reason: str = ""
    entry: str = ""

    def __post_init__(self) -> None:
        if not self.passed and not self.reason:
            raise ValueError("an opinion that refuses or returns needs its reason")
        if len(self.text) + len(self.reason) > LONGEST_OPINION:
            raise ValueError(f"意见及理由最多 {LONGEST_OPINION} 字")


@dataclass(frozen=True, kw_only=True)
class OfficeWords:
    """The texts of an office with an opinion on the form: in its cell, and with its signature.

    `title` follows the agency's name; `heading` replaces both if there is none; `entry`: what the office also
    enters, or empty.
    """

    heading: str
    title: str
    accept: str
    refuse: str
    entry: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """A region's layout of the form. `offices`: the texts of each cell, by signature field."""

    title: str
    template: Path
    offices: Mapping[str, OfficeWords]
    own: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FormData:
    """Everything shown on the form; only number and name are required.

    - `own`: the region's own fields, by name.
    - `signed_by`: the name typed online, the agent's if `signed_by_agent`; otherwise there is a line for a pen,
      and one for `agent` if somebody acts for the applicant.
    - No state: what is sealed does not change, and the QR code leads to the current state.
    """

    number: str
    name: str
    set_on: date
    confirm_url: str = ""
    photo: bytes | None = None

    sex: str = ""
    id_number: str = ""
    phone: str = ""
    address: str = ""
    household: tuple[PrintedMember, ...] = ()
    categories: tuple[Choice, ...] = ()
    channels: tuple[Choice, ...] = ()
    own: Mapping[str, Any] = field(default_factory=dict)

    commitment: tuple[str, ...] = ()
    signed_by: str = ""
    signed_by_agent: bool = False
    agent: str = ""
    declared_on: date | None = None
    remarks: tuple[Remark, ...] = ()

    notice: NoticePeriod | None = None
    agencies: Mapping[str, str] = field(default_factory=dict)
    opinions: Mapping[str, PrintedOpinion] = field(default_factory=dict)


def render_form(data: FormData, layout: Layout) -> bytes:
    """The form as PDF/A-2a, without signatures."""
    return _set(data, layout).pdf


def render_sealable_form(data: FormData, layout: Layout) -> bytes:
    """The form with an empty signature field in the cell of each opinion not printed in it."""
    from jiuyuan.printing.sealing import add_fields

    form = _set(data, layout)
    titles = {name: f"{office.title}电子印章" for name, office in layout.offices.items()}
    return add_fields(form.pdf, [SealField.at(place, titles) for place in form.places])


def seal_form(
    pdf: bytes,
    opinion: PrintedOpinion,
    certificate: Certificate,
    layout: Layout,
    *,
    office: str,
    seal: str | None = None,
) -> bytes:
    """Write the opinion into the office's cell and sign with the agency's certificate. Returns the new PDF.

    `seal` is the SVG of the registered seal, by default a drawn one. Raises `SealingError` if the office has no
    free field.
    """
    from jiuyuan.printing.sealing import sign_pdf

    words = layout.offices[office]
    payload = {"words": payload_of(words), "opinion": payload_of(opinion), "seal": seal or drawn_seal(certificate)}
    drawn = typeset(layout.template.with_name("opinion.typ"), payload, day=opinion.day, own=layout.own)
    return sign_pdf(
        pdf,
        certificate,
        field=office,
        reason=f"{words.title}：{opinion.text}",
        name=f"{certificate.agency_name} {opinion.officer}",
        appearance=drawn.pdf,
    )


def _set(data: FormData, layout: Layout) -> Typeset:
    payload = payload_of(replace(data, photo=None, own={})) | payload_of(data.own)
    payload |= {
        "title": layout.title,
        "offices": payload_of(layout.offices),
        "photo": draw_photo(data.photo) if data.photo else None,
        "qr": draw_qr(data.confirm_url) if data.confirm_url else None,
    }
    return typeset(layout.template, payload, day=data.set_on, own=layout.own)
