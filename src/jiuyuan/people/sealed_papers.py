"""Stores sealed papers, first signed with SM2 if the office has a signing server."""

from collections.abc import Callable
from time import sleep

from jiuyuan import clock
from jiuyuan.agencies import pace, signing_server
from jiuyuan.agencies.models import Agency, PaperSignature
from jiuyuan.people import documents
from jiuyuan.printing import sm2


def keep(sealed: bytes, agency: Agency, *, sleep: Callable[[float], None] = sleep) -> dict[str, str]:
    """Sign and store a paper. Returns `stored_as` and `sha256` for its row. Raises `NotSigned`, storing nothing.

    Call it outside a transaction, because it may contact a server.
    """
    digest = documents.digest_of(sealed)
    if signed := signing_server.sign(agency, sealed, sleep=sleep):
        PaperSignature.objects.create(sha256=digest, agency=agency, file=sm2.detached(*signed), made_at=clock.now())
    return {"stored_as": documents.store(sealed), "sha256": digest}


def signature_of(sha256: str) -> PaperSignature | None:
    """The signature of the paper with this digest, or None. Raises `TooOften`."""
    pace.count("confirm")
    return PaperSignature.objects.filter(sha256=sha256).select_related("agency").first()
