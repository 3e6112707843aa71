"""Corrections to request from an applicant: prepared phrases for the case's papers with their pages, and free text."""

from collections.abc import Iterator, Mapping
from typing import Any

from django import forms

from jiuyuan.applications import form_pages
from jiuyuan.applications.case import Case
from jiuyuan.wording import say

_OF_A_PAPER = ("看不清楚，请重新拍照", "缺页，请把每一页都拍上", "与填报的不一致，请核对")
_EXPIRED = "已过有效期，请换新的"
#: The papers with an expiry date.
_EXPIRE = frozenset(
    {"id_card", "urban_residence_certificate", "disability_certificate", "minimum_allowance_certificate"}
)
_OF_THE_FORM = (
    ("contact", "电话打不通，请核对联系电话"),
    ("contact", "常住地址没有写到门牌，请补充"),
    ("household", "家庭成员没有填写完整"),
    ("wishes", "求职意愿没有填写"),
    (form_pages.WHOLE_FORM, "认定表没有本人签名"),
)


def phrases(case: Case) -> list[tuple[str, list[tuple[str, str]]]]:
    """The usual defects of each paper: (`page|words`, label below the paper's name)."""
    return [
        (label, [(f"{page}|{words}", words.removeprefix(label)) for page, words in found])
        for label, found in _groups(case)
    ]


def _groups(case: Case) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    lacking = [(kind, requirement.label) for requirement in case.missing_materials for kind in requirement.any_of[:1]]
    if lacking:
        yield say("还缺的材料"), [(kind, say("缺少{label}，请补交", label=label)) for kind, label in lacking]
    pages = form_pages.pages(case.questions)
    for kind in dict.fromkeys(material.kind for material in case.materials):
        if kind in pages:
            usual = (*_OF_A_PAPER, _EXPIRED) if kind in _EXPIRE else _OF_A_PAPER
            yield pages[kind], [(kind, f"{pages[kind]}{words}") for words in usual]
    yield say("认定表"), list(_OF_THE_FORM)


class CorrectionsInput(forms.Widget):
    """Checkboxes for phrases, and lines of free text. The value is a list of texts, phrases with their page."""

    template_name = "desk/widgets/corrections.html"

    def __init__(self, groups: list[tuple[str, list[tuple[str, str]]]]) -> None:
        super().__init__({"rows": 2})
        self._groups = groups

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[Any]:
        ticked = data.getlist(f"{name}-phrase") if hasattr(data, "getlist") else []
        picked = [{"page": page, "text": words} for page, _, words in (one.partition("|") for one in ticked) if words]
        own = data.get(name) or ""
        lines = own.splitlines() if isinstance(own, str) else list(own)
        return [*picked, *(line for line in lines if str(line).strip())]

    def id_for_label(self, id_: str) -> str:
        return id_

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        said = value or []
        ticked = {f"{one['page']}|{one['text']}" for one in said if isinstance(one, Mapping)}
        lines = "\n".join(one for one in said if isinstance(one, str))
        groups = [(label, [(code, words, code in ticked) for code, words in found]) for label, found in self._groups]
        return context | {"groups": groups, "lines": lines}
