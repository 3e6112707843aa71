"""A province's register for the benchmark: real cases made through the services, then copied row by row in the database.

Written past the services, for measuring alone. Each copy has its own name, numbers, office and keys; all other columns are those of
the case it was copied from, so that this file knows few of them.
"""

import random
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, timedelta
from itertools import cycle, islice
from typing import Any

from django.db import connection
from faker import Faker

from jiuyuan.agencies.models import Agency
from jiuyuan.applications.workflow import APPLICATION
from jiuyuan.encryption import blind_index, encrypt
from jiuyuan.people.pinyin import pinyin
from tests import factories

# How the first case of each person stands; every second person has a second one, which came to nothing.
FIRST = {
    "recognised": 165, "submitted": 6, "accepted": 9, "publishing": 8, "endorsed": 3, "reported": 6, "returned": 1,
    "correction": 1, "draft": 1,
}  # fmt: skip
SECOND = {"rejected": 40, "declined": 20, "withdrawn": 40}
_ROOM = 64  # keys set aside for the rows of one copied case in one table


def build(people: int, cases: int, tell: Callable[[str], None]) -> None:
    """Fill an empty, planted database. `tell` hears what comes next."""
    originals = _originals()
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        tell("names and numbers")
        _invent(cursor, people)
        _plan(cursor, people, cases, originals)
        cursor.execute(_FACTS)
        statements = {
            "people": _people(),
            "known facts": _known(),
            "facts": _facts(),
            "cases": _cases(),
            "recognitions": _recognitions(),
            "notices": _children("applications_publicnotice"),
            "opinions": _children("applications_opinion"),
            "decisions": _children("applications_decision"),
            "documents": _documents(),
            "materials": _materials(),
            "history": _history(),
        }
        with without_indexes(cursor, *_TABLES):
            for what, statement in statements.items():
                tell(what)
                cursor.execute(statement)
            tell("indexes")
        cursor.execute("SET session_replication_role = origin")
        for table in _TABLES:
            cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))")
        tell("statistics")
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("CHECKPOINT")  # the pages are not to pay for writing what was built


@contextmanager
def without_indexes(cursor: Any, *tables: str) -> Iterator[None]:
    """Fill tables first and index them afterwards; constraints hold meanwhile."""
    cursor.execute(
        "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = ANY(%s)"
        " AND indexname NOT IN (SELECT conname FROM pg_constraint)",
        [list(tables)],
    )
    indexes = cursor.fetchall()
    for name, _ in indexes:
        cursor.execute(f'DROP INDEX "{name}"')
    yield
    cursor.execute("SET maintenance_work_mem = '512MB'")
    for _, definition in indexes:
        cursor.execute(definition)


# The facts of the originals, each with its place among the facts of its person and the place of what superseded it.
_FACTS = (
    "CREATE TEMP TABLE fact AS WITH ranked AS"
    " (SELECT *, row_number() OVER (PARTITION BY person_id ORDER BY id) AS place FROM people_fact)"
    " SELECT r.*, later.place AS next FROM ranked r LEFT JOIN ranked later ON later.id = r.superseded_by_id"
)
_TABLES = (
    "people_person", "people_fact", "people_document", "applications_application", "applications_material",
    "applications_publicnotice", "applications_opinion", "applications_decision", "recognitions_recognition", "history_entry",
)  # fmt: skip


def _originals() -> dict[str, Any]:
    """One case in each state, by one clerk and one reviewer."""
    clerk, reviewer = factories.staff("clerk"), factories.staff("reviewer")
    made = {}
    for status in list(APPLICATION.states):
        factories.move_to(date(2026, 3, 2))
        made[status] = factories.a_case(status, clerk=clerk, reviewer=reviewer)
    return made


def _invent(cursor: Any, people: int) -> None:
    """Names and numbers, made in Python: they are encrypted and indexed with the installation's own keys."""
    dice, faker = random.Random(1), Faker("zh_CN")
    faker.seed_instance(1)
    names = [(name, pinyin(name)) for name in (faker.name() for _ in range(20_000))]
    cursor.execute(
        "CREATE TEMP TABLE invented (n int, name text, pinyin text, id_number bytea, id_index text, phone bytea,"
        " phone_index text, born date)"
    )
    columns = "n, name, pinyin, id_number, id_index, phone, phone_index, born"
    with cursor.copy(f"COPY invented ({columns}) FROM STDIN") as copy:
        for n in range(people):
            name, spoken = dice.choice(names)
            born = date(1966, 6, 1) + timedelta(dice.randrange(14_000))
            number = factories.an_id_number(born.isoformat(), number=n)[:14] + f"{n % 1000:03d}" + "X"
            number, phone = f"22{n:06d}"[:6] + number[6:], f"139{n:08d}"
            sealed = encrypt(number.encode(), "people.person.id_number"), encrypt(phone.encode(), "people.person.phone")
            copy.write_row((n, name, spoken, sealed[0], blind_index(number), sealed[1], blind_index(phone), born))


def _plan(cursor: Any, people: int, cases: int, originals: Mapping[str, Any]) -> None:
    """Which case is copied from which, for whom, at which office. The streets of 南关区 get four times their share."""
    cursor.execute(
        "CREATE TEMP TABLE plan (k int, n int, original int, original_person int, agency int, area text, code text, first bool)"
    )
    platforms = list(Agency.objects.filter(level="platform").order_by("code"))
    offices = [p for p in platforms for _ in range(4 if p.code.startswith("220102") else 1)]
    random.Random(2).shuffle(offices)
    firsts = cycle(_shuffled(FIRST))
    seconds = cycle(_shuffled(SECOND))
    with cursor.copy("COPY plan FROM STDIN") as copy:
        for k, (office, first) in enumerate(islice(zip(cycle(offices), firsts, strict=False), cases)):
            status = first if k < people else next(seconds)
            n, case = k % people, originals[status]
            if k >= people:
                office = offices[n % len(offices)]
            copy.write_row((k, n, case.pk, case.person_id, office.pk, office.path, office.code, k < people))
    cursor.execute(
        "CREATE UNIQUE INDEX ON plan (k); CREATE UNIQUE INDEX ON invented (n); ANALYZE plan; ANALYZE invented"
    )


def _shuffled(shares: Mapping[str, int]) -> list[str]:
    every = [status for status, share in shares.items() for _ in range(share)]
    random.Random(3).shuffle(every)
    return every


def _copied(table: str, changed: Mapping[str, str], source: str) -> str:
    """Every column of a table as in the original row `o`, but for those that are changed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT column_name FROM information_schema.columns WHERE table_name = %s", [table])
        columns = [name for (name,) in cursor.fetchall()]
    values = ", ".join(changed.get(name, f'o."{name}"') for name in columns)
    names = ", ".join(f'"{name}"' for name in columns)
    return f"INSERT INTO {table} ({names}) SELECT {values} FROM {source}"


_PERSON = "1000000 + plan.n"
_CASE = "1000000 + plan.k"
_NUMBER = "plan.code || '-2026-' || lpad(plan.k::text, 6, '0')"
# A case's own rows are numbered within it, so that their keys and the keys that point at them are computed alike.
_RANKED = "(SELECT *, row_number() OVER (PARTITION BY {by} ORDER BY id) AS place FROM {table}) AS o"


def _people() -> str:
    changed = {
        "id": _PERSON, "name": "i.name", "name_pinyin": "i.pinyin", "id_number": "i.id_number", "id_index": "i.id_index",
        "phone": "i.phone", "phone_index": "i.phone_index", "birth_date": "i.born", "agency_id": "plan.agency",
        "area": "plan.area",
    }  # fmt: skip
    source = "plan JOIN invented i ON i.n = plan.n JOIN people_person o ON o.id = plan.original_person WHERE plan.first"
    return _copied("people_person", changed, source)


def _known() -> str:
    source = "plan JOIN people_knownfacts o ON o.person_id = plan.original_person WHERE plan.first"
    return _copied("people_knownfacts", {"person_id": _PERSON}, source)


def _facts() -> str:
    """Facts that something has superseded are copied for open cases alone: nobody looks at the others."""
    changed = {
        "id": f"100000000 + plan.n * {_ROOM} + o.place",
        "person_id": _PERSON,
        "superseded_by_id": f"CASE WHEN o.superseded_by_id IS NULL THEN NULL ELSE 100000000 + plan.n * {_ROOM} + o.next END",
    }
    source = (
        "plan JOIN applications_application a ON a.id = plan.original JOIN fact o ON o.person_id = plan.original_person"
        " WHERE plan.first AND (o.superseded_by_id IS NULL OR a.status <> 'recognised')"
    )
    return _copied("people_fact", changed, source)


def _cases() -> str:
    changed = {
        "id": _CASE, "number": _NUMBER, "person_id": _PERSON, "agency_id": "plan.agency", "area": "plan.area",
        "recognition_id": f"CASE WHEN o.recognition_id IS NULL THEN NULL ELSE {_CASE} END",
        "sort_on": "CASE WHEN o.sort_on = '9999-12-31' THEN o.sort_on ELSE o.sort_on + plan.k % 13 - 6 END",
        "due_on": "CASE WHEN o.finished_on IS NULL THEN o.due_on + plan.k % 13 - 6 ELSE o.due_on END",
    }  # fmt: skip
    return _copied("applications_application", changed, "plan JOIN applications_application o ON o.id = plan.original")


def _recognitions() -> str:
    changed = {"id": _CASE, "number": f"'R' || {_NUMBER}", "person_id": _PERSON, "area": "plan.area"}
    source = (
        "plan JOIN applications_application a ON a.id = plan.original"
        " JOIN recognitions_recognition o ON o.id = a.recognition_id"
    )
    return _copied("recognitions_recognition", changed, source)


def _children(table: str) -> str:
    ranked = _RANKED.format(by="application_id", table=table)
    changed = {"id": f"100000000 + plan.k * {_ROOM} + o.place", "application_id": _CASE}
    return _copied(table, changed, f"plan JOIN {ranked} ON o.application_id = plan.original")


def _documents() -> str:
    ranked = (
        "(SELECT d.*, m.application_id, row_number() OVER (PARTITION BY m.application_id ORDER BY m.id) AS place"
        " FROM applications_material m JOIN people_document d ON d.id = m.document_id) AS o"
    )
    changed = {
        "id": f"100000000 + plan.k * {_ROOM} + o.place", "person_id": _PERSON, "stored_as": "plan.k || '-' || o.place",
    }  # fmt: skip
    return _copied("people_document", changed, f"plan JOIN {ranked} ON o.application_id = plan.original")


def _materials() -> str:
    ranked = _RANKED.format(by="application_id", table="applications_material")
    key = f"100000000 + plan.k * {_ROOM} + o.place"
    changed = {"id": key, "application_id": _CASE, "document_id": key}
    return _copied("applications_material", changed, f"plan JOIN {ranked} ON o.application_id = plan.original")


def _history() -> str:
    changed = {
        "id": f"100000000 + plan.k::bigint * {_ROOM} + o.seq", "file": f"'application:' || {_NUMBER}", "area": "plan.area",
    }  # fmt: skip
    source = (
        "plan JOIN applications_application a ON a.id = plan.original"
        " JOIN history_entry o ON o.file = 'application:' || a.number"
    )
    return _copied("history_entry", changed, source)
