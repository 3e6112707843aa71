"""The values that cannot be used, each with its file, row and reason, in a file that a spreadsheet opens."""

import csv
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, TextIO

from jiuyuan.rules.facts import FACTS, Invalid
from jiuyuan.rules.policy import Policy

HEADINGS = ("文件", "行号", "编号", "列", "内容", "原因")


@dataclass(frozen=True)
class Rejected:
    """One row as it was found: `written` are the texts that cannot be read, `known` the values that can."""

    file: str
    row: int | str
    id: str
    written: Mapping[str, str]
    known: Mapping[str, Any]


class Rejects:
    """Counts and writes them; there is no file before there is a first one. `path` is where it will lie in the end."""

    def __init__(self, unfinished: Path, path: Path, policy: Policy, as_of: date) -> None:
        self._unfinished, self.path, self._policy, self._as_of = unfinished, path, policy, as_of
        self.rows = 0
        self._file: TextIO | None = None
        self._writer: Any = None

    def add(self, rejected: Rejected) -> None:
        self.rows += 1
        for name, content, reason in self._reasons(rejected):
            self._write(rejected.file, rejected.row, rejected.id, name, content, reason)

    def add_row(self, file: str, row: int, reason: str) -> None:
        """A row that cannot even be taken apart."""
        self.rows += 1
        self._write(file, row, "", "", "", reason)

    def _reasons(self, rejected: Rejected) -> Iterator[tuple[str, str, str]]:
        for name, content in rejected.written.items():
            yield name, content, self._parse({"as_of": self._as_of, name: content})[0][1]
        if not rejected.written:
            as_of = rejected.known.get("as_of")
            if as_of is not None and as_of != self._as_of:
                label = FACTS["as_of"]
                yield (
                    "as_of",
                    str(as_of),
                    f"{label}：{as_of}与本次筛查的日期{self._as_of}不一致，请分开筛查或去掉这一列",
                )
                return
            for name, reason in self._parse({**rejected.known, "as_of": self._as_of}):
                yield name, str(rejected.known.get(name, "")), reason

    def _parse(self, mapping: dict[str, Any]) -> list[tuple[str, str]]:
        """In the words that `decide` has for it."""
        try:
            self._policy.parse(mapping)
        except Invalid as invalid:
            return invalid.errors
        name = next(name for name in mapping if name != "as_of")
        return [(name, f"{self._policy.known_facts[name]}：认不出这个值，请核对")]

    def _write(self, *cells: object) -> None:
        if self._writer is None:
            self._file = self._unfinished.open("w", encoding="utf-8-sig", newline="")
            self._writer = csv.writer(self._file)
            self._writer.writerow(HEADINGS)
        self._writer.writerow([cell(value) for value in cells])

    def close(self) -> None:
        if self._file:
            self._file.close()

    def finish(self) -> None:
        """Put the file in its place, and take away that of an earlier run."""
        if self.rows:
            shutil.move(self._unfinished, self.path)
        else:
            self.path.unlink(missing_ok=True)


def cell(value: object) -> object:
    """A value that a spreadsheet shows as it is: words that would begin a formula get an apostrophe in front."""
    return f"'{value}" if isinstance(value, str) and value.lstrip()[:1] in ("=", "+", "-", "@") else value


@contextmanager
def rejects(unfinished: Path, path: Path, policy: Policy, as_of: date) -> Iterator[Rejects]:
    """A file of rejected values, closed at the end."""
    kept = Rejects(unfinished, path, policy, as_of)
    try:
        yield kept
    finally:
        kept.close()
