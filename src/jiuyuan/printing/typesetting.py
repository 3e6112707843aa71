"""Turns values and a template into a PDF: the only code that calls Typst.

Values are passed as JSON in `sys.inputs.data`, never in the template's source, so user input cannot become markup
or code.
"""

import dataclasses
import json
import logging
import re
import threading
from collections.abc import Mapping
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import typst

from jiuyuan.printing import row_headers
from jiuyuan.printing.glyphs import font_folder, printable
from jiuyuan.wording import say

log = logging.getLogger(__name__)

_HERE = Path(__file__).parent
STYLE = _HERE / "style"  # the package imported by templates as @local/jiuyuan:1.0.0

_LIBRARY = STYLE / "local/jiuyuan/1.0.0/lib.typ"
_TEXT = re.compile(r'"([^"]*[\u4e00-\u9fff][^"]*)"')

# Typst's compiler caches its work, so later pages of a kind take a fraction of the time; it is not thread-safe.
_turn = threading.Lock()


class TemplateError(Exception):
    """A template did not compile; the message says where."""


@dataclasses.dataclass(frozen=True, slots=True)
class SealPlace:
    """The place for a seal in a template: points from the upper left corner of the page, pages from 1."""

    name: str
    page: int
    x: float
    y: float
    width: float
    height: float


@dataclasses.dataclass(frozen=True, slots=True)
class Typeset:
    pdf: bytes
    places: tuple[SealPlace, ...]


def typeset(
    template: Path,
    payload: Mapping[str, object],
    *,
    day: date,
    own: Path | None = None,
    wording: Mapping[str, str] = MappingProxyType({}),
) -> Typeset:
    """Typeset `template` with `payload`. The same values on the same `day` give the same bytes.

    `own`: an office's folder, whose file of the same name replaces the template. `wording`: an office's own
    sentences.
    """
    replaced = own / template.name if own is not None else None
    source = replaced if replaced is not None and replaced.is_file() else template
    texts = (*said_in(_LIBRARY), *said_in(source))
    words = {text: said for text in texts if (said := wording.get(text) or say(text)) != text}
    inputs = {"data": json.dumps(payload, ensure_ascii=False), "words": json.dumps(words, ensure_ascii=False)}
    with _turn:
        compiler = _compiler()
        try:
            pdf, warnings = compiler.compile_with_warnings(
                source,
                format="pdf",
                root=source.parent,
                sys_inputs=inputs,
                pdf_standards=["a-2a", "ua-1"],
                timestamp=datetime(day.year, day.month, day.day, tzinfo=UTC),
            )
            found = json.loads(compiler.query("<seal-place>", field="value", root=source.parent))
        except typst.TypstError as error:
            raise TemplateError(f"{source}: {error.diagnostic or error.message}") from error
    for warning in warnings:
        log.warning("%s: %s", source.name, warning.message)
    assert isinstance(pdf, bytes)  # a list only for images of several pages
    return Typeset(row_headers.mark(pdf), tuple(SealPlace(**place) for place in found))


@cache
def said_in(template: Path) -> tuple[str, ...]:
    """The Chinese texts that a template looks up by `said`."""
    return tuple(dict.fromkeys(_TEXT.findall(template.read_text("utf-8"))))


def payload_of(value: Any) -> Any:
    """Convert `value` to JSON: dataclasses to objects, dates to ISO format, texts to printable characters.

    Any, because it walks every part of a form. Refuses bytes: pictures have to be drawn first (`drawings`).
    """
    if dataclasses.is_dataclass(value):
        return {field.name: payload_of(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return [payload_of(item) for item in value]
    if isinstance(value, Mapping):
        return {str(name): payload_of(item) for name, item in value.items()}
    if value is None or isinstance(value, bool | int):
        return value
    raise TypeError(f"cannot be printed: {type(value).__name__}")


@cache
def _compiler() -> typst.Compiler:
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[font_folder()])
    return typst.Compiler(font_paths=fonts, ignore_system_fonts=True, package_path=STYLE, package_cache_path=STYLE)
