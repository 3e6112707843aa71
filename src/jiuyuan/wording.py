"""Sentences for people: a template and fields, formatted at the edge in the reader's language.

The template is the Chinese sentence with named fields, and also the message id in catalogues. Fields keep their
types (a date, a list of names, another sentence) until shown. Without Django there is one language.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date
from typing import Any, TypeVar

Row = TypeVar("Row")
_translate: Callable[[str], str] = str
_as_written = ContextVar("as_written", default=False)


def translate_by(translate: Callable[[str], str]) -> None:
    """Set the translation function: gettext, once Django's apps are ready."""
    global _translate
    _translate = translate


@contextmanager
def as_written() -> Iterator[None]:
    """Keep texts in the source language inside, for tables built at import,
    which must not take the first request's language.
    """
    before = _as_written.set(True)
    try:
        yield
    finally:
        _as_written.reset(before)


class Sentence(str):
    """A sentence in the caller's language that keeps its template and fields."""

    template: str
    fields: Mapping[str, Any]

    def again(self) -> str:
        """The same sentence in the current language."""
        return say(self.template, **self.fields)


def say(template: str, /, **fields: Any) -> str:
    """Make a `Sentence` in the current language. Never pass an f-string: no catalogue could have its id."""
    kept = {name: list(value) if _is_list(value) else value for name, value in fields.items()}
    sentence = Sentence(_filled(template, kept, str if _as_written.get() else _translate))
    sentence.template, sentence.fields = template, kept
    return sentence


def for_record(template: str, /, **fields: Any) -> str:
    """The sentence in the source language, for columns and the record. Without fields, `say` can translate it later."""
    return _filled(template, fields, str)


def _filled(template: str, fields: Mapping[str, Any], translate: Callable[[str], str]) -> str:
    text = translate(template) if template else ""
    if not fields:
        return text
    return text.format(**{name: _shown(value, translate) for name, value in fields.items()})


def _shown(value: Any, translate: Callable[[str], str]) -> Any:
    if isinstance(value, Sentence):
        return _filled(value.template, value.fields, translate)
    if isinstance(value, date):
        return _Day(value, translate)
    return _List(value, translate) if _is_list(value) else value


def _is_list(value: Any) -> bool:
    return isinstance(value, Iterable) and not isinstance(value, str | bytes)


class _Day:
    """A date in a template: `{day}` is 2026-03-02, `{day:date}` 2026年3月2日; see `FORMS` for others."""

    def __init__(self, day: date, translate: Callable[[str], str]) -> None:
        self._day, self._translate = day, translate

    def __format__(self, form: str) -> str:
        return in_words(self._day, form, self._translate)

    def __str__(self) -> str:
        return str(self._day)


def packed(value: Any) -> Any:
    """Convert a field to JSON; dates and sentences are marked, so that `unpacked` restores them."""
    if isinstance(value, Sentence):
        return {"say": value.template, "with": {name: packed(field) for name, field in value.fields.items()}}
    if isinstance(value, date):
        return {"day": value.isoformat()}
    return [packed(item) for item in value] if _is_list(value) else value


def unpacked(value: Any) -> Any:
    """Restore a `packed` field; sentences come back in the reader's language."""
    if isinstance(value, dict) and "say" in value:
        return say(value["say"], **{name: unpacked(field) for name, field in value["with"].items()})
    if isinstance(value, dict) and "day" in value:
        return date.fromisoformat(value["day"])
    return [unpacked(item) for item in value] if isinstance(value, list) else value


class _List:
    """A list in a template: `{names}` with the usual separator, `{names:；}` with another, `{names:run}` with none."""

    def __init__(self, items: Iterable[Any], translate: Callable[[str], str]) -> None:
        self._items, self._translate = items, translate

    def __format__(self, form: str) -> str:
        between = "" if form == "run" else self._translate(form or "、")
        return between.join(str(_shown(item, self._translate)) for item in self._items)

    def __str__(self) -> str:
        return format(self)


FORMS = {
    "date": "{year}年{month}月{day}日",
    "month": "{year}年{month}月",
    "month_day": "{month}月{day}日",
    "weekday": "{year}年{month}月{day}日 周{weekday}",
    "short": "{month}月{day}日 周{weekday}",
}
_WEEKDAYS = ("一", "二", "三", "四", "五", "六", "日")


def in_words(day: date, form: str = "date", translate: Callable[[str], str] | None = None) -> str:
    """Format a date in one of the forms of templates; any other form is passed to `strftime`."""
    if form not in FORMS:
        return format(day, form)
    translate = translate or _translate
    weekday = translate(_WEEKDAYS[day.weekday()])
    return translate(FORMS[form]).format(year=day.year, month=day.month, day=day.day, weekday=weekday)


def spoken(*names: str) -> Callable[[type[Row]], type[Row]]:
    """Class decorator for table rows: these fields are read in the reader's language."""

    def decorate(row: type[Row]) -> type[Row]:
        for name in names:
            setattr(row, name, _Spoken(name))
        return row

    return decorate


class _Spoken:
    """A field with a source text: a sentence, or choices with labels."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __get__(self, row: Any, owner: type | None = None) -> Any:
        if row is None:
            return self
        text = row.__dict__[self._name]
        return say(text) if isinstance(text, str) else tuple((code, say(label)) for code, label in text)

    def __set__(self, row: Any, text: Any) -> None:
        row.__dict__[self._name] = text
