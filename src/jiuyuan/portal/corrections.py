"""What the clerk asked to be put right, all of it at once (二(二)), each with a link to where it is put right."""

from dataclasses import dataclass

from django.urls import reverse

from jiuyuan.applications.case import Case
from jiuyuan.portal import sections
from jiuyuan.rules.facts import FACTS
from jiuyuan.rules.policy import MATERIALS

# A clerk writes in their own words; these are the words by which the page is found.
_WORDS = {
    "contact": ("电话", "手机", "地址", "住址"),
    "household": ("家庭成员", "家里人", "配偶"),
    "wishes": ("求职", "技能", "文化程度"),
    "categories": ("申请类别", "申请情形"),
    "register": ("户籍", "户口性质"),
    "unemployment": ("失业",),
    "laid_off": ("原单位", "原工作单位", "下岗"),
    "income": ("收入",),
    "work": ("劳动关系", "社保", "社会保险"),
    "business": ("营业执照", "经营", "法定代表人", "股东"),
}
_MATERIAL_WORDS = {
    "id_card": ("身份证",),
    "hukou_book": ("户口簿", "户口本", "居住证明", "居住证"),
    "labour_termination": ("解除", "终止劳动", "离职证明"),
    "disability_certificate": ("残疾人证", "残疾证"),
    "minimum_allowance_certificate": ("低保", "最低生活保障"),
    "land_requisition_agreement": ("征用", "征地"),
    "diploma": ("毕业证", "学历证"),
}


@dataclass(frozen=True)
class Correction:
    text: str
    url: str
    where: str


def corrections(case: Case) -> list[Correction]:
    """In the clerk's words and order. What no page can be found for leads to the form as a whole."""
    pages = {step.code: step for step in sections.steps(case)}
    whole = reverse("portal:form", args=[case.application.number])
    found = []
    for text in case.application.corrections:
        step = next((pages[code] for code in _codes(text) if code in pages), None)
        url = f"{step.url}?back=form" if step else whole
        found.append(Correction(text, url, step.title if step else "认定表"))
    return found


def _codes(text: str) -> list[str]:
    """Pages that a sentence speaks of: materials first, for most of what is asked is a better photograph."""
    found = [code for code, words in _MATERIAL_WORDS.items() if any(word in text for word in (*words, MATERIALS[code]))]
    found += [topic.code for topic in sections.TOPICS if any(FACTS[name].label in text for name in topic.facts)]
    return found + [code for code, words in _WORDS.items() if any(word in text for word in words)]
