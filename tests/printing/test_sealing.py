import asyncio
import io
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12
from cryptography.x509.oid import NameOID
from PIL import Image
from pypdf import PdfReader, PdfWriter

from jiuyuan.printing.certificates import (
    Certificate,
    CertificateError,
    certificate_for,
    load_roots,
    make_development_ca,
)
from jiuyuan.printing.drawings import draw_seal, seal_picture
from jiuyuan.printing.form import PrintedMember, PrintedOpinion, render_form, render_sealable_form, seal_form
from jiuyuan.printing.sealing import SealingError, verify
from tests.printing.paper import COUNTY, ENDORSED, LAYOUT, PLATFORM, RECOGNISED, a_form, a_photo, said_by_seal, text_of


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("certificates")
    make_development_ca(folder)
    return folder


@pytest.fixture(scope="module")
def platform(folder: Path) -> Certificate:
    return certificate_for("220102001", PLATFORM, folder)


@pytest.fixture(scope="module")
def county(folder: Path) -> Certificate:
    return certificate_for("220102", COUNTY, folder)


@pytest.fixture(scope="module")
def endorsed(platform: Certificate) -> bytes:
    return seal_form(
        render_sealable_form(a_form(photo=a_photo()), LAYOUT), ENDORSED, platform, LAYOUT, office="platform"
    )


@pytest.fixture(scope="module")
def recognised(endorsed: bytes, county: Certificate) -> bytes:
    return seal_form(endorsed, RECOGNISED, county, LAYOUT, office="county")


def test_platform_signs_and_the_county_adds_a_second_signature_that_leaves_the_first_valid(recognised, folder):
    first, second = verify(recognised, load_roots(folder))
    assert first.valid
    assert second.valid
    assert (first.field, first.signer, first.agency_code) == ("platform", PLATFORM, "220102001")
    assert (second.field, second.signer, second.agency_code) == ("county", COUNTY, "220102")


def test_what_the_platform_signed_is_the_beginning_of_what_the_county_signed(endorsed, recognised):
    assert recognised.startswith(endorsed)


def test_seals_leave_the_file_the_version_that_its_archive_format_asks_for(recognised):
    sealed = PdfReader(io.BytesIO(recognised))
    assert (sealed.pdf_header, sealed.trailer["/Root"].get("/Version", "/1.7")) == ("%PDF-1.7", "/1.7")


def test_signer_is_the_officer_of_record(recognised, folder):
    first, second = verify(recognised, load_roots(folder))
    assert first.name == f"{PLATFORM} 李明"
    assert second.name == f"{COUNTY} 阿卜杜拉·买买提"


def test_seal_carries_opinion_officer_and_day(recognised):
    said = said_by_seal(recognised, "county")
    for part in ("经复核，同意认定。", "阿卜杜拉·买买提", "大龄失业人员", "2026", "27", "✓"):
        assert part in said
    assert "材料齐全，公示无异议，同意上报。" in said_by_seal(recognised, "platform")


def test_lines_below_a_seal_are_printed_once(recognised):
    assert "经办人" in text_of(recognised)
    assert "经办人" not in said_by_seal(recognised, "platform")


def test_form_can_be_sealed_when_the_opinions_stand_on_the_second_page(platform, county, folder):
    long = render_sealable_form(a_form(household=tuple(PrintedMember(f"家人{n}") for n in range(20))), LAYOUT)
    pages = PdfReader(io.BytesIO(long)).pages
    assert [len(page.get("/Annots", ())) for page in pages] == [0, 2]
    sealed = seal_form(
        seal_form(long, ENDORSED, platform, LAYOUT, office="platform"), RECOGNISED, county, LAYOUT, office="county"
    )
    assert all(verdict.valid for verdict in verify(sealed, load_roots(folder)))


def test_county_that_returns_a_case_signs_its_reason(endorsed, county, folder):
    back = PrintedOpinion(False, "退回核实。", "王", date(2026, 11, 27), reason="残疾人证已过期。")
    sealed = seal_form(endorsed, back, county, LAYOUT, office="county")
    assert "理由：残疾人证已过期。" in said_by_seal(sealed, "county")
    assert [verdict.valid for verdict in verify(sealed, load_roots(folder))] == [True, True]


def test_a_changed_byte_is_found(recognised, folder):
    place = recognised.index(b"/Type") + 2
    changed = recognised[:place] + bytes([recognised[place] ^ 1]) + recognised[place + 1 :]
    assert not any(verdict.intact for verdict in verify(changed, load_roots(folder)))


def test_a_page_added_after_the_seals_is_found(recognised, folder):
    writer = PdfWriter(io.BytesIO(recognised), incremental=True)
    writer.add_blank_page(595, 842)
    out = io.BytesIO()
    writer.write(out)
    verdicts = verify(out.getvalue(), load_roots(folder))
    assert verdicts
    assert not any(verdict.untouched for verdict in verdicts)


def test_signature_is_not_trusted_under_another_root(recognised, tmp_path):
    make_development_ca(tmp_path)
    assert [(v.intact, v.trusted) for v in verify(recognised, load_roots(tmp_path))] == [(True, False)] * 2


def test_unsigned_form_has_no_verdict():
    assert verify(render_form(a_form(), LAYOUT), []) == []


def test_what_is_no_pdf_is_refused_in_words():
    with pytest.raises(SealingError, match="不是可读取的 PDF"):
        verify(b"PK\x03\x04", [])


def test_an_office_cannot_sign_twice(endorsed, platform):
    with pytest.raises(SealingError, match="platform"):
        seal_form(endorsed, ENDORSED, platform, LAYOUT, office="platform")


def test_form_without_fields_cannot_be_sealed(platform):
    with pytest.raises(SealingError, match="platform"):
        seal_form(render_form(a_form(), LAYOUT), ENDORSED, platform, LAYOUT, office="platform")


def test_signing_works_where_an_event_loop_runs(endorsed, county, folder):
    async def in_a_loop() -> bool:
        sealed = seal_form(endorsed, RECOGNISED, county, LAYOUT, office="county")
        return all(verdict.valid for verdict in verify(sealed, load_roots(folder)))

    # A thread of its own: after a test in the browser, this one has Playwright's loop.
    with ThreadPoolExecutor(1) as thread:
        assert thread.submit(asyncio.run, in_a_loop()).result()


def test_sealed_form_stays_small(recognised):
    assert len(recognised) < 300_000


@pytest.mark.skipif(shutil.which("pdfsig") is None, reason="poppler-utils is not installed")
def test_an_ordinary_reader_finds_both_signatures_valid(recognised, tmp_path):
    file = tmp_path / "form.pdf"
    file.write_bytes(recognised)
    said = subprocess.run(["pdfsig", str(file)], capture_output=True, text=True, check=False).stdout
    assert said.count("Signature is Valid") == 2
    assert said.count("ETSI.CAdES.detached") == 2


def test_development_certificates_say_what_they_are(recognised, folder, platform):
    assert {verdict.issuer for verdict in verify(recognised, load_roots(folder))} == {
        "就援开发测试根证书（不得用于正式签章）"
    }
    assert "开发测试" in platform.certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value
    assert "测试用章" in said_by_seal(recognised, "county")


def test_an_agency_keeps_its_certificate(folder, platform):
    assert certificate_for("220102001", PLATFORM, folder).certificate == platform.certificate


def test_an_agency_with_a_long_name_gets_a_certificate_with_the_whole_name(folder):
    name = "吉林省延边朝鲜族自治州和龙市东城镇人力资源和社会保障公共就业服务所"
    certificate = certificate_for("222406103", name, folder).certificate
    assert certificate.subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)[0].value == name


def test_processes_that_want_a_certificate_at_once_get_the_same(tmp_path):
    make_development_ca(tmp_path)
    with ThreadPoolExecutor(8) as clerks:
        found = list(clerks.map(lambda _: certificate_for("220204", "船营区就业服务局", tmp_path), range(16)))
    assert len({certificate.certificate.serial_number for certificate in found}) == 1
    assert not list(tmp_path.glob(".*"))


def test_keys_can_be_read_by_their_owner_only(folder, platform):
    assert {file.stat().st_mode & 0o077 for file in folder.glob("*.p12")} == {0}


def test_where_no_development_authority_stands_nothing_is_issued(tmp_path):
    with pytest.raises(CertificateError, match="PKCS#12"):
        certificate_for("220102", COUNTY, tmp_path)
    assert not list(tmp_path.iterdir())


def test_an_agency_code_cannot_lead_out_of_the_folder(folder):
    with pytest.raises(CertificateError):
        certificate_for("../220102", COUNTY, folder)


def given_by_the_office(folder: Path, *, until: datetime, passphrase: bytes) -> x509.Certificate:
    key = rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, COUNTY)])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(until - timedelta(days=700))
        .not_valid_after(until)
        .add_extension(x509.KeyUsage(True, True, *[False] * 7), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "220102.p12").write_bytes(
        pkcs12.serialize_key_and_certificates(b"seal", key, certificate, None, BestAvailableEncryption(passphrase))
    )
    return certificate


def test_office_gives_its_own_rsa_certificate_with_a_passphrase(tmp_path, endorsed, folder):
    root = given_by_the_office(tmp_path, until=datetime.now(UTC) + timedelta(days=30), passphrase=b"secret")
    given = certificate_for("220102", COUNTY, tmp_path, passphrase=b"secret")
    assert not given.is_development
    sealed = seal_form(endorsed, RECOGNISED, given, LAYOUT, office="county")
    assert [verdict.valid for verdict in verify(sealed, [*load_roots(folder), root])] == [True, True]


def test_wrong_passphrase_is_said_in_words(tmp_path):
    given_by_the_office(tmp_path, until=datetime.now(UTC) + timedelta(days=30), passphrase=b"secret")
    with pytest.raises(CertificateError, match="密码不对"):
        certificate_for("220102", COUNTY, tmp_path, passphrase=b"other")


def test_certificate_out_of_date_does_not_sign(tmp_path, endorsed):
    given_by_the_office(tmp_path, until=datetime(2026, 1, 31, tzinfo=UTC), passphrase=b"secret")
    with pytest.raises(SealingError, match="2026-01-31过期"):
        seal_form(
            endorsed,
            RECOGNISED,
            certificate_for("220102", COUNTY, tmp_path, passphrase=b"secret"),
            LAYOUT,
            office="county",
        )


def test_seal_of_an_agency_with_markup_in_its_name_is_still_a_picture(platform):
    named = replace(platform, agency_name='就业局</text><script>&"')
    assert "<script>" not in draw_seal(named.agency_name)
    sealed = seal_form(render_sealable_form(a_form(), LAYOUT), ENDORSED, named, LAYOUT, office="platform")
    assert "</text><script" in said_by_seal(sealed, "platform")  # as letters on the arc


def test_registered_seal_takes_the_place_of_the_drawn_one(platform):
    own = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10" width="10" height="10"><rect width="9" height="9"/></svg>'
    sealed = seal_form(render_sealable_form(a_form(), LAYOUT), ENDORSED, platform, LAYOUT, office="platform", seal=own)
    assert "测" not in said_by_seal(sealed, "platform")


def test_registered_seal_given_as_a_png_with_a_clear_ground_keeps_it(platform):
    out = io.BytesIO()
    Image.new("RGBA", (400, 400), (200, 22, 29, 0)).save(out, "PNG")
    sealed = seal_form(
        render_sealable_form(a_form(), LAYOUT),
        ENDORSED,
        platform,
        LAYOUT,
        office="platform",
        seal=seal_picture(out.getvalue()),
    )
    assert b"/SMask" in sealed
    assert "李明" in said_by_seal(sealed, "platform")
