"""Values to print, and ways to read what was printed."""

import io
import re
from dataclasses import replace
from datetime import date
from typing import Any

from PIL import Image
from pypdf import PdfReader

from jiuyuan.printing.form import FormData, NoticePeriod, PrintedMember, PrintedOpinion, Remark, choices
from jiuyuan.printing.letters import LetterData, Letterhead, payload, render
from jiuyuan.regions import registry

PLATFORM = "南关区桃源街道公共就业服务平台"
COUNTY = "长春市南关区就业服务局"

ENDORSED = PrintedOpinion(True, "材料齐全，公示无异议，同意上报。", "李明", date(2026, 11, 25))
RECOGNISED = PrintedOpinion(True, "经复核，同意认定。", "阿卜杜拉·买买提", date(2026, 11, 27), entry="大龄失业人员")


PAPERS = registry.papers_of("")
LAYOUT = PAPERS.form.layout()
CATEGORIES = tuple(category.title for category in next(registry.policies()).categories)
CHANNELS = tuple(PAPERS.form.channels.values())


def a_letter(name: str, data: LetterData, **how: Any) -> bytes:
    """A letter by the home region's template of that name."""
    letter = PAPERS.letter(name)
    return render(letter.template, payload(replace(data, letter=replace(data.letter, title=letter.title))), **how)


def own_places(details: dict[str, str] | None = None, **known: Any) -> dict[str, Any]:
    """What the home region prints beside what every form says."""
    return PAPERS.form.places(details or {}, known, lambda code: code or "")


def a_form(**changes: Any) -> FormData:
    """Someone whose notice has ended."""
    return replace(
        FormData(
            number="JY220102001-2026-000318",
            set_on=date(2026, 11, 25),
            name="欧阳𠮷䶮",
            confirm_url="https://jiuyuan.example/q/7K3M9FQX2B",
            sex="女",
            id_number="220102198503021228",
            phone="13804312266",
            address="吉林省长春市南关区东天街27号",
            own=own_places(
                {
                    "hukou_address": "吉林省长春市南关区西四马路118号",
                    "urban_ground": "户口簿首页住址",
                    "education": "大学专科",
                },
                hukou_kind="urban",
                degree_full_time=True,
            ),
            commitment=tuple(PAPERS.form.commitment.words("欧阳𠮷䶮", ["有劳动能力", "有就业意愿"])),
            household=(PrintedMember("欧阳晓", "女", "22010220120601334X", "女儿", "在校"),),
            categories=choices(CATEGORIES, "大龄失业人员"),
            channels=choices(CHANNELS, "微信小程序"),
            declared_on=date(2026, 11, 12),
            remarks=(Remark("补正", date(2026, 11, 13), "请补充解除劳动关系证明。", "李明"),),
            agencies={"platform": PLATFORM, "county": COUNTY},
            notice=NoticePeriod(date(2026, 11, 19), date(2026, 11, 24), "无异议"),
        ),
        **changes,
    )


def a_letterhead(**changes: Any) -> Letterhead:
    return replace(
        Letterhead(
            title="告知书",
            number="南关桃源〔2026〕318号",
            issued_on=date(2026, 11, 25),
            agency=PLATFORM,
            addressee="欧阳𠮷䶮",
            officer="李明",
            address="长春市南关区西四马路66号",
            phone="0431-88901234",
            url="https://jiuyuan.example/q/7K3M9FQX2B",
        ),
        **changes,
    )


def a_photo(colour: str = "navy", size: tuple[int, int] = (1200, 1600)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, "JPEG")
    return out.getvalue()


def text_of(pdf: bytes) -> str:
    """What the pages say, without the spaces that typesetting leaves."""
    return re.sub(r"[\s\u200b]", "", "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages))


def pages_of(pdf: bytes) -> int:
    return len(PdfReader(io.BytesIO(pdf)).pages)


def said_by_seal(pdf: bytes, field: str) -> str:
    """What the appearance of a signature says: it is laid over the page and not part of its text."""
    reader = PdfReader(io.BytesIO(pdf))
    for page in reader.pages:
        for annotation in page.get("/Annots", ()):
            widget = annotation.get_object()
            if widget.get("/T") == field:
                outer = widget["/AP"]["/N"]
                drawing = next(iter(outer["/Resources"]["/XObject"].values())).get_object()
                return re.sub(r"\s", "", page.extract_xform_text(drawing))
    raise AssertionError(f"no field {field}")


def fonts_of(pdf: bytes) -> list[Any]:
    return [
        font["/DescendantFonts"][0]
        for page in PdfReader(io.BytesIO(pdf)).pages
        for font in (font.get_object() for font in page["/Resources"]["/Font"].values())
    ]


def rows_of(pdf: bytes) -> list[list[str]]:
    """What each cell of the tables is in the tags: the header of its "column" or "row", or nothing; row by row."""
    found: list[list[str]] = []

    def what(cell: Any) -> str:
        scopes = [str(said.get("/Scope", "")) for said in cell.get("/A", ())]
        return next((scope[1:].lower() for scope in scopes if scope), "") if cell["/S"] == "/TH" else ""

    def walk(node: Any) -> None:
        node = node.get_object()
        for one in node if isinstance(node, list) else []:
            walk(one)
        if hasattr(node, "get") and node.get("/S") == "/TR":
            found.append([what(cell.get_object()) for cell in node["/K"]])
        elif hasattr(node, "get") and "/K" in node and not isinstance(node["/K"], int):
            walk(node["/K"])

    walk(PdfReader(io.BytesIO(pdf)).root_object["/StructTreeRoot"]["/K"])
    return found
