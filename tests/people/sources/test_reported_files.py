"""Small files of the kinds that public reports tell of, read whole: nobody in them is lost or taken for what is not so."""

from collections import Counter
from pathlib import Path

import pytest

from jiuyuan.people.models import KnownFacts
from jiuyuan.recognitions.models import Recognition
from tests.factories import Applicant, staff
from tests.people.sources.files import imported, on_file, outcomes
from tests.recognitions.test_import_register import imported as register_imported

pytestmark = pytest.mark.django_db
REPORTED = Path(__file__).parent / "reported"
PEOPLE = {
    "220102197001011248": "张三", "220102197001021243": "古丽米热·艾比布力", "220102197001031249": "刘䶮", "220102197001041244": "马晓东",
    "22010219700105124X": "方志远", "220102197001061245": "薄熙妹", "220102197001071240": "吕小娜", "220102197001081246": "阚凤英",
    "220102197001091241": "李〇梅", "220102197001101243": "单于春", "220102197001111249": "司马爱国",
}  # fmt: skip
EVERYBODY = set(PEOPLE.values())


@pytest.fixture(autouse=True)
def month_of_the_files(today):
    today("2026-11-30")


@pytest.mark.parametrize(
    ("name", "kind", "refused", "fact", "yes", "no"),
    [
        ("dead", "civil_affairs", {2, 3, 4, 5, 6, 7, 8, 9}, "deceased", set(), set()),
        ("edyear", "education", {2, 4}, "degree_full_time", {"马晓东", "薄熙妹"}, set()),
        ("edyear", "education", {2, 4}, "left_school_on", set(), set()),
        ("names", "social_insurance", set(), "insured_by_employer", set(), {"张三", "古丽米热·艾比布力", "刘䶮"}),
        ("null", "social_insurance", set(), "receives_pension", set(), {"方志远"}),
        ("openquote9", "social_insurance", {3}, "insured_by_employer", set(), EVERYBODY - {"马晓东", "古丽米热·艾比布力", "刘䶮"}),
        ("k1_note_tab", "social_insurance", set(), "insured_by_employer", set(), {"马晓东", "方志远"}),
        ("two_status", "social_insurance", set(), "insured_by_employer", {"方志远"}, set()),
    ],
    ids=["dead", "edyear", "edyear day", "names", "null", "openquote9", "k1_note_tab", "two_status"],
)  # fmt: skip
def test_every_row_is_told_and_what_cannot_be_says_nothing(name, kind, refused, fact, yes, no):
    cards = [Applicant(card, number, f"139{place:08d}") for place, (number, card) in enumerate(PEOPLE.items())]
    people = {on_file(card).pk: card.name for card in cards}
    content = (REPORTED / f"{name}.csv").read_bytes()
    batch = imported(staff("reviewer"), kind, content, f"{name}.csv")
    told = outcomes(batch)
    rows = [line for line in content.decode("utf-8-sig").splitlines() if line[:1] == "2"]
    assert len(told) == len(rows)
    assert {number for number, outcome, _ in told if outcome == "rejected"} == refused
    said = {people[row.person_id]: getattr(row, fact) for row in KnownFacts.objects.unscoped()}
    assert {person for person, value in said.items() if value} == yes
    assert {person for person, value in said.items() if value is False} == no


def test_everybody_of_an_earlier_register_keeps_the_status_but_for_two_of_whom_it_is_said_why():
    batch = register_imported(staff("reviewer"), content=(REPORTED / "reg.csv").read_bytes())
    refused = {number: message for number, outcome, message in outcomes(batch) if outcome != "changed"}
    assert set(refused) == {16, 19}
    assert "2022年5月10日起认定的" in refused[16]
    assert "“(”" in refused[19]  # two names in one cell
    kept = Recognition.objects.unscoped().select_related("person")
    phones = Counter(one.person.phone for one in kept)
    assert phones == {"13900001111": 21, "043188880000-801": 1, "": 3}
    assert {"张甲", "李四", "古丽米热·艾比布力", "方圆", "刘䶮", "欧阳冯七"} <= {one.person.name for one in kept}
