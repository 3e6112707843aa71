"""The pages of the application form, and recognition of the page that a sentence refers to.

The region defines the pages.
"""

from jiuyuan.regions import registry
from jiuyuan.regions.questions import Questions
from jiuyuan.rules.facts import FACTS
from jiuyuan.wording import say

WHOLE_FORM = "form"


def pages(questions: Questions) -> dict[str, str]:
    """The titles of all pages of a region's form, by code: its own pages, then one per material."""
    return {
        "contact": say("联系方式"),
        "categories": say("申请类别"),
        **{topic.code: topic.title for topic in questions.topics},
        "household": say("家里人"),
        "wishes": say("想做什么工作"),
        "agent": say("帮您办的人"),
        **_papers(),
        WHOLE_FORM: say("认定表"),
    }


def every_page() -> dict[str, str]:
    """The pages of every region's form."""
    found: dict[str, str] = {}
    for region in registry.regions():
        found |= pages(registry.questions_of(region.path))
    return found


def _papers() -> dict[str, str]:
    return {
        code: title
        for code, title in registry.materials().items()
        if code not in ("site_visit_photo", "signed_request", "signed_form", "publicity_consent")
    }


def spoken_of(text: str, questions: Questions) -> list[str]:
    """The pages that a sentence refers to. Materials come first: most requests are for a better photograph."""

    def spoken(code: str) -> bool:
        return any(word in text for word in questions.words.get(code, ()))

    papers = _papers()
    found = [code for code in questions.words if code in papers and (spoken(code) or papers[code] in text)]
    of_facts = {questions.page_of(name) for name, fact in FACTS.items() if fact.page and fact.label in text}
    found += [topic.code for topic in questions.topics if topic.code in of_facts]
    return found + [code for code in questions.words if code not in papers and spoken(code)]


def page_of(text: str, questions: Questions) -> str:
    """The first page that a sentence refers to; the whole form if none."""
    return next(iter(spoken_of(text, questions)), WHOLE_FORM)
