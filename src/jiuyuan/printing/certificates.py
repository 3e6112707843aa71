"""The certificates with which agencies sign: supplied by the office, or issued for development.

A folder has one PKCS#12 file per agency, `<agency code>.p12`. In production the office puts them there. For
development the folder has a certification authority, which issues missing certificates; its names all say that it
is a development authority. Without it nothing is issued.
"""

import os
import re
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

SigningKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey

DEVELOPMENT_CA_NAME = "就援开发测试根证书（不得用于正式签章）"

_CA_FILE = "development-ca.p12"
_CA_FOR_READERS = "development-ca.pem"
_DOCUMENT_SIGNING = x509.ObjectIdentifier("1.3.6.1.5.5.7.3.36")  # RFC 9336


class CertificateError(Exception):
    """The agency has no usable certificate; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """An agency's certificate with its key. `agency_name` is the name on its seal."""

    agency_code: str
    agency_name: str
    key: SigningKey
    certificate: x509.Certificate
    chain: tuple[x509.Certificate, ...]

    @property
    def is_development(self) -> bool:
        return self.certificate.issuer == _name_of_development_ca()

    @property
    def expires_at(self) -> datetime:
        return self.certificate.not_valid_after_utc


@dataclass(frozen=True, slots=True)
class GivenCertificate:
    """The contents of a PKCS#12 file. `names`: all names of its subject."""

    key: SigningKey
    certificate: x509.Certificate
    chain: tuple[x509.Certificate, ...]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(str(attribute.value) for attribute in self.certificate.subject)

    @property
    def subject(self) -> str:
        return _called(self.certificate.subject)

    @property
    def issuer(self) -> str:
        return _called(self.certificate.issuer)

    @property
    def fingerprint(self) -> str:
        return self.certificate.fingerprint(hashes.SHA256()).hex()

    @property
    def is_development(self) -> bool:
        return self.certificate.issuer == _name_of_development_ca()


def given(content: bytes, passphrase: bytes) -> GivenCertificate:
    """Read an office's file.

    Raises `CertificateError` if it does not open, or has no key or one of another certificate.
    """
    try:
        key, certificate, chain = pkcs12.load_key_and_certificates(content, passphrase or None)
    except ValueError as error:
        raise CertificateError("证书文件打不开，密码不对或文件损坏") from error
    if certificate is None or not isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
        raise CertificateError("证书文件里没有可用于签名的密钥和证书")
    if key.public_key() != certificate.public_key():
        raise CertificateError("证书文件里的密钥和证书不是一对")
    return GivenCertificate(key, certificate, tuple(chain))


def keep(one: GivenCertificate, agency_code: str, folder: Path) -> None:
    """Install the certificate of an agency, replacing the previous one, readable only by the folder's owner."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    packed = pkcs12.serialize_key_and_certificates(
        agency_code.encode(), one.key, one.certificate, list(one.chain), NoEncryption()
    )
    draft = folder / f".{agency_code}.{secrets.token_hex(6)}"
    try:
        draft.touch(mode=0o600)
        draft.write_bytes(packed)
        draft.replace(folder / f"{agency_code}.p12")
    finally:
        draft.unlink(missing_ok=True)


def _called(name: x509.Name) -> str:
    """The organization, else the common name, else the whole name."""
    for oid in (NameOID.ORGANIZATION_NAME, NameOID.COMMON_NAME):
        if found := name.get_attributes_for_oid(oid):
            return str(found[0].value)
    return name.rfc4514_string()


def make_development_ca(folder: Path) -> Path:
    """Create the development authority in `folder` if it is missing.

    Returns the path of its certificate, for PDF readers.
    """
    readers_copy = folder / _CA_FOR_READERS
    if not (folder / _CA_FILE).exists():
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        key = ec.generate_private_key(ec.SECP256R1())
        name = _name_of_development_ca()
        certificate = (
            _builder(name, name, key, years=20)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_usage(sign_certificates=True), critical=True)
            .sign(key, hashes.SHA256())
        )
        _write_once(folder / _CA_FILE, _packed(_CA_FILE, key, certificate, ()))
    _, certificate, _ = _unpacked(folder / _CA_FILE, None)
    _write_once(readers_copy, certificate.public_bytes(Encoding.PEM), mode=0o644)
    return readers_copy


def certificate_for(
    agency_code: str, agency_name: str, folder: Path, *, passphrase: bytes | None = None
) -> Certificate:
    """The certificate of an agency from `folder`, issued there if a development authority exists.

    `passphrase` opens the office's PKCS#12 files; development files have none.
    """
    if not re.fullmatch(r"[0-9A-Za-z_-]{1,32}", agency_code):
        raise CertificateError(f"机构代码不能用作证书文件名：{agency_code!r}")
    file = folder / f"{agency_code}.p12"
    if not file.exists():
        if not (folder / _CA_FILE).exists():
            raise CertificateError(f"没有{agency_name}的签章证书：请将该机构的 PKCS#12 文件放到 {file}")
        _issue(agency_code, agency_name, folder, file)
        passphrase = None
    key, certificate, chain = _unpacked(file, passphrase)
    return Certificate(agency_code, agency_name, key, certificate, chain)


def load_roots(folder: Path) -> list[x509.Certificate]:
    """The trusted authorities: all certificates in the PEM files of `folder`."""
    return [
        root for file in sorted(folder.glob("*.pem")) for root in x509.load_pem_x509_certificates(file.read_bytes())
    ]


def _issue(agency_code: str, agency_name: str, folder: Path, file: Path) -> None:
    ca_key, ca, _ = _unpacked(folder / _CA_FILE, None)
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, agency_name),
            x509.NameAttribute(NameOID.COMMON_NAME, _common_name(agency_name)),
            x509.NameAttribute(NameOID.SERIAL_NUMBER, agency_code),
        ]
    )
    certificate = (
        _builder(subject, ca.subject, key, years=10)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(sign_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION, _DOCUMENT_SIGNING]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(_public(ca_key)), critical=False)
        .sign(ca_key, hashes.SHA256())
    )
    _write_once(file, _packed(agency_code, key, certificate, (ca,)))


def _common_name(agency_name: str) -> str:
    """The name that PDF readers show first, cut to X.509's 64 bytes. The organization has the full name."""
    mark = "（开发测试）"
    room = 64 - len(mark.encode())
    if len(agency_name.encode()) <= room:
        return agency_name + mark
    return agency_name.encode()[: room - len("…".encode())].decode(errors="ignore") + "…" + mark


def _name_of_development_ca() -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, DEVELOPMENT_CA_NAME)])


def _public(key: SigningKey) -> ec.EllipticCurvePublicKey:
    assert isinstance(key, ec.EllipticCurvePrivateKey)  # the development authority's own
    return key.public_key()


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, *, years: int
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=365 * years))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _usage(*, sign_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not sign_certificates,
        content_commitment=not sign_certificates,  # what readers call non-repudiation
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=sign_certificates,
        crl_sign=sign_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _packed(
    label: str, key: ec.EllipticCurvePrivateKey, certificate: x509.Certificate, chain: tuple[x509.Certificate, ...]
) -> bytes:
    return pkcs12.serialize_key_and_certificates(label.encode(), key, certificate, list(chain), NoEncryption())


def _unpacked(
    file: Path, passphrase: bytes | None
) -> tuple[SigningKey, x509.Certificate, tuple[x509.Certificate, ...]]:
    try:
        found = given(file.read_bytes(), passphrase or b"")
    except CertificateError as error:
        raise CertificateError(f"{error}：{file}") from error
    return found.key, found.certificate, found.chain


def _write_once(file: Path, content: bytes, mode: int = 0o600) -> None:
    """Create a file atomically unless it exists: of several processes the first one wins, and all read its file."""
    draft = file.with_name(f".{file.name}.{secrets.token_hex(6)}")
    try:
        draft.touch(mode=mode)
        draft.write_bytes(content)
        os.link(draft, file)
    except FileExistsError:
        pass
    finally:
        draft.unlink(missing_ok=True)
