"""Progress of making a demonstration: the first screens come first, the rest is made in the background in a folder of its own."""

from dataclasses import dataclass
from pathlib import Path

from jiuyuan.config import Config

FOLDER = "behind"
# In it, with what the rest begins: the database with offices and accounts, and the moment at which the demonstration stands.
START, MOMENT = "start.sqlite3", "moment"
#: Said instead of sealing the record: what is sealed must not get rows before it.
NOT_YET = "演示数据还在准备，等它准备好才能封存记录和夜间核查。"
_FILE = "progress"
_STOPPED = "stopped"


@dataclass(frozen=True)
class Progress:
    """So many stories of so many are told. `stopped`: it came to nothing, and is begun anew at the next start."""

    over: int
    of: int
    stopped: bool = False


def progress(installation: Config) -> Progress | None:
    """What pages of a demonstration say about its making; None where it is whole."""
    folder = installation.data / FOLDER
    if installation.mode != "demonstration" or not folder.exists():
        return None
    try:
        over, of, *rest = (folder / _FILE).read_text("ascii").split()
        return Progress(int(over), int(of), rest == [_STOPPED])
    except (OSError, ValueError):
        return Progress(0, 0)


def note(folder: Path, over: int, of: int, *, stopped: bool = False) -> None:
    """Leave for other processes how far it is. Put in place whole: they read it at any moment."""
    new = folder / f"{_FILE}.new"
    new.write_text(f"{over} {of}" + (f" {_STOPPED}" if stopped else ""), "ascii")
    new.replace(folder / _FILE)
