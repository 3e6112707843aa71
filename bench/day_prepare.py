"""What `bench.day` asks for, prepared in the kept register: who is logged in where, which pages and acts, and the queries of each page.

python -m bench.day_prepare FILE REQUESTS
"""

import json
import random
import sys
import time
from collections.abc import Callable, Iterable
from itertools import count
from pathlib import Path
from typing import Any

import django

django.setup()

from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from bench import day, desk  # noqa: E402
from jiuyuan.agencies.models import Agency, User  # noqa: E402
from jiuyuan.agencies.services import issue_token  # noqa: E402
from jiuyuan.applications.models import Application  # noqa: E402
from jiuyuan.assistance import duty_index  # noqa: E402
from jiuyuan.encryption import blind_index  # noqa: E402
from jiuyuan.oversight.figures import upkeep  # noqa: E402
from jiuyuan.people.models import Person  # noqa: E402
from jiuyuan.recognitions.models import Recognition  # noqa: E402
from tests import factories  # noqa: E402

_COUNTIES, _STREETS = 12, 5  # of each so many
_SOME = 400  # different addresses of a page
_DICE = random.Random(11)


_NUMBERS = count(1)


def _staff(role: str, at: str) -> User:
    """Beside those that were there when the register was made."""
    n = next(_NUMBERS)
    holder = factories.an_id_number(f"{1950 + n // 400}-07-21", "male", n, "220103")
    return factories.staff(role, at, username=f"day-{role}-{n}", id_index=blind_index(holder))


class Office:
    """A county with its reviewer, and streets of it, each with its clerk."""

    def __init__(self, county: Agency) -> None:
        streets = list(Agency.objects.filter(path__startswith=county.path, level="platform").order_by("code"))
        self.county = county
        self.reviewer = _staff("reviewer", county.code)
        self.clerks = {
            street: _staff("clerk", street.code) for street in _DICE.sample(streets, min(_STREETS, len(streets)))
        }


def prepare(requests: float) -> list[day.Asked]:
    began = time.monotonic()
    duty_index.rebuild()
    print(f"duties indexed in {time.monotonic() - began:.0f} s", flush=True)
    began = time.monotonic()
    upkeep.keep_up()
    print(f"tallies made in {time.monotonic() - began:.0f} s", flush=True)
    counties = list(Agency.objects.filter(level="county").order_by("code"))
    home = Agency.objects.get(code=factories.COUNTY)
    offices = [Office(one) for one in [home, *_DICE.sample([one for one in counties if one != home], _COUNTIES - 1)]]
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    return [*_pages(offices), *_acts(offices, requests)]


def _pages(offices: list[Office]) -> Iterable[day.Asked]:
    clerks = [(desk.session_of(clerk), street) for office in offices for street, clerk in office.clerks.items()]
    reviewers = [(desk.session_of(office.reviewer), office.county) for office in offices]
    province = desk.session_of(_staff("province", factories.PROVINCE))
    hall = issue_token(factories.an_account("channel", username="day-hall"))
    clerks_by_path = {street.path: session for session, street in clerks}
    stays = _rows(Recognition, clerks_by_path, "pk", status="active")
    names = [
        (session, name)
        for session, county in reviewers
        for name in Person.objects.unscoped().filter(area__startswith=county.path).values_list("name", flat=True)[:40]
    ]

    def each(who: list[tuple[str, Any]], path: str) -> list[list[str]]:
        return [[session, path.format(said)] for session, said in who]

    found: dict[str, list[list[str]]] = {
        day.CHECK.name: each(clerks, "/desk/"),
        "today's work of an office": each(clerks, "/desk/today/"),
        "inbox of a street's clerk": each(clerks, "/desk/cases/?state=open"),
        "inbox of a county's reviewer": each(reviewers, "/desk/cases/?state=reported"),
        "case page, clerk": each(_rows(Application, clerks_by_path, "number", finished_on=None), "/desk/cases/{}/"),
        "case page, reviewer": each(
            _rows(Application, {at.path: who for who, at in reviewers}, "number", status="reported"), "/desk/cases/{}/"
        ),
        "search by name": [[session, f"/desk/search?q={desk._quoted(name)}"] for session, name in names],
        "search by number": each(
            _rows(Application, {at.path: who for who, at in reviewers}, "number", status="recognised"),
            "/desk/search?q=R{}",
        ),
        "register of a street": each(clerks, "/desk/register/"),
        "a stay on the register": each(stays, "/desk/register/{}/"),
        "help of a person": each(stays, "/desk/register/{}/help/"),
        "a person's file": each(_rows(Recognition, clerks_by_path, "person", status="active"), "/desk/people/{}/"),
        "figures of a period, county": each(reviewers, "/desk/figures/period/?since=2026-01-01&until=2026-03-09"),
        "cases by state, province": [[province, "/desk/figures/"]],
        "list as a workbook": each(clerks, "/desk/cases/export.xlsx?state=open"),
        "public notices": [["", "/notices/"]],
        "schemes in plain words": [["", "/schemes/"]],
        "a case, API": [
            [f"Bearer {hall}", f"/api/v1/applications/{number}"]
            for number in _handed_in_by(hall)
        ],
    }  # fmt: skip
    for kind in (day.CHECK, *day.PAGES):
        whose = found[kind.name]
        bare = [] if kind is day.CHECK else _queries(*whose[0])
        yield day.Asked(kind.name, kind.weight, "get", whose, bare)


def _handed_in_by(hall: str) -> list[str]:
    """Some cases that the hall handed in: it sees its own."""
    return [
        _called(hall, "/applications", factories.an_applicant(f"{1970 + n % 14}-03-02").form())["number"]
        for n in range(40)
    ]


def _called(token: str, path: str, body: Any) -> Any:
    answer = Client().post(
        f"/api/v1{path}",
        json.dumps(body),
        content_type="application/json",
        headers={"Authorization": f"Bearer {token}"},
    )
    if answer.status_code >= 300:
        raise SystemExit(f"{path}: {answer.status_code} {answer.content.decode()}")
    return answer.json()


def _rows(model: Any, who: dict[str, str], column: str, **filters: Any) -> list[tuple[str, Any]]:
    """Some rows in the areas of those who are logged in, each with who looks at it, from all areas alike."""
    each = max(1, _SOME // len(who))
    return [
        (session, said)
        for path, session in who.items()
        for said in model.objects.unscoped().filter(area__startswith=path, **filters).order_by("pk").values_list(column, flat=True)[:each]
    ]  # fmt: skip


def _queries(session: str, path: str) -> list[str]:
    """What a page reads, as the database was asked."""
    client = Client()
    said = {}
    if session.startswith("Bearer "):
        said = {"headers": {"Authorization": session}}
    elif session:
        client.cookies["sessionid"] = session
    client.get(path, **said)
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(path, **said)
    if answer.status_code != 200:
        raise SystemExit(f"{path}: {answer.status_code}")
    return [query["sql"] for query in queries if query["sql"].startswith(("SELECT", "(SELECT", "WITH"))]


_OPINION = "符合认定条件，公示无异议。"


def _acts(offices: list[Office], requests: float) -> Iterable[day.Asked]:
    clerks = {street.path: clerk for office in offices for street, clerk in office.clerks.items()}
    reviewers = {office.county.path: office.reviewer for office in offices}
    tokens = {clerk: issue_token(clerk) for clerk in clerks.values()}

    def forms(who: dict[str, User], model: Any, column: str, path: str, said: dict[str, Any], **filters: Any) -> Callable[[int], list[list[str]]]:  # fmt: skip
        sessions = {area: desk.session_of(user) for area, user in who.items()}
        return lambda many: [
            [session, path.format(key), json.dumps(said)]
            for area, session in sessions.items()
            for key in model.objects.unscoped().filter(area__startswith=area, **filters).order_by("-pk").values_list(column, flat=True)[: 1 + many // len(who)]
        ]  # fmt: skip

    talk = {"on": "2026-03-09", "means": "phone", "ability": ["market"], "note": "想在附近找活，白班。"}
    entry = {"opinion": _OPINION, "category": "older"}
    cases = "/desk/cases/{}/do/"
    made: dict[str, tuple[str, Callable[[int], list[list[str]]]]] = {
        "a case is accepted": ("form", forms(clerks, Application, "number", f"{cases}accept/", {}, status="submitted")),
        "a case is endorsed": (
            "form", forms(clerks, Application, "number", f"{cases}endorse/", {"opinion": _OPINION}, status="publishing"),
        ),
        "a case is recognised": (
            "form", forms(reviewers, Application, "number", f"{cases}recognise/", entry, status="reported"),
        ),
        "a talk is written down": (
            "form", forms(clerks, Recognition, "pk", "/desk/register/{}/help/interview/interview/0/", talk, status="active"),
        ),
        "an application at the window, API": ("apply", lambda many: _applicants(tokens, many)),
        "a paper is handed in, API": ("upload", lambda many: _drafts(tokens, many)),
    }  # fmt: skip
    total = sum(kind.weight for kind in (day.CHECK, *day.PAGES, *day.ACTS))
    for kind in day.ACTS:
        how, prepared = made[kind.name]
        whose = prepared(int(requests * kind.weight / total * 1.3) + 20)
        _DICE.shuffle(whose)
        yield day.Asked(kind.name, kind.weight, how, whose, [])


def _applicants(tokens: dict[User, str], many: int) -> list[list[str]]:
    """People who are not known yet, each at the window of a street."""
    found = []
    for n in range(many):
        clerk, token = list(tokens.items())[n % len(tokens)]
        born = f"{1970 + n % 14}-{1 + n // 14 % 12:02d}-{1 + n // 168 % 28:02d}"
        form = factories.an_applicant(born).form(platform=clerk.agency.code, channel="window")
        found.append([f"Bearer {token}", "/api/v1/applications", json.dumps(form)])
    return found


def _drafts(tokens: dict[User, str], many: int) -> list[list[str]]:
    """Applications to which papers are handed in, several each."""
    each = [_called(token, *json.loads(json.dumps(["/applications", json.loads(said)])))["number"] for (_, token), (_, _, said) in zip(
        tokens.items(), _applicants(tokens, len(tokens)), strict=True)]  # fmt: skip
    paths = [
        [f"Bearer {token}", f"/api/v1/applications/{number}/materials", "hukou_book"]
        for token, number in zip(tokens.values(), each, strict=True)
    ]
    return [paths[n % len(paths)] for n in range(many)]


def main() -> int:
    asked = prepare(float(sys.argv[2]))
    connection.close()
    file = Path(sys.argv[1])
    day.write(file, asked)
    day.photograph_beside(file).write_bytes(factories.a_clear_photograph())
    return 0


if __name__ == "__main__":
    sys.exit(main())
