"""What employers claim by a link, in every state."""

from jiuyuan.money.employer_claim_workflow import open_with
from jiuyuan.money.models import EmployerClaim
from tests.money.employers import asked, handed_in, of_the_employer, to_ask
from tests.procedures.specimens.specimen import Broken, Specimen, Standing


def _opened(claim: EmployerClaim) -> str:
    return f"{claim.secret}.{open_with(claim.secret, claim.code)}"


SPECIMENS = {
    ("employer_claim", "ask"): Specimen(lambda: None, lambda _: to_ask()),
    ("employer_claim", "renew"): Specimen(asked),
    ("employer_claim", "hand_in"): Specimen(asked, lambda _: of_the_employer(), key=_opened),
    ("employer_claim", "take_over"): Specimen(handed_in),
    ("employer_claim", "withdraw"): Specimen(asked, {"reason": "单位报错了月份。"}),
}
BROKEN: dict[tuple[str, str], Broken] = {}
STANDING: dict[tuple[str, str], Standing] = {}
