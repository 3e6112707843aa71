"""Where an office has a signing server, no paper is given out without an SM2 signature that its certificate verifies."""

import hashlib
from dataclasses import replace

import gmssl_pyx
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from jiuyuan.agencies import signing_server
from jiuyuan.agencies.models import PaperSignature
from jiuyuan.applications import papers
from jiuyuan.applications.models import Letter
from jiuyuan.operations import checks
from jiuyuan.printing import sm2
from jiuyuan.refusals import WrongState
from jiuyuan.worker import queue
from jiuyuan.worker.kinds import JobKind
from jiuyuan.worker.models import Job
from tests.factories import PLATFORM, a_case, seen_by, staff
from tests.jobs import work
from tests.portal.walking import seen
from tests.signing_server import running

pytestmark = pytest.mark.django_db


@pytest.fixture
def server(tmp_path, settings, monkeypatch):
    settings.JIUYUAN = replace(settings.JIUYUAN, data=tmp_path)
    monkeypatch.setattr(signing_server, "_BACKOFF", 0)
    with running(tmp_path) as double:
        yield double


def a_waiting_receipt():
    case = a_case("accepted")
    return case, Letter.objects.unscoped().get(application=case, kind="receipt")


def job_of(letter) -> Job:
    job = queue.latest(JobKind.MAKE_LETTER, letter.pk)
    assert job is not None
    return job


def test_a_letter_is_signed_with_the_agencys_key_before_it_is_given_out_and_whoever_holds_it_gets_the_signature(
    server, client
):
    public = server.certify(PLATFORM)
    case, letter = a_waiting_receipt()
    with pytest.raises(WrongState, match="正在盖章"):
        papers.read(seen_by(staff("clerk"), case), "receipt")
    assert server.asked == []  # to look seals nothing

    work(JobKind.MAKE_LETTER)
    letter.refresh_from_db()
    pdf = papers.read(seen_by(staff("clerk"), case), "receipt")
    file = bytes(PaperSignature.objects.get(sha256=hashlib.sha256(pdf).hexdigest()).file)
    certificate, signature = sm2.signed_by(file)
    assert certificate.public_key == public
    assert gmssl_pyx.sm2_verify(public, pdf, signature)  # by who had no part in checking it
    [asked] = server.asked
    assert asked["id"] == sm2.digest(certificate, pdf).hex() and asked["agency"] == PLATFORM

    page = client.post("/confirm/signature/", {"file": SimpleUploadedFile("receipt.pdf", pdf)})
    assert "这份文件签过名，没有改动" in seen(page) and "南岭街道公共就业服务平台" in seen(page)
    assert client.get(f"/confirm/signature/?of={letter.sha256}").content == file
    changed = client.post("/confirm/signature/", {"file": SimpleUploadedFile("receipt.pdf", pdf + b" ")})
    assert "没有查到这份文件的签名" in seen(changed)
    assert client.get(f"/confirm/signature/?of={'0' * 64}").status_code == 404
    assert "核对文书的SM2签名" in seen(client.get("/confirm/"))


@pytest.mark.parametrize(
    ("faults", "said"),
    [
        (["wrong"], "给的签名与南岭街道公共就业服务平台的SM2证书对不上，没有采用"),
        (["other"] * 3, "没有给出完整的答复（试了3次）"),
        (["half"] * 3, "没有给出完整的答复（试了3次）"),
        (["late"] * 3, "没有给出完整的答复（试了3次）"),
        (["503"] * 3, "没有给出完整的答复（试了3次）"),
        (["401"], "没有接受我们的身份"),
        (["422"], "不给南岭街道公共就业服务平台签名（422）"),
    ],
)
def test_an_answer_that_does_not_hold_leaves_the_letter_unsealed_stands_in_the_job_and_is_asked_for_again(
    server, faults, said
):
    server.certify(PLATFORM)
    if "late" in faults:
        server.configure(timeout=0.2)
    server.spoil = list(faults)
    case, letter = a_waiting_receipt()
    work(JobKind.MAKE_LETTER)
    assert said in job_of(letter).failure
    assert len(server.asked) == len(faults)
    letter.refresh_from_db()
    assert letter.stored_as == "" and letter.said and not PaperSignature.objects.exists()
    assert not list((server.data / "documents").rglob("*.*"))

    server.configure()
    queue.retry(staff("reviewer"), job_of(letter).pk)
    work(JobKind.MAKE_LETTER)
    letter.refresh_from_db()
    assert PaperSignature.objects.get().sha256 == letter.sha256
    assert papers.read(seen_by(staff("clerk"), case), "receipt").startswith(b"%PDF")


def test_a_server_that_is_away_for_a_moment_is_asked_again_at_once(server):
    server.certify(PLATFORM)
    server.spoil = ["503", "half"]
    _, letter = a_waiting_receipt()
    work(JobKind.MAKE_LETTER)
    assert len(server.asked) == 3 and job_of(letter).failure == ""


def test_without_a_certificate_or_past_its_days_nothing_is_sealed(server):
    _, letter = a_waiting_receipt()
    work(JobKind.MAKE_LETTER)
    assert "没有可用的SM2证书" in job_of(letter).failure
    server.certify(PLATFORM, until=2026)
    queue.retry(staff("reviewer"), job_of(letter).pk)
    work(JobKind.MAKE_LETTER)
    assert "今天不能用" in job_of(letter).failure
    assert server.asked == []


def test_who_runs_it_is_told_whether_it_is_there_what_is_lacking_and_when_a_certificate_ends(server):
    def said() -> str:
        found = checks.second_seal()
        return f"{found.level.value} {found.said}"

    assert said().startswith("正常 http://127.0.0.1")
    (server.data / "certificates").mkdir(exist_ok=True)
    (server.data / "certificates" / f"{PLATFORM}.p12").write_bytes(b"")
    assert f"有问题 1个机构没有SM2证书：{PLATFORM}" in said()
    server.certify(PLATFORM)
    assert said().startswith("正常")
    assert any(one.name == f"{PLATFORM}.sm2.pem" and one.days for one in checks.state.certificates())
    server.configure(url="http://example.org/")
    assert "有问题" in said() and "地址要用 https" in said()
    (server.data / signing_server.FILE).unlink()
    assert said() == "正常 没有设置"
