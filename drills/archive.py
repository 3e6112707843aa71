"""Continuous archiving with pgBackRest, as docs/operations.md describes it: a full backup, work after it, the server lost, and back to its last moment.

`python -m drills.archive`, as root, with Debian's packages postgresql and pgbackrest. Ends with 1 where a row that was written is missing.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psycopg

from tests.postgres import Cluster

_CONFIG = """[global]
repo1-path={folder}/repository
repo1-retention-full=2
repo1-cipher-type=aes-256-cbc
repo1-cipher-pass={secret}
log-path={folder}/log
lock-path={folder}/lock
log-level-console=warn
start-fast=y

[jiuyuan]
pg1-path={data}
pg1-port={port}
pg1-socket-path={folder}
pg1-user=postgres
"""


class Archive:
    def __init__(self, folder: Path, cluster: Cluster) -> None:
        self.folder, self.cluster, self.data = folder, cluster, cluster.folder / "data"
        self.config = folder / "pgbackrest.conf"

    def write_config(self) -> None:
        said = {"folder": self.folder, "data": self.data, "port": self.cluster.port, "secret": os.urandom(32).hex()}
        self.config.write_text(_CONFIG.format(**said))
        for name in ("repository", "log", "lock"):
            (self.folder / name).mkdir()
        subprocess.run(["chown", "-R", "postgres:", str(self.folder)], check=True)

    def run(self, *command: str) -> None:
        begun = time.monotonic()
        line = ["pgbackrest", f"--config={self.config}", "--stanza=jiuyuan", *command]
        done = subprocess.run(
            ["runuser", "-u", "postgres", "--", *line], capture_output=True, text=True, check=False, cwd="/"
        )
        print(
            f"{'ok ' if done.returncode == 0 else 'BAD'} {time.monotonic() - begun:6.1f} s  pgbackrest {' '.join(command)}"
        )
        if done.returncode:
            raise SystemExit(done.stdout + done.stderr)


def written(url: str) -> int:
    with psycopg.connect(url, autocommit=True) as connection:
        return int(connection.execute("SELECT COUNT(*) FROM act").fetchone()[0])  # type: ignore[index]


def _until_replayed(url: str) -> None:
    """It answers before it has read the whole archive."""
    with psycopg.connect(url, autocommit=True) as connection:
        while connection.execute("SELECT pg_is_in_recovery()").fetchone() == (True,):
            time.sleep(0.2)


def write(url: str, acts: int) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS act (n int PRIMARY KEY, said text)")
        for _ in range(acts):
            connection.execute("INSERT INTO act SELECT COUNT(*), repeat('x', 200) FROM act")


def drill(folder: Path) -> bool:
    settings = {
        "archive_mode": "on", "archive_command": f"pgbackrest --config={folder}/pgbackrest.conf --stanza=jiuyuan archive-push %p",
        "unix_socket_directories": str(folder), "fsync": "on", "synchronous_commit": "on", "full_page_writes": "on",
        "wal_level": "replica",
    }  # fmt: skip
    cluster = Cluster(settings)
    it = Archive(folder, cluster)
    it.write_config()
    try:
        cluster.start()
        it.run("stanza-create")
        it.run("check")
        write(cluster.url, 1_000)
        it.run("backup", "--type=full")
        write(cluster.url, 2_000)
        it.run("backup", "--type=incr")
        write(cluster.url, 500)
        with psycopg.connect(cluster.url, autocommit=True) as connection:
            connection.execute("SELECT pg_switch_wal()")
        it.run("check")  # waits until everything up to here is in the archive
        before = written(cluster.url)
        cluster.crash()
        shutil.rmtree(it.data)
        it.data.mkdir(mode=0o700)
        subprocess.run(["chown", "postgres:", str(it.data)], check=True)
        it.run("restore")
        begun = time.monotonic()
        cluster.serve()
        _until_replayed(cluster.url)
        after = written(cluster.url)
        print(
            f"{'ok ' if before == after else 'BAD'} {time.monotonic() - begun:6.1f} s  started again: {after} of {before} rows"
        )
        return before == after
    finally:
        cluster.stop()


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="jiuyuan-archive-") as folder:
        Path(folder).chmod(0o755)
        return 0 if drill(Path(folder)) else 1


if __name__ == "__main__":
    sys.exit(main())
