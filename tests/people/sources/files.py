"""Files as departments send them, and what becomes of them."""

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from jiuyuan.agencies.models import Agency, User
from jiuyuan.history import sealing
from jiuyuan.people import services as people
from jiuyuan.people.facts import standing
from jiuyuan.people.models import Fact, ImportBatch, ImportRow, KnownFacts, Person
from jiuyuan.people.sources import recording, running, services
from tests.factories import Applicant, an_applicant, staff

INSURED = "insured_by_employer"
DAY = "2026-03-02"
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


LICENCE = ["身份证号码", "统一社会信用代码", "企业名称", "任职身份", "登记状态", "变更日期", "数据日期"]


def market(*rows) -> bytes:
    return a_csv(
        [
            LICENCE,
            *([card.id_number, number, "某某", part, status, day, DAY] for card, number, part, status, day in rows),
        ]
    )


def insurance(*rows) -> bytes:
    """`(card, "在缴", "单位职工")` a row; a day may follow."""
    return a_csv(
        [
            INSURANCE,
            *([card.name, card.id_number, status, kind, "", *(day or (DAY,))] for card, status, kind, *day in rows),
        ]
    )


def now(person: Person, name: str = INSURED):
    return standing(Fact.objects.unscoped().filter(person=person)).get(name)


def known(person: Person, name: str = INSURED):
    return KnownFacts.objects.unscoped().values_list(name, flat=True).get(person=person)


def chain_holds() -> bool:
    return list(sealing.verify()) == []
