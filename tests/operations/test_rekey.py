"""Everything that is encrypted moves to the newest key, in pieces, and only then the old one may go."""

from collections import Counter
from dataclasses import replace
from typing import Any

import pytest
from django.db import connection

from jiuyuan import config
from jiuyuan.agencies.models import User
from jiuyuan.api.models import IdempotentCall
from jiuyuan.applications.models import Objection
from jiuyuan.applications.replay import verify_state
from jiuyuan.encryption import blind_index, index_under
from jiuyuan.operations import rekey
from jiuyuan.people.documents import read, store
from jiuyuan.people.models import Person
from jiuyuan.people.sources.recording import people_by_index
from jiuyuan.procedures import own_matter
from jiuyuan.refusals import Conflict, NotFound
from tests.factories import a_case, act, an_applicant, staff

PHONE = "0431-8555 0199 张先生"


@pytest.mark.django_db
def test_everything_moves_to_the_new_key_and_the_old_one_goes_when_nothing_is_left(
    settings: Any, tmp_path: Any, monkeypatch: Any
) -> None:
    config.create(tmp_path, "test")
    one = settings.JIUYUAN = replace(settings.JIUYUAN, data=tmp_path, field_keys={1: b"1" * 32})
    person = a_case("draft").person
    case = a_case("publishing", an_applicant(name="李四"))
    act(None, case, "object", ground="他上班了，天天都去", name="张先生", contact=PHONE)
    with connection.cursor() as cursor:
        cursor.execute("SELECT contact FROM applications_objection")
        assert PHONE.encode() not in bytes(cursor.fetchone()[0])
    number, document = person.id_number, store(b"a paper")
    before = rekey.under(1)
    assert before["people_person.id_number"] == 2
    assert {"applications_objection.contact", "documents"} <= set(before)

    settings.JIUYUAN = replace(one, field_keys={1: b"1" * 32, 2: b"2" * 32})
    monkeypatch.setattr(rekey, "_AT_ONCE", 1)
    done = rekey.encrypt_anew()
    assert done == before
    assert (rekey.under(1), rekey.under(2)) == ({}, before)
    assert not rekey.encrypt_anew()
    settings.JIUYUAN = replace(one, field_keys={2: b"2" * 32})
    assert Person.objects.unscoped().get(pk=person.pk).id_number == number
    assert (Objection.objects.unscoped().get().contact, read(document)) == (PHONE, b"a paper")


@pytest.mark.django_db
def test_index_key_is_changed_while_people_are_found_under_either_and_the_record_holds(
    settings: Any, tmp_path: Any, monkeypatch: Any
) -> None:
    config.create(tmp_path, "test")
    clerk = staff("clerk")
    person = a_case("draft", an_applicant(name="李四"), clerk=clerk).person
    older = person.id_index
    settings.JIUYUAN = replace(settings.JIUYUAN, data=tmp_path, index_keys={2: b"2" * 32})
    assert Person.objects.unscoped().get(id_index=blind_index(person.id_number)).id_index.startswith("2:")
    assert next(iter(people_by_index([blind_index(person.id_number)]).values())).pk == person.pk
    User.objects.filter(pk=clerk.pk).update(id_index=index_under(blind_index(person.id_number), 1))
    assert own_matter.is_own_matter(User.objects.get(pk=clerk.pk), Person.objects.unscoped().get(pk=person.pk))
    assert a_case("draft", an_applicant(name="王五")).person.id_index.startswith("2:")
    with pytest.raises(Conflict, match="项索引"):
        rekey.add_index_key(settings.JIUYUAN)

    monkeypatch.setattr(rekey, "_AT_ONCE", 1)
    done = rekey.encrypt_anew()
    assert done["people_person.id_index"] == 1 and done["agencies_user.id_index"] >= 1
    assert (rekey.index_under_older(), rekey.encrypt_anew().total()) == (0, 0)
    with connection.cursor() as cursor:
        cursor.execute("SELECT id_index FROM people_person")
        stored = [index for (index,) in cursor.fetchall()]
    assert all(index.startswith("2:") for index in stored)
    assert index_under(Person.objects.unscoped().get(pk=person.pk).id_index, 1) == older
    assert Person.objects.unscoped().filter(id_index__in=[blind_index(person.id_number)]).count() == 1
    assert list(verify_state(lambda _done: None, Counter())) == []


def test_index_key_is_added_beside_the_first_and_none_is_lost(tmp_path: Any) -> None:
    first = config.create(tmp_path, "test")
    assert rekey.add_index_key(first) == 2
    both = config.load(tmp_path)
    assert (both.index_key, set(both.index_keys), both.field_keys) == (first.index_key, {2}, first.field_keys)
    assert len(both.index_keys[2]) == 32


@pytest.mark.django_db
def test_keys_are_added_and_retired_in_the_file_that_holds_them(settings: Any, tmp_path: Any) -> None:
    first = config.create(tmp_path, "test")
    settings.JIUYUAN = first
    call = {
        "caller": "a",
        "key": "k",
        "path": "/",
        "body": "",
        "status": 200,
        "answered_at": "2026-03-02T08:00:00+08:00",
    }
    IdempotentCall.objects.create(**call, answer='{"name": "王秀兰"}')
    sign_on = '\n[single_sign_on.staff] # 政务统一身份\nname = "x"\nissuer = "https://id.example"\nclient_id = "x"\n'
    sign_on += 'client_secret = "x"\nclaim = "employee"\nmatches = "username"\n'
    with (tmp_path / config.FILE).open("a", encoding="utf-8") as file:
        file.write(sign_on)  # a section below that of the keys
    assert rekey.add_key(first) == 2
    both = settings.JIUYUAN = config.load(tmp_path)
    assert both.field_keys[1] == first.field_keys[1]
    assert (tmp_path / config.FILE).stat().st_mode & 0o077 == 0
    for version, why in ((1, "api_idempotentcall.answer 1"), (2, "正在用的密钥")):
        with pytest.raises(Conflict, match=why):
            rekey.retire(both, version)
    with pytest.raises(NotFound):
        rekey.retire(both, 7)
    rekey.encrypt_anew()
    rekey.retire(both, 1)
    settings.JIUYUAN = config.load(tmp_path)
    assert settings.JIUYUAN.field_keys == {2: both.field_keys[2]}
    assert (tmp_path / config.FILE).read_text("utf-8").endswith(sign_on)
    assert IdempotentCall.objects.get().answer == '{"name": "王秀兰"}'


def test_keys_come_from_a_file_or_from_what_a_command_prints(tmp_path: Any) -> None:
    first = config.create(tmp_path, "test")
    path = tmp_path / config.FILE
    whole = path.read_text("utf-8")
    head, _, keys = whole.partition("[field_keys]\n")
    secret = [line for line in head.splitlines() if line.startswith(("secret_key", "index_key"))]
    rest = "\n".join(line for line in head.splitlines() if line not in secret)
    (tmp_path / "held.toml").write_text("\n".join([*secret, "[field_keys]", keys]))
    for line in ('keys_file = "held.toml"', f'keys_command = "cat {tmp_path}/held.toml"'):
        path.write_text(f"{line}\n{rest}")
        found = config.load(tmp_path)
        assert (found.field_keys, found.index_key, found.secret_key) == (
            first.field_keys,
            first.index_key,
            first.secret_key,
        )
    for line, said in (
        ('keys_file = "nowhere.toml"', "FileNotFoundError"), ('keys_command = "false"', "CalledProcessError"),
        ('keys_command = "echo a=1"', "密钥不全"),
    ):  # fmt: skip
        path.write_text(f"{line}\n{rest}")
        with pytest.raises(config.UnusableConfig, match=said):
            config.load(tmp_path)
