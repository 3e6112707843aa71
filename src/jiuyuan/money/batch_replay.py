"""Replays the record of payment batches and employers' claims, compares it with the tables,
and checks the signed digests.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from jiuyuan.agencies.replay import MOVED_ALONG
from jiuyuan.applications.replay import CHUNK
from jiuyuan.history.state import Recorded, Replayed, acts_of, differences, missing, readable, replay
from jiuyuan.money import freezing
from jiuyuan.money.models import EmployerAccount, EmployerClaim, PaymentBatch, PaymentSignature
from jiuyuan.wording import say

MAKES: dict[str, tuple[type[Recorded], ...]] = {
    "payment_batch_made": (PaymentBatch,),
    "payment_batch_signed": (PaymentSignature,),
    "employer_claim_asked": (EmployerClaim,),
    "employer_claim_handed_in": (EmployerAccount,),
}
CHANGES = frozenset({
    "payment_batch_published", "payment_batch_taken_down", "payment_batch_sent", "payment_result_read", "payment_batch_withdrawn",
    "payment_return_reported", "payment_return_confirmed",
    "employer_claim_link_made", "employer_claim_taken_over", "employer_claim_withdrawn", *MOVED_ALONG,
})  # fmt: skip
#: Models with files of their own, with the rows that belong to them and their foreign keys.
_OWN_FILES: dict[Any, tuple[Any, str]] = {
    PaymentBatch: (PaymentSignature, "batch"), EmployerClaim: (EmployerAccount, "said_with"),
}  # fmt: skip
KNOWN = frozenset({*MAKES, *CHANGES})


def total() -> int:
    """The number of files to replay."""
    return sum(model.objects.unscoped().count() for model in _OWN_FILES)


def verify_state(progress: Callable[[int], None], uncompared: Counter[str]) -> Iterator[str]:
    """Yield, as sentences, every row that differs from the record and every list that differs from the signed one."""
    for model in _OWN_FILES:
        yield from _verify(model, progress, uncompared)


def _verify(model: Any, progress: Callable[[int], None], uncompared: Counter[str]) -> Iterator[str]:
    faults: list[str] = []
    last = 0
    hanging, way = _OWN_FILES[model]
    every = model.objects.unscoped().order_by("pk")
    while keys := list(every.filter(pk__gt=last).values_list("pk", flat=True)[:CHUNK]):
        rows = readable(every.filter(pk__in=keys), faults)
        acts = acts_of([row.file for row in rows], faults)
        for row in rows:
            replayed = Replayed()
            replay(acts[row.file], MAKES, KNOWN.__contains__, replayed, faults)
            below = readable(hanging.objects.unscoped().filter(**{way: row}), faults)
            yield from differences(replayed, [row, *below], lambda one: f"{one._meta.verbose_name} {one.pk}")
            yield from missing(replayed, [model, hanging])
            if isinstance(row, PaymentBatch) and freezing.digest_of(row) != row.digest:
                yield say("发放批次 {number}：名单与冻结时不一样，校验值对不上。", number=row.number)
            uncompared["rows"] += replayed.uncompared
        yield from faults
        faults.clear()
        last = keys[-1]
        progress(len(keys))
