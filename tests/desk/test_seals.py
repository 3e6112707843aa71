"""The certificate of an office's seal: brought on a page, held against the office, never given back."""

from datetime import UTC, datetime

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, NoEncryption, pkcs12
from cryptography.x509.oid import NameOID
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile

from jiuyuan.agencies.certificates import certificate_of
from jiuyuan.agencies.models import Agency
from jiuyuan.history.models import Entry
from jiuyuan.people import seals
from tests.desk.reading import words
from tests.factories import PLATFORM, staff

pytestmark = pytest.mark.django_db


def a_certificate(name: str, until: int = 2028, passphrase: bytes = b"") -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, name)])
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "某省电子认证中心")]))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime(2025, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(until, 1, 1, tzinfo=UTC))
        .sign(key, hashes.SHA256())
    )
    closed = BestAvailableEncryption(passphrase) if passphrase else NoEncryption()
    return pkcs12.serialize_key_and_certificates(b"seal", key, made, None, closed)


@pytest.fixture(autouse=True)
def _nothing_left():
    kept = settings.JIUYUAN.data / "certificates" / f"{PLATFORM}.p12"
    kept.unlink(missing_ok=True)  # what another test sealed with
    yield
    kept.unlink(missing_ok=True)


@pytest.fixture
def office(log_in):
    """The supervisor's browser."""
    return log_in(staff("supervisor"))


def brought(office, content: bytes, **said: str):
    file = SimpleUploadedFile("seal.p12", content)
    return office.post(f"/desk/agencies/{PLATFORM}/seal/", {"file": file, **said})


def test_the_office_seals_with_it_from_then_on_and_nobody_reads_its_key(office):
    agency = Agency.objects.get(code=PLATFORM)
    answer = brought(office, a_certificate(agency.name, passphrase=b"secret"), passphrase="secret")
    assert answer.status_code == 302, words(answer)
    kept = settings.JIUYUAN.data / "certificates" / f"{PLATFORM}.p12"
    assert kept.stat().st_mode & 0o077 == 0
    assert not certificate_of(agency).is_development
    page = words(office.get(f"/desk/agencies/{PLATFORM}/"))
    assert f"{agency.name}（某省电子认证中心签发）" in page
    assert "2028年1月1日到期，还有670天" in page
    entry = Entry.objects.unscoped().get(file=f"agency:{PLATFORM}")
    assert entry.action == "agency_seal_replaced"
    assert set(entry.payload) - {"request"} == {"subject", "issuer", "fingerprint", "until"}
    seals.replace(staff("province"), agency, a_certificate(agency.name, until=2030), "")
    found = seals.in_use(agency)
    assert found is not None
    assert found.until.year == 2030


@pytest.mark.parametrize(
    ("content", "said", "sentence"),
    [
        (b"nothing", {}, "证书文件打不开"),
        (a_certificate("别的机构", passphrase=b"secret"), {"passphrase": "wrong"}, "证书文件打不开"),
        (a_certificate("别的机构"), {}, "证书是“别的机构”的"),
        (a_certificate("别的机构", until=2026), {"other_name": "on"}, "今天不能用"),
    ],
)
def test_one_that_cannot_be_the_offices_is_refused_and_nothing_is_kept(office, content, said, sentence):
    answer = brought(office, content, **said)
    assert answer.status_code == 422
    assert sentence in words(answer)
    assert not (settings.JIUYUAN.data / "certificates" / f"{PLATFORM}.p12").exists()


def test_one_under_another_name_is_kept_where_somebody_says_that_it_is_the_offices(office):
    assert brought(office, a_certificate("别的机构"), other_name="on").status_code == 302


def test_a_file_is_looked_into_first_and_nothing_is_kept(office):
    name = Agency.objects.get(code=PLATFORM).name
    answer = brought(office, a_certificate(name), look_first="on")
    assert answer.url.endswith("/seal/")
    assert f"{name}（某省电子认证中心签发）" in words(office.get(answer.url))
    assert not (settings.JIUYUAN.data / "certificates" / f"{PLATFORM}.p12").exists()
