"""The restore drill, on SQLite and on a PostgreSQL of its own: an installation of before is upgraded, backed up, lost and brought back.

`python -m drills.restore` prints each step with its time, and ends with 1 where anything differs.
"""

import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
from pathlib import Path

import psycopg

from tests.postgres import Cluster
from tests.upgrade.test_upgrade import _FILL, BEFORE, DAY

ROOT = Path(__file__).parents[1]


class Drill:
    def __init__(self, folder: Path, url: str) -> None:
        self.folder, self.url = folder, url
        self.failed = False

    def run(self, data: Path, *command: str, program: str = "", wanted: int = 0) -> str:
        """A command of an installation; its time and last line are printed."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith("JIUYUAN_DATABASE")}
        environment |= {
            "JIUYUAN_DATA": str(data),
            "JIUYUAN_TODAY": DAY.isoformat(),
            "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'src'}",
            "DJANGO_SETTINGS_MODULE": "jiuyuan.settings",
        }
        begun = time.monotonic()
        line = [sys.executable, "-c", program, *command] if program else [sys.executable, "-m", "jiuyuan", *command]
        done = subprocess.run(line, env=environment, capture_output=True, text=True, check=False)
        said = (done.stderr + done.stdout).strip().splitlines() or [""]
        good = done.returncode == wanted
        self.failed |= not good
        words = "fill the tables of before" if program else " ".join(command).replace(str(self.folder), "…")
        print(f"{'ok ' if good else 'BAD'} {time.monotonic() - begun:6.1f} s  jiuyuan {words}\n{'':14}{said[-1][:200]}")
        if not good:
            print("\n".join(said[-15:]))
        return done.stdout

    def configure(self, data: Path, database: str) -> None:
        if not self.url:
            return
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {database}".encode())
        path = data / "jiuyuan.toml"
        lines = path.read_text("utf-8").splitlines()
        ours = f'database_url = "{self.url.rpartition("/")[0]}/{database}"'
        path.write_text("\n".join(ours if line.startswith("database_url") else line for line in lines) + "\n", "utf-8")


def drill(folder: Path, url: str) -> bool:
    """Whether all went well."""
    data, kept, other = folder / "data", folder / "kept", folder / "other"
    data.mkdir()
    with tarfile.open(BEFORE) as archive:
        archive.extraction_filter = getattr(tarfile, "data_filter", None)  # Debian's Python 3.11 has none
        archive.extractall(data)
    it = Drill(folder, url)
    it.configure(data, "office")
    if url:
        old = (data / "jiuyuan.sqlite3").rename(folder / "old.sqlite3")
        it.run(data, str(old), program=_FILL)
    it.run(data, "upgrade", "--dry-run")
    it.run(data, "upgrade", wanted=2)  # no backup yet
    it.run(data, "backup", str(kept / "before"))
    it.run(data, "upgrade", "--no-backup")
    it.run(data, "upgrade")  # nothing is left to do
    it.run(data, "nightly")
    it.run(data, "audit", "verify", "--state")
    it.run(data, "backup", str(kept))
    [made] = kept.glob("jiuyuan-*")
    it.run(data, "restore", str(made), "--drill", "--scratch", str(folder))
    it.run(data, "restore", str(made), wanted=2)
    other.mkdir()
    shutil.copy(data / "jiuyuan.toml", other)
    shutil.copytree(data / "keys", other / "keys", ignore=shutil.ignore_patterns("*.last"))
    it.configure(other, "another")
    it.run(other, "restore", str(made))
    it.run(other, "audit", "verify", "--state")
    it.run(other, "nightly")
    it.run(other, "audit", "verify")
    return not it.failed


def main() -> int:
    good = True
    for database in ("SQLite", "PostgreSQL"):
        print(f"\n== {database}")
        cluster = Cluster() if database == "PostgreSQL" else None
        with tempfile.TemporaryDirectory(prefix="jiuyuan-drill-") as folder:
            try:
                if cluster:
                    cluster.start()
                good &= drill(Path(folder), cluster.url if cluster else "")
            finally:
                if cluster:
                    cluster.stop()
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
