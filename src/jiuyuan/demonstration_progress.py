"""The progress of making a demonstration: the first screens first,
the rest in the background in a folder of its own.
"""

from dataclasses import dataclass
from pathlib import Path

from jiuyuan.config import Config

FOLDER = "behind"
# Files in that folder from which the rest is made: the database with offices and accounts, and the demonstration's
# time.
START, MOMENT = "start.sqlite3", "moment"
#: The message for sealing meanwhile, because nothing may be added before a seal.
NOT_YET = "演示数据还在准备，等它准备好才能封存记录和夜间核查。"
_FILE = "progress"
_STOPPED = "stopped"


@dataclass(frozen=True)
class Progress:
    """How many stories are done. `stopped`: it failed, and is repeated at the next start."""

    over: int
    of: int
    stopped: bool = False


def progress(installation: Config) -> Progress | None:
    """The progress for pages of a demonstration; None when it is complete."""
    folder = installation.data / FOLDER
    if installation.mode != "demonstration" or not folder.exists():
        return None
    try:
        over, of, *rest = (folder / _FILE).read_text("ascii").split()
        return Progress(int(over), int(of), rest == [_STOPPED])
    except (OSError, ValueError):
        return Progress(0, 0)


def note(folder: Path, over: int, of: int, *, stopped: bool = False) -> None:
    """Store the progress for other processes, atomically, because they read it at any moment."""
    new = folder / f"{_FILE}.new"
    new.write_text(f"{over} {of}" + (f" {_STOPPED}" if stopped else ""), "ascii")
    new.replace(folder / _FILE)
