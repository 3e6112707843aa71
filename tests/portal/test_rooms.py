"""How many files of the trade a saved page of the form goes through (docs/measured.md); its lock, version and act are counted elsewhere."""

import sys
from collections import Counter
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

import jiuyuan
from tests.portal.walking import begin, boxes

pytestmark = pytest.mark.django_db
_SOURCES = Path(jiuyuan.__file__).parent
#: As they stood in November 2026. Fewer is better: then write the new count here and in docs/measured.md.
ROOMS = {"portal": 5, "applications": 5, "people": 4, "agencies": 4, "history": 2, "procedures": 4, "regions": 2}


def test_a_page_of_the_form_goes_through_no_more_rooms_than_were_counted(client):
    case = begin(client)
    address = f"/mine/{case.number}/form/business/"
    answers = {"business_registered": "no", "company_office_held": "no"}
    client.post(address, boxes(client.get(address)) | answers)
    changed = boxes(client.get(address)) | {"business_registered": "yes"}
    entered = set[Path]()

    def watch(frame: FrameType, event: str, _: Any) -> None:
        file = Path(frame.f_code.co_filename)
        if event == "call" and file.is_relative_to(_SOURCES):
            entered.add(file.relative_to(_SOURCES))

    sys.setprofile(watch)
    try:
        client.post(address, changed)
    finally:
        sys.setprofile(None)
    found = Counter(file.parts[0] for file in entered if file.parts[0] in ROOMS)
    assert not found - Counter(ROOMS), sorted(map(str, entered))
