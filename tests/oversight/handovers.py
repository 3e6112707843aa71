"""Handovers to the police for tests."""

from typing import Any

from jiuyuan import clock
from jiuyuan.oversight.handover_workflow import HANDOVER, PAPERS
from jiuyuan.oversight.models import Handover
from jiuyuan.people.models import Document, Person
from jiuyuan.procedures import engine
from tests.factories import staff
from tests.oversight.recoveries import a_recovery


def reported(_recovery: Any = None) -> dict[str, Any]:
    return {
        "second": staff("reviewer").username,
        "facts": "三人合伙伪造劳动合同，骗取补贴。",
        "law": "刑法第二百六十六条",
    }


def papers_of(person: Person, count: int = len(PAPERS)) -> dict[str, Any]:
    """So many of the five, put on the person's file."""
    found = {}
    for number, (name, label) in enumerate(PAPERS[:count]):
        document = Document.objects.create(
            person=person, kind="other", content_type="application/pdf", pages=1, size=1, sha256=f"{number:064x}",
            stored_as=f"{person.pk}-{number}-{Document.objects.unscoped().count()}", file_name=f"{label}.pdf",
            added_at=clock.now(), added_by_name="x",
        )  # fmt: skip
        found[name] = document.pk
    return found


def sent(row: Handover) -> dict[str, Any]:
    return {"police": "长春市公安局南关区分局", **papers_of(row.person)}


def a_handover(status: str = "reported") -> Handover:
    row: Handover = engine.act(staff("reviewer"), HANDOVER, a_recovery().pk, "report", reported())
    today = clock.today().isoformat()
    steps: tuple[tuple[str, str, Any], ...] = (
        ("agreed", "agree", lambda _row: {"reason": "数额较大，涉嫌诈骗。"}),
        ("sent", "send", sent),
        ("received", "receive", lambda _row: {"on": today, "receipt": "南公（经）收〔2026〕3号"}),
        ("not_filed", "answered", lambda _row: {"filed": False, "on": today, "words": "证据不足。"}),
    )
    for _, action, words in steps:
        if row.status == status:
            break
        row = engine.act(staff("reviewer"), HANDOVER, row.pk, action, words(row))
    return row
