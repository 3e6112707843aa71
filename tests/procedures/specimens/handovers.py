"""What is handed over to the police."""

from typing import Any

from jiuyuan import clock
from jiuyuan.oversight.handover_workflow import HANDOVER
from jiuyuan.procedures import engine
from tests.factories import staff
from tests.oversight.handovers import a_handover, reported, sent
from tests.oversight.recoveries import a_recovery
from tests.procedures.specimens.specimen import Broken, Specimen, Standing


def _in(status: str) -> Any:
    return lambda: a_handover(status)


def _another(recovery: Any) -> None:
    engine.act(staff("reviewer"), HANDOVER, recovery.pk, "report", reported())


def _today(**words: Any) -> Any:
    return lambda row: words | {"on": clock.today().isoformat()}


SPECIMENS = {
    ("handover", "report"): Specimen(a_recovery, reported),
    ("handover", "agree"): Specimen(_in("reported"), {"reason": "涉嫌诈骗。"}, before=lambda row: row.second),
    ("handover", "keep"): Specimen(_in("reported"), {"reason": "数额不到。"}, before=lambda row: row.reported_by),
    ("handover", "send"): Specimen(_in("agreed"), sent),
    ("handover", "receive"): Specimen(_in("sent"), _today(receipt="南公收3号")),
    ("handover", "answered"): Specimen(_in("received"), _today(filed=True, words="立案侦查。")),
    ("handover", "contest"): Specimen(_in("not_filed"), {"with": "提请复议：证据充分。"}),
}
BROKEN: dict[tuple[str, str], Broken] = {("handover", "none_open"): _another}
STANDING: dict[tuple[str, str], Standing] = {}
