"""Makes pages of the kept register for `bench.kept`, by whichever code stands on the path: it uses only what was there before too.

The garbage collector is set as the server sets it."""

import json
import sys
import time
from random import Random
from typing import Any

import jiuyuan.wsgi  # noqa: F401

# isort: split
from django.test import Client

from jiuyuan.agencies.models import User
from jiuyuan.applications.models import Application
from jiuyuan.people.models import Person

STREET, COUNTY = "220102001", "220102"


def client_of(role: str, **at: str) -> Client:
    client = Client()
    user = User.objects.filter(role=role, **at).latest("pk")
    client.force_login(user, backend="jiuyuan.agencies.backends.WithAgency")
    return client


def pages() -> dict[str, tuple[Client, list[str]]]:
    clerk, reviewer = client_of("clerk", agency__code=STREET), client_of("reviewer", agency__code=COUNTY)
    dice = Random(5)

    def some(**filters: Any) -> list[str]:
        rows = Application.objects.unscoped().filter(**filters).order_by("pk").values_list("number", flat=True)
        return dice.sample(list(rows), min(100, len(rows)))

    names = Person.objects.unscoped().filter(area__contains=f"/{COUNTY}/").order_by("pk").values_list("name", flat=True)
    county = {"area__contains": f"/{COUNTY}/"}
    return {
        "inbox of a street's clerk": (clerk, ["/desk/cases/?state=open"]),
        "inbox of a county's reviewer": (reviewer, ["/desk/cases/?state=reported"]),
        "all open cases of the county": (reviewer, ["/desk/cases/?state=open"]),
        "all cases of the province": (client_of("province"), ["/desk/cases/"]),
        "case page, clerk": (
            clerk,
            [f"/desk/cases/{n}/" for n in some(status__in=["accepted", "submitted"], agency__code=STREET)],
        ),
        "case page, reviewer": (reviewer, [f"/desk/cases/{n}/" for n in some(status="reported", **county)]),
        "search by name": (reviewer, [f"/desk/search?q={name}" for name in names[:100]]),
        "search by number": (reviewer, [f"/desk/search?q=R{n}" for n in some(status="recognised", **county)]),
    }


def main() -> None:
    requests, found = int(sys.argv[1]), pages()
    print(json.dumps(list(found)), flush=True)
    for line in sys.stdin:
        client, paths = found[line.rstrip("\n")]
        began = time.process_time()
        for turn in range(requests):
            answer = client.get(paths[turn % len(paths)], follow=True)
            if answer.status_code != 200:
                raise SystemExit(f"{paths[turn % len(paths)]} answered {answer.status_code}")
        print((time.process_time() - began) * 1000 / requests, flush=True)


if __name__ == "__main__":
    main()
