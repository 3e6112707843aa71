"""Payment batches, with what is approved."""

from typing import Any

from jiuyuan.money.models import PaymentBatch
from jiuyuan.money.results import in_yuan, ref_of
from tests.factories import staff
from tests.money.batches import PERIOD, SCHEME, a_batch, a_file, approved, dies, does
from tests.procedures.specimens.specimen import Broken, Specimen, Standing


def _batch(status: str = "frozen") -> PaymentBatch:
    approved()
    return a_batch(status)


def _on_notice() -> PaymentBatch:
    batch = _batch("signed")
    done: PaymentBatch = does(staff("finance"), batch, "publish")
    return done


def _to_make(_row: Any) -> dict[str, str]:
    approved()
    return {"scheme": SCHEME, "period": PERIOD}


def _publishes(batch: PaymentBatch) -> None:
    does(staff("finance"), batch, "publish")


def _taken_down(batch: PaymentBatch) -> None:
    does(staff("finance"), batch, "take_down")


def _changed(batch: PaymentBatch) -> None:
    batch.payments.update(amount=1)


def _dies(batch: PaymentBatch) -> None:
    dies(batch.payments.get().person)


def _signed_once() -> PaymentBatch:
    batch = _batch()
    done: PaymentBatch = does(staff("finance"), batch, "sign")
    return done


def _ref(batch: PaymentBatch) -> str:
    return ref_of(batch, batch.payments.get().number)


def _settled() -> PaymentBatch:
    batch = _batch("sent")
    [payment] = batch.payments.all()
    file = a_file([(_ref(batch), payment.person.name, "", in_yuan(payment.amount), "成功", "")])
    done: PaymentBatch = does(staff("finance"), batch, "read_result", file=file)
    return done


def _sent_back() -> PaymentBatch:
    batch = _settled()
    done: PaymentBatch = does(staff("finance"), batch, "report_return", ref=_ref(batch), reason="销户")
    return done


SPECIMENS = {
    ("payment_batch", "make"): Specimen(lambda: None, _to_make),
    ("payment_batch", "sign"): Specimen(_signed_once, before=lambda batch: batch.signatures.get().signed_by),
    ("payment_batch", "publish"): Specimen(lambda: _batch("signed")),
    ("payment_batch", "take_down"): Specimen(_on_notice),
    ("payment_batch", "send"): Specimen(lambda: _batch("signed")),
    ("payment_batch", "read_result"): Specimen(lambda: _batch("sent"), lambda _: {"file": a_file([])}),
    ("payment_batch", "report_return"): Specimen(_settled, lambda batch: {"ref": _ref(batch), "reason": "销户"}),
    ("payment_batch", "confirm_return"): Specimen(_sent_back, lambda batch: {"ref": _ref(batch)}, told=True),
    ("payment_batch", "withdraw"): Specimen(_batch, {"reason": "写错了。"}),
}
BROKEN: dict[tuple[str, str], Broken] = {
    ("payment_batch", "as_frozen"): _changed,
    ("payment_batch", "none_lost"): _dies,
    ("payment_batch", "not_posted"): _publishes,
    ("payment_batch", "posted"): _taken_down,
}
STANDING: dict[tuple[str, str], Standing] = {}
