"""Registers many people at once, with the same checks and rows as `services.register`."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from jiuyuan import clock, loading
from jiuyuan.agencies.models import Agency
from jiuyuan.encryption import blind_index
from jiuyuan.history import services as history
from jiuyuan.history.services import Actor
from jiuyuan.people.fact_writer import FactWriter, Statement, insert_known
from jiuyuan.people.models import Person, Source
from jiuyuan.people.pinyin import initials, pinyin
from jiuyuan.people.services import Checked
from jiuyuan.wording import say

EVIDENCE = "居民身份证号码"
_pinyin = lru_cache(maxsize=50_000)(pinyin)


@dataclass(frozen=True, slots=True)
class Newcomer:
    """A person without a file. `said` is the result of `services.checked`."""

    said: Checked
    agency: Agency


def enrol(actor: Actor, newcomers: Sequence[Newcomer]) -> list[int]:
    """Create files and return their primary keys in order. Call it inside a transaction.

    Raises `IntegrityError` if somebody else registered one of the ID numbers at the same time.
    """
    at = clock.now()
    encrypt_number = Person._meta.get_field("id_number").get_prep_value
    encrypt_phone = Person._meta.get_field("phone").get_prep_value
    keys = list(loading.next_keys(Person, len(newcomers)))
    people = list(zip(keys, newcomers, strict=True))
    loading.insert(
        Person,
        ("id", "name", "name_pinyin", "name_initials", "id_number", "id_index", "birth_date", "sex", "phone", "phone_index", "address",
         "agency_id", "area", "created_at", "version"),
        (
            (key, new.said.name, _pinyin(new.said.name), initials(_pinyin(new.said.name)), encrypt_number(new.said.number.number),
             blind_index(new.said.number.number), new.said.number.birth_date, new.said.number.sex,
             encrypt_phone(new.said.phone), blind_index(new.said.phone), new.said.address,
             new.agency.pk, new.agency.path, at, 1)
            for key, new in people
        ),
    )  # fmt: skip
    writer = FactWriter({})
    for key, new in people:
        known = {"birth_date": new.said.number.birth_date.isoformat(), "sex": new.said.number.sex}
        writer.take(Statement(key, new.agency.path, known, str(Source.DOCUMENT), "", say(EVIDENCE), at.date()))
    acts = []
    for (key, new), recorded in zip(people, writer.write(actor, insert_known), strict=True):
        registered = {"name": new.said.name, "agency": new.agency.code}
        acts += [history.NewAct(f"person:{key}", "person_registered", registered, new.agency.path), recorded]
    history.append_many(actor, acts, {})
    return keys
