"""A production installation made as docs/operations.md says, command by command, to the first person recognised.

The commands are read out of the document and run; what the test puts in the place of a value stands in `Site.here`. Only the
clock of its processes is led on, for a public notice runs three working days.
"""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from http.cookiejar import CookieJar, DefaultCookiePolicy
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, Request, build_opener
from uuid import uuid4

import psycopg
import pytest

from tests.conftest import ON_POSTGRES
from tests.factories import a_photograph, an_applicant, an_id_number, by_who_knows
from tests.postgres import free_port

pytestmark = [
    pytest.mark.both_databases,
    pytest.mark.slow,
    pytest.mark.xdist_group("operations"),
    pytest.mark.skipif(not ON_POSTGRES, reason="the document installs on PostgreSQL"),
]
ROOT = Path(__file__).parents[2]
DOCUMENT = ROOT / "docs/operations.md"
NEW = "songhua-jiang-3-chuan"
HOLDERS = {"zhouhong": an_id_number("1988-08-08", number=21), "sunli": an_id_number("1979-03-02", number=22)}
# Lines of these sections that somebody types and that this test cannot: the machine's own software.
_OF_THE_MACHINE = ("python3 -m venv", "/opt/jiuyuan/bin/pip install", "export PATH=", "createuser ")
_LATER = """
import datetime, os
from jiuyuan import clock
class Later(datetime.datetime):
    @classmethod
    def now(cls, tz=None):
        return super().now(tz) + datetime.timedelta(days=int(open(os.environ["DAYS_LATER"]).read()))
clock.datetime = Later
"""


def commands(section: str) -> list[str]:
    """The lines that a section of the document tells to type."""
    text = DOCUMENT.read_text("utf-8").split(f"\n## {section}\n")[1].split("\n## ")[0]
    blocks = re.findall(r"^```(\w*)\n(.*?)^```$", text, flags=re.M | re.S)
    lines = [
        line for kind, block in blocks if not (kind or block.startswith("location")) for line in block.splitlines()
    ]
    return [line for line in lines if line and not line.startswith(_OF_THE_MACHINE)]


class Site:
    """The installation: its environment, the processes that were started, the commands that were run."""

    patience = 300.0  # seconds for one command

    def __init__(self, folder: Path) -> None:
        self.data, self.days, self.port = folder / "data", folder / "days", free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.database = _database()
        self.days.write_text("0")
        programs, shifted = folder / "bin", folder / "later"
        for place in (programs, shifted):
            place.mkdir()
        for name in ("jiuyuan", "gunicorn"):
            (programs / name).write_text(f'#!/bin/sh\nexec {sys.executable} -m {name} "$@"\n')
            (programs / name).chmod(0o755)
        (shifted / "sitecustomize.py").write_text(_LATER)
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("JIUYUAN_", "DJANGO_"))}
        self.environment = kept | {
            "PATH": f"{programs}:{kept['PATH']}",
            "PYTHONPATH": f"{shifted}:{ROOT / 'src'}",
            "DAYS_LATER": str(self.days),
            "GUNICORN_CMD_ARGS": f"--bind 127.0.0.1:{self.port}",
        }
        self.processes: list[subprocess.Popen[bytes]] = []

    def here(self, line: str) -> str:
        """A line of the document with this installation's values in the place of its examples."""
        for written, ours in (
            ("/srv/jiuyuan", str(self.data)),
            (" --database postgres://jiuyuan@localhost/jiuyuan", f" --database {self.database}"),
            ("--workers 8", "--workers 2"),
        ):
            line = line.replace(written, ours)
        return line

    def run(self, line: str, typed: str = "") -> str:
        """What it prints; it must end well."""
        line = self.here(line)
        if line.startswith("export "):
            name, _, value = line.removeprefix("export ").partition("=")
            self.environment[name] = value
            return ""
        done = subprocess.run(
            line,
            shell=True,
            env=self.environment,
            input=typed.encode(),
            capture_output=True,
            check=False,
            timeout=self.patience,
        )
        assert done.returncode == 0, (line, done.stderr.decode())
        return done.stdout.decode()

    def start(self, line: str) -> None:
        command = ["/bin/sh", "-c", f"exec {self.here(line)}"]
        with (self.data / "log").open("ab") as log:
            self.processes.append(subprocess.Popen(command, env=self.environment, stderr=log, stdout=log))

    def wait_until_it_answers(self, seconds: float = 60) -> None:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            with suppress(URLError, ConnectionError):
                if Browser(self).get("/login/")[0] == 200:
                    return
            time.sleep(0.2)
        raise AssertionError((self.data / "log").read_text()[-2000:])

    def stop(self) -> None:
        for process in self.processes:
            process.send_signal(signal.SIGTERM)
        for process in self.processes:
            with suppress(subprocess.TimeoutExpired):
                process.wait(20)
                continue
            process.kill()
            process.wait()


def _database() -> str:
    """A database of its own in the tests' cluster, as `createdb` makes one."""
    url = os.environ["JIUYUAN_DATABASE_URL"]
    name = f"operations_{os.getpid()}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name}")  # type: ignore[arg-type]
        connection.execute(f"CREATE DATABASE {name}")  # type: ignore[arg-type]
    return f"{url.rsplit('/', 1)[0]}/{name}"


class Browser:
    """Keeps cookies, follows where it is led, sends forms with their token. Cookies marked secure go over HTTP here:
    the proxy that speaks HTTPS is not part of the test."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.cookies = CookieJar(DefaultCookiePolicy(secure_protocols=("http", "https")))
        self.opener = build_opener(HTTPCookieProcessor(self.cookies))

    def get(self, path: str) -> tuple[int, str, str]:
        return self._send(Request(f"{self.site.url}{path}"))

    def post(self, path: str, **said: str) -> tuple[int, str, str]:
        token = next((cookie.value or "" for cookie in self.cookies if cookie.name == "csrftoken"), "")
        content = urlencode({"csrfmiddlewaretoken": token, **said}).encode()
        where = f"{self.site.url}{path}"
        return self._send(Request(where, content, {"Referer": where}))  # as browsers do; over HTTPS it is asked for

    def _send(self, request: Request) -> tuple[int, str, str]:
        """Status, path where it ended, text."""
        try:
            with self.opener.open(request, timeout=60) as answer:
                return answer.status, answer.url.removeprefix(self.site.url), answer.read().decode()
        except HTTPError as refused:
            return refused.code, refused.url.removeprefix(self.site.url), refused.read().decode()

    def log_in(self, username: str, password: str) -> str:
        self.get("/login/")
        return self.post("/login/", username=username, password=password)[1]

    def give_itself_a_password(self, first: str) -> str:
        said = {"password": first, "new_password": NEW, "new_password_again": NEW}
        return self.post("/desk/account/password/", **said)[1]


class Program:
    """Calls the API with a token."""

    def __init__(self, site: Site, token: str) -> None:
        self.site, self.token = site, token

    def call(self, path: str, body: Any = None, content: bytes = b"", kind: str = "application/json") -> Any:
        data = content or (None if body is None else json.dumps(body).encode())
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": kind}
        request = Request(f"{self.site.url}/api/v1{path}", data, headers)
        try:
            with build_opener().open(request, timeout=60) as answer:
                return json.loads(answer.read())
        except HTTPError as refused:
            raise AssertionError((path, refused.code, refused.read().decode())) from None

    def upload(self, path: str, kind: str) -> Any:
        mark = uuid4().hex
        parts = [f'--{mark}\r\nContent-Disposition: form-data; name="kind"\r\n\r\n{kind}\r\n'.encode()]
        head = f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="{kind}.jpg"\r\n'
        parts += [f"{head}Content-Type: image/jpeg\r\n\r\n".encode(), a_photograph(), f"\r\n--{mark}--\r\n".encode()]
        return self.call(path, content=b"".join(parts), kind=f"multipart/form-data; boundary={mark}")

    def act(self, number: str, action: str, **said: Any) -> Any:
        path = f"/applications/{number}"
        return self.call(f"{path}/{action}", {"version": self.call(path)["version"], **said})


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    site = Site(tmp_path)
    yield site
    site.stop()


def test_the_document_takes_an_installation_from_nothing_to_a_person_recognised(site: Site) -> None:
    export, init, gunicorn, worker = commands("Installing by hand")
    site.run(export)
    first = re.search(r"province，[^：]*密码：(\S+?)（", site.run(init))
    assert first
    site.start(gunicorn)
    site.start(worker)
    site.wait_until_it_answers()
    assert from_the_first_account_to_the_register(site, first.group(1))


def from_the_first_account_to_the_register(site: Site, first: str) -> str:
    """All that follows the installation, also for the drill without a network. Returns the number of the stay."""
    # The first account gives itself a password, says whose it is, and opens the supervisor's by page.
    province = Browser(site)
    assert province.log_in("province", first) == "/desk/account/password/"
    assert province.get("/desk/cases/")[1] == "/desk/account/password/"
    assert province.give_itself_a_password(first) == "/desk/account/holder/"
    supervisor = {"agency": "2201", "role": "supervisor", "name": "郑督导", "username": "zhengdudao"}
    refused = province.post("/desk/staff/open/", id_number=an_id_number("1975-05-05"), **supervisor)
    assert (refused[0], "还没有登记持有人" in refused[2]) == (422, True)
    assert province.post("/desk/account/holder/", id_number=an_id_number("1970-01-01"))[1] == "/desk/account/"
    status, _, page = province.post("/desk/staff/open/", id_number=an_id_number("1975-05-05"), **supervisor)
    drawn = re.search(r"<code[^>]*>([a-z0-9-]{19})</code>", page)
    assert status == 200
    assert drawn
    assert Browser(site).log_in("zhengdudao", drawn.group(1)) == "/desk/account/password/"

    # A clerk and a reviewer by command, as the document writes it.
    *added, listing = commands("Accounts")
    for line in added:
        username = line.split()[3]
        said = re.search(r"第一次登录的密码：(\S+?)（", site.run(line, typed=f"{HOLDERS[username]}\n"))
        assert said
        browser = Browser(site)
        assert browser.log_in(username, said.group(1)) == "/desk/account/password/"
        assert browser.give_itself_a_password(said.group(1)) == "/desk/account/"
        assert browser.get("/desk/cases/")[0] == 200
    listed = site.run(listing)
    for username in ("province", "zhengdudao", *HOLDERS):
        assert f"{username}\t" in listed

    # One person, from the window to the register.
    clerk, reviewer = (Program(site, site.run(f"jiuyuan token {username}").strip()) for username in HOLDERS)
    applicant = an_applicant()
    number = clerk.call("/applications", applicant.form(channel="window"))["number"]
    for kind in ("id_card", "hukou_book"):
        clerk.upload(f"/applications/{number}/materials", kind)
    clerk.act(number, "submit")
    clerk.act(number, "accept")
    _verify(clerk, number, dict(applicant.facts))
    assert clerk.act(number, "first_review_pass")["status"] == "publishing"
    site.days.write_text("14")
    clerk.act(number, "endorse", opinion="公示无异议，同意上报")
    clerk.call("/batches", {"numbers": [number]})
    done = reviewer.act(number, "recognise", opinion="符合条件，同意认定", entry={"category": "older"})
    assert done["status"] == "recognised"
    assert [stay["number"] for stay in reviewer.call("/recognitions?status=active")["items"]] == [done["recognition"]]
    assert "没有发现问题" in site.run("jiuyuan audit verify")
    return str(done["recognition"])


def _verify(clerk: Program, number: str, facts: dict[str, Any]) -> None:
    """Each fact by a source that can know it."""
    for where, known in by_who_knows(facts).items():
        case = clerk.act(number, "facts", facts=known, evidence="接口查询", **dict(where))
    assert case["unverified"] == []


def test_every_line_that_the_document_tells_to_type_is_one_of_these() -> None:
    """A line that is added to these sections is run above, or named here."""
    programs = {
        line.split()[0] for section in ("Installing by hand", "Accounts", "Agencies") for line in commands(section)
    }
    assert programs == {"export", "jiuyuan", "gunicorn"}
