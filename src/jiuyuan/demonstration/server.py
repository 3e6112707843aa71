"""The web server of a demonstration, with worker, other departments and the making of the rest, in one process tree."""

import os
import socket
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connections
from gunicorn.app.base import BaseApplication

from jiuyuan.demonstration import background

_SECONDS_TO_END = 10
_NICENESS = 10


def listen(port: int) -> socket.socket:
    """Bind the port on localhost without accepting connections yet. Raises OSError if it is in use."""
    taken = socket.socket()
    taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        taken.bind(("127.0.0.1", port))
    except OSError:
        taken.close()
        raise
    return taken


def database() -> Path:
    """The SQLite file of this installation."""
    return Path(connections["default"].settings_dict["NAME"])


def serve(listener: socket.socket) -> None:
    """Serve until a signal; ends the process."""
    read_in()
    connections.close_all()  # connections must not be shared with child processes
    listener.set_inheritable(True)
    _Server(listener).run()


def read_in() -> None:
    """Load what pages need, once for all server processes."""
    from django.urls import get_resolver

    from jiuyuan.wsgi import application  # noqa: F401

    assert get_resolver().url_patterns


class _Server(BaseApplication):
    def __init__(self, listener: socket.socket) -> None:
        self._listener = listener
        self._beside: list[subprocess.Popen[bytes]] = []
        super().__init__()

    def load_config(self) -> None:
        settings = {
            "bind": [f"fd://{self._listener.fileno()}"],
            "worker_class": "gthread",
            "workers": 2,
            "threads": 4,
            "loglevel": "warning",
            "proc_name": "jiuyuan",
            "graceful_timeout": 5,
            "when_ready": self._start_beside,
            "on_exit": self._end_beside,
        }
        for name, value in settings.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        from jiuyuan.wsgi import application

        return application

    def _start_beside(self, _server: object) -> None:
        """Start the worker, the other departments and the making of the rest, at low priority."""
        for module in (["jiuyuan", "worker"], ["jiuyuan.demonstration.departments"]):
            self._beside.append(
                subprocess.Popen(
                    [sys.executable, "-m", *module], preexec_fn=lambda: os.nice(_NICENESS), stdin=subprocess.DEVNULL
                )
            )
        if rest := background.start(settings.JIUYUAN.data, database(), _NICENESS):
            self._beside.append(rest)

    def _end_beside(self, _server: object) -> None:
        for process in self._beside:
            process.terminate()
        for process in self._beside:
            with suppress(subprocess.TimeoutExpired):
                process.wait(_SECONDS_TO_END)
                continue
            process.kill()
