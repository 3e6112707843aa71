"""A real PostgreSQL for the tests: Debian's package, a cluster of its own in a temporary folder, loopback only."""

import ctypes
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

_MISSING = "PostgreSQL is not installed: run `apt-get install postgresql`, or test with JIUYUAN_TEST_DATABASE=sqlite"
_PR_SET_PDEATHSIG = 1
_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "60",
    "shared_buffers": "128MB",
}


class Missing(Exception):
    """No PostgreSQL server on this machine; the message says what to install."""


def programs() -> Path:
    """The folder of the newest server programs. Raises `Missing`."""
    found = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    if found:
        return max(found, key=lambda folder: int(folder.parent.name))
    if initdb := shutil.which("initdb"):
        return Path(initdb).parent
    raise Missing(_MISSING)


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


class Cluster:
    """Started by `start`, gone without a trace after `stop`, and with the process that started it.

    `settings`: of the server, beside those that all of them have or in their place.
    """

    def __init__(self, settings: Mapping[str, str] = MappingProxyType({})) -> None:
        self._settings = {**_SETTINGS, **settings}
        self.folder = Path(tempfile.mkdtemp(prefix="jiuyuan-postgres-"))
        self.port = free_port()
        self.url = f"postgres://postgres@127.0.0.1:{self.port}/postgres"
        self._server: subprocess.Popen[bytes] | None = None
        # PostgreSQL refuses to run as root.
        self._user = "postgres" if os.geteuid() == 0 else None

    def start(self, seconds: float = 60) -> None:
        if self._user:
            shutil.chown(self.folder, self._user, self._user)
        data = self.folder / "data"
        initdb = ["initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]
        if self._run(*initdb).wait():
            raise RuntimeError(f"initdb failed:\n{self._log.read_text()}")
        self.serve(seconds)

    def follow(self, first: "Cluster") -> None:
        """Start as a copy of another one, which it follows from then on."""
        if self._user:
            shutil.chown(self.folder, self._user, self._user)
        source = f"host=127.0.0.1 port={first.port} user=postgres"
        copy = ["pg_basebackup", "-D", self.folder / "data", "-d", source, "-R", "--checkpoint=fast", "--no-sync"]
        if self._run(*copy).wait():
            raise RuntimeError(f"pg_basebackup failed:\n{self._log.read_text()}")
        self.serve()

    def serve(self, seconds: float = 60) -> None:
        """Run the server on the data that are there."""
        data = self.folder / "data"
        options = [part for name, value in self._settings.items() for part in ("-c", f"{name}={value}")]
        self._server = self._run("postgres", "-D", data, "-p", self.port, *options)
        until = time.monotonic() + seconds
        while not self._answers():
            if self._server.poll() is not None or time.monotonic() > until:
                log = self._log.read_text()
                self.stop()
                raise RuntimeError(f"the test cluster did not start:\n{log}")
            time.sleep(0.05)

    def crash(self) -> None:
        """End the server as a loss of power does: no checkpoint, so that its log is replayed at the next start."""
        assert self._server is not None
        self._server.send_signal(signal.SIGQUIT)
        self._server.wait(30)

    def stop(self) -> None:
        if self._server and self._server.poll() is None:
            self._server.send_signal(signal.SIGINT)
            self._server.wait(30)
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def process(self) -> int:
        assert self._server is not None
        return self._server.pid

    @property
    def _log(self) -> Path:
        return self.folder / "log"

    def _run(self, program: str, *arguments: object) -> "subprocess.Popen[bytes]":
        with self._log.open("ab") as log:
            return subprocess.Popen(
                [programs() / program, *map(str, arguments)],
                cwd=self.folder,
                stdout=log,
                stderr=subprocess.STDOUT,
                user=self._user,
                group=self._user,
                extra_groups=[] if self._user else None,
                # Linux ends the server when the tests are killed before they could.
                preexec_fn=lambda: ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGINT),
            )

    def _answers(self) -> bool:
        import psycopg

        try:
            psycopg.connect(self.url, connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True
