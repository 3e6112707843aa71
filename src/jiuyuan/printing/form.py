"""《吉林省就业困难人员申请认定表》: what stands in it, and the file.

The form can be printed at every stage. What is not known yet stays an empty line to fill by hand.

An opinion gets into the form in one of two ways. Written by the program with the agency's electronic seal
(二(二), 二(三)): `render_sealable_form`, then `seal_form` for the platform, later `seal_form` for the county, each a
signature that the next one leaves intact. Or printed, for a seal in ink: put the opinion in `FormData`.
"""

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Literal

from jiuyuan.printing.certificates import Certificate
from jiuyuan.printing.drawings import draw_photo, draw_qr
from jiuyuan.printing.sealing import SealField, add_fields, drawn_seal, sign_pdf
from jiuyuan.printing.typesetting import Typeset, payload_of, typeset

Office = Literal["platform", "county"]

LONGEST_OPINION = 240  # characters of text and reason that its cell holds in readable type

CATEGORIES = (
    "下岗失业人员",
    "大龄失业人员",
    "残疾失业人员",
    "零就业家庭成员",
    "低保失业人员",
    "失地农民",
    "就业困难高校毕业生",
)  # 一(一)1–7
CHANNELS = ("基层窗口", "吉林智慧人社网上办事大厅", "吉林就业创业网", "手机APP", "微信小程序")  # 二(一)
RESIDENCE_KINDS = ("城镇户籍", "城镇常住人员", "农村户籍")  # 一(一)2


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
class Member:
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
class Opinion:
    """What an agency writes on the form. A refusal or a return gives its reason (二(二), 二(三)).

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


@dataclass(frozen=True, slots=True, kw_only=True)
class FormData:
    """All that the form shows. Everything but number, status and name may be missing."""

    number: str
    status: str
    name: str
    status_on: date
    confirm_url: str = ""
    photo: bytes | None = None

    sex: str = ""
    id_number: str = ""
    phone: str = ""
    registered_address: str = ""
    usual_residence: str = ""
    residence_kind: tuple[Choice, ...] = choices(RESIDENCE_KINDS)
    residence_ground: str = ""
    certificate_number: str = ""
    unemployment_registered_on: date | None = None
    education: str = ""
    school: str = ""
    left_school_on: date | None = None
    full_time: bool | None = None
    health: str = ""
    disability_certificate: str = ""
    allowance: str = ""
    former_employer: str = ""
    contract_ended_on: date | None = None
    land_document: str = ""
    household: tuple[Member, ...] = ()

    categories: tuple[Choice, ...] = choices(CATEGORIES)
    channels: tuple[Choice, ...] = choices(CHANNELS)
    job_intention: str = ""
    skills: str = ""
    services: str = ""

    declaration_note: str = ""
    declared_on: date | None = None
    remarks: tuple[Remark, ...] = ()

    platform_name: str = ""
    platform: Opinion | None = None
    notice: NoticePeriod | None = None
    county_name: str = ""
    county: Opinion | None = None


def render_form(data: FormData, *, templates: Path | None = None) -> bytes:
    """The form as it stands, as PDF/A-2b, without signatures. `templates` may hold a `form.typ` that replaces ours."""
    return _set(data, templates).pdf


def render_sealable_form(data: FormData, *, templates: Path | None = None) -> bytes:
    """The form with a signature field in the cell of each opinion that is not printed in it."""
    form = _set(data, templates)
    return add_fields(
        form.pdf,
        [SealField.at(place, {"platform": "初审意见电子印章", "county": "复核意见电子印章"}) for place in form.places],
    )


def seal_form(
    pdf: bytes,
    opinion: Opinion,
    certificate: Certificate,
    *,
    office: Office,
    seal: str | None = None,
    templates: Path | None = None,
) -> bytes:
    """`pdf` with the opinion written into the office's cell, sealed and signed with the agency's certificate.

    `seal` is the SVG of the agency's registered seal; without it one is drawn. Raises `SealingError` where the form
    has no free field of that office.
    """
    payload = {
        "kind": office,
        "opinion": payload_of(opinion),
        "seal": seal or drawn_seal(certificate),
    }
    drawn = typeset("opinion.typ", payload, day=opinion.day, templates=templates)
    return sign_pdf(
        pdf,
        certificate,
        field=office,
        reason={"platform": "初审意见", "county": "复核认定意见"}[office] + "：" + opinion.text,
        name=f"{certificate.agency_name} {opinion.officer}",
        appearance=drawn.pdf,
    )


def _set(data: FormData, templates: Path | None) -> Typeset:
    payload = payload_of(replace(data, photo=None)) | {
        "photo": draw_photo(data.photo) if data.photo else None,
        "qr": draw_qr(data.confirm_url) if data.confirm_url else None,
    }
    return typeset("form.typ", payload, day=data.status_on, templates=templates)
