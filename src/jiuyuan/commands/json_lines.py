"""Answers JSON Lines as in contracts/decision.md: a bad line gets an error in its place, the others are answered."""

from __future__ import annotations

import gc
import json
import os
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Protocol

from jiuyuan.cli import CannotStart
from jiuyuan.wording import say

if TYPE_CHECKING:
    from jiuyuan.rules.facts import Facts

_CHUNK = 1 << 16


class Line(Protocol):
    """An answer written as one line of JSON."""

    def line(self) -> bytes: ...


def answer_lines(
    file: str | None, quickly: Callable[[bytes], Facts | None], parse: Callable[[Any], Facts],
    answer: Callable[[Facts], Line], verb: str,
) -> int:  # fmt: skip
    """Answer every line in its place. Returns 1 if any was bad. Memory use does not grow with the input.

    `quickly` parses a correct line in one step, or returns None; `parse` parses JSON or raises `Invalid`.
    """
    from jiuyuan.rules.answers import utf8
    from jiuyuan.rules.facts import Invalid

    loads = json.JSONDecoder(parse_constant=_no_constant, object_pairs_hook=_Object).decode
    output = sys.stdout.buffer
    status = number = 0
    gc.freeze()  # neither existing objects nor those made for lines form reference cycles
    gc.set_threshold(100_000, 50, 1000)
    with _opened(file) as stream:
        for lines in _progress(_chunks(stream), stream, verb):
            answers = []
            for line in lines:
                number += 1
                mapping: Any = None
                try:
                    facts = quickly(line)
                    if facts is None:
                        mapping = loads(line.decode("utf-8-sig" if number == 1 else "utf-8"))
                        if isinstance(mapping, _Object) and mapping.twice:
                            raise Invalid([(name, _TWICE.format(name)) for name in mapping.twice])
                        facts = parse(mapping)
                    answers.append(answer(facts).line())
                    continue
                except Invalid as invalid:
                    fault = str(invalid)
                except UnicodeDecodeError:
                    fault = say("这一行不是 UTF-8 编码的文字，请转换编码后再试")
                except RecursionError:
                    fault = say("这一行的 JSON 嵌套过深")
                except ValueError as error:
                    fault = _json_fault(error)
                status = 1
                given = mapping.get("id") if isinstance(mapping, dict) else None
                answers.append(utf8(json.dumps({"line": number, "id": given, "error": fault}, ensure_ascii=False)))
            answers.append(b"")
            output.write(b"\n".join(answers))
            output.flush()
    return status


_TWICE = "字段“{}”在这一行写了不止一次，请只留一个"


class _Object(dict[str, Any]):
    """A JSON object with its duplicate names."""

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        self.twice: list[str] = []
        if len(self) < len(pairs):
            self.twice = [name for name, times in Counter(name for name, _ in pairs).items() if times > 1]


def _no_constant(name: str) -> Any:
    raise ValueError(say("{name} 不是 JSON 的数", name=name))


def _json_fault(error: ValueError) -> str:
    if isinstance(error, json.JSONDecodeError):
        return say("这一行不是有效的 JSON（第{pos}个字符附近），每行应为一个完整的 JSON 对象", pos=error.pos + 1)
    if "integer string conversion" in str(error):
        return say("这一行里有一个数太长，请核对")
    return say("这一行不是有效的 JSON：{error}", error=error)


def _opened(file: str | None) -> BinaryIO:
    if file is None or file == "-":
        return os.fdopen(os.dup(sys.stdin.fileno()), "rb", buffering=0)
    try:
        return open(file, "rb", buffering=0)
    except OSError as error:
        reason = {
            FileNotFoundError: say("没有这个文件"),
            PermissionError: say("没有权限读这个文件"),
            IsADirectoryError: say("这是一个文件夹"),
        }
        raise CannotStart(
            say("打不开 {file}：{reason}", file=file, reason=reason.get(type(error), error.strerror))
        ) from None


def _chunks(stream: BinaryIO) -> Iterator[list[bytes]]:
    """Yield whole lines as they arrive, so that a program at the other end of a pipe is answered at once.

    Empty lines at the very end are ignored; others are bad lines.
    """
    rest: list[bytes] = []
    empty = 0
    while chunk := stream.read(_CHUNK):
        whole, newline, tail = chunk.rpartition(b"\n")
        if not newline:
            rest.append(chunk)
            continue
        lines = (b"".join(rest) + whole).split(b"\n")
        rest = [tail]
        lines = [b""] * empty + lines
        empty = 0
        while lines and not lines[-1].strip():
            lines.pop()
            empty += 1
        yield lines
    last = b"".join(rest)
    if last.strip():
        yield [b""] * empty + [last]


def _progress(chunks: Iterator[list[bytes]], stream: BinaryIO, verb: str) -> Iterator[list[bytes]]:
    if not sys.stderr.isatty() or sys.stdout.isatty():
        yield from chunks
        return
    from tqdm import tqdm

    size = (
        os.fstat(stream.fileno()).st_size
        if Path(stream.name if isinstance(stream.name, str) else "").is_file()
        else None
    )
    with tqdm(total=size, unit="B", unit_scale=True, desc=verb, file=sys.stderr) as bar:
        for lines in chunks:
            yield lines
            bar.update(sum(map(len, lines)) + len(lines))
