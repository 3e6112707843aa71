"""Final checks of an act's input, before anything is written."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from jiuyuan.applications import failing
from jiuyuan.applications.case import Case
from jiuyuan.recognitions import queries as recognitions
from jiuyuan.refusals import BadInput
from jiuyuan.wording import say

Inputs = dict[str, Any]


def _submit(_case: Case, said: Inputs) -> None:
    """The signature and the consent to verification must be given together or not at all."""
    given = {"signature", "consent"} & said.keys()
    if len(given) == 1:
        sentence = say("签名和同意核实要一起提交，只有一项不算签名。")
        raise BadInput(sentence, [(name, sentence) for name in {"signature", "consent"} - given])


def _ask_correction(case: Case, said: Inputs) -> None:
    days = case.place.limit("supplement_days", on=case.today)
    earliest = case.today + timedelta(days=days)
    if said.setdefault("correct_by", earliest) < earliest:
        message = say("补正期限至少{days}天，不早于{earliest:date}。", days=days, earliest=earliest)
        raise BadInput(say("补正期限太短。"), [("correct_by", message)])


def _decline(case: Case, said: Inputs) -> None:
    # In state `correction` this is possible only after the deadline; a guard checks that.
    if said["ground"] == "not_completed" and case.application.status != "correction":
        message = say("只有要求过补正、期满仍没有补正的，才能以此为由；现在没有在补正。")
        raise BadInput(say("不予受理的情形有误。"), [("ground", message)])
    if said["ground"] == "already_open" and not _has_another(case):
        message = say(
            "系统中{name}没有别的正在办理的申请，也不在册，不能以此为由；有两份档案的，请先合并。",
            name=case.person.name,
        )
        raise BadInput(say("不予受理的情形有误。"), [("ground", message)])
    _clauses_fail(case, said)


def _has_another(case: Case) -> bool:
    """Whether the person is on the register or has another open application."""
    others = case.person.applications.filter(finished_on=None).exclude(pk=case.application.pk)
    return recognitions.active(case.person) is not None or others.exists()


def _clauses_fail(case: Case, said: Inputs) -> None:
    """A refusal on clauses must name clauses that fail, and all claimed categories or none."""
    if said.get("clauses"):
        said["refusal"] = failing.chosen(case, said["clauses"])
        said["clauses"] = [clause["code"] for clause in said["refusal"]]


def _reject(case: Case, said: Inputs) -> None:
    """The clauses for which the county returned the case, unchanged; a guard checks that they still fail."""
    said["refusal"] = case.returned_with
    said["clauses"] = [clause["code"] for clause in said["refusal"]]


CHECKS: dict[str, Callable[[Case, Inputs], None]] = {
    "submit": _submit,
    "ask_correction": _ask_correction,
    "decline": _decline,
    "first_review_fail": _clauses_fail,
    "settle_objection": _clauses_fail,
    "return": _clauses_fail,
    "reject": _reject,
}
