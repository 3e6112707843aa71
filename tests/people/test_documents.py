"""Photographs and PDFs are known by their content; what cannot be used says what to do instead."""

import io

import pytest
from PIL import Image
from pypdf import PdfWriter

from jiuyuan.people import documents
from jiuyuan.refusals import BadInput


def a_picture(kind: str = "JPEG", size: tuple[int, int] = (64, 48), **options: object) -> bytes:
    out = io.BytesIO()
    Image.effect_noise(size, 60).convert("RGB").save(out, kind, **options)
    return out.getvalue()


def a_pdf(pages: int = 1, password: str | None = None, owner: str | None = None) -> bytes:
    writer, out = PdfWriter(), io.BytesIO()
    for _ in range(pages):
        writer.add_blank_page(595, 842)
    if password is not None:
        writer.encrypt(password, owner, algorithm="AES-256")
    writer.write(out)
    return out.getvalue()


def refusal(content: bytes, name: str = "IMG_0001.jpg") -> str:
    """What the person is told."""
    with pytest.raises(BadInput) as refused:
        documents.check(content, name)
    [(field, message)] = refused.value.errors
    assert field == "file"
    assert name in message
    return message


@pytest.mark.parametrize(
    ("kind", "content_type"),
    [("JPEG", "image/jpeg"), ("PNG", "image/png"), ("HEIF", "image/heic"), ("WEBP", "image/webp")],
)
def test_photograph_of_a_phone_is_taken(kind, content_type):
    checked = documents.check(a_picture(kind), "IMG_0001")
    assert (checked.content_type, checked.pages) == (content_type, 1)


def test_pages_of_a_pdf_are_counted():
    checked = documents.check(a_pdf(pages=3), "户口簿.pdf")
    assert (checked.content_type, checked.pages) == ("application/pdf", 3)


def test_photograph_of_40_megabytes_is_refused_with_its_size_and_what_to_do():
    message = refusal(b"\xff\xd8\xff" + bytes(40 * 1024 * 1024))
    assert "40MB" in message
    assert "超过10MB" in message
    assert "重拍" in message


def test_photograph_of_exactly_the_largest_size_is_taken():
    picture = a_picture()
    assert documents.check(picture + bytes(documents.LARGEST - len(picture)), "a.jpg").pages == 1


def test_photograph_with_too_many_pixels_is_refused_in_those_words():
    out = io.BytesIO()
    Image.new("1", (10_000, 9_500)).save(out, "PNG")
    message = refusal(out.getvalue())
    assert "尺寸过大" in message
    assert "不是JPEG" not in message


@pytest.mark.parametrize(
    "content",
    [
        b"MZ\x90\x00 a program",
        b"PK\x03\x04 a spreadsheet",
        b"<html><script>alert(1)</script></html>",
        "文本文件".encode(),
        a_picture("GIF"),
        a_picture("TIFF"),
        a_picture("BMP"),
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    ],
    ids=["program", "spreadsheet", "web page", "text", "gif", "tiff", "bmp", "svg"],
)
def test_file_that_is_not_what_its_name_says_is_refused(content):
    assert "按内容检查，不看文件名" in refusal(content)


def test_pdf_named_as_a_photograph_is_taken_for_the_pdf_it_is():
    assert documents.check(a_pdf(), "IMG_0001.jpg").content_type == "application/pdf"


def test_photograph_named_as_a_pdf_is_taken_for_the_photograph_it_is():
    assert documents.check(a_picture("PNG"), "户口簿.pdf").content_type == "image/png"


def test_pdf_with_a_password_is_refused_with_what_to_do():
    assert "设了密码" in refusal(a_pdf(password="secret"), "证明.pdf")


def test_pdf_that_opens_without_a_password_but_may_not_be_changed_is_taken():
    assert documents.check(a_pdf(pages=2, password="", owner="secret"), "证明.pdf").pages == 2


def test_pdf_with_an_encryption_that_nobody_knows_is_refused():
    content = a_pdf(password="secret")
    assert "设了密码" in refusal(content.replace(b"/Standard", b"/Elsewhat"), "证明.pdf")


def test_pdf_without_a_page_is_refused():
    assert "没有页面" in refusal(a_pdf(pages=0), "证明.pdf")


@pytest.mark.parametrize("content", [b"%PDF-1.7\n", b"%PDF-1.7\n" + bytes(2000), a_pdf()[:200]])
def test_broken_pdf_is_refused(content):
    assert "不是完好的PDF" in refusal(content, "证明.pdf")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "HEIF"])
def test_photograph_that_was_cut_short_is_refused(kind):
    content = a_picture(kind, size=(400, 300))
    assert "重新拍照" in refusal(content[: len(content) // 2])


@pytest.mark.parametrize("options", [{}, {"progressive": True}, {"quality": 40, "subsampling": 0}])
def test_jpeg_that_lacks_only_its_end_is_taken_and_kept_with_it(options):
    content = a_picture("JPEG", size=(400, 300), **options)
    assert content.endswith(b"\xff\xd9")
    assert documents.with_its_end(content[:-2]) == content
    assert documents.check(documents.with_its_end(content[:-2]), "IMG_0001.jpg").content_type == "image/jpeg"


@pytest.mark.parametrize("lost", [40, 200, 3000])
def test_jpeg_that_lacks_part_of_its_picture_is_not_taken_for_whole(lost):
    content = a_picture("JPEG", size=(400, 300))[:-lost]
    assert documents.with_its_end(content) == content
    assert "重新拍照" in refusal(content)


@pytest.mark.parametrize("before", [b"\r\n", b"\xef\xbb\xbf", b"SCAN0001 2026-03-02\n", b"\0" * 200])
def test_pdf_with_some_bytes_before_it_is_taken(before):
    assert documents.check(before + a_pdf(pages=2), "证明.pdf").pages == 2


@pytest.mark.parametrize("fill", [0, 255])
def test_photograph_of_a_phone_with_damaged_bytes_is_refused_or_taken_but_never_an_error(fill):
    content = a_picture("HEIF", size=(200, 150))
    answers = set()
    for place in range(0, len(content), 29):
        damaged = content[:place] + bytes([fill]) + content[place + 1 :]
        try:
            answers.add(documents.check(damaged, "IMG_0001.heic").content_type)
        except BadInput:
            answers.add("refused")
    assert answers == {"refused", "image/heic"}


def test_empty_file_is_refused():
    assert "空文件" in refusal(b"")


def test_what_is_kept_on_disk_is_not_readable_there(settings):
    content = a_picture()
    name = documents.store(content)
    on_disk = (settings.JIUYUAN.data / "documents" / name[:2] / name).read_bytes()
    assert content[:20] not in on_disk
    assert documents.read(name) == content


def test_document_put_in_the_place_of_another_cannot_be_read(settings):
    from cryptography.exceptions import InvalidTag

    folder = settings.JIUYUAN.data / "documents"
    mine, other = documents.store(b"mine"), documents.store(b"other")
    (folder / mine[:2] / mine).write_bytes((folder / other[:2] / other).read_bytes())
    with pytest.raises(InvalidTag):
        documents.read(mine)


def test_heic_is_shown_as_jpeg_turned_the_way_it_was_taken():
    turned = Image.Exif()
    turned[0x0112] = 6  # the camera was held upright
    shown, content_type = documents.viewable(a_picture("HEIF", size=(64, 48), exif=turned.tobytes()), "image/heic")
    assert content_type == "image/jpeg"
    with Image.open(io.BytesIO(shown)) as image:
        assert (image.format, image.size) == ("JPEG", (48, 64))


def test_what_a_browser_shows_already_is_given_as_it_is():
    assert documents.viewable(b"content", "application/pdf") == (b"content", "application/pdf")
