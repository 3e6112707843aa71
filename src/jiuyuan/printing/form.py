"""The application form: what stands in it, and the file. Its layout and its words are the region's (`regions.papers.Form`).

The form can be printed at every stage. What is not known yet stays an empty line to fill by hand.

An opinion gets into the form in one of two ways. Written by the program with the agency's electronic seal:
`render_sealable_form`, then `seal_form` for each office, a signature that the next one leaves intact. Or printed, for a seal
in ink: put the opinion in `FormData`.
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

LONGEST_OPINION = 240  # characters of text and reason that its cell holds in readable type


@dataclass(frozen=True, slots=True)
class Choice:
    """A box to tick."""

    label: str
    ticked: bool = False


def choices(labels: tuple[str, ...], *ticked: str) -> tuple[Choice, ...]:
    """Boxes for all `labels`; raises `ValueError` where `ticked` names one that is not among them."""
    unknown = [label for label in ticked if label not in labels]
    if unknown:
        raise ValueError(f"no box for {'、'.join(unknown)} among {'、'.join(labels)}")
    return tuple(Choice(label, label in ticked) for label in labels)


@dataclass(frozen=True, slots=True)
class PrintedMember:
    """Someone of the household. `state` is free: 在岗, 失业, 在校, 退休 …"""

    name: str
    sex: str = ""
    id_number: str = ""
    relation: str = ""
    state: str = ""


@dataclass(frozen=True, slots=True)
class Remark:
    """What happened to the application on its way and has to stand on the form: 补正, 复核退回, 不予受理 …"""

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
    """What an agency writes on the form. A refusal or a return gives its reason.

    `entry` is the category that the county enters in 《就业创业证》 (二(三)).
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
    """An office whose opinion stands on the form: what is printed in its cell and what a reader shows of its signature.

    `title` follows the name of the agency, `heading` stands where there is none; `entry`: what the office also enters, or empty.
    """

    heading: str
    title: str
    accept: str
    refuse: str
    entry: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """How a region sets its form. `offices`: what is printed in the cell of each, by its signature field."""

    title: str
    template: Path
    offices: Mapping[str, OfficeWords]
    own: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FormData:
    """All that the form shows. Everything but number and name may be missing. `own`: what a region prints beside it, by name.

    `signed_by`: the name as it was typed online, the agent's own where `signed_by_agent`; without it there is a line for the pen,
    and one for `agent` where somebody acts for the applicant. It names no state: what is sealed does not change, and the code leads to the page that says how the case stands.
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
    """The form as it stands, as PDF/A-2a, without signatures."""
    return _set(data, layout).pdf


def render_sealable_form(data: FormData, layout: Layout) -> bytes:
    """The form with a signature field in the cell of each opinion that is not printed in it."""
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
    """`pdf` with the opinion written into the office's cell, sealed and signed with the agency's certificate.

    `seal` is the SVG of the agency's registered seal; without it one is drawn. Raises `SealingError` where the form
    has no free field of that office.
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
