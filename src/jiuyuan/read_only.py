"""Read-only mode while an installation is migrated.

A marker file in the data folder, which every process sees at its next request, whatever the state of the
database. A killed migration leaves it there, so that nobody writes into half-migrated tables.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from jiuyuan.refusals import Refusal
from jiuyuan.wording import say

_MARK = "read-only"


class ReadOnly(Refusal):
    """The installation is being upgraded: pages can be read, nothing can be written (503)."""

    status = 503
    code = "read_only"
    seconds = 120

    def __init__(self) -> None:
        super().__init__(
            say("系统正在升级，暂时只能查看，没有办成，什么也没有改动。请过几分钟再试；填写的内容请先不要关掉这一页。")
        )


def is_read_only(data: Path) -> bool:
    return (data / _MARK).exists()


@contextmanager
def read_only(data: Path) -> Iterator[None]:
    """Refuse writes inside the block, and afterwards too if it fails."""
    (data / _MARK).touch(mode=0o600)
    yield
    lift(data)


def lift(data: Path) -> None:
    (data / _MARK).unlink(missing_ok=True)
