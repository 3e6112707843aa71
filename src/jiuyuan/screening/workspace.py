"""A hidden folder beside the result for temporary files, so that an interrupted run leaves nothing else."""

import fcntl
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_PREFIX = ".jiuyuan-screen-"


@contextmanager
def workspace(beside: Path) -> Iterator[Path]:
    """An empty folder on the file system of the result, deleted afterwards; also deletes those of killed runs."""
    for left in beside.glob(f"{_PREFIX}*"):
        _clear_if_abandoned(left)
    folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=beside))
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # the kernel releases the lock however the process ends
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def _clear_if_abandoned(folder: Path) -> None:
    with suppress(OSError), (folder / "lock").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(folder, ignore_errors=True)
