"""Detached SM2 signatures: the digest to sign (GM/T 0009), verification, and the file (GM/T 0010).

Neither `cryptography` nor pyHanko supports SM2 signatures. OpenSSL's command, which installations have for TLS,
verifies them; it gets the public key and signature as files and the paper through a pipe.
"""

import subprocess
import tempfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from asn1crypto import algos, cms, core, pem  # type: ignore[import-untyped]
from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives import hashes

from jiuyuan.printing.certificates import CertificateError
from jiuyuan.wording import say

#: The default signer id of GM/T 0009.
USER_ID = "1234567812345678"
_CURVE = "1.2.156.10197.1.301"
_SIGNATURE, _SM3 = "1.2.156.10197.1.301.1", "1.2.156.10197.1.401"
_SIGNED_DATA, _DATA = "1.2.156.10197.6.1.4.2.2", "1.2.156.10197.6.1.4.2.1"
_FIELD, _POINT = 32, 64
#: a, b and the base point of the curve (GB/T 32918.5), which the digest includes before the public key.
_PARAMETERS = bytes.fromhex(
    "FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFC"
    "28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93"
    "32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7"
    "BC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0"
)
_SECONDS = 20


class CannotVerify(Exception):
    """OpenSSL is missing or does not support SM2; the message says which."""


@dataclass(frozen=True, slots=True)
class Sm2Certificate:
    """The certificate of a key held elsewhere. `public_key`: both coordinates, 32 bytes each."""

    der: bytes
    subject: str
    serial: int
    starts_at: datetime
    expires_at: datetime
    public_key: bytes

    @classmethod
    def read(cls, content: bytes) -> "Sm2Certificate":
        """Parse PEM or DER. Raises `CertificateError` if it is not a certificate of an SM2 key."""
        try:
            der = pem.unarmor(content)[2] if pem.detect(content) else content
            found = asn1_x509.Certificate.load(der, strict=True)
            said = found["tbs_certificate"]["subject_public_key_info"]
            point, curve = bytes(said["public_key"]), said["algorithm"]["parameters"].native
            names = found.subject.native
            read = cls(
                der, names.get("organization_name") or names.get("common_name", ""), found.serial_number,
                found.not_valid_before, found.not_valid_after, point[1:],
            )  # fmt: skip
        except (ValueError, TypeError, KeyError) as error:
            raise CertificateError(say("SM2证书打不开")) from error
        if curve != _CURVE or len(point) != 1 + _POINT or point[0] != 4:
            raise CertificateError(say("证书的密钥不是SM2"))
        return read


def digest(certificate: Sm2Certificate, content: bytes, user_id: str = USER_ID) -> bytes:
    """The digest that SM2 signs: SM3 over signer id, curve and key, then over the content (GM/T 0009)."""
    who = user_id.encode()
    signer = _sm3((len(who) * 8).to_bytes(2, "big") + who + _PARAMETERS + certificate.public_key)
    return _sm3(signer + content)


def verifies(certificate: Sm2Certificate, content: bytes, signature: bytes, user_id: str = USER_ID) -> bool:
    """Whether the certificate's key signed the content. Raises `CannotVerify`."""
    info = asn1_x509.Certificate.load(certificate.der)["tbs_certificate"]["subject_public_key_info"]
    with tempfile.TemporaryDirectory() as folder:
        key, signed = Path(folder, "key.pem"), Path(folder, "signature")
        key.write_bytes(pem.armor("PUBLIC KEY", info.dump()))
        signed.write_bytes(signature)
        return _openssl(
            "dgst", "-sm3", "-verify", str(key), "-signature", str(signed), "-sigopt", f"distid:{user_id}", given=content
        )  # fmt: skip


def check_openssl() -> str:
    """The version of OpenSSL. Raises `CannotVerify` if it lacks SM2."""
    if not _openssl("ecparam", "-name", "SM2", "-noout"):
        raise CannotVerify(say("OpenSSL不认识SM2"))
    return subprocess.run(["openssl", "version"], capture_output=True, text=True, check=True).stdout.strip()


def detached(certificate: Sm2Certificate, signature: bytes) -> bytes:
    """The signature as a file: SignedData of GM/T 0010, with the certificate, without the content."""
    held = asn1_x509.Certificate.load(certificate.der)
    signer = _Signer(
        {
            "version": 1,
            "issuer_and_serial": cms.IssuerAndSerialNumber(
                {"issuer": held.issuer, "serial_number": held.serial_number}
            ),
            "digest_algorithm": {"algorithm": _SM3},
            "signature_algorithm": {"algorithm": _SIGNATURE},
            "signature": signature,
        }
    )
    data = _SignedData(
        {
            "version": 1,
            "digest_algorithms": [{"algorithm": _SM3}],
            "content": {"content_type": _DATA},
            "certificates": [held],
            "signers": [signer],
        }
    )
    made: bytes = _Signed({"content_type": _SIGNED_DATA, "content": data}).dump()
    return made


def signed_by(file: bytes) -> tuple[Sm2Certificate, bytes]:
    """The certificate and signature in a detached file. Raises `CertificateError`."""
    try:
        data = _Signed.load(file, strict=True)["content"]
        return Sm2Certificate.read(data["certificates"][0].dump()), data["signers"][0]["signature"].native
    except (ValueError, TypeError, KeyError, IndexError) as error:
        raise CertificateError(say("不是SM2签名文件")) from error


def _sm3(content: bytes) -> bytes:
    made = hashes.Hash(hashes.SM3())
    made.update(content)
    return made.finalize()


def _openssl(*command: str, given: bytes = b"") -> bool:
    try:
        done = subprocess.run(["openssl", *command], input=given, capture_output=True, timeout=_SECONDS)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise CannotVerify(say("OpenSSL不能用（{error}）", error=type(error).__name__)) from error
    return done.returncode == 0


class _Content(core.Sequence):  # type: ignore[misc]
    _fields = [("content_type", core.ObjectIdentifier)]


class _Signer(core.Sequence):  # type: ignore[misc]
    _fields = [
        ("version", core.Integer),
        ("issuer_and_serial", cms.IssuerAndSerialNumber),
        ("digest_algorithm", algos.AlgorithmIdentifier),
        ("signature_algorithm", algos.AlgorithmIdentifier),
        ("signature", core.OctetString),
    ]


class _Algorithms(core.SetOf):  # type: ignore[misc]
    _child_spec = algos.AlgorithmIdentifier


class _Certificates(core.SetOf):  # type: ignore[misc]
    _child_spec = asn1_x509.Certificate


class _Signers(core.SetOf):  # type: ignore[misc]
    _child_spec = _Signer


class _SignedData(core.Sequence):  # type: ignore[misc]
    _fields = [
        ("version", core.Integer),
        ("digest_algorithms", _Algorithms),
        ("content", _Content),
        ("certificates", _Certificates, {"implicit": 0}),
        ("signers", _Signers),
    ]


class _Signed(core.Sequence):  # type: ignore[misc]
    _fields = [("content_type", core.ObjectIdentifier), ("content", _SignedData, {"explicit": 0})]
