"""Who asks takes along all that is on file about them, and nothing of anybody else."""

import io
import json
from typing import Any

import pytest
from pypdf import PdfReader

from jiuyuan.applications.models import Application
from jiuyuan.people.models import HouseholdMember, Person
from tests.factories import a_case, an_account, an_applicant, an_id_number

pytestmark = pytest.mark.django_db
CHILD = an_id_number("2012-05-05", number=3)


def test_person_takes_all_their_data_along_in_a_file_for_programs_and_one_for_people(log_in: Any) -> None:
    account, other = an_account(), an_applicant(name="诸葛亮")
    case = a_case("publishing", by=account)
    a_case("draft", other)
    person = Person.objects.unscoped().get(account=account)
    HouseholdMember.objects.create(person=person, name="王小宝", relation="子女", id_number=CHILD)
    client = log_in(account)
    answer = client.get("/mine/information/download.json")
    assert "attachment" in answer["Content-Disposition"]
    said = json.loads(answer.content)
    text = answer.content.decode()
    [about] = said[str(Person._meta.verbose_name)]
    assert (person.name, person.id_number, person.phone) == (about["姓名"], about["身份证号码"], about["联系电话"])
    assert (
        said[str(Application._meta.verbose_name)][0][str(Application._meta.get_field("number").verbose_name)]
        == case.number
    )
    for kept in (person.name, "王小宝", CHILD[:6] + "*"):
        assert kept in text
    for hidden in (CHILD, other.name, person.id_index, person.documents.first().stored_as):
        assert hidden not in text
    pdf = client.get("/mine/information/download.pdf")
    assert pdf["Content-Type"] == "application/pdf"
    printed = "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf.content)).pages)
    assert {person.name, person.id_number} <= set(printed.replace("\n", " ").split())
