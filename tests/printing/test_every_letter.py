"""What must hold of every letter of the home region, whatever it has to say."""

import io
import re
from collections import Counter
from dataclasses import replace
from datetime import date
from functools import cache

import pytest
from pypdf import PdfReader

from jiuyuan.printing.letters import LetterData
from jiuyuan.printing.specimens import specimen
from jiuyuan.regions.remedies import Bodies, RemedyBody
from tests.printing.paper import PAPERS, a_letter, a_letterhead, rows_of

OFFICE = RemedyBody("南关区桃源街道公共就业服务平台", "长春市南关区西四马路66号", "0431-88901234")
SILENT = RemedyBody("南关区桃源街道公共就业服务平台")
BODIES = Bodies(office=OFFICE, above=RemedyBody("南关区公共就业服务中心"), review=RemedyBody("长春市南关区人民政府"))
NAMES = sorted(PAPERS.letters)
DAY = date(2026, 11, 25)


def said(name: str, words: str, bodies: Bodies = BODIES) -> LetterData:
    """A letter with so many words in what officers write."""
    letter = a_letterhead(address=bodies.office.address, phone=bodies.office.phone, number="220102001-2026-000318")
    heard = PAPERS.heard[name](bodies) if name in PAPERS.heard else ()
    return specimen(name, letter, heard, words)


@cache
def the_letter(name: str) -> bytes:
    """That letter with one short sentence: read by several tests, typeset once."""
    return a_letter(name, said(name, "在某超市上班。"))


def pages(pdf: bytes) -> list[str]:
    return [page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages]


@pytest.mark.parametrize("name", NAMES)
def test_seal_and_day_never_stand_alone_on_a_page(name):
    for length in range(1, 1000, 150):
        *_, last = pages(a_letter(name, said(name, "查明情况" * (length // 4 + 1))))
        body = last.replace("\n", "").split("南关区桃源街道公共就业服务平台2026年11月25日")[0]
        assert len(re.sub(r"扫码查询", "", body)) > 20, (length, last)


@pytest.mark.parametrize("name", NAMES)
def test_what_is_copied_out_is_what_was_written(name):
    text = "\n".join(pages(the_letter(name)))
    assert "\u200b" not in text
    assert not re.search(r"[一-鿿] [一-鿿] [一-鿿]", text.replace("姓名 性别 公", ""))
    assert PAPERS.letter(name).title in text
    assert "220102001-2026-000318" in text
    assert not re.search(r"[一二三四五]（[一二三四五六七]）", text)  # a clause is written one way: 二(四)


@pytest.mark.parametrize("name", NAMES)
def test_a_telephone_that_is_not_known_leaves_no_hole_in_a_sentence(name):
    silent = replace(BODIES, office=SILENT)
    text = "".join(pages(a_letter(name, said(name, "在某超市上班。", silent)))).replace("\n", "")
    for hole in ("也可以打", "电话", "（）", "（，", "，）", "：）", "地址：，"):
        assert hole not in text


@pytest.mark.parametrize("name", sorted(set(NAMES) & set(PAPERS.heard)))
def test_it_says_before_whom_one_is_heard_with_address_and_telephone(name):
    text = "".join(pages(the_letter(name))).replace("\n", "")
    office = () if name == "objection_outcome" else ("地址：长春市南关区西四马路66号，电话：0431-88901234",)
    beyond = () if name == "correction" else ("60日内", "长春市南关区人民政府", "6个月内", "人民法院", "掌上复议")
    assert [words for words in (*office, *beyond) if words not in text] == []


@pytest.mark.parametrize("name", NAMES)
def test_a_reader_for_the_blind_finds_title_language_headers_and_alternative_texts(name):
    reader = PdfReader(io.BytesIO(the_letter(name)))
    root = reader.root_object
    assert bool(root["/ViewerPreferences"]["/DisplayDocTitle"])
    assert root["/Lang"] == "zh-CN"
    assert reader.metadata.title == PAPERS.letter(name).title
    kinds: Counter[str] = Counter()
    figures = []

    def walk(node):
        node = node.get_object()
        if isinstance(node, list):
            for one in node:
                walk(one)
        elif hasattr(node, "get"):
            kinds[node.get("/S", "")] += 1
            if node.get("/S") == "/Figure":
                figures.append(node.get("/Alt", ""))
            if "/K" in node:
                walk(node["/K"]) if not isinstance(node["/K"], int) else None

    walk(root["/StructTreeRoot"]["/K"])
    assert figures and all(figures)
    assert kinds["/Table"] >= 1
    assert kinds["/TH"] >= 2


def test_what_a_refusal_states_has_its_name_as_the_header_of_its_row():
    [heads, *rows] = rows_of(the_letter("rejected"))
    assert heads == ["column", "column"]
    assert {tuple(row) for row in rows} - {("column", "column")} == {("row", "")}


def test_no_refusal_has_the_words_of_another():
    texts = {
        name: "".join(pages(the_letter(name))).replace("\n", "")
        for name in ("declined", "rejected", "objection_upheld", "not_passed", "returned")
    }
    own = {
        "declined": "不是不予认定的结论", "rejected": "初审，不符合", "objection_upheld": "有人提出异议",
        "not_passed": "复核未通过，不予认定", "returned": "退回初审的平台补充或者改正",
    }  # fmt: skip
    for name, words in own.items():
        assert [one for one, text in texts.items() if words in text] == [name]
    assert "不符合" not in texts["declined"]
