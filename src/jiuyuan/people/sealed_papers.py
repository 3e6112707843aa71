"""What becomes of a paper once it is sealed: signed with SM2 where the office has a signing server, then kept."""

from collections.abc import Callable
from time import sleep

from jiuyuan import clock
from jiuyuan.agencies import pace, signing_server
from jiuyuan.agencies.models import Agency, PaperSignature
from jiuyuan.people import documents
from jiuyuan.printing import sm2


def keep(sealed: bytes, agency: Agency, *, sleep: Callable[[float], None] = sleep) -> dict[str, str]:
    """The columns `stored_as` and `sha256` of the paper's row. Call it outside a transaction, for a server may be asked.

    Raises `NotSigned`: then nothing is kept.
    """
    digest = documents.digest_of(sealed)
    if signed := signing_server.sign(agency, sealed, sleep=sleep):
        PaperSignature.objects.create(sha256=digest, agency=agency, file=sm2.detached(*signed), made_at=clock.now())
    return {"stored_as": documents.store(sealed), "sha256": digest}


def signature_of(sha256: str) -> PaperSignature | None:
    """The signature on the paper that somebody holds. Raises `TooOften`."""
    pace.count("confirm")
    return PaperSignature.objects.filter(sha256=sha256).select_related("agency").first()
