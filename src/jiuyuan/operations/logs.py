"""Logging: in production one JSON line per event with its request id, and the table of internal errors."""

import json
import logging
from datetime import datetime

from django.db import connection, transaction

from jiuyuan import clock, request_ids
from jiuyuan.troubles import foreseen


class JsonLines(logging.Formatter):
    """Formats events for log collectors. Personal data were masked by an earlier filter (`masking.LogFilter`)."""

    def format(self, record: logging.LogRecord) -> str:
        said = {
            "at": datetime.fromtimestamp(record.created, clock.CHINA).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            "request": request_ids.here(),
            "error": record.exc_text or "",
        }
        return json.dumps({name: value for name, value in said.items() if value}, ensure_ascii=False)


class ErrorTable(logging.Handler):
    """Stores logged exceptions, except problems of the machine (a full disk, no database)."""

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        if error is None or foreseen(error) is not None or connection.needs_rollback:
            return
        from jiuyuan.operations import errors  # logging is set up before models are loaded

        try:
            with transaction.atomic():
                errors.note(error, _where(record))
        except Exception:  # failing to store an error must not cause another
            logging.getLogger(__name__).warning("an error could not be kept in its table")


def _where(record: logging.LogRecord) -> str:
    """The name of the page, operation or logger; a path could contain personal numbers."""
    match = getattr(getattr(record, "request", None), "resolver_match", None)
    return str(match.view_name or "") if match else record.name
