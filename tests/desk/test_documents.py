"""Papers: shown to those who may see the case, recorded, added and taken off; and what can be printed."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image
from pypdf import PdfReader, PdfWriter

from jiuyuan.agencies import certificates
from jiuyuan.applications import papers, printed_form
from jiuyuan.applications.models import Opinion, SealedForm
from jiuyuan.history.models import Look
from jiuyuan.people import documents
from jiuyuan.people.models import Document
from jiuyuan.printing import sealing
from jiuyuan.printing.certificates import CertificateError, load_roots
from jiuyuan.worker.models import Job
from tests import factories
from tests.desk.reading import words
from tests.jobs import work


def upload(client, case, kind, *files):
    sent = [SimpleUploadedFile(name, content) for name, content in files]
    return client.post(f"/desk/cases/{case.number}/documents/", {"kind": kind, "file": sent}, follow=True)


def paper_of(case, user):
    return factories.seen_by(user, case).materials[0]


def test_a_paper_is_shown_in_the_browser_and_the_look_is_recorded(desk, clerk):
    case = factories.a_case("submitted", clerk=clerk)
    paper = paper_of(case, clerk)
    shown = desk.get(f"/desk/cases/{case.number}/documents/{paper.pk}/")
    assert shown["Content-Type"] == "image/jpeg"
    assert shown["Content-Disposition"].startswith("inline")
    assert "no-store" in shown["Cache-Control"]
    look = Look.objects.unscoped().get(file=case.file)
    assert (look.what, look.unmasked) == ("材料：居民身份证", True)


def test_a_photograph_from_an_iphone_becomes_one_that_every_browser_shows(desk, clerk):
    case = factories.a_case("submitted", clerk=clerk)
    out = io.BytesIO()
    Image.new("RGB", (64, 48), "white").save(out, "HEIF")
    upload(desk, case, "other", ("IMG_1.HEIC", out.getvalue()))
    paper = factories.seen_by(clerk, case).materials[-1]
    assert paper.document.content_type == "image/heic"
    shown = desk.get(f"/desk/cases/{case.number}/documents/{paper.pk}/")
    assert shown["Content-Type"] == "image/jpeg"
    assert Image.open(io.BytesIO(shown.content)).size == (64, 48)


def test_several_files_at_once_good_ones_are_kept_and_each_bad_one_is_named(desk, clerk):
    case = factories.a_case("draft", clerk=clerk)
    locked = PdfWriter()
    locked.add_blank_page(100, 100)
    locked.encrypt("secret")
    pdf = io.BytesIO()
    locked.write(pdf)
    answer = upload(
        desk,
        case,
        "hukou_book",
        ("首页.jpg", factories.a_photograph()),
        ("锁住.pdf", pdf.getvalue()),
        ("病毒.jpg", b"MZ\x90 not a picture"),
        ("大图.jpg", b"\xff" * (documents.LARGEST + 1)),
    )
    assert answer.status_code == 422
    text = words(answer)
    assert "已收到户口簿1份。" in text
    for said in ("“锁住.pdf”设了密码", "“病毒.jpg”不能用", "“大图.jpg”有10MB，超过10MB"):
        assert said in text
    assert [m.kind for m in factories.seen_by(clerk, case).materials] == ["hukou_book"]


def test_no_file_is_said(desk, clerk):
    case = factories.a_case("draft", clerk=clerk)
    assert "请选择文件" in words(upload(desk, case, "id_card"))


def test_a_paper_taken_off_stays_on_the_persons_file(desk, clerk):
    case = factories.a_case("submitted", clerk=clerk)
    paper = paper_of(case, clerk)
    done = desk.post(f"/desk/cases/{case.number}/documents/{paper.pk}/remove/", follow=True)
    assert "文件仍留在个人档案里" in words(done)
    assert "还缺居民身份证" in words(done)
    assert case.person.documents.filter(pk=paper.document_id).exists()


def test_papers_of_another_area_are_not_there(log_in, clerk, elsewhere):
    case = factories.a_case("submitted", clerk=clerk)
    paper = paper_of(case, clerk)
    other = log_in(elsewhere)
    assert other.get(f"/desk/cases/{case.number}/documents/{paper.pk}/").status_code == 404
    assert other.get(f"/desk/cases/{case.number}/form.pdf").status_code == 404
    assert upload(other, case, "other", ("a.jpg", factories.a_photograph())).status_code == 404
    assert not Look.objects.unscoped().filter(file=case.file).exists()


def test_papers_cannot_be_added_to_a_case_that_is_closed(desk, clerk):
    case = factories.a_case("declined", clerk=clerk)
    answer = upload(desk, case, "other", ("a.jpg", factories.a_photograph()))
    assert answer.status_code == 422
    assert "内容不能改动" in words(answer)


def test_the_form_can_be_printed_at_every_stage(desk, clerk):
    case = factories.a_case("endorsed", clerk=clerk)
    work("seal_form")
    pdf = desk.get(f"/desk/cases/{case.number}/form.pdf")
    assert pdf["Content-Type"] == "application/pdf"
    assert case.person.name in "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf.content)).pages)
    assert Look.objects.unscoped().get(file=case.file).what == "认定表"


def test_the_page_names_each_seal_that_was_set_the_latest_first(log_in, clerk, reviewer):
    case = factories.a_case("endorsed", clerk=clerk)
    work("seal_form")
    case = factories.act(clerk, case, "report")
    factories.act(reviewer, case, "recognise", opinion="同意认定。", category="older")
    work("seal_form")
    first, last = SealedForm.objects.unscoped().filter(application=case).order_by("pk")
    page = words(log_in(reviewer).get(f"/desk/cases/{case.number}/"))
    assert page.count("已盖印") == 2
    assert page.index(last.sha256[:10]) < page.index(first.sha256[:10])


def test_who_opens_the_form_before_its_seal_is_set_is_told_so_and_sets_none(desk, clerk):
    case = factories.a_case("endorsed", clerk=clerk)
    answer = desk.get(f"/desk/cases/{case.number}/form.pdf", follow=True)
    assert answer.redirect_chain == [(f"/desk/cases/{case.number}/", 302)]
    assert "认定表正在盖章，请过一分钟再打开。" in words(answer)
    assert not SealedForm.objects.unscoped().exists()
    assert not Look.objects.unscoped().filter(file=case.file, what="认定表").exists()


def _no_certificate(*_):
    raise CertificateError("没有证书：/secret/220102001.p12")


def test_a_form_that_cannot_be_sealed_holds_up_no_other_and_says_when_it_is_tried_again(desk, clerk, monkeypatch):
    first, second = factories.a_case("endorsed", clerk=clerk), factories.a_case("endorsed", clerk=clerk)
    seal = printed_form.seal_application

    def without_certificate(application):
        with monkeypatch.context() as none:
            if application.number == first.number:
                none.setattr(certificates, "certificate_for", _no_certificate)
            return seal(application)

    with monkeypatch.context() as patch:
        patch.setattr(printed_form, "seal_application", without_certificate)
        assert work("seal_form") == 1
    failure = Job.objects.unscoped().get(failure__gt="").failure
    assert "没有可用的签章证书" in failure
    assert "程序出错" not in failure
    assert "/secret/" not in failure
    assert SealedForm.objects.unscoped().get().application.number == second.number
    again = words(desk.get(f"/desk/cases/{first.number}/form.pdf", follow=True))
    assert "认定表还没有盖成章" in again
    assert "再试" in again
    Job.objects.unscoped().update(due_at=timezone.now())
    assert work("seal_form") == 1


@pytest.mark.parametrize(
    ("status", "kind", "title"),
    [
        ("accepted", "receipt", "受理通知书"),
        ("correction", "correction", "补正告知书"),
        ("rejected", "rejection", "不予认定告知书"),
    ],
)
def test_letters_are_offered_when_there_is_something_to_say(desk, clerk, status, kind, title):
    case = factories.a_case(status, clerk=clerk)
    assert title in words(desk.get(f"/desk/cases/{case.number}/"))
    address = f"/desk/cases/{case.number}/letters/{kind}.pdf"
    assert f"{title}正在盖章，请过一分钟再打开。" in words(desk.get(address, follow=True))
    work("make_letter")
    assert desk.get(address).content.startswith(b"%PDF")


def test_a_letter_is_sealed_once_by_the_office_and_keeps_the_day_of_its_act(desk, clerk, settings, today):
    case = factories.a_case("accepted", clerk=clerk)
    today("2026-03-05")  # the worker was down for days
    work("make_letter")
    address = f"/desk/cases/{case.number}/letters/receipt.pdf"
    pdf = desk.get(address).content
    today("2026-03-09")
    assert desk.get(address).content == pdf
    assert "2026年3月2日" in "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
    [verdict] = sealing.verify(pdf, load_roots(settings.JIUYUAN.data / "certificates"))
    assert verdict.valid
    assert verdict.agency_code == case.agency.code


def test_what_was_to_be_corrected_stands_in_its_letter_though_it_was_handed_in_again_before_it_was_made(desk, clerk):
    account = factories.an_account()
    case = factories.a_case("correction", by=account, clerk=clerk)
    wanted = factories.again(case).corrections[0]
    factories.act(account, case, "submit")
    work("make_letter")
    letter = case.letters.get()
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(documents.read(letter.stored_as))).pages)
    assert wanted in text.replace("\n", "")


def test_two_workers_at_one_letter_keep_one(clerk):
    case = factories.a_case("accepted", clerk=clerk)
    letter = case.letters.get()
    papers.seal(letter.pk)
    kept = case.letters.get().stored_as
    papers.seal(letter.pk)
    assert case.letters.get().stored_as == kept


def test_a_letter_of_before_they_were_sealed_is_written_anew(desk, clerk):
    case = factories.a_case("accepted", clerk=clerk)
    case.letters.all().delete()
    assert desk.get(f"/desk/cases/{case.number}/letters/receipt.pdf").content.startswith(b"%PDF")


def test_letters_that_a_case_does_not_have_are_not_there(desk, clerk):
    case = factories.a_case("submitted", clerk=clerk)
    for kind in ("receipt", "correction", "rejection", "nonsense"):
        assert desk.get(f"/desk/cases/{case.number}/letters/{kind}.pdf").status_code == 404


def test_of_two_workers_at_one_form_the_later_sets_no_second_seal_and_does_not_fail(reviewer):
    case = factories.a_case("reported")
    work("seal_form")
    case = factories.act(reviewer, case, "recognise")
    [ordered] = Opinion.objects.unscoped().filter(application=case, action="recognise")
    assert printed_form._seal(factories.again(case), ordered)
    assert not printed_form._seal(factories.again(case), ordered), (
        "this worker read the order before the other was done"
    )
    assert SealedForm.objects.unscoped().filter(opinion=ordered).count() == 1


def test_the_clerk_sees_what_is_wrong_with_a_picture_and_which_side_it_is(desk, clerk):
    case = factories.a_case("submitted", clerk=clerk)
    Document.objects.unscoped().filter(pk=paper_of(case, clerk).document_id).update(part="back")
    page = words(desk.get(f"/desk/cases/{case.number}/"))
    assert "居民身份证（反面）" in page and "照片太小，看不清，请重拍。" in page
