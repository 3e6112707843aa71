"""A photograph is kept without what the camera wrote beside it: the place, the device, the owner; the picture is the same."""

import io

import pytest
from PIL import Image, ImageOps, PngImagePlugin

from jiuyuan.people import services
from jiuyuan.people.documents import check, read
from jiuyuan.people.picture_traces import without_traces
from tests.factories import a_case, a_photograph, staff

SECRETS = (b"Changbai Phone 9", b"Zhang San", b"<x:xmpmeta>")


def with_traces(format_: str, turned: int) -> bytes:
    exif = Image.Exif()
    exif[0x0110], exif[0x013B], exif[0x0112] = "Changbai Phone 9", "Zhang San", turned
    exif.get_ifd(0x8825)[2] = (43.0, 53.0, 11.0)
    noise, out = Image.effect_noise((640, 480), 90).convert("RGB"), io.BytesIO()
    more = {"xmp": b"<x:xmpmeta>Zhang San</x:xmpmeta>"} if format_ != "PNG" else {}
    if format_ == "PNG":
        text = PngImagePlugin.PngInfo()
        text.add_text("Author", "Zhang San")
        more = {"pnginfo": text}
    noise.save(out, format_, exif=exif.tobytes(), **more)
    return out.getvalue()


@pytest.mark.parametrize("format_", ["JPEG", "PNG", "WEBP", "HEIF"])
def test_traces_of_a_camera_go_and_the_picture_stays(format_: str) -> None:
    for turned in (1, 6):
        content = with_traces(format_, turned)
        assert b"Zhang San" in content
        kind = check(content, "a").content_type
        clean = without_traces(content, kind)
        assert check(clean, "a").content_type == kind
        assert not [secret for secret in SECRETS if secret in clean]
        with Image.open(io.BytesIO(content)) as before, Image.open(io.BytesIO(clean)) as after:
            assert not after.getexif().get_ifd(0x8825)
            assert ImageOps.exif_transpose(after).tobytes() == ImageOps.exif_transpose(before).tobytes()
        assert without_traces(clean, kind) == clean


def test_what_stands_behind_a_picture_goes_and_what_has_no_traces_stays_byte_for_byte() -> None:
    plain = a_photograph()
    assert without_traces(plain, "image/jpeg") == plain
    assert without_traces(plain + b"GPS 43.88 N", "image/jpeg") == plain
    png = io.BytesIO()
    Image.new("RGB", (600, 400)).save(png, "PNG")
    assert without_traces(png.getvalue() + b"<script>", "image/png") == png.getvalue()
    assert without_traces(b"%PDF-1.4", "application/pdf") == b"%PDF-1.4"
    assert without_traces(b"\xff\xd8\xff\xe1", "image/jpeg") == b"\xff\xd8\xff\xe1"


@pytest.mark.django_db
def test_paper_on_a_file_is_kept_without_traces() -> None:
    person = a_case("draft").person
    document = services.add_document(staff("clerk").actor, person, "id_card", with_traces("JPEG", 6), "证.jpg")
    kept = read(document.stored_as)
    assert (b"Zhang San" in kept, document.size) == (False, len(kept))
    assert check(kept, "a").sha256 == document.sha256
