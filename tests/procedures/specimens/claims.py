"""Claims of a scheme."""

from typing import Any

from jiuyuan import clock
from jiuyuan.money.models import Claim, SchemeNotice, UnclaimedScheme
from jiuyuan.money.notice_workflow import SCHEME_NOTICE
from jiuyuan.people.models import Person
from jiuyuan.procedures import engine
from jiuyuan.recognitions.models import Recognition
from tests.factories import move_to, staff
from tests.money.claims import GROUND, a_claim, hired, paid_by, said
from tests.procedures.specimens.specimen import Broken, Specimen, Standing
from tests.recognitions.register import learn


def _ready_to_approve() -> Claim:
    claim = a_claim("published")
    assert claim.notice_ends_on is not None
    move_to(claim.notice_ends_on.replace(day=claim.notice_ends_on.day + 1))
    return claim


def _stay(row: Any) -> Recognition:
    person = row if isinstance(row, Person) else row.person
    found: Recognition = Recognition.objects.unscoped().get(person=person)
    return found


def _dies(row: Any) -> None:
    learn(_stay(row), deceased=True)


def _stops(claim: Claim) -> None:
    claim.lines.update(status="stopped", reason="2026年3月：没有参保。")


def _follows(*actions: str) -> Any:
    return lambda claim: paid_by(claim, *actions)


def _found() -> UnclaimedScheme:
    stay = _stay(hired())
    made: UnclaimedScheme = UnclaimedScheme.objects.create(recognition=stay, scheme="training", found_on=clock.today())
    return made


def _told(found: UnclaimedScheme) -> SchemeNotice:
    made: SchemeNotice = engine.act(None, SCHEME_NOTICE, found.pk, "tell", machine="night")
    return made


def _silenced(found: UnclaimedScheme) -> None:
    other = UnclaimedScheme.objects.create(recognition=found.recognition, scheme="startup", found_on=clock.today())
    engine.act(staff("clerk"), SCHEME_NOTICE, _told(other).pk, "silence", {})


SPECIMENS = {
    ("claim", "claim"): Specimen(hired, lambda _: said()),
    ("claim", "submit"): Specimen(a_claim),
    ("claim", "check"): Specimen(lambda: a_claim("submitted")),
    ("claim", "review"): Specimen(
        lambda: a_claim("checked"), {"ground": GROUND}, before=lambda claim: claim.checked_by
    ),
    ("claim", "send_back"): Specimen(lambda: a_claim("checked"), {"reason": "缺一个月的凭证。"}),
    ("claim", "publish"): Specimen(lambda: a_claim("reviewed")),
    ("claim", "approve"): Specimen(_ready_to_approve, before=lambda claim: claim.reviewed_by),
    ("claim", "refuse"): Specimen(lambda: a_claim("checked"), {"reason": "没有参保。", "clause": "四(三)"}),
    ("claim", "withdraw"): Specimen(a_claim, {"reason": "本人不想办了。"}),
    ("claim", "put_in_batch"): Specimen(lambda: a_claim("approved"), brings=_follows("put_in_batch")),
    ("claim", "take_out_of_batch"): Specimen(
        lambda: paid_by(a_claim("approved"), "put_in_batch"), brings=_follows("take_out_of_batch")
    ),
    ("claim", "pay"): Specimen(lambda: paid_by(a_claim("approved"), "put_in_batch"), brings=_follows("pay")),
    ("claim", "return_payment"): Specimen(
        lambda: paid_by(a_claim("approved"), "put_in_batch"), brings=_follows("return_payment")
    ),
    ("claim", "confirm_account"): Specimen(
        lambda: paid_by(a_claim("approved"), "put_in_batch", "return_payment"), {"reason": "问过银行，是系统维护。"}
    ),
    ("claim", "close"): Specimen(lambda: paid_by(a_claim("approved"), "put_in_batch", "pay"), brings=_follows("close")),
}
BROKEN: dict[tuple[str, str], Broken] = {
    ("claim", "alive"): _dies,
    ("claim", "a_line_left"): _stops,
    ("claim", "notice_over"): lambda claim: move_to(claim.notice_ends_on),
    ("claim", "still_holds"): lambda claim: learn(_stay(claim), imprisoned=True),
}
SPECIMENS |= {
    ("scheme_notice", "tell"): Specimen(_found),
    ("scheme_notice", "silence"): Specimen(lambda: _told(_found())),
}
BROKEN |= {
    ("scheme_notice", "wants_to_hear"): lambda found: _silenced(found),
    ("scheme_notice", "not_told_yet"): lambda found: _told(found),
}
STANDING: dict[tuple[str, str], Standing] = {
    ("scheme_notice", "silenced"): {"status": "silenced", "silenced_on": clock.today()},
    ("claim", "refused"): {"status": "refused", "reason": "没有参保。", "clause": "四(三)"},
}
