"""Masking of ID, phone and account numbers."""

import logging
import re

_ID_NUMBER = re.compile(r"(?<!\d)(\d{6})\d{9}(\d{2}[\dXx])(?!\d)|(?<!\d)(\d{6})\d{7}(\d{2})(?!\d)")
_LONG = re.compile(r"\d{11}")
_PHONE = re.compile(r"(?<!\d)(1\d{2})\d{4}(\d{4})(?!\d)")


def id_number(number: str) -> str:
    """The first six and last two characters, as on a public notice (二(二))."""
    return number[:6] + "*" * (len(number) - 8) + number[-2:] if len(number) > 8 else "*" * len(number)


def phone(number: str) -> str:
    return number[:3] + "****" + number[-4:] if len(number) >= 11 else "*" * len(number)


def bank_account(number: str) -> str:
    """The last four digits, enough for the owner to recognise it."""
    return "****" + number[-4:]


def text(value: str) -> str:
    """Free text with all ID and mobile numbers masked."""
    if not _LONG.search(value):
        return value
    value = _ID_NUMBER.sub(lambda match: id_number(match.group()), value)
    return _PHONE.sub(lambda match: phone(match.group()), value)


class LogFilter(logging.Filter):
    """Masks full numbers in log lines, their arguments and tracebacks."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = text(record.getMessage()), ()
        if record.exc_info:
            record.exc_text = text(logging.Formatter().formatException(record.exc_info))
            record.exc_info = None
        return True
