"""From the application to the exit in an invented second language: what is read is in it, but for what people wrote and what is a region's own.

The catalogue is made by machine: each text becomes one of Latin letters with the same fields in it.
"""

import html
import os
import re
import struct
import subprocess
import sys
from io import BytesIO
from pathlib import Path

import pytest
from django.apps import apps
from django.test import Client
from django.utils import translation
from pypdf import PdfReader

from jiuyuan import catalogue
from jiuyuan.applications.models import Application
from jiuyuan.notifications.models import Message
from jiuyuan.regions import registry
from tests.factories import a_case, act, an_account, found_out, staff
from tests.jobs import work
from tests.recognitions.register import on_the_register, struck_off

pytestmark = pytest.mark.django_db

LANGUAGE = "eo"
CHINESE = re.compile(r"[\u4e00-\u9fff]+")
KEPT = re.compile(r"(\{[^{}]*\}|%\(\w+\)s|%s|%%|<[^<>]+>|&\w+;|\n)")


def invented(text: str) -> str:
    """The text in the invented language: its fields and marks kept, everything between them Latin."""
    parts = KEPT.split(text)
    return "".join(part if at % 2 else "[vorto]" if CHINESE.search(part) else part for at, part in enumerate(parts))


def write_catalogue(path: Path, texts: dict[str, str]) -> None:
    """A catalogue as gettext reads it (`.mo`)."""
    rows = sorted((key.encode(), value.encode()) for key, value in texts.items())
    size, body, offsets = len(rows), b"", []
    for at in (0, 1):
        for row in rows:
            offsets.append((len(row[at]), 28 + 16 * size + len(body)))
            body += row[at] + b"\0"
    table = b"".join(struct.pack("<II", *offset) for offset in offsets)
    path.parent.mkdir(parents=True)
    path.write_bytes(struct.pack("<7I", 0x950412DE, 0, size, 28, 28 + 8 * size, 0, 0) + table + body)


@pytest.fixture
def second_language(tmp_path, settings):
    texts = {"": "Content-Type: text/plain; charset=UTF-8\n"} | {text: invented(text) for text in catalogue.texts()}
    write_catalogue(tmp_path / "eo/LC_MESSAGES/django.mo", texts)
    settings.LOCALE_PATHS = [*settings.LOCALE_PATHS, tmp_path]
    settings.LANGUAGES = [*settings.LANGUAGES, (LANGUAGE, "Invented")]
    with translation.override(LANGUAGE):
        yield


def left_over(text: str) -> list[str]:
    """The Chinese in a text that neither somebody wrote nor a region's documents say."""
    for data in sorted(_data(), key=len, reverse=True):
        text = text.replace(data, "")
    text = re.sub("[一二三四五][^ ]{0,3}…", "…", text)  # a clause that is cut short with its message
    return CHINESE.findall(text)


def _data() -> set[str]:
    """What stands in the tables, and the names of places and documents."""
    found: set[str] = set()
    for model in apps.get_models():
        if model.__module__.startswith("jiuyuan") and model.__name__ not in ("Entry",):
            for row in (
                model._default_manager.all() if not hasattr(model.objects, "unscoped") else model.objects.unscoped()
            ):
                for value in row.__dict__.values():
                    found |= set(_strings(value))
    for rules in registry.policies():
        clauses = (*rules.base, *rules.categories, *rules.exclusions, *rules.exits)
        found |= {rules.title, rules.document, *(text for clause in clauses for text in (clause.clause, clause.title))}
        found |= {clause.title.removesuffix("人员") for clause in rules.categories}  # as lists shorten it
    for region in registry.regions():
        found |= {text for advice in (*region.remedies.values(), *region.curable.values()) for text in advice}
    return {text for text in found if len(text) > 1}


def _strings(value: object) -> list[str]:
    if isinstance(value, str):
        return (
            [value, *(part for part in re.split(r"[\s，。；：、（）“”]+", value) if CHINESE.search(part))]
            if CHINESE.search(value)
            else []
        )
    if isinstance(value, dict):
        return [text for item in value.values() for text in _strings(item)]
    return [text for item in value for text in _strings(item)] if isinstance(value, list | tuple) else []


def read(response) -> str:
    text = response.content.decode()
    text = re.sub(r"<(script|style)\b.*?</\1>", "", text, flags=re.S)
    spoken = re.findall(r'(?:aria-label|title|placeholder|alt|content)="([^"]*)"', text)
    return html.unescape(re.sub(r"<[^>]+>", "\n", text) + "\n".join(spoken))


def as_(user) -> Client:
    client = Client()
    client.force_login(user, backend="jiuyuan.agencies.backends.WithAgency")
    client.cookies["django_language"] = LANGUAGE
    return client


#: Reads in every module with a language that has one word, as the first page that somebody asks for may, and prints what kept it.
READ_IN = """
import importlib, pkgutil
import django, jiuyuan
from jiuyuan import wording
django.setup()
wording.translate_by(lambda text: "[vorto]")
kept = set()
def look(value, where, deep=0):
    if isinstance(value, str):
        kept.update([where] * ("[vorto]" in value))
    elif deep < 5 and isinstance(value, dict):
        for each in value.items():
            look(each, where, deep + 1)
    elif deep < 5 and isinstance(value, (list, tuple, set, frozenset)):
        for each in value:
            look(each, where, deep + 1)
    elif deep < 5 and isinstance(value, type) and value.__module__.startswith("jiuyuan"):
        for name, each in vars(value).items():
            look(each, f"{where}.{name}", deep + 1)
for module in pkgutil.walk_packages(jiuyuan.__path__, "jiuyuan."):
    if not module.name.endswith(("__main__", "wsgi")) and ".migrations" not in module.name:
        for name, value in vars(importlib.import_module(module.name)).items():
            look(value, f"{module.name}.{name}")
print(*sorted(kept))
"""


def test_no_table_of_a_module_keeps_the_language_in_which_it_was_read_in():
    read_in = subprocess.run(
        [sys.executable, "-c", READ_IN],
        capture_output=True,
        text=True,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "jiuyuan.settings"},
    )
    assert (read_in.stdout.strip(), read_in.returncode) == ("", 0), read_in.stderr


@pytest.mark.usefixtures("second_language")
def test_what_is_read_between_application_and_exit_is_in_the_language_of_who_reads():
    clerk, reviewer, account = staff("clerk"), staff("reviewer"), an_account()
    case = a_case("submitted", by=account, clerk=clerk, reviewer=reviewer)
    act(clerk, case, "accept")
    found_out(clerk, case)
    act(clerk, case, "first_review_fail")
    work("make_letter")
    stay = on_the_register()
    struck_off(stay, "pension_or_retirement")
    work("make_exit_notice")
    case = Application.objects.unscoped().get(pk=case.pk)
    desk, mine = as_(clerk), as_(account)
    pages = {
        path: client.get(path)
        for client, path in (
            (mine, "/"),
            (mine, "/mine/"),
            (mine, f"/mine/{case.number}/"),
            (mine, "/mine/information/"),
            (desk, "/desk/cases/"),
            (desk, f"/desk/cases/{case.number}/"),
            (desk, "/desk/register/"),
            (desk, f"/desk/register/{stay.pk}/"),
        )
    }
    left = {path: left_over(read(page)) for path, page in pages.items()}
    assert {path: page.status_code for path, page in pages.items() if page.status_code != 200} == {}
    problem = desk.post(f"/api/v1/applications/{case.number}/accept", "{}", content_type="application/json")
    left["problem"] = left_over(problem.json()["title"])
    for message in Message.objects.unscoped():
        left[message.code] = left_over(message.title + message.body)
    letter = desk.get(f"/desk/cases/{case.number}/letters/rejection.pdf")
    left["letter"] = left_over(
        re.sub(r"\s", "", "".join(page.extract_text() for page in PdfReader(BytesIO(letter.content)).pages))
    )
    assert {place: words for place, words in left.items() if words} == {}
