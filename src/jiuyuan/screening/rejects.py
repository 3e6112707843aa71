"""Writes the unusable values with file, row and reason, in a format for spreadsheet programs."""

import csv
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from functools import lru_cache
from operator import itemgetter
from pathlib import Path
from typing import Any, NamedTuple, TextIO

from jiuyuan.rules.facts import FACTS, contradictions
from jiuyuan.rules.policy import Policy
from jiuyuan.screening.reading import reason
from jiuyuan.wording import say

_NOBODY = "没有编号，结果里认不出这是谁；请补上编号再筛查"
_REPEATED = "编号重复：几行用了同一个编号，不知道以哪一行为准；请让每人只有一行、一个编号，再筛查"
HEADINGS = ("文件", "行号", "编号", "列", "内容", "原因")


class FaultyRows(NamedTuple):
    """Unusable rows.

    `read_from`, `read_at` and `id`; for each column in `faulty` the unreadable text (`written_…`), or None;
    `together`: the known facts. `shown`: display names of files by path.
    """

    columns: Mapping[str, Sequence[Any]]
    faulty: tuple[str, ...]
    together: tuple[str, ...]
    shown: Mapping[str, str]


class Rejects:
    """Counts and writes them; the file is created with the first one. `path` is its final place."""

    def __init__(self, unfinished: Path, path: Path, policy: Policy, as_of: date) -> None:
        self._unfinished, self.path, self._policy, self._as_of = unfinished, path, policy, as_of
        self.rows = 0
        self._file: TextIO | None = None
        self._writer: Any = None
        # Cached, because the same few mistakes repeat.
        self._wrong = lru_cache(maxsize=1 << 16)(self._in_words)
        self._contradictions = lru_cache(maxsize=1 << 16)(self._contradicting)

    def add(self, found: FaultyRows) -> None:
        """Write a line for each unreadable value, or else for each contradiction."""
        columns, count = found.columns, len(found.columns["id"])
        self.rows += count
        ids = [cell(id or "") for id in columns["id"]]
        files = {path: cell(name) for path, name in found.shown.items()}
        where = list(zip([files[path] for path in columns["read_from"]], columns["read_at"], ids, strict=True))
        lines: list[tuple[int, int, tuple[object, ...]]] = []
        readable = [True] * count
        for place, name in enumerate(found.faulty):
            for row, content in enumerate(columns[f"written_{name}"]):
                if content is not None:
                    readable[row] = False
                    lines.append((row, place, (*where[row], name, *self._wrong(name, content))))
        for row in (row for row, is_readable in enumerate(readable) if is_readable):
            known = tuple([(name, columns[name][row]) for name in found.together if columns[name][row] is not None])
            for place, (name, content, why) in enumerate(self._contradictions(known)):
                lines.append((row, place, (*where[row], name, cell(content), why)))
        lines.sort(key=itemgetter(0, 1))
        self._write([line for _, _, line in lines])

    def add_row(self, file: str, row: int, reason: str) -> None:
        """Write a line for a row that cannot be parsed."""
        self.rows += 1
        self._write([(cell(file), row, "", "", "", reason)])

    def _in_words(self, name: str, content: str) -> tuple[object, str]:
        if name == "id":
            return cell(content), say(_REPEATED) if content else say(_NOBODY)
        return cell(content), reason(self._policy, name, content)

    def _contradicting(self, known: tuple[tuple[str, Any], ...]) -> list[tuple[str, str, str]]:
        """Column, content and reason for each of the contradicting facts."""
        facts = dict(known)
        as_of = facts.get("as_of")
        if as_of is not None and as_of != self._as_of:
            label = FACTS["as_of"]
            reason = say(
                "{label}：{as_of}与本次筛查的日期{self__as_of}不一致，请分开筛查或去掉这一列",
                label=label,
                as_of=as_of,
                self__as_of=self._as_of,
            )
            return [("as_of", str(as_of), reason)]
        return [
            (name, str(facts.get(name, "")), reason) for name, reason in contradictions({**facts, "as_of": self._as_of})
        ]

    def _write(self, lines: Iterable[Sequence[object]]) -> None:
        if self._writer is None:
            self._file = self._unfinished.open("w", encoding="utf-8-sig", newline="")
            self._writer = csv.writer(self._file)
            self._writer.writerow(HEADINGS)
        self._writer.writerows(lines)

    def close(self) -> None:
        if self._file:
            self._file.close()

    def finish(self) -> None:
        """Move the file to its place, and delete that of an earlier run."""
        if self.rows:
            shutil.move(self._unfinished, self.path)
        else:
            self.path.unlink(missing_ok=True)


def cell(value: object) -> object:
    """A cell's value; texts that look like formulas get a leading apostrophe."""
    return f"'{value}" if isinstance(value, str) and value.lstrip()[:1] in ("=", "+", "-", "@") else value


@contextmanager
def rejects(unfinished: Path, path: Path, policy: Policy, as_of: date) -> Iterator[Rejects]:
    """A file of rejected values, closed at the end."""
    kept = Rejects(unfinished, path, policy, as_of)
    try:
        yield kept
    finally:
        kept.close()
