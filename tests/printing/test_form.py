import io
import subprocess
import sys
import time
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from PIL import Image
from pypdf import PdfReader

from jiuyuan.printing.form import FormData, PrintedMember, PrintedOpinion, Remark, choices, render_form
from jiuyuan.printing.typesetting import TemplateError
from tests.printing.paper import (
    CATEGORIES,
    COUNTY,
    ENDORSED,
    LAYOUT,
    PAPERS,
    PLATFORM,
    RECOGNISED,
    a_form,
    a_photo,
    fonts_of,
    own_places,
    pages_of,
    rows_of,
    text_of,
)


def test_form_shows_what_the_applicant_declared():
    text = text_of(render_form(a_form(), LAYOUT))
    for said in (
        "吉林省就业困难人员申请认定表",
        "JY220102001-2026-000318",
        "吉林省长春市南关区西四马路118号",
        "欧阳晓",
        "✓城镇户籍",
        "✓大龄失业人员",
        "✓微信小程序",
        "请补充解除劳动关系证明。",
        "2026年11月19日至2026年11月24日",
        "无异议",
    ):
        assert said in text


def test_all_seven_categories_have_a_box_and_only_the_claimed_ones_are_ticked():
    text = text_of(render_form(a_form(categories=choices(CATEGORIES, "失地农民", "下岗失业人员")), LAYOUT))
    assert all(label in text for label in CATEGORIES)
    assert [label for label in CATEGORIES if f"✓{label}" in text] == ["下岗失业人员", "失地农民"]


def test_cell_says_to_a_reader_for_the_blind_what_stands_beside_it():
    rows = rows_of(render_form(a_form(), LAYOUT))
    assert rows[0] == ["row", "row", "", "row", "", ""]  # the section, name, sex, and the photograph
    assert rows[1] == ["row", "", "row", ""]  # ID number, telephone
    assert all(row[0] == "row" for row in rows[1:12])


def test_a_box_that_does_not_exist_cannot_be_ticked():
    with pytest.raises(ValueError, match="外省人员"):
        choices(CATEGORIES, "外省人员")


def test_empty_form_is_one_page_with_its_lines_to_fill_by_hand():
    blank = render_form(FormData(number="", name="", set_on=date(2026, 11, 25), own=own_places()), LAYOUT)
    text = text_of(blank)
    assert pages_of(blank) == 1
    assert all(
        label in text for label in ("身份证号码", "申请人（签名）：", "经办人：", "（盖章）", "公示结果", "照片")
    )
    assert "✓" not in text


def test_identity_number_is_set_in_groups():
    page = PdfReader(io.BytesIO(render_form(a_form(), LAYOUT))).pages[0].extract_text()
    assert "220102 19850302 1228" in page


def test_form_is_one_page_and_a_long_household_makes_two_with_the_number_on_both():
    assert pages_of(render_form(a_form(photo=a_photo()), LAYOUT)) == 1
    many = render_form(a_form(household=tuple(PrintedMember(f"家人{n}") for n in range(14))), LAYOUT)
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(many)).pages]
    assert len(pages) == 2
    assert all("JY220102001-2026-000318" in page for page in pages)


@pytest.mark.parametrize("name", ["𠮷田", "䶮某", "买买提·阿不都热依木", "김철수", "葛\U000e0100某"])
def test_rare_names_are_printed_with_real_glyphs_and_can_be_copied_out(name):
    pdf = render_form(a_form(name=name), LAYOUT)
    assert name.replace("\U000e0100", "") in text_of(pdf).replace("\U000e0100", "")
    assert "〓" not in text_of(pdf)


def test_characters_without_a_glyph_are_shown_as_missing_and_do_not_stop_the_form():
    text = text_of(
        render_form(a_form(name="王😀小\x01明", own=own_places({"hukou_address": "南关区\u202e路"})), LAYOUT)
    )
    assert "王〓小明" in text
    assert "南关区路" in text


@pytest.mark.parametrize(
    "typed", ['#panic("x")', '"]; #read("/etc/passwd")', "$x$ *粗* _斜_ `码` @a <b> \\u{41} // 注", "#{while true {}}"]
)
def test_what_people_type_is_never_read_as_markup(typed):
    page = text_of(render_form(a_form(own=own_places({"job_intention": typed})), LAYOUT))
    assert typed.replace(" ", "") in page


def test_words_without_spaces_stay_within_their_cell():
    pdf = render_form(a_form(own=own_places({"hukou_address": "x" * 300, "former_employer": "y" * 80})), LAYOUT)
    assert pages_of(pdf) <= 2
    assert "x" * 300 in text_of(pdf)


def test_every_font_is_embedded_as_a_subset_of_the_open_cjk_font():
    fonts = fonts_of(render_form(a_form(), LAYOUT))
    assert fonts
    for font in fonts:
        descriptor = font.get_object()["/FontDescriptor"]
        assert "NotoSansCJKsc" in descriptor["/FontName"]
        assert descriptor["/FontName"][7] == "+"
        assert {"/FontFile2", "/FontFile3"} & set(descriptor)


def test_file_is_archival_and_small():
    pdf = render_form(a_form(photo=a_photo()), LAYOUT)
    metadata = PdfReader(io.BytesIO(pdf)).xmp_metadata
    assert (metadata.pdfaid_part, metadata.pdfaid_conformance) == ("2", "A")
    assert len(pdf) < 300_000


def test_same_values_on_the_same_day_give_the_same_file():
    assert render_form(a_form(), LAYOUT) == render_form(a_form(), LAYOUT)


def test_photograph_from_a_phone_is_made_small_and_loses_its_place():
    exif = Image.Exif()
    exif[0x010F] = "a phone that says where it is"
    out = io.BytesIO()
    Image.effect_noise((3000, 4000), 90).convert("RGB").save(out, "JPEG", quality=95, exif=exif)
    pdf = render_form(a_form(photo=out.getvalue()), LAYOUT)
    assert len(out.getvalue()) > 3_000_000
    assert len(pdf) < 300_000
    assert b"a phone that says" not in pdf


def test_photograph_that_is_no_picture_is_refused_in_words():
    with pytest.raises(ValueError, match="照片无法读取"):
        render_form(a_form(photo=b"%PDF-1.7 not a picture"), LAYOUT)


def test_opinions_printed_for_a_seal_in_ink_stand_in_their_cells():
    text = text_of(render_form(a_form(opinions={"platform": ENDORSED, "county": RECOGNISED}), LAYOUT))
    assert f"{PLATFORM}初审意见" in text
    assert f"{COUNTY}复核认定意见" in text
    for said in ("✓符合认定条件，同意上报", "✓同意认定", "材料齐全，公示无异议，同意上报。", "经复核，同意认定。"):
        assert said in text
    assert "录入类别：大龄失业人员" in text


def test_refusal_and_return_stand_on_the_form_with_their_reasons():
    refused = PrintedOpinion(False, "不符合认定条件。", "李明", date(2026, 11, 25), reason="已在用人单位参加社会保险。")
    returned = Remark("复核退回", date(2026, 11, 20), "残疾人证已过期，请核实。", COUNTY)
    text = text_of(render_form(a_form(opinions={"platform": refused}, remarks=(returned,)), LAYOUT))
    assert "✓不符合认定条件" in text
    assert "理由：已在用人单位参加社会保险。" in text
    assert "复核退回" in text
    assert "残疾人证已过期，请核实。" in text


def test_refusal_without_a_reason_cannot_be_written():
    with pytest.raises(ValueError, match="reason"):
        PrintedOpinion(False, "不符合", "李明", date(2026, 11, 25))


def test_opinion_longer_than_its_cell_is_refused():
    with pytest.raises(ValueError, match="240 字"):
        PrintedOpinion(True, "同" * 241, "李明", date(2026, 11, 25))


def test_a_template_in_the_office_folder_takes_the_place_of_ours(tmp_path: Path):
    (tmp_path / "form.typ").write_text(
        '#import "@local/jiuyuan:1.0.0": *\n#show: base.with("表", "就援")\n本地样式：#data.name'
    )
    assert "本地样式：欧阳𠮷䶮" in text_of(render_form(a_form(), PAPERS.form.layout(tmp_path)))


def test_an_empty_office_folder_changes_nothing(tmp_path: Path):
    assert render_form(a_form(), PAPERS.form.layout(tmp_path)) == render_form(a_form(), LAYOUT)


def test_a_template_that_does_not_compile_says_where(tmp_path: Path):
    (tmp_path / "form.typ").write_text("第一行\n#nowhere")
    with pytest.raises(TemplateError, match="nowhere"):
        render_form(a_form(), PAPERS.form.layout(tmp_path))


def test_a_template_cannot_read_files_outside_its_folder(tmp_path: Path):
    (tmp_path / "form.typ").write_text('#read("../secret.txt")')
    (tmp_path.parent / "secret.txt").write_text("x")
    with pytest.raises(TemplateError):
        render_form(a_form(), PAPERS.form.layout(tmp_path))


def test_templates_are_part_of_the_package():
    templates = [PAPERS.form.template, *(letter.template for letter in PAPERS.letters.values())]
    assert [template.name for template in templates if not template.is_file()] == []


def test_a_page_is_set_in_well_under_half_a_second():
    render_form(a_form(), LAYOUT)
    started = time.process_time()
    for n in range(5):
        render_form(replace(a_form(), number=f"JY-{n}", name=f"王小{n}"), LAYOUT)
    assert (time.process_time() - started) / 5 < 0.45  # of a processor, however busy the machine is; usually 0.08


def test_printing_knows_nothing_of_django():
    program = "import sys; import jiuyuan.printing.form, jiuyuan.printing.letters; sys.exit('django' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
