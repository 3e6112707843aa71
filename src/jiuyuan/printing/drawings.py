"""Draws seals, QR codes and photographs as SVG."""

import base64
import io
import math
from xml.sax.saxutils import escape

import segno
from PIL import Image, ImageOps

from jiuyuan.printing.glyphs import FAMILY, printable

SEAL_RED = "#c8161d"

_PHOTO_MM = (25, 35)  # the one-inch photograph of Chinese forms
_PHOTO_PX = (295, 413)  # the same at 300 dpi


def draw_seal(agency: str, legend: str = "电子印章") -> str:
    """Draw a round seal: the agency's name along the arc, a star, and `legend` below.

    It replaces the image of the seal registered with the public security authority; an office that has this image
    passes it instead (`docs/forms.md`).
    """
    name = printable(agency).strip()
    count = max(len(name), 1)
    # Up to 14 characters have the normal size; longer names are narrower, as on engraved seals.
    size = 11.5 if count <= 14 else 11.5 * 14 / count
    radius = 44.5 - size * 0.86
    sweep = min(260.0, 21.0 * (count - 1)) if count > 1 else 0.0
    letters = []
    for place, character in enumerate(name):
        turn = -sweep / 2 + sweep * place / max(count - 1, 1)
        x, y = radius * math.sin(math.radians(turn)), -radius * math.cos(math.radians(turn))
        letters.append(
            f'<text transform="translate({x:.2f} {y:.2f}) rotate({turn:.2f})" text-anchor="middle" '
            f'font-size="{size:.2f}">{escape(character)}</text>'
        )
    points = []
    for corner in range(10):
        reach = 13.5 if corner % 2 == 0 else 13.5 * 0.381966  # the inner corners of a regular star
        angle = math.radians(36 * corner)
        points.append(f"{reach * math.sin(angle):.2f},{-reach * math.cos(angle):.2f}")
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="-50 -50 100 100" width="100" height="100">'
        # Translucent like ink, so that the text below stays legible.
        f'<g fill="{SEAL_RED}" fill-opacity="0.9" font-family="{FAMILY}" font-weight="500">'
        f'<circle r="47.8" fill="none" stroke="{SEAL_RED}" stroke-opacity="0.9" stroke-width="2.6"/>'
        f'<polygon points="{" ".join(points)}"/>{"".join(letters)}'
        f'<text y="28.5" text-anchor="middle" font-size="8">{escape(printable(legend))}</text>'
        "</g></svg>"
    )


def draw_qr(url: str) -> str:
    """A QR code for `url` with error correction M: readable even with a stamp on one corner."""
    out = io.BytesIO()
    segno.make(url, error="m", micro=False).save(out, kind="svg", border=0, xmldecl=False, svgns=True, omitsize=True)
    return out.getvalue().decode()


def qr_for_screens(text: str) -> str:
    """A QR code as a data URL, black on white with its quiet zone, independent of the page's colours."""
    return segno.make(text, error="m", micro=False).svg_data_uri(border=4, scale=5, dark="#000", light="#fff")


def draw_photo(photo: bytes) -> str:
    """The applicant's photograph, upright, cropped to one inch, as SVG.

    A phone's picture has 4 MB and its location; neither belongs in the form. Raises `ValueError` if it is not a
    picture.
    """
    try:
        with Image.open(io.BytesIO(photo)) as opened:
            upright = ImageOps.exif_transpose(opened).convert("RGB")
            small = ImageOps.fit(upright, _PHOTO_PX, Image.Resampling.LANCZOS, centering=(0.5, 0.4))
    except (OSError, Image.DecompressionBombError) as error:
        raise ValueError("照片无法读取：不是有效的图片文件") from error
    out = io.BytesIO()
    small.save(out, "JPEG", quality=85, optimize=True)
    return _wrapped(out.getvalue(), "image/jpeg", *_PHOTO_MM)


def seal_picture(picture: bytes) -> str:
    """The image of a registered seal (PNG with transparency, or SVG) as SVG, to replace `draw_seal`."""
    if picture.lstrip()[:5] in (b"<?xml", b"<svg "):
        return picture.decode()
    return _wrapped(picture, "image/png", 100, 100)


def _wrapped(picture: bytes, media_type: str, width: int, height: int) -> str:
    # Typst has no base64 decoder but its SVG reader has one, so pictures are passed in the JSON as SVG, without
    # temporary files.
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}">'
        f'<image width="{width}" height="{height}" '
        f'href="data:{media_type};base64,{base64.b64encode(picture).decode()}"/></svg>'
    )
