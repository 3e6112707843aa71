"""Photographs and PDFs: identified by content, stored encrypted, served in formats that browsers display."""

import hashlib
import io
import secrets
import warnings
from dataclasses import dataclass
from pathlib import Path

import pillow_heif
from django.conf import settings
from PIL import Image, ImageOps, ImageStat, UnidentifiedImageError

from jiuyuan.encryption import decrypt, encrypt
from jiuyuan.refusals import BadInput, NotFound
from jiuyuan.whole_files import written_whole
from jiuyuan.wording import say

pillow_heif.register_heif_opener()

LARGEST = 10 * 1024 * 1024
_IMAGES = {
    "JPEG": "image/jpeg", "MPO": "image/jpeg", "PNG": "image/png", "HEIF": "image/heic", "WEBP": "image/webp",
}  # fmt: skip
_STARTS = (b"\xff\xd8\xff", b"\x89PNG", b"RIFF")
_JPEG_START, _JPEG_END = b"\xff\xd8\xff", b"\xff\xd9"
_ANY_DATA = b"\x55" * 4096
#: Possible defects of a picture, by code.
WARNINGS = {
    "tiny": "照片太小，看不清，请重拍。",
    "one_colour": "照片几乎只有一种颜色，看不清，请重拍。",
    "dark": "照片太暗，看不清，请到亮的地方重拍。",
}
_TINY = 480  # pixels of the longer side, about 5 per millimetre of an ID card
_DARK = 40  # mean brightness of 255: a card on a desk at dusk
_ONE_COLOUR = 4  # standard deviation of the brightness, of 255


@dataclass(frozen=True)
class CheckedPaper:
    """A checked file. It is kept despite `warnings` (codes of `WARNINGS`):
    a clerk decides whether it is good enough.
    """

    content_type: str
    pages: int
    sha256: str
    warnings: tuple[str, ...] = ()


def digest_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def check(content: bytes, file_name: str) -> CheckedPaper:
    """Detect the type of the content. Raises `BadInput` for the field `file`, with what to do instead."""
    if not content:
        raise _bad(say("“{file_name}”是空文件，请重新拍照或选择。", file_name=file_name))
    check_size(len(content), file_name)
    digest = digest_of(content)
    if b"%PDF-" in content[:1024] and not content.startswith(_STARTS):  # some scanners write a line before the header
        return CheckedPaper("application/pdf", _pdf_pages(content, file_name), digest)
    content_type, warned = _image(content, file_name)
    return CheckedPaper(content_type, 1, digest, warned)


def with_its_end(content: bytes) -> bytes:
    """Append the end marker to a JPEG that lacks only this, as some phones and mini programs send it."""
    if not content.startswith(_JPEG_START) or _JPEG_END in content[-64:] or len(content) + len(_JPEG_END) > LARGEST:
        return content
    try:
        # If image data are missing, the decoder uses whatever follows as image data.
        ended, filled = (_pixels(content + data + _JPEG_END) for data in (b"", _ANY_DATA))
    except Exception:  # damaged files make decoders raise nearly anything
        return content
    return content + _JPEG_END if ended == filled else content


def _pixels(content: bytes) -> bytes:
    with warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        with Image.open(io.BytesIO(content)) as image:
            return hashlib.sha256(image.tobytes()).digest()


def check_size(size: int, file_name: str) -> None:
    """Refuse a file that is too large before reading it. Raises `BadInput` for the field `file`."""
    if size > LARGEST:
        megabytes = f"{size / 1024 / 1024:.0f}MB"
        raise _bad(
            say(
                "“{file_name}”有{megabytes}，超过10MB。请用手机相机的普通画质重拍，或把图片缩小后再传。",
                file_name=file_name,
                megabytes=megabytes,
            )
        )


def store(content: bytes) -> str:
    """Encrypt and write the bytes under a random name, and return the name."""
    name = secrets.token_hex(16)
    with written_whole(_path(name)) as file:
        file.write(encrypt(content, f"document:{name}"))
    return name


def read(name: str | None) -> bytes:
    """Read and decrypt the bytes. Raises `NotFound` if they were erased."""
    if name is None:
        raise NotFound(say("这份材料的内容已按保存期限清除。"))
    return decrypt(_path(name).read_bytes(), f"document:{name}")


def remove(name: str) -> None:
    """Delete the bytes; does nothing if they are gone."""
    _path(name).unlink(missing_ok=True)


def _path(name: str) -> Path:
    path: Path = settings.JIUYUAN.data / "documents" / name[:2] / name
    return path


def viewable(content: bytes, content_type: str) -> tuple[bytes, str]:
    """Bytes and type that every browser displays: HEIC becomes JPEG, rotated upright."""
    if content_type != "image/heic":
        return content, content_type
    with Image.open(io.BytesIO(content)) as image:
        out = io.BytesIO()
        ImageOps.exif_transpose(image).convert("RGB").save(out, "JPEG", quality=88)
    return out.getvalue(), "image/jpeg"


def thumbnail(content: bytes, longest: int = 480) -> bytes:
    """A small upright JPEG of a photograph; `longest` is its longer side in pixels."""
    with Image.open(io.BytesIO(content)) as image:
        image.draft("RGB", (longest, longest))
        small = ImageOps.exif_transpose(image).convert("RGB")
    small.thumbnail((longest, longest))
    out = io.BytesIO()
    small.save(out, "JPEG", quality=80)
    return out.getvalue()


def _pdf_pages(content: bytes, file_name: str) -> int:
    from pypdf import PdfReader  # imported on use: rarely needed, and takes a tenth of a second

    try:
        reader = PdfReader(io.BytesIO(content))
        # Many certificates forbid changes but may be read by anyone: these open with the empty password.
        locked = reader.is_encrypted and not reader.decrypt("")
        pages = 0 if locked else len(reader.pages)
    except NotImplementedError:
        locked, pages = True, 0
    except Exception:  # damaged files make the library raise nearly anything
        raise _bad(say("“{file_name}”不是完好的PDF文件，请重新导出，或改传照片。", file_name=file_name)) from None
    if locked:
        raise _bad(say("“{file_name}”设了密码，工作人员打不开。请取消密码后再传，或改传照片。", file_name=file_name))
    if not pages:
        raise _bad(say("“{file_name}”里没有页面，请重新导出，或改传照片。", file_name=file_name))
    return pages


def _image(content: bytes, file_name: str) -> tuple[str, tuple[str, ...]]:
    """The type of a picture and its defects."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content)) as image:
                if image.format in _IMAGES:
                    image.load()
                    return _IMAGES[image.format], _warnings(image)
    except UnidentifiedImageError:
        pass
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _bad(
            say("“{file_name}”尺寸过大，请用手机相机的普通画质重拍，或缩小后再传。", file_name=file_name)
        ) from None
    except Exception:  # damaged files make decoders raise nearly anything
        raise _bad(say("“{file_name}”已损坏，打不开，请重新拍照或选择。", file_name=file_name)) from None
    raise _bad(
        say(
            "“{file_name}”不能用：要照片（JPEG、PNG、HEIC、WebP）或者PDF文件。按内容检查，不看文件名，请换一张再传。",
            file_name=file_name,
        )
    )


def _warnings(image: Image.Image) -> tuple[str, ...]:
    sample = image.resize([min(512, side) for side in image.size], Image.Resampling.NEAREST).convert("RGB")
    spread = max(ImageStat.Stat(sample.resize((64, 64), Image.Resampling.BOX)).stddev)  # averages out sensor noise
    found = {"tiny": max(image.size) < _TINY, "one_colour": spread < _ONE_COLOUR}
    found["dark"] = not found["one_colour"] and ImageStat.Stat(sample.convert("L")).mean[0] < _DARK
    return tuple(code for code in WARNINGS if found[code])


def _bad(message: str) -> BadInput:
    return BadInput(say("材料不能用。"), [("file", message)])
