"""Numbers that identify people are not readable in the database, and found again only whole."""

import dataclasses

import pytest
from cryptography.exceptions import InvalidTag
from django.core.exceptions import FieldError
from django.db import connection

from jiuyuan.encryption import blind_index, decrypt, encrypt
from jiuyuan.people.models import Person


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
    from tests.factories import a_case, an_applicant

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
