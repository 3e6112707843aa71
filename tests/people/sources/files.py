"""Files as departments send them, and what becomes of them."""

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from jiuyuan.agencies.models import Agency, User
from jiuyuan.people import services as people
from jiuyuan.people.models import ImportBatch, ImportRow, Person
from jiuyuan.people.sources import recording, running, services
from tests.factories import Applicant, an_applicant, staff

INSURANCE = ["姓名", "身份证号码", "参保状态", "参保身份", "待遇状态", "数据日期"]
Rows = Iterable[Sequence[Any]]


def a_csv(rows: Rows, encoding: str = "utf-8", delimiter: str = ",") -> bytes:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows(rows)
    return text.getvalue().encode(encoding)


def an_xlsx(rows: Rows, touch: Callable[[Worksheet], None] = lambda sheet: None) -> bytes:
    """A workbook; `touch` gets the sheet at the end, to merge cells or set formats."""
    book = Workbook()
    sheet = book.worksheets[0]
    for row in rows:
        sheet.append(list(row))
    touch(sheet)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def somebody(born: str = "1980-05-06", at: str = "220102001", **options: Any) -> tuple[Person, Applicant]:
    """A person on file, and what stands on their card."""
    card = an_applicant(born, **options)
    return on_file(card, at), card


def on_file(card: Applicant, at: str = "220102001") -> Person:
    return people.register(
        staff("clerk").actor,
        name=card.name, id_number=card.id_number, phone=card.phone, address=card.address,
        agency=Agency.objects.get(code=at),
    )  # fmt: skip


def uploaded(user: User, kind: str, content: bytes, name: str = "数据.csv", **options: Any) -> ImportBatch:
    return services.upload(user, kind, name, [content], **options)


def imported(user: User, kind: str, content: bytes, name: str = "数据.csv", **options: Any) -> ImportBatch:
    """Uploaded and imported at once, as the command does."""
    batch = uploaded(user, kind, content, name, dry=False, **options)
    return running.run(batch.pk, recording.work_for)


def outcomes(batch: ImportBatch) -> list[tuple[int, str, str]]:
    """Number, outcome and message of each row."""
    rows = ImportRow.objects.unscoped().filter(batch=batch)
    return list(rows.order_by("row").values_list("row", "outcome", "message"))
