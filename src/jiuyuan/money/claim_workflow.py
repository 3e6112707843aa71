"""The workflow of a claim (四(三)). Lock order: person, claim, lines.

A constraint allows one standing line per person, scheme and month, so nothing is drawn twice.
"""

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any

from jiuyuan.agencies.models import User
from jiuyuan.agencies.roles import Role
from jiuyuan.assistance.measure_workflow import MEASURE
from jiuyuan.assistance.models import Employer, Kind, Measure, Placement
from jiuyuan.assistance.post_workflow import put_on_notice, still_on_notice
from jiuyuan.money import claim_checks
from jiuyuan.money.claim_letters import order_claim_letter
from jiuyuan.money.claim_rules import (
    month_kind,
    planned_lines,
    refuse_what_cannot_be_claimed,
    scheme_kind,
    schemes_here,
)
from jiuyuan.money.claim_table import TABLE
from jiuyuan.money.granting import freeze_first_approval, note_assistance, take_back_assistance
from jiuyuan.money.models import LIVE, Claim, ClaimLine
from jiuyuan.money.month_facts import first_day
from jiuyuan.money.spells import GRANTED
from jiuyuan.people import heard
from jiuyuan.people.about import About, visible_person
from jiuyuan.people.correspondence import is_dead, tell
from jiuyuan.people.models import Person
from jiuyuan.procedures import engine
from jiuyuan.procedures.context import only_once
from jiuyuan.procedures.doors import in_sight, parent_key
from jiuyuan.procedures.reading import key
from jiuyuan.procedures.registry import Workflow, register
from jiuyuan.procedures.table import Choices, Guard, Need, OtherEyes, Transition, Vocabulary
from jiuyuan.recognitions.queries import active
from jiuyuan.regions import registry
from jiuyuan.rules.calendar import month_in_words, month_text
from jiuyuan.wording import for_record, say

Said = dict[str, Any]
#: The limit with the working days of a claim's public notice.
NOTICE = "claim_notice_days"


class ClaimOf(About):
    """The context of a claim; `subject` is None before there is one. `beforehand`: the page's initial values."""

    beforehand: Mapping[str, Any] = {}

    @property
    def area(self) -> str:
        return str(self.subject.area if self.subject is not None else self.person.area)

    @cached_property
    def lines(self) -> list[ClaimLine]:
        """Its lines, locked with the claim; for a new claim those to be created."""
        return list(ClaimLine.objects.unscoped().filter(claim=self.subject).order_by("month", "pk"))

    @property
    def live(self) -> list[ClaimLine]:
        return [line for line in self.lines if line.live]

    @property
    def is_first(self) -> bool:
        """Whether this scheme was never approved for this person before."""
        granted = Claim.objects.unscoped().filter(person=self.person, scheme=self.subject.scheme, status__in=GRANTED)
        return not granted.exclude(pk=self.subject.pk).exists()

    def choices(self, need: Need) -> Choices:
        if need.kind != "scheme":
            return super().choices(need)
        return tuple((scheme.code, scheme.title) for scheme in schemes_here(self))

    def must_say(self, need: Need) -> bool:
        return need.name == "ground" and any(check["answer"] == "unknown" for check in self.subject.checks)

    def suggested(self, transition: Transition) -> Said:
        if transition.action != "refuse":
            return dict(self.beforehand)
        return {"clause": self.subject.rules.clause, "reason": "；".join(self.stopped_because)}

    @property
    def stopped_because(self) -> list[str]:
        """The reasons of stopped lines, without repetition."""
        return list(dict.fromkeys(line.reason.rstrip("。") for line in self.lines if line.status == "stopped"))

    def save(self) -> None:
        """Save the claim and changed lines. Raises `Conflict` if a line now stands in another claim."""
        with only_once("这几个月的{title}刚刚已经有人申请，请重新打开看看。", title=self.subject.title):
            super().save()
            for line in self.lines:
                if line._state.adding:
                    line.claim = self.subject
                line.save()
        self.written += self.lines

    def payload(self, transition: Transition, said: Said, more: Said, moved: bool) -> Said:
        kept: Said = {name: said[name] for name in ("ground", "reason", "clause") if name in said}
        return {
            "claim": self.subject.pk,
            "scheme": self.subject.scheme,
            **super().payload(transition, kept, more, moved),
        }

    def heard(self, transition: Transition) -> tuple[str, ...]:
        return heard.heard(self.area, transition, self._office)

    @property
    def _office(self) -> Any:
        acting = self.user.agency if self.user is not None else None
        return acting or self.subject.agency

    def tell(self, code: str, said: Mapping[str, Any]) -> None:
        claim, stopped = self.subject, "；".join(self.stopped_because)
        words = {
            "scheme_title": claim.title, "claimed": claim.months, "agency": self._office.name,
            "stopped": say("不支付的：{why}。", why=stopped) if stopped else "",
        }  # fmt: skip
        given = {name: value.rstrip("。") if isinstance(value, str) else value for name, value in said.items()}
        tell(self.person, code, {**given, **words})


def _alive(context: ClaimOf) -> str | None:
    return say("档案上记载本人已经去世，不能再申请补贴。记错了的，请先更正。") if is_dead(context.person) else None


def _a_line_left(context: ClaimOf) -> str | None:
    if context.live:
        return None
    return say(
        "没有一个月可以支付：{why}。只能不予支持或者撤回。", why="；".join(context.stopped_because) or say("没有明细")
    )


def _notice_over(context: ClaimOf) -> str | None:
    return still_on_notice(context.subject, context.today, NOTICE)


def _still_holds(context: ClaimOf) -> str | None:
    """What was learned since the check and speaks against it."""
    stopped = claim_checks.of_claim(context.subject, context.live, context.today).stopped
    why = "；".join(reason.rstrip("。") for reason in dict.fromkeys(stopped.values()))
    return say("核对以后有了变化：{why}。请退回重新核对。", why=why) if why else None


def _claim(context: ClaimOf, said: Said) -> Said:
    person, user = context.person, context.user
    claimant = Claim.Claimant.PERSON if user and user.role == Role.APPLICANT else Claim.Claimant.CLERK
    if context.carried.get("employer"):
        claimant = Claim.Claimant.EMPLOYER
    stay = active(person) or person.recognitions.filter(annulled=False).order_by("-recognised_on").first()
    claim = context.subject = Claim(
        person=person, recognition=stay, agency=person.agency, area=person.area,
        region=registry.region_of(person.area).code, scheme=said["scheme"], from_month=said["from"], to_month=said["to"],
        claimant=claimant, employer=context.carried.get("employer") or _post_of(person, said), claimed_on=context.today,
    )  # fmt: skip
    context.lines = planned_lines(claim, context.today)
    return {"first": month_text(claim.from_month), "last": month_text(claim.to_month), "claimant": str(claimant)}


def _post_of(person: Person, said: Said) -> Employer | None:
    """The employer of the person's public-interest post in the last claimed month, if the scheme pays employers."""
    if registry.scheme(registry.region_of(person.area).code, said["scheme"]).paid_to != "employer":
        return None
    rows = Placement.objects.unscoped().filter(recognition__person=person, until__gte=first_day(said["to"]))
    last = rows.filter(begins_on__lt=first_day(said["to"] + 1)).order_by("-begins_on", "-pk").first()
    return last.post.employer if last is not None else None


def _submit(context: ClaimOf, _said: Said) -> None:
    context.subject.submitted_on = context.today


def _after_submission(context: ClaimOf, _said: Said) -> None:
    carry_the_plan_on(context, for_record("{claim}，已提交", claim=str(context.subject)), done=False)


def _check(context: ClaimOf, _said: Said) -> Said:
    """Check all lines again, including stopped ones; a month now claimed elsewhere stays stopped."""
    claim, today = context.subject, context.today
    others = ClaimLine.objects.unscoped().filter(person=claim.person_id, scheme=claim.scheme, status__in=LIVE)
    elsewhere = {occasion or month for month, occasion in others.exclude(claim=claim).values_list("month", "occasion")}
    lines = []
    for line in context.lines:
        if line.status == ClaimLine.Status.STOPPED and (line.occasion or line.month) in elsewhere:
            line.reason = for_record("{month}：已在另一份申请里。", month=month_in_words(line.month))
        elif line.live or line.status == ClaimLine.Status.STOPPED:
            lines.append(line)
    checked = claim_checks.of_claim(claim, lines, today)
    claim.checks, claim.checked_on, claim.checked_by = checked.as_json, today, context.user
    claim.review_ground, claim.reviewed_on, claim.reviewed_by = "", None, None
    for line in lines:
        line.reason = checked.stopped.get(line.pk, "")
        line.status = ClaimLine.Status.STOPPED if line.reason else ClaimLine.Status.CLAIMED
        line.rests_on = claim_checks.rests_on(claim, line.month, today)
        line.amount, line.amount_source = claim_checks.sum_of(claim, line.month)
    return {"stopped": len(checked.stopped), "unknown": sum(one.answer == "unknown" for one in checked.checks)}


def _review(context: ClaimOf, said: Said) -> None:
    claim = context.subject
    claim.review_ground, claim.reviewed_on, claim.reviewed_by = said.get("ground", ""), context.today, context.user


def _send_back(context: ClaimOf, _said: Said) -> None:
    claim = context.subject
    claim.posted_on = claim.notice_ends_on = None


def _publish(context: ClaimOf, _said: Said) -> Said:
    put_on_notice(context.subject, context.today, NOTICE)
    return {"until": context.subject.notice_ends_on}


def _approve(context: ClaimOf, _said: Said) -> Said:
    """Approve; the first approval of a scheme fixes the basis of its extension (contract: money)."""
    claim = context.subject
    claim.approved_on, claim.approved_by = context.today, context.user
    more = freeze_first_approval(claim, context.today) if context.is_first else {}
    if claim.rules.gives == "money":
        context.go_to("approved")
    else:
        claim.ended_on = context.today
        context.go_to("closed")
    return more


def _after_approval(context: ClaimOf, _said: Said) -> None:
    note_assistance(context.actor, context.subject, context.today)
    carry_the_plan_on(context, for_record("{claim}，已审定", claim=str(context.subject)), done=True)


def carry_the_plan_on(context: ClaimOf, result: str, *, done: bool) -> None:
    """Begin the measure 落实扶持政策 of the open plan with a claim, and complete it with an approval."""
    rows = Measure.objects.unscoped().filter(
        plan__recognition__person=context.person, plan__status="active", kind=Kind.POLICY,
        status__in=["planned", "under_way"],
    )  # fmt: skip
    for measure in rows.select_related("plan__recognition__person").select_for_update(of=("self",)).order_by("pk"):
        if done:
            engine.follow(context, MEASURE, measure, "finish", {"result": result})
        elif measure.status == Measure.Status.PLANNED:
            engine.follow(context, MEASURE, measure, "start")


def _after_end(context: ClaimOf, _said: Said) -> None:
    if context.subject.approved_on is not None:
        take_back_assistance(context.actor, context.subject, context.today)


def _end(context: ClaimOf, said: Said) -> None:
    """End its lines, and undo what the approval had recorded."""
    claim = context.subject
    claim.first, claim.basis = False, None
    claim.reason, claim.clause, claim.ended_on = said.get("reason", ""), said.get("clause", ""), context.today
    for line in context.live:
        line.status = ClaimLine.Status.DROPPED


def _refuse(context: ClaimOf, said: Said) -> None:
    context.subject.refused_by = context.user
    _end(context, said)


def _after_refusal(context: ClaimOf, said: Said) -> None:
    _after_end(context, said)
    order_claim_letter(context.subject)


def _lines_to(status: str) -> Any:
    def effect(context: ClaimOf, _said: Said) -> None:
        for line in context.live:
            line.status = status

    return effect


def _who_checked(context: ClaimOf) -> Iterable[User | None]:
    return [context.subject.checked_by] if context.subject is not None else []


def _who_came_before(context: ClaimOf) -> Iterable[User | None]:
    return [context.subject.checked_by, context.subject.reviewed_by] if context.subject is not None else []


def _door(user: User | None, pk: Any, transition: Transition) -> ClaimOf:
    """Find a claim by its key; for a new one the person."""
    if transition.begins:
        return ClaimOf(None, user, visible_person(user, key(pk)))
    found = parent_key(in_sight(Claim, user), pk, "person", "没有这份政策申请。")
    people = Person.objects.unscoped().select_related("agency", "account")
    person = people.select_for_update(of=("self",)).get(pk=found)
    of_itself = Claim.objects.unscoped().select_related("agency", "checked_by", "reviewed_by", "employer")
    claim = of_itself.select_for_update(of=("self",)).get(pk=key(pk))
    claim.person = person
    return ClaimOf(claim, user, person)


def _hold(row: Any, user: User | None) -> ClaimOf:
    return ClaimOf(None, user, row) if isinstance(row, Person) else ClaimOf(row, user, row.person)


CLAIM = register(
    Workflow(
        "claim", "这份政策申请", Claim, _door, _hold,
        Vocabulary(
            {
                "claim": _claim, "submit": _submit, "check": _check, "review": _review, "send_back": _send_back,
                "publish": _publish, "approve": _approve, "refuse": _refuse, "withdraw": _end,
                "put_in_batch": _lines_to("in_batch"), "take_out_of_batch": _lines_to("claimed"), "pay": _lines_to("paid"),
                "return_payment": _lines_to("returned"), "confirm_account": _lines_to("claimed"),
            },
            guards={
                guard.name: guard
                for guard in (
                    Guard("alive", "deceased", _alive),
                    Guard("a_line_left", "nothing_left", _a_line_left, "不予支持"),
                    Guard("notice_over", "notice_running", _notice_over, waits=True),
                    Guard("still_holds", "changed_since", _still_holds, "退回重新核对"),
                )
            },
            checks={"claim": refuse_what_cannot_be_claimed},
            before={
                "another_than_checked": OtherEyes(_who_checked, "申请是您核对的，复核由另一人办理。"),
                "another_than_before": OtherEyes(_who_came_before, "核对或者复核是您办的，审定由另一人办理。"),
            },
            kinds={"scheme": scheme_kind, "month": month_kind},
            after={"approve": _after_approval, "submit": _after_submission, "refuse": _after_refusal, "withdraw": _after_end},
        ),
        things="claims", named_there="claims",
    )
)  # fmt: skip
CLAIM.add(TABLE)
