"""The remedies of a person in 吉林省, for each letter or message that states them. One sentence each."""

from collections.abc import Mapping

from jiuyuan.regions.papers import Heard
from jiuyuan.regions.remedies import Bodies, by_law
from jiuyuan.wording import say


def _above(bodies: Bodies) -> str:
    return say("，也可以向{body}反映", body=bodies.above.shown) if bodies.above else ""


def against_a_decision(bodies: Bodies) -> tuple[str, ...]:
    return (
        say(
            "认为所依据的事实或者结果不对的，可以带上凭据向{body}提出，要求复查{above}。",
            body=bodies.office.shown,
            above=_above(bodies),
        ),
        *by_law(bodies),
    )


def not_accepted(bodies: Bodies) -> tuple[str, ...]:
    asked = say("认为应当受理的，可以向{body}提出{above}。", body=bodies.office.shown, above=_above(bodies))
    return asked, *by_law(bodies)


def returned(bodies: Bodies) -> tuple[str, ...]:
    said = say("对退回的理由有意见的，现在就可以向{body}说明{above}。", body=bodies.office.shown, above=_above(bodies))
    return said, *by_law(bodies)


def to_be_corrected(bodies: Bodies) -> tuple[str, ...]:
    return (say("对补正的要求有疑问的，可以向{body}提出{above}。", body=bodies.office.shown, above=_above(bodies)),)


def against_an_exit(bodies: Bodies) -> tuple[str, ...]:
    return (
        say(
            "认为决定不对的，可以登录系统提出异议，或带上凭据到原办理平台、{body}提出异议；"
            "异议处理期间，退出暂停，由另一名工作人员处理，结果书面告知您。",
            body=bodies.office.shown,
        ),
        *by_law(bodies),
    )


def after_an_objection(bodies: Bodies) -> tuple[str, ...]:
    return by_law(bodies)


#: By letter name; under `decision` for decisions told by message only.
HEARD: Mapping[str, Heard] = {
    "correction": to_be_corrected,
    "declined": not_accepted,
    "rejected": against_a_decision,
    "objection_upheld": against_a_decision,
    "not_passed": against_a_decision,
    "returned": returned,
    "exit": against_an_exit,
    "annulment": against_an_exit,
    "objection_outcome": after_an_objection,
    "refusal_counted": against_a_decision,
    "claim_refused": against_a_decision,
    "recovery_decided": against_a_decision,
    "decision": against_a_decision,
}
