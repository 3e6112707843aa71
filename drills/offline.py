"""From the bundle to a recognised person, in a machine of its own without a network: a Debian in a folder, and a network namespace with nothing but loopback.

`python -m drills.offline --root FOLDER --bundle FILE --key PUBLIC [--kill SECONDS …]`, as root. FOLDER is made before, with a network:
debootstrap --variant=minbase --include=$(paste -sd, bundle/debian-packages.txt) bookworm FOLDER MIRROR. It installs, is killed after
each of the given seconds and begins again, installs once more over itself, and then follows docs/operations.md.
"""

import argparse
import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from tests.commands import test_operations_document as document

DATA = "/srv/jiuyuan"
DOMAIN = "localhost"
_ISOLATED = "JIUYUAN_DRILL_ISOLATED"
#: What an administrator's shell has: nothing of whoever runs the drill reaches the office.
_SHELL = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8", "HOME": "/root"}


class Office(document.Site):
    """The installation in the folder, reached as everybody reaches it: by nginx, with TLS."""

    def __init__(self, root: Path) -> None:
        self.root, self.url = root, f"https://{DOMAIN}"
        self.data, self.days = root / DATA.lstrip("/"), root / "tmp/later/days"
        self.processes: list[subprocess.Popen[bytes]] = []

    def inside(self, *command: str, user: str = "jiuyuan") -> list[str]:
        later = ["DAYS_LATER=/tmp/later/days", "PYTHONPATH=/tmp/later", f"JIUYUAN_DATA={DATA}", "LANG=C.UTF-8"]
        return ["chroot", str(self.root), "runuser", "-u", user, "--", "env", "-C", "/", *later, *command]

    def run(self, line: str, typed: str = "") -> str:
        command = self.inside("sh", "-c", line)
        done = subprocess.run(command, input=typed.encode(), capture_output=True, check=False, env=_SHELL)
        assert done.returncode == 0, (line, done.stderr.decode())
        return done.stdout.decode()

    def start_units(self) -> None:
        """What systemd would do: the lines of the units that install.sh wrote."""
        for name in ("web", "worker"):
            unit = (self.root / f"etc/systemd/system/jiuyuan-{name}.service").read_text()
            line = re.search(r"^ExecStart=(.*)$", unit, flags=re.M)
            assert line
            with (self.root / f"var/log/jiuyuan/{name}.log").open("ab") as log:
                command = self.inside(*line.group(1).split())
                self.processes.append(
                    subprocess.Popen(command, stderr=log, stdout=log, start_new_session=True, env=_SHELL)
                )
        subprocess.run(["chroot", str(self.root), "nginx"], check=True)

    def stop(self) -> None:
        subprocess.run(["chroot", str(self.root), "nginx", "-s", "stop"], check=False, capture_output=True)
        for process in self.processes:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait(30)
        for line in (self.root / "etc/postgresql").glob("*/*"):
            command = ["chroot", str(self.root), "pg_ctlcluster", line.parent.name, line.name, "stop", "-m", "fast"]
            subprocess.run(command, check=False)


def install(root: Path, kill_after: float | None = None) -> str:
    """Run install.sh in the folder. Returns what it said; where it is killed, it and all that it started."""
    name = next((root / "tmp").glob("jiuyuan-*/install.sh")).parent.name
    command = f"cd /tmp/{name} && ./install.sh --domain {DOMAIN} --no-services --key /tmp/bundle.pub"
    begun = time.monotonic()
    line = ["chroot", str(root), "/bin/bash", "-c", command]
    with subprocess.Popen(
        line, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True, env=_SHELL
    ) as run:
        try:
            said, _ = run.communicate(timeout=kill_after)
        except subprocess.TimeoutExpired:
            os.killpg(run.pid, signal.SIGKILL)
            said, _ = run.communicate()
            print(f"killed after {kill_after} s, in: {said.strip().splitlines()[-1]}")
            return said
    assert run.returncode == 0, said
    print(f"installed in {time.monotonic() - begun:.0f} s")
    return said


def follow_the_document(office: Office) -> str:
    """From the first account to a person on the register, as the test of the document does it. Returns the number of the stay."""
    first = office.run("jiuyuan account password province").strip()
    found = re.search(r"密码：(\S+?)（", first)
    assert found, first
    os.environ["SSL_CERT_FILE"] = str(office.root / "etc/jiuyuan/tls/site.crt")
    office.wait_until_it_answers()
    return document.from_the_first_account_to_the_register(office, found.group(1))


def isolated(root: Path) -> None:
    """Say that nothing but loopback is there, and see that nothing else is."""
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    links = subprocess.run(["ip", "-o", "link"], capture_output=True, text=True, check=True).stdout.splitlines()
    routes = subprocess.run(["ip", "route"], capture_output=True, text=True, check=True).stdout.strip()
    assert [link.split(":")[1].strip() for link in links] == ["lo"], links
    assert not routes
    try:
        socket.create_connection(("192.0.2.1", 443), timeout=2)  # an address of documentation: nobody's
    except OSError as error:
        print(f"no network: {error.strerror}")
    for kind, place in (("proc", "proc"), ("tmpfs", "dev/shm")):
        (root / place).mkdir(parents=True, exist_ok=True)
        subprocess.run(["mount", "-t", kind, kind, str(root / place)], check=True)


def drill(root: Path, bundle: Path, key: Path, kills: list[float]) -> None:
    os.umask(0o022)  # the tests that are imported here close what they write to everybody else
    isolated(root)
    subprocess.run(["tar", "-xf", str(bundle), "-C", str(root / "tmp"), "--no-same-owner"], check=True)
    (root / "tmp/bundle.pub").write_bytes(key.read_bytes())
    later = root / "tmp/later"
    later.mkdir(exist_ok=True)
    (later / "sitecustomize.py").write_text(document._LATER)
    (later / "days").write_text("0")
    (later / "days").chmod(0o644)
    for seconds in kills:
        install(root, kill_after=seconds)
    print(install(root))
    print("once more over itself:")
    install(root)
    office = Office(root)
    try:
        office.start_units()
        begun = time.monotonic()
        number = follow_the_document(office)
        print(f"recognised: {number}, {time.monotonic() - begun:.0f} s after the first login")
        office.run(
            f"jiuyuan backup /var/backups/jiuyuan && jiuyuan restore /var/backups/jiuyuan/jiuyuan-* --drill --scratch {DATA}"
        )
        print("backed up, and the drill passed")
        print(office.run("jiuyuan check || true"))
    finally:
        office.stop()


def main() -> Any:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", type=Path, required=True)
    parser.add_argument("--bundle", type=Path, required=True)
    parser.add_argument("--key", type=Path, required=True)
    parser.add_argument("--kill", type=float, nargs="*", default=[])
    options = parser.parse_args()
    if _ISOLATED not in os.environ:
        environment = os.environ | {_ISOLATED: "1"}
        command = ["unshare", "--net", "--mount", "--fork", sys.executable, "-m", "drills.offline", *sys.argv[1:]]
        return subprocess.run(command, env=environment, check=False).returncode
    return drill(options.root, options.bundle, options.key, options.kill)


if __name__ == "__main__":
    sys.exit(main())
