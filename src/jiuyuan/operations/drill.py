"""Restore drills: a backup is restored to a separate database and folder, which are removed afterwards."""

import os
import re
import secrets
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from django.db import connection

from jiuyuan import config
from jiuyuan.config import Config
from jiuyuan.operations import runs
from jiuyuan.refusals import BadInput
from jiuyuan.wording import say

_URL = re.compile(r"^database_url\s*=.*$", re.M)
_LEDGER_KEY = re.compile(r"^ledger_key\s*=.*\n?", re.M)


def drill(installation: Config, folder: Path, scratch: Path | None = None) -> str:
    """Restore a backup next to the installation, and record it.

    Returns the report of the restore. Raises `BadInput`.
    """
    with runs.recorded(runs.Kind.DRILL) as figures:
        data = Path(tempfile.mkdtemp(prefix="jiuyuan-drill-", dir=scratch))
        try:
            with _database(installation) as url:
                _configure(installation, data, url)
                command = [sys.executable, "-m", "jiuyuan", "restore", str(folder.resolve())]
                environment = {name: value for name, value in os.environ.items() if name != "JIUYUAN_DATABASE_URL"}
                environment["JIUYUAN_DATA"] = str(data)
                done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        finally:
            shutil.rmtree(data, ignore_errors=True)
        if done.returncode:
            said = (done.stdout + done.stderr).strip()
            raise BadInput(say("演练没有通过，这份备份恢复不了：{said}", said=said))
        figures |= {"name": folder.name}
    return done.stdout


def _configure(installation: Config, data: Path, url: str) -> None:
    """Write a configuration with the same keys and another database."""
    text = _LEDGER_KEY.sub("", _URL.sub("", (installation.data / config.FILE).read_text("utf-8")))
    head = f'database_url = "{url}"\nledger_key = "{installation.ledger_key}"\n'
    path = data / config.FILE
    path.touch(mode=0o600)
    path.write_text(head + text, "utf-8")


@contextmanager
def _database(installation: Config) -> Iterator[str]:
    if connection.vendor == "sqlite":
        yield "sqlite:///{data}/jiuyuan.sqlite3"
        return
    name = f"jiuyuan_drill_{secrets.token_hex(4)}"
    try:
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'")
    except Exception as error:
        raise BadInput(
            say(
                "演练要新建一个数据库，账号 {user} 没有这个权限（ALTER ROLE {user} CREATEDB）：{error}",
                user=connection.settings_dict["USER"],
                error=" ".join(str(error).split()),
            )
        ) from None
    try:
        yield urlunsplit(urlsplit(installation.database_url)._replace(path=f"/{name}"))
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE {name}")
