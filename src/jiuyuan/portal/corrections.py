"""The corrections a clerk asked for (二(二)), each with a link to its page."""

from dataclasses import dataclass

from django.urls import reverse

from jiuyuan.applications import form_pages
from jiuyuan.applications.case import Case
from jiuyuan.portal import sections
from jiuyuan.wording import say


@dataclass(frozen=True)
class Correction:
    text: str
    url: str
    where: str


def corrections(case: Case) -> list[Correction]:
    """The corrections in the clerk's words and order. Without a matching page they link to the whole form."""
    pages = {step.code: step for step in sections.steps(case)}
    whole = reverse("portal:form", args=[case.application.number])
    found = []
    application = case.application
    named = [*application.correction_pages, *[""] * len(application.corrections)]
    for text, page in zip(application.corrections, named, strict=False):
        step = next(
            (pages[code] for code in (page, *form_pages.spoken_of(text, case.questions)) if code in pages), None
        )
        url = f"{step.url}?back=form" if step else whole
        found.append(Correction(text, url, step.title if step else say("认定表")))
    return found
