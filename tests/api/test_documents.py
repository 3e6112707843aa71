"""Documents handed in through the API: checked by content, each refusal with what to do instead."""

import io

import pytest
from PIL import Image
from pypdf import PdfWriter

from jiuyuan.people import documents
from jiuyuan.people.models import Document
from tests.api.program import fields
from tests.factories import a_case, a_photograph, staff

pytestmark = pytest.mark.django_db


def a_pdf(pages=1, password=""):
    writer, out = PdfWriter(), io.BytesIO()
    for _ in range(pages):
        writer.add_blank_page(200, 200)
    if password:
        writer.encrypt(password)
    writer.write(out)
    return out.getvalue()


def an_image(kind):
    out = io.BytesIO()
    Image.new("RGB", (64, 64), "white").save(out, kind)
    return out.getvalue()


@pytest.fixture
def upload(api):
    case = a_case("draft")
    program = api(staff("clerk"))
    return lambda content, name="a.jpg", kind="id_card": program.upload(
        f"/applications/{case.number}/materials", kind, content, name
    )


@pytest.mark.parametrize(
    ("content", "pages"),
    [(an_image("JPEG"), 1), (an_image("PNG"), 1), (an_image("HEIF"), 1), (a_pdf(3), 3)],
    ids=["JPEG", "PNG", "HEIC", "PDF"],
)
def test_photographs_and_pdfs_are_taken_whatever_their_name(upload, content, pages):
    taken = upload(content, "身份证.xyz")
    assert taken.status_code == 201
    assert taken.json()["pages"] == pages


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (b"", "空.jpg", "空文件"),
        (b"MZ\x90\x00 this is a program", "证件.jpg", "按内容检查"),
        (an_image("GIF"), "证件.jpg", "按内容检查"),
        (an_image("JPEG")[:400], "证件.jpg", "损坏"),
        (a_pdf(password="secret"), "证明.pdf", "密码"),
        (b"%PDF-1.7 nothing more", "证明.pdf", "不是完好的PDF"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "证件.png", "按内容检查"),
    ],
    ids=["empty", "program", "gif", "half", "password", "broken", "svg"],
)
def test_what_is_none_of_them_is_422_and_says_what_to_do(upload, content, name, said):
    refused = upload(content, name)
    assert refused.status_code == 422
    assert fields(refused) == ["file"]
    assert said in refused.json()["errors"][0]["message"]
    assert not Document.objects.unscoped().exists()


def test_a_photograph_of_40_mb_is_refused_and_says_how_to_make_it_smaller(upload):
    refused = upload(a_photograph() + b"\0" * 40 * 1024 * 1024, "大照片.jpg")
    assert refused.status_code == 422
    assert "40MB" in refused.json()["errors"][0]["message"]
    assert "10MB" in refused.json()["errors"][0]["message"]


def test_a_photograph_of_exactly_10_mib_is_taken(upload):
    photograph = a_photograph()
    assert upload(photograph + b"\0" * (documents.LARGEST - len(photograph))).status_code == 201
    assert upload(photograph + b"\0" * (documents.LARGEST - len(photograph) + 1)).status_code == 422


def test_an_unknown_kind_is_422_and_lists_those_there_are(upload):
    refused = upload(a_photograph(), kind="selfie")
    assert fields(refused) == ["kind"]
    assert "hukou_book" in refused.json()["errors"][0]["message"]


def test_without_a_kind_or_a_file_it_is_422_and_names_both(api):
    case = a_case("draft")
    kind = "multipart/form-data; boundary=x"
    answer = api(staff("clerk")).post(f"/applications/{case.number}/materials", content=b"--x--\r\n", content_type=kind)
    assert answer.status_code == 422
    assert set(fields(answer)) == {"kind", "file"}


def test_what_is_handed_in_lies_encrypted_outside_the_web_root(upload, settings):
    upload(a_photograph())
    document = Document.objects.unscoped().get()
    stored = settings.JIUYUAN.data / "documents" / document.stored_as[:2] / document.stored_as
    assert a_photograph()[:20] not in stored.read_bytes()
    assert documents.read(document.stored_as) == a_photograph()


def a_picture(size=(1200, 800), shade=lambda x: x % 256):
    out, picture = io.BytesIO(), Image.new("L", size)
    picture.putdata([shade(x) for x in range(size[0])] * size[1])
    picture.save(out, "JPEG")
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "codes"),
    [
        (a_picture(), []),
        (a_picture((300, 200)), ["tiny"]),
        (a_picture(shade=lambda x: 8 + x % 3), ["one_colour"]),
        (an_image("PNG"), ["tiny", "one_colour"]),
        (a_pdf(), []),
    ],
    ids=["clear", "tiny", "dark", "blank", "PDF"],
)
def test_a_picture_that_may_show_nothing_is_kept_and_says_what_is_wrong_with_it(upload, content, codes):
    taken = upload(content)
    assert taken.status_code == 201
    assert [warning["code"] for warning in taken.json()["warnings"]] == codes
    assert all("请重拍" in warning["message"] for warning in taken.json()["warnings"])
    assert Document.objects.unscoped().get().warnings == codes


def test_which_side_a_picture_shows_is_kept_and_one_that_is_none_is_refused(api):
    case, program = a_case("draft"), api(staff("clerk"))
    url = f"/applications/{case.number}/materials"
    taken = program.upload(url, part="back")
    assert (taken.status_code, taken.json()["part"]) == (201, "back")
    refused = program.upload(url, part="left")
    assert (refused.status_code, fields(refused)) == (422, ["part"])


def test_what_is_missing_of_a_paper_is_said_after_who_may_hand_it_in_and_when(api):
    case, closed, clerk = a_case("draft"), a_case("declined"), staff("clerk")
    nothing = {"content": b"--x--\r\n", "content_type": "multipart/form-data; boundary=x"}
    elsewhere = staff("clerk", "220204001")
    for user, number, status in (
        (elsewhere, case.number, 404),
        (staff("supervisor"), case.number, 403),
        (clerk, closed.number, 409),
        (clerk, case.number, 422),
    ):
        assert api(user).post(f"/applications/{number}/materials", **nothing).status_code == status
    person = f"/people/{case.person_id}/documents"
    for user, status in ((elsewhere, 404), (staff("supervisor"), 403), (clerk, 422)):
        assert api(user).post(person, **nothing).status_code == status
