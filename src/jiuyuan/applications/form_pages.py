"""The pages of the application form by code, and by which words a sentence about one of them is known."""

from collections.abc import Iterable
from dataclasses import dataclass

from jiuyuan.rules.facts import FACTS
from jiuyuan.rules.policy import MATERIALS


@dataclass(frozen=True)
class Topic:
    """A page of facts that belong together, and the columns of the form that go with them."""

    code: str
    title: str
    details: tuple[str, ...] = ()

    def facts(self, needed: Iterable[str]) -> list[str]:
        """Of the facts that are needed those that this page asks, in the order of the schema."""
        wanted = set(needed)
        return [name for name, fact in FACTS.items() if name in wanted and (fact.page or OTHER) == self.code]


#: Where a fact is asked that names no page of its own.
OTHER = "other_facts"
TOPICS = (
    Topic("register", "您的户籍", ("hukou_address",)),
    Topic("unemployment", "您的失业情况", ("employment_certificate",)),
    Topic("laid_off", "您的下岗情况", ("former_employer", "contract_ended_on")),
    Topic("disability", "您的残疾人证", ("disability_number",)),
    Topic("family", "您的家庭就业情况"),
    Topic("allowance", "您的低保", ("allowance_number",)),
    Topic("land", "您的承包地", ("land_document",)),
    Topic("school", "您的毕业情况", ("school",)),
    Topic("experience", "您以前的工作"),
    Topic("ability", "您的身体和找工作的打算", ("health",)),
    Topic("retirement", "您的退休年龄"),
    Topic("work", "您现在的工作"),
    Topic("business", "做生意、办企业、任职"),
    Topic("income", "您现在的收入"),
    Topic(OTHER, "其他情况"),
)
WHOLE_FORM = "form"
#: Every page by code, with its title: those of the form, then one a material.
PAGES: tuple[tuple[str, str], ...] = (
    ("contact", "联系方式"),
    ("categories", "申请类别"),
    *((topic.code, topic.title) for topic in TOPICS),
    ("household", "家里人"),
    ("wishes", "想做什么工作"),
    *((code, title) for code, title in MATERIALS.items() if code not in ("site_visit_photo", "signed_request")),
    (WHOLE_FORM, "认定表"),
)

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


def spoken_of(text: str) -> list[str]:
    """Pages that a sentence speaks of: materials first, for most of what is asked is a better photograph."""
    found = [code for code, words in _MATERIAL_WORDS.items() if any(word in text for word in (*words, MATERIALS[code]))]
    spoken = {fact.page for fact in FACTS.values() if fact.label in text}
    found += [topic.code for topic in TOPICS if topic.code in spoken]
    return found + [code for code, words in _WORDS.items() if any(word in text for word in words)]


def page_of(text: str) -> str:
    """The page that a sentence speaks of first; the form as a whole, where it speaks of none."""
    return next(iter(spoken_of(text)), WHOLE_FORM)
