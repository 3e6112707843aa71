"""Numbers that identify people and answers that are kept are not readable in the database; numbers are found again only whole."""

import dataclasses
import json

import pytest
from cryptography.exceptions import InvalidTag
from django.core.exceptions import FieldError
from django.db import connection

from jiuyuan.applications import services
from jiuyuan.applications.lead_workflow import LEAD
from jiuyuan.encryption import blind_index, decrypt, encrypt
from jiuyuan.operations import rekey
from jiuyuan.people.models import Person
from jiuyuan.procedures import engine
from jiuyuan.recognitions import visiting
from jiuyuan.regions.jilin.questions import QUESTIONS
from tests.applications.test_outreach import a_list, a_row, leads, screened
from tests.assistance.plans import held
from tests.factories import a_case, an_applicant, staff
from tests.recognitions.test_visits import written_down


def test_same_number_is_encrypted_differently_each_time():
    assert encrypt(b"number", "a") != encrypt(b"number", "a")


def test_value_moved_to_another_column_cannot_be_read():
    with pytest.raises(InvalidTag):
        decrypt(encrypt(b"number", "people.person.phone"), "people.person.id_number")


def test_changed_byte_is_found():
    sealed = bytearray(encrypt(b"number", "a"))
    sealed[-1] ^= 1
    with pytest.raises(InvalidTag):
        decrypt(bytes(sealed), "a")


def test_new_key_encrypts_and_old_ones_still_read(settings):
    old = encrypt(b"number", "a")
    keys = settings.JIUYUAN.field_keys | {2: bytes(range(32))}
    settings.JIUYUAN = dataclasses.replace(settings.JIUYUAN, field_keys=keys)
    new = encrypt(b"number", "a")
    assert (old[0], new[0]) == (1, 2)
    assert decrypt(old, "a") == decrypt(new, "a") == b"number"


def test_index_is_the_same_however_a_number_is_written():
    assert blind_index("22010219850302002x") == blind_index(" ２２０１０２19850302002X ")
    assert blind_index("") == ""


def test_index_needs_the_key(settings):
    before = blind_index("22010219850302002X")
    settings.JIUYUAN = dataclasses.replace(settings.JIUYUAN, index_key=bytes(32))
    assert blind_index("22010219850302002X") != before


@pytest.mark.django_db
def test_row_in_the_database_holds_no_number_in_the_clear():
    someone = an_applicant()
    person = a_case("draft", someone).person
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM people_person WHERE id = %s", [person.pk])
        row = b"|".join(
            bytes(value) if isinstance(value, memoryview | bytes) else str(value).encode()
            for value in cursor.fetchone()
        )
    assert someone.id_number.encode() not in row
    assert someone.phone.encode() not in row
    person.refresh_from_db()
    assert (person.id_number, person.phone) == (someone.id_number, someone.phone)


@pytest.mark.django_db
def test_no_answer_that_is_kept_stands_in_the_clear_in_any_table():
    answers = {one.name: f"{one.label}的回答" for one in QUESTIONS.details if not (one.choices or one.day)}
    someone, clerk = an_applicant(), staff("clerk")
    case = a_case("accepted", someone, clerk=clerk)
    case = services.save(clerk, case.number, details={**answers, "health": "有慢性病"})
    screened(a_list(a_row("王秀兰")))
    [lead] = leads()
    lead = engine.act(clerk, LEAD, lead.pk, "call", {"result": "reached", "answers": {"able_to_work": False}})
    stay = a_case("recognised", an_applicant(), clerk=clerk).recognition
    brought = {"found": {"wants_work": True}, "remarks": "情况说明的回答", "wanted": "需要的帮助的回答"}
    visit = visiting.receive(clerk, written_down(stay.person, **brought))
    talk = held(clerk, stay, note="备注的回答", wishes={"occupations": ["糖画师傅"]})
    everything = b"".join(every_value())
    for answer in [*answers.values(), "有慢性病", brought["remarks"], brought["wanted"], "备注的回答", "糖画师傅"]:
        assert answer.encode() not in everything, answer
        assert json.dumps(answer).strip('"').encode() not in everything, answer
    for row in (case, lead, visit, talk):
        row.refresh_from_db()
    assert (case.details["former_employer"], case.details["health"]) == ("原工作单位的回答", "有慢性病")
    assert (lead.answers, visit.found, visit.remarks) == ({"able_to_work": False}, brought["found"], brought["remarks"])
    assert talk.wishes["occupations"] == ["糖画师傅"]


def every_value():
    """All that a dump of the database would hold."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            for row in cursor.fetchall():
                for value in row:
                    yield bytes(value) if isinstance(value, memoryview | bytes) else str(value).encode()


@pytest.mark.django_db
def test_what_lies_in_an_encrypted_column_is_encrypted_and_can_be_read_again():
    """Every such column in which the story of a case, a list, a visit and a talk writes something."""
    test_no_answer_that_is_kept_stands_in_the_clear_in_any_table()
    filled = set()
    for table, key, column, context in rekey.encrypted_columns():
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {column} FROM {table} WHERE {column} IS NOT NULL ORDER BY {key}")
            for (sealed,) in cursor.fetchall():
                decrypt(bytes(sealed), context)
                filled.add(context)
    assert {"applications.decision.facts", "applications.application.details", "recognitions.visit.seen"} <= filled


def test_an_encrypted_column_cannot_be_searched():
    people = Person.objects.unscoped()
    for wrong in (
        {"phone": "13800000001"},
        {"phone": ""},
        {"phone__in": ["1"]},
        {"phone__contains": "1"},
        {"phone__year": 1},
    ):
        with pytest.raises(FieldError, match="encrypted"):
            people.filter(**wrong)
    assert "IS NULL" in str(people.filter(phone=None).query) and "IS NULL" in str(
        people.filter(phone__isnull=True).query
    )
