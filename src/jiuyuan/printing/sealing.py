"""Electronic seals: PAdES signatures whose appearance is the seal.

Each signature is an incremental update, so that earlier ones stay valid and readers show what each agency signed
(`docs/decisions/0002-sealing.md`). Import this module on use: its library takes longer to load than Django.
"""

import asyncio
import io
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import TypeVar

from asn1crypto import keys  # type: ignore[import-untyped]
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pyhanko.pdf_utils.content import PdfContent
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.layout import AxisAlignment, BoxConstraints, SimpleBoxLayoutRule
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import fields
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, SimpleSigner
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.stamp import StaticStampStyle
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.registry import SimpleCertificateStore

from jiuyuan.printing.certificates import Certificate
from jiuyuan.printing.field_tags import tag_last_field
from jiuyuan.printing.seal_fields import SealField

Result = TypeVar("Result")
# Bytes of a signature without certificates: up to RSA 8192, signed attributes, and framing.
_BESIDE_CERTIFICATES = 4_096


class SealingError(Exception):
    """The file cannot be sealed or read; the message says why."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The result for one signature.

    - intact: the signed content is unchanged.
    - trusted: the certificate was valid and leads to a given root.
    - untouched: later additions to the file are only further signatures.
    """

    field: str
    signer: str
    issuer: str
    agency_code: str
    name: str
    reason: str
    signed_at: datetime | None
    intact: bool
    trusted: bool
    untouched: bool

    @property
    def valid(self) -> bool:
        return self.intact and self.trusted and self.untouched


def add_fields(pdf: bytes, places: Iterable[SealField]) -> bytes:
    """Add an empty signature field at each place. Do this before the first signature."""
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    for place in places:
        page, _ = writer.find_page_for_modification(place.page - 1)  # type: ignore[no-untyped-call]
        left, _, _, top = (float(edge) for edge in page.get_object()["/MediaBox"])
        box = (
            round(left + place.x),
            round(top - place.y - place.height),
            round(left + place.x + place.width),
            round(top - place.y),
        )
        fields.append_signature_field(
            writer,
            fields.SigFieldSpec(place.name, on_page=place.page - 1, box=box, readable_field_name=place.title),
        )
        tag_last_field(writer, page, place.title)
    return _written(writer)


def sign_pdf(
    pdf: bytes,
    certificate: Certificate,
    *,
    field: str,
    reason: str,
    name: str,
    location: str = "",
    appearance: bytes | None = None,
) -> bytes:
    """Add a PAdES signature (baseline B) in the empty `field`, as an incremental update.

    `name` is the signer as people know them: agency and officer. `appearance` is a one-page PDF shown in the
    field. Raises `SealingError` if the field is missing or signed, or the certificate has expired.
    """
    if certificate.expires_at < datetime.now(UTC):
        raise SealingError(f"{certificate.agency_name}的签章证书已于{certificate.expires_at:%Y-%m-%d}过期，请更换")
    style = None
    if appearance is not None:
        style = StaticStampStyle(
            border_width=0,
            background=_Drawing(appearance),
            background_layout=SimpleBoxLayoutRule(AxisAlignment.ALIGN_MID, AxisAlignment.ALIGN_MID),
        )
    signer = PdfSigner(
        PdfSignatureMetadata(
            field_name=field,
            md_algorithm="sha256",
            subfilter=fields.SigSeedSubFilter.PADES,
            reason=reason,
            name=name,
            location=location or None,
        ),
        signer=_signer(certificate),
        stamp_style=style,
    )
    writer, out = _OfItsVersion(io.BytesIO(pdf)), io.BytesIO()
    room = _room(certificate)
    try:
        _outside_any_loop(lambda: signer.sign_pdf(writer, existing_fields_only=True, bytes_reserved=room, output=out))
    except SigningError as error:
        raise SealingError(f"不能在“{field}”处签章：{error}") from error
    return out.getvalue()


def verify(pdf: bytes, roots: Iterable[x509.Certificate]) -> list[Verdict]:
    """Verify each signature of `pdf`, oldest first; empty for an unsigned file."""
    trusted = [_asn1(root) for root in roots]
    try:
        signatures = PdfFileReader(io.BytesIO(pdf)).embedded_regular_signatures
    except PdfError as error:
        raise SealingError(f"不是可读取的 PDF 文件：{error}") from error
    verdicts = []
    for signature in signatures:
        # No network: offices cannot reach revocation services, and verification must not hang on one.
        context = ValidationContext(trust_roots=trusted, allow_fetching=False, revocation_mode="soft-fail")
        status = _outside_any_loop(partial(validate_pdf_signature, signature, context))
        subject = status.signing_cert.subject.native
        said = signature.sig_object
        verdicts.append(
            Verdict(
                field=signature.field_name,
                signer=subject.get("organization_name") or subject.get("common_name", ""),
                issuer=status.signing_cert.issuer.native.get("common_name", ""),
                agency_code=subject.get("serial_number", ""),
                name=str(said.get("/Name", "")),
                reason=str(said.get("/Reason", "")),
                signed_at=signature.self_reported_timestamp,
                intact=status.intact and status.valid,
                trusted=status.trusted,
                untouched=bool(status.docmdp_ok),
            )
        )
    return verdicts


class _OfItsVersion(IncrementalPdfFileWriter):
    """Keeps the file's version: PDF/A-2 is PDF 1.7, whatever version introduced a signature's algorithm."""

    def ensure_output_version(self, version: tuple[int, int]) -> None:
        super().ensure_output_version(min(version, (1, 7)))  # type: ignore[no-untyped-call]


class _Drawing(PdfContent):
    """Uses the page of another PDF as a signature's appearance."""

    def __init__(self, pdf: bytes) -> None:
        super().__init__()
        self._pdf = pdf

    def render(self) -> bytes:
        assert self.writer is not None
        page = self.writer.import_page_as_xobject(PdfFileReader(io.BytesIO(self._pdf)))
        self.resources.xobject["/Seal"] = page
        left, bottom, right, top = page.get_object()["/BBox"]
        self.box = BoxConstraints(width=abs(right - left), height=abs(top - bottom))
        return b"/Seal Do"


def _outside_any_loop(work: Callable[[], Result]) -> Result:
    """Run in a new thread if needed: pyHanko starts an event loop, which fails in a thread that already has one."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return work()
    with ThreadPoolExecutor(1) as elsewhere:
        return elsewhere.submit(work).result()


def _room(certificate: Certificate) -> int:
    """The hex digits reserved for a signature and its certificates;
    left to itself pyHanko would sign twice to find out.
    """
    sent = [certificate.certificate, *certificate.chain]
    return 2 * (sum(len(one.public_bytes(Encoding.DER)) for one in sent) + _BESIDE_CERTIFICATES)


def _signer(certificate: Certificate) -> SimpleSigner:
    key = certificate.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    known = SimpleCertificateStore()  # type: ignore[no-untyped-call]
    known.register_multiple(_asn1(issuer) for issuer in certificate.chain)
    return SimpleSigner(_asn1(certificate.certificate), keys.PrivateKeyInfo.load(key), known)


def _asn1(certificate: x509.Certificate) -> asn1_x509.Certificate:
    return asn1_x509.Certificate.load(certificate.public_bytes(Encoding.DER))


def _written(writer: IncrementalPdfFileWriter) -> bytes:
    out = io.BytesIO()
    writer.write(out)  # type: ignore[no-untyped-call]
    return out.getvalue()
