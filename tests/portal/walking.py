"""Walking through the pages as somebody on a phone does, without scripts: what is posted, what is then seen."""

import re
from html import unescape
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from jiuyuan.agencies.models import User
from jiuyuan.applications.models import Application
from tests.factories import PLATFORM, Applicant, a_photograph, an_account, an_applicant

PASSWORD = "长春的春天2026"


def seen(response: Any) -> str:
    """The words of a page, without marks and with single spaces."""
    body = re.sub(r"<(script|style|head)\b.*?</\1>", " ", response.content.decode(), flags=re.S)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", body)))


def boxes(response: Any) -> dict[str, list[str]]:
    """What stands in the boxes of a page: the value of every text box, the ticked values of every choice."""
    found: dict[str, list[str]] = {}
    # Beside the page's own boxes the switch for larger type carries what was sent, to show it again.
    html = re.sub(r"<form[^>]* data-larger-type.*?</form>", "", response.content.decode(), flags=re.S)
    for tag in re.findall(r"<input\b[^>]*>", html):
        name, value = re.search(r'\bname="([^"]*)"', tag), re.search(r'\bvalue="([^"]*)"', tag)
        choice = re.search(r'type="(radio|checkbox)"', tag)
        if name and (not choice or " checked" in tag):
            found.setdefault(name.group(1), []).append(unescape(value.group(1)) if value else "")
    for name, text in re.findall(r'<textarea\b[^>]*\bname="([^"]*)"[^>]*>\s*(.*?)</textarea>', html, re.S):
        found.setdefault(name, []).append(unescape(text))
    for name, options in re.findall(r'<select\b[^>]*\bname="([^"]*)"[^>]*>(.*?)</select>', html, re.S):
        found.setdefault(name, []).extend(re.findall(r'<option value="([^"]*)" selected', options))
    return found


def account_form(person: Applicant, **changes: Any) -> dict[str, Any]:
    filled = {"name": person.name, "id_number": person.id_number, "phone": person.phone}
    return filled | {"password": PASSWORD, "again": PASSWORD, "agreed": "on"} | changes


def day(name: str, text: str) -> dict[str, str]:
    """A date as its three boxes."""
    return {f"{name}_{box}": part for box, part in zip(("year", "month", "day"), text.split("-"), strict=True)}


def begin(client: Client, person: Applicant | None = None, categories: tuple[str, ...] = ("older",)) -> Application:
    """Open an account and come as far as the draft."""
    person = person or an_applicant()
    client.post("/register/", account_form(person))
    client.post("/apply/where/", {"county": "220102"})
    client.post("/apply/where/220102/", {"platform": PLATFORM, "address": person.address})
    client.post("/apply/category/", {"categories": categories})
    return the_case_of(person)


def ticked(case: Application) -> dict[str, str]:
    """All that is ticked beside a signature: the consent, and every correction as done, whatever was changed."""
    return {f"item_{place}": "done" for place in range(len(case.corrections))} | {"consent": "on", "anyway": "on"}


def the_case_of(person: Applicant) -> Application:
    return Application.objects.unscoped().get(person__id_index=person.id_index)


def a_draft_of(person: Applicant | None = None, **changes: Any) -> tuple[User, Application]:
    """An account and its draft with every fact said, made by the services."""
    from jiuyuan.applications import services

    account = an_account()
    return account, services.create(account, **(person or an_applicant()).form(**changes))


def a_file(content: bytes | None = None, name: str = "身份证.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, a_photograph() if content is None else content)
