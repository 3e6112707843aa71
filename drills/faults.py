"""What an office loses when something fails under it: nothing that was answered. The database killed and restarted, the replica lost, the
worker killed, the disk full, the clock set back, while a clerk's program goes on writing applications and papers, and a browser looks at lists.

`python -m drills.faults [--seconds N]`, as root (it mounts a small disk). Prints what was answered during each fault and what stands at the end;
ends with 1 where anything that was answered is missing, or the record does not hold.
"""

import argparse
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from itertools import count
from pathlib import Path
from urllib.error import URLError

import psycopg

from tests.commands import test_operations_document as document
from tests.factories import an_applicant
from tests.postgres import Cluster

_DISK = "48m"
_LISTS = (
    "cases/",
    "cases/?state=open",
    "register/",
    "search?q=zhang",
    "figures/",
    "figures/period/",
    "cases/export.xlsx",
)
_KEPT_BY_THE_SERVER = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}


class Office(document.Site):
    """An installation on a cluster of its own and on a small disk; its processes can be killed one by one."""

    patience = 1800.0

    def __init__(self, folder: Path, cluster: Cluster) -> None:
        os.environ["JIUYUAN_DATABASE_URL"] = cluster.url
        (folder / "data").mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={_DISK}", "tmpfs", str(folder / "data")], check=True)
        super().__init__(folder)
        self.lines = {"web": "gunicorn --workers 2 --timeout 120 jiuyuan.wsgi", "worker": "jiuyuan worker"}
        self.running: dict[str, subprocess.Popen[bytes]] = {}

    def begin(self, name: str) -> None:
        with Path(self.data.parent / f"{name}.log").open("ab") as log:
            command = ["/bin/sh", "-c", f"exec {self.lines[name]}"]
            self.running[name] = subprocess.Popen(
                command, env=self.environment, stderr=log, stdout=log, start_new_session=True
            )

    def read_lists_from(self, replica: Cluster) -> None:
        """As docs/operations.md says: a line above the keys."""
        file = self.data / "jiuyuan.toml"
        url = f"{replica.url.rsplit('/', 1)[0]}/{self.database.rsplit('/', 1)[1]}"
        text = file.read_text("utf-8")
        file.write_text(text.replace("[field_keys]", f'replica_url = "{url}"\n[field_keys]'), "utf-8")

    def move(self, days: str) -> None:
        """Set the clock, at once: the programs read the file meanwhile."""
        (self.days.parent / "next").write_text(days)
        (self.days.parent / "next").replace(self.days)

    def kill(self, name: str) -> None:
        os.killpg(self.running[name].pid, signal.SIGKILL)
        self.running[name].wait()


class Clerk(threading.Thread):
    """Writes applications and papers one after the other, and keeps what was answered."""

    def __init__(self, program: document.Program) -> None:
        super().__init__(daemon=True)
        self.program, self.ends = program, threading.Event()
        self.answered: dict[str, int] = {}
        self.tally: Counter[str] = Counter()
        self.people, self.mistakes = count(), 0

    def run(self) -> None:
        while not self.ends.is_set():
            if number := self._tried(self._written):
                self.answered[number] = 0
                for kind in ("id_card", "hukou_book"):
                    if self._tried(lambda kind=kind: self._handed_in(number, kind)):
                        self.answered[number] += 1

    def _written(self) -> str:
        born = f"{1970 + next(self.people) // 400 % 14}-03-02"  # a day has no more numbers
        return str(self.program.call("/applications", an_applicant(born).form(channel="window"))["number"])

    def _handed_in(self, number: str, kind: str) -> str:
        self.program.upload(f"/applications/{number}/materials", kind)
        return kind

    def _tried(self, call: Callable[[], str]) -> str:
        try:
            done = call()
        except AssertionError as refused:
            self.tally[str(refused.args[0][1])] += 1
            self.mistakes += refused.args[0][1] == 500
        except (URLError, ConnectionError, TimeoutError):
            self.tally["no answer"] += 1
        else:
            self.tally["ok"] += 1
            return done
        time.sleep(0.2)
        return ""

    def since(self) -> str:
        """What was answered since this was last asked."""
        found, self.tally = self.tally, Counter()
        return ", ".join(f"{answer} {count}" for answer, count in sorted(found.items())) or "nothing"


class Reader(threading.Thread):
    """Looks at lists one after the other, as somebody who is logged in does."""

    def __init__(self, browser: document.Browser) -> None:
        super().__init__(daemon=True)
        self.browser, self.ends = browser, threading.Event()
        self.tally: Counter[str] = Counter()
        self.mistakes = 0

    def run(self) -> None:
        while not self.ends.is_set():
            for path in _LISTS:
                try:
                    status = self.browser.get(f"/desk/{path}")[0]
                except (URLError, ConnectionError, TimeoutError, UnicodeDecodeError) as error:
                    status = 200 if isinstance(error, UnicodeDecodeError) else 0  # a workbook is no text
                self.tally[str(status or "no answer")] += 1
                self.mistakes += status == 500
                time.sleep(0.1)

    since = Clerk.since


def _read_from(replica: Cluster) -> int:
    """How many rows it gave out."""
    with psycopg.connect(replica.url) as connection:
        found = connection.execute("SELECT SUM(tup_returned) FROM pg_stat_database WHERE datname LIKE 'operations%'")
        return int(found.fetchone()[0] or 0)  # type: ignore[index]


def _restart(cluster: Cluster) -> None:
    cluster.crash()
    time.sleep(2)
    cluster.serve()


def _fill(office: Office) -> Path:
    filler = office.data / "filler"
    with filler.open("wb") as file:
        try:
            while file.write(b"\0" * 65536):
                file.flush()
        except OSError:
            pass
    return filler


def drill(folder: Path, cluster: Cluster, replica: Cluster, seconds: float) -> bool:
    """Whether nothing was lost."""
    office = Office(folder, cluster)
    try:
        office.run("export JIUYUAN_DATA=/srv/jiuyuan")
        first = re.search(r"province，[^：]*密码：(\S+?)（", office.run(f"jiuyuan init --database {office.database}"))
        assert first
        office.read_lists_from(replica)
        office.begin("web")
        office.begin("worker")
        office.wait_until_it_answers()
        browser, program = _a_clerk(office)
        clerk, reader = Clerk(program), Reader(browser)
        clerk.start()
        reader.start()

        def during(name: str, fault: Callable[[], object], after: Callable[[], object] = lambda: None) -> None:
            fault()
            time.sleep(seconds)
            print(f"{name}: {clerk.since()}; lists: {reader.since()}")
            after()
            time.sleep(seconds / 2)
            print(f"{'':4}afterwards: {clerk.since()}; lists: {reader.since()}")

        before = _read_from(replica)
        during("nothing wrong", lambda: None)
        given = _read_from(replica) - before
        print(f"{'':4}rows that the replica gave out: {given:,}")
        during("replica lost and back", replica.crash, replica.serve)
        during("worker killed", lambda: office.kill("worker"), lambda: office.begin("worker"))
        during("database stopped at once and started", lambda: _restart(cluster))
        filler = office.data / "filler"
        during("disk full", lambda: _fill(office), filler.unlink)
        during("clock a day back", lambda: office.move("-1"), lambda: office.move("0"))
        during(
            "site killed and started", lambda: (office.kill("web"), office.begin("web"), office.wait_until_it_answers())
        )
        for one in (clerk, reader):
            one.ends.set()
            one.join(60)
        print(f"lists answered with 500: {reader.mistakes}")
        return _nothing_lost(office, clerk) and bool(given) and not reader.mistakes
    finally:
        for name in office.running:
            office.kill(name)
        subprocess.run(["umount", str(office.data)], check=False)


def _a_clerk(office: Office) -> tuple[document.Browser, document.Program]:
    line, number = document.commands("Accounts")[0], document.HOLDERS["zhouhong"]
    said = re.search(r"第一次登录的密码：(\S+?)（", office.run(line, typed=f"{number}\n"))
    assert said
    browser = document.Browser(office)
    browser.log_in("zhouhong", said.group(1))
    browser.give_itself_a_password(said.group(1))
    return browser, document.Program(office, office.run("jiuyuan token zhouhong").strip())


def _nothing_lost(office: Office, clerk: Clerk) -> bool:
    with psycopg.connect(office.database) as connection:
        rows = connection.execute(
            "SELECT a.number, COUNT(m.id) FROM applications_application a"
            " LEFT JOIN applications_material m ON m.application_id = a.id GROUP BY a.number"
        ).fetchall()
        names = [name for (name,) in connection.execute("SELECT stored_as FROM people_document")]
    there = dict(rows)
    lost = [number for number, papers in clerk.answered.items() if there.get(number, -1) < papers]
    papers = office.data / "documents"
    without = [name for name in names if not (papers / name[:2] / name).is_file()]
    empty = [path.name for path in papers.rglob("*") if path.is_file() and not path.stat().st_size]
    verify = [sys.executable, "-m", "jiuyuan", "audit", "verify", "--state"]
    proved = subprocess.run(verify, env=office.environment, capture_output=True, text=True, check=False).stdout
    print(
        f"applications answered {len(clerk.answered)}, there {len(there)}; papers answered {sum(clerk.answered.values())}, there {len(names)}"
    )
    print(f"lost {lost}, papers without their file {without}, empty files {empty}\n{proved.strip()}")
    print(f"answered with 500: {clerk.mistakes}")
    return not (lost or without or empty or clerk.mistakes) and "没有发现问题" in proved


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=20)
    seconds = parser.parse_args().seconds
    cluster, replica = Cluster(_KEPT_BY_THE_SERVER), Cluster(_KEPT_BY_THE_SERVER)
    with tempfile.TemporaryDirectory(prefix="jiuyuan-faults-") as folder:
        try:
            cluster.start()
            replica.follow(cluster)
            return 0 if drill(Path(folder), cluster, replica, seconds) else 1
        finally:
            replica.stop()
            cluster.stop()


if __name__ == "__main__":
    sys.exit(main())
