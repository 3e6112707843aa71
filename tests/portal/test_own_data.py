"""Who asks takes along all that is on file about them, and nothing of anybody else."""

import io
import json
from typing import Any

import pytest
from django.apps import apps
from pypdf import PdfReader

from jiuyuan import clock
from jiuyuan.agencies.scope import Scope
from jiuyuan.applications.models import Application
from jiuyuan.history.models import Look
from jiuyuan.oversight.models import Recovery, RecoveryMonth
from jiuyuan.people.models import HouseholdMember, Person
from jiuyuan.portal import taken_along
from jiuyuan.procedures.subjects import moving
from tests.factories import a_case, an_account, an_applicant, an_id_number, staff
from tests.money.batches import somebody, with_an_account

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
    for code in ("urban", "female", "T0", "{", "true", "null"):
        assert code not in printed, code
    assert "大龄失业人员" in printed


def test_card_shows_its_last_digits_the_look_is_recorded_and_nothing_is_said_of_a_recovery_before_its_notice(
    log_in: Any,
) -> None:
    account = an_account()
    person = with_an_account(somebody(account))
    card = person.bank_accounts.get()
    row = Recovery(
        person=person, agency=person.agency, area=person.area, why="fraud", facts="单位参保", law="条例第十四条",
        claimed=50_000, found_on=clock.today(), found_by=staff("reviewer"),
    )  # fmt: skip
    with moving(Recovery):
        row.save()
    RecoveryMonth.objects.create(recovery=row, month=24_300, amount=50_000)
    client = log_in(account)

    def told(**changed: Any) -> str:
        with moving(Recovery):
            Recovery.objects.unscoped().filter(pk=row.pk).update(**changed)
        return client.get("/mine/information/download.json").content.decode()

    text = told(status="found")
    assert f"****{card.number[-4:]}" in text
    for hidden in (card.number, card.number_index, "单位参保", "24300"):
        assert hidden not in text, hidden
    assert Look.objects.unscoped().get(actor=account.username, file=person.file).unmasked
    day = clock.today()
    text = told(status="decided", intended_on=day, speak_by=day, decided_on=day, number="责退1号", reason="属实")
    assert "单位参保" in text
    assert "责退1号" not in text
    assert "责退1号" in told(status="served", served_on=day, served_proof="签收", pay_by=day, remedies=["复议"])


def test_what_is_taken_along_is_decided_of_every_kind_of_row_that_is_ones_own() -> None:
    scopes = {model: getattr(model, "scope", None) for model in apps.get_models()}
    for model in [model for model, scope in scopes.items() if isinstance(scope, Scope) and scope.owner]:
        names = taken_along.fields(model)
        assert names, f"{model._meta.label}: say in taken_along what a person takes along of it"
        for name in names:
            assert model._meta.get_field(name) is not None
            assert not name.endswith("_index") and name not in ("sha256", "stored_as", "digest"), (model, name)
