"""Every act on the register that takes something from a person, or refuses them something, tells them: what, why, under which
clause, and how to be heard."""

from collections.abc import Callable

import pytest

from jiuyuan.notifications.models import Message
from jiuyuan.recognitions import withdrawn_basis
from jiuyuan.recognitions.models import Recognition
from jiuyuan.recognitions.workflow import BELOW, RECOGNITION
from tests.factories import act_on, an_account, staff
from tests.recognitions.register import bear, end, found, on_the_register, struck_off, told

pytestmark = pytest.mark.django_db
REASON = "判决书2026年2月1日生效"


def _end(stay: Recognition) -> None:
    bear(stay, "imprisoned")
    end(stay, ground="imprisoned", evidence=REASON)


def _confirm(stay: Recognition) -> None:
    bear(stay, "imprisoned")
    proposal = act_on("propose", staff("clerk"), stay.pk, ground="imprisoned", reason=REASON)
    act_on("confirm", staff("reviewer"), proposal.pk, reason="属实。")


def _dismiss(stay: Recognition) -> None:
    account = an_account(id_index=stay.person.id_index)
    stay.person.account = account
    stay.person.save()
    proposal = act_on("propose", account, stay.pk, ground="withdrew_or_refused", reason="不用帮了")
    act_on("dismiss", staff("reviewer"), proposal.pk, reason=REASON)


def _tell(stay: Recognition) -> None:
    inquiry = act_on("investigate", staff("clerk"), stay.pk, cause="邻居反映")
    act_on("find", staff("clerk"), inquiry.pk, finding=REASON, holds=True, fraud=False)
    act_on("tell", staff("clerk"), inquiry.pk, how="当面", proof="回执")


def _decide(outcome: str) -> Callable[[Recognition], None]:
    def decide(stay: Recognition) -> None:
        fraud = outcome == "annul"
        inquiry = told(found(stay, holds=outcome != "nothing", fraud=fraud))
        act_on("decide", staff("reviewer"), inquiry.pk, outcome=outcome, reason=REASON)

    return decide


def _settle(upheld: bool) -> Callable[[Recognition], None]:
    def settle(stay: Recognition) -> None:
        struck_off(stay, "imprisoned")
        objection = act_on("object", staff("clerk"), stay.pk, "不是我")
        act_on("settle", staff("reviewer"), objection.pk, upheld=upheld, finding=REASON)

    return settle


def _stand_by(stay: Recognition) -> None:
    struck_off(stay, "imprisoned")
    withdrawn_basis.warn(stay)
    act_on("stand_by", staff("reviewer"), stay.pk, REASON)


# By act and variant: the clause that is cited, and whether there is something to be heard about.
TELLS: dict[str, tuple[Callable[[Recognition], None], str, bool]] = {
    "end": (_end, "三(四)", True),
    "confirm": (_confirm, "三(四)", True),
    "dismiss, the person's own wish": (_dismiss, "三(五)", True),
    "tell": (_tell, "三(六)", True),
    "decide, an exit": (_decide("exit"), "三(六)", True),
    "decide, never right": (_decide("annul"), "五(三)", True),
    "decide, nothing in it": (_decide("nothing"), "三(六)", True),
    "settle, not upheld": (_settle(False), "三(四)", True),
    "settle, upheld": (_settle(True), "三(四)", False),
    "stand_by": (_stand_by, "三(四)", True),
}
# Nothing is taken or refused by them: they begin something, gather, or are the person's own word.
TAKES_NOTHING = {"propose", "take_back", "investigate", "evidence", "find", "respond", "send_back", "object", "restore"}
HOW_TO_BE_HEARD = ("提出异议", "陈述意见", "行政复议", "反映")


def test_every_act_on_the_register_is_tried_or_takes_nothing() -> None:
    there = {t.action for workflow in (RECOGNITION, *BELOW) for t in workflow.every_transition if t.roles}
    assert there == {name.split(",")[0] for name in TELLS} | TAKES_NOTHING


@pytest.mark.parametrize("name", TELLS)
def test_the_person_is_told_what_why_under_which_clause_and_how_to_be_heard(name: str) -> None:
    run, clause, has_a_say = TELLS[name]
    stay = on_the_register()
    run(stay)
    message = Message.objects.unscoped().filter(about=stay.person.file).latest("pk")
    assert REASON in message.body, message.body
    assert clause in message.body, message.body
    assert stay.person.name in message.body
    assert any(words in message.body for words in HOW_TO_BE_HEARD) is has_a_say, message.body
    assert "。。" not in message.body
