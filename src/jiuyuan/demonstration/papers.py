"""Sample papers: drawn, marked 样例, and unlike real ones."""

import io
from functools import cache

from PIL import Image, ImageDraw, ImageFont

from jiuyuan.demonstration.invented import Invented
from jiuyuan.printing.glyphs import font_folder, printable
from jiuyuan.regions import registry

_SIZE = (480, 300)
_INK, _GROUND, _PALE = (40, 52, 60), (250, 247, 240), (228, 220, 205)
_SIMPLIFIED_CHINESE = 2


def paper(kind: str, person: Invented) -> tuple[bytes, str]:
    """The bytes and file name of a sample of this kind in a person's name. The land agreement is a two-page PDF."""
    page = _blank(kind).copy()
    draw = ImageDraw.Draw(page)
    draw.text((40, 112), f"姓名  {printable(person.name)}", _INK, _font(24))
    draw.text((40, 152), f"号码  {person.id_number[:6]}********{person.id_number[-4:]}", _INK, _font(20))
    out = io.BytesIO()
    if kind == "land_requisition_agreement":
        page.save(out, "PDF", save_all=True, append_images=[_blank(kind)], resolution=100)
        return out.getvalue(), f"{registry.materials()[kind][:8]}.pdf"
    page.save(out, "JPEG", quality=60)
    return out.getvalue(), f"{registry.materials()[kind][:8]}.jpg"


@cache
def _blank(kind: str) -> Image.Image:
    page = Image.new("RGB", _SIZE, _GROUND)
    stamp = Image.new("L", _SIZE, 0)
    ImageDraw.Draw(stamp).text((150, 90), "样例", 255, _font(110))
    page.paste(_PALE, (0, 0), stamp.rotate(18, resample=Image.Resampling.BILINEAR))
    draw = ImageDraw.Draw(page)
    draw.rectangle((12, 12, _SIZE[0] - 13, _SIZE[1] - 13), outline=_INK, width=2)
    draw.text((40, 36), registry.materials()[kind][:16], _INK, _font(26))
    draw.line((40, 84, _SIZE[0] - 40, 84), _INK, 1)
    draw.text((40, 240), "演示系统生成，没有任何效力", _INK, _font(18))
    return page


@cache
def _font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(font_folder() / "NotoSansCJK-VF.otf.ttc"), size, index=_SIMPLIFIED_CHINESE)
