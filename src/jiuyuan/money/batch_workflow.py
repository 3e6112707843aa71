"""The workflow of a payment batch (四(三)). A constraint allows a claim in one batch only, so nothing is paid twice."""

import re
from functools import cached_property
from typing import Any

from jiuyuan import clock, loading
from jiuyuan.agencies.models import User
from jiuyuan.money import freezing, results, returned_later
from jiuyuan.money.batch_table import TABLE
from jiuyuan.money.models import PaymentBatch, PaymentSignature
from jiuyuan.procedures import own_matter
from jiuyuan.procedures.context import Concerned, Context, only_once
from jiuyuan.procedures.doors import in_sight, locked
from jiuyuan.procedures.registry import Workflow, register
from jiuyuan.procedures.table import Choices, Guard, Need, NeedKind, OtherEyes, Transition, Vocabulary
from jiuyuan.procedures.who_acted import by
from jiuyuan.refusals import BadInput
from jiuyuan.regions import registry
from jiuyuan.rules import calendar
from jiuyuan.rules.scheme import Scheme
from jiuyuan.wording import say

Said = dict[str, Any]
_MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")
#: Limits: the sum in yuan above which a third person signs, and the working days of a list's public notice.
_MOST_A_LINE = 100_000_00
_MOST_NAMED = 10
THIRD_SIGNATURE, NOTICE = "payment_third_signature_above", "payment_notice_days"


class OfBatch(Context):
    """The context of a batch; `subject` is None before there is one."""

    twice = "刚刚有人编制了同样的批次，请先看那一批。"

    #: Whether a rate was given, which then needs its source.
    rated = False

    @cached_property
    def concerned(self) -> list[Concerned]:
        """The people paid by the batch in whose matters this account may not act; the other thousands need no check."""
        if self.subject is None or self.user is None or self.subject.pk is None:
            return []
        return list(freezing.own_people(self.user, self.subject))

    @property
    def schemes(self) -> dict[str, Scheme]:
        """The schemes paid as money here."""
        return {one.code: one for one in registry.schemes(self.region) if one.gives == "money"}

    def choices(self, need: Need) -> Choices:
        if need.kind == "paid_scheme":
            return tuple((code, scheme.title) for code, scheme in self.schemes.items())
        return super().choices(need)

    def suggested(self, transition: Transition) -> Said:
        return {"period": calendar.month_text(calendar.month_of(self.today))} if transition.begins else {}

    def must_say(self, need: Need) -> bool:
        return need.name == "rate_source" and self.rated

    def payload(self, transition: Transition, said: Said, more: Said, moved: bool) -> Said:
        kept = {name: said[name] for name in ("reason",) if name in said}
        return super().payload(transition, kept, more, moved)


def _scheme(context: OfBatch, need: Need, raw: Any) -> str:
    if str(raw) not in context.schemes:
        names = "、".join(f"{code}（{scheme.title}）" for code, scheme in context.schemes.items())
        raise ValueError(say("{label}应为{names}之一。", label=need.label, names=names))
    return str(raw)


def _period(context: OfBatch, need: Need, raw: Any) -> int:
    if not isinstance(raw, str) or not _MONTH.fullmatch(raw.strip()):
        raise ValueError(say("{label}请填年和月，例如2026-03。", label=need.label))
    year, _, month = raw.strip().partition("-")
    period = int(year) * 12 + int(month) - 1
    if period > calendar.month_of(context.today):
        raise ValueError(say("{label}不能晚于本月。", label=need.label))
    return period


def _yuan(context: OfBatch, need: Need, raw: Any) -> int:
    cents = results.cents_of(str(raw))
    if not cents or cents > _MOST_A_LINE:
        raise ValueError(say("{label}请写成一个数，例如1234.50。", label=need.label))
    context.rated = True
    return cents


def _make(context: OfBatch, said: Said) -> Said:
    user = context.user
    assert user is not None
    assert user.agency is not None
    batch = PaymentBatch(
        region=context.region, area=user.area, agency=user.agency, scheme=said["scheme"], period=said["period"],
        rate=said.get("rate"), rate_source=said.get("rate_source", "") if said.get("rate") else "",
        **by(context, PaymentBatch, "made"),
    )  # fmt: skip
    [batch.pk] = loading.next_keys(PaymentBatch, 1)
    batch.number = f"{user.agency.code}-{batch.period_text}-{batch.pk:04d}"
    with only_once(context.twice):
        frozen = freezing.freeze(batch, user.actor)
    if not frozen.lines:
        why = "；".join(
            say("{reason}的{count}件", reason=say(freezing.REASONS[code]), count=n)
            for code, n in frozen.left_out.items()
        )
        raise BadInput(
            say("没有可以发放的申请。"),
            [
                (
                    "period",
                    say("到这个月为止，没有已审定、还没有发放、又可以发放的申请。{why}", why=f"{why}。" if why else ""),
                )
            ],
        )
    batch.lines, batch.total, batch.digest = frozen.lines, frozen.total, frozen.digest
    batch.left_out = dict(frozen.left_out)
    batch.asked_limit = registry.region_of(batch.area).limit_if_any(THIRD_SIGNATURE, on=context.today)
    above = batch.asked_limit is not None and batch.total > batch.asked_limit * 100
    batch.signatures_needed = 3 if above else 2
    own_matter.refuse(user, *freezing.own_people(user, batch))
    context.subject = batch
    return {"lines": batch.lines, "total": batch.total, "digest": batch.digest}


def _sign(context: OfBatch, _said: Said) -> Said:
    batch = context.subject
    context.wrote(PaymentSignature.objects.create(batch=batch, **by(context, PaymentSignature, "signed")))
    signed = PaymentSignature.objects.unscoped().filter(batch=batch).count()
    context.go_to("signed" if signed >= batch.signatures_needed else "frozen")
    return {"signed": signed, "needed": batch.signatures_needed, "digest": batch.digest}


def _publish(context: OfBatch, _said: Said) -> Said:
    batch = context.subject
    end = calendar.add_workdays(context.today, registry.region_of(batch.area).limit(NOTICE, on=context.today))
    batch.posted_on, batch.notice_ends_on, batch.provisional = context.today, end.day, end.provisional
    batch.taken_down_on = None
    return {"until": end.day}


def _take_down(context: OfBatch, _said: Said) -> None:
    context.subject.taken_down_on = context.today


def _send(context: OfBatch, _said: Said) -> Said:
    context.subject.sent_on = context.today
    return {"digest": context.subject.digest}


def _read_result(context: OfBatch, said: Said) -> Said:
    assert context.user is not None
    batch = context.subject
    read = results.read(batch, said["file"], context.user)
    batch.last_read = said["file"].digest
    if read is None:
        context.nothing(batch)
        return {}
    if batch.status == "sent" and not batch.payments.filter(status="waiting").exists():
        batch.ended_on = context.today
        context.go_to("settled")
    return {"paid": read.paid, "returned": read.returned, "refused": read.refused, "sha256": read.digest}


def _report_return(context: OfBatch, said: Said) -> Said:
    assert context.user is not None
    payment = returned_later.report(context.subject, said["ref"], said["reason"], context.user)
    return {"number": payment.number}


def _confirm_return(context: OfBatch, said: Said) -> Said:
    assert context.user is not None
    payment = returned_later.confirm(context.subject, said["ref"], context.user, context.actor)
    return {"number": payment.number, "reason": payment.reason}


def _withdraw(context: OfBatch, said: Said) -> None:
    batch = context.subject
    batch.reason, batch.ended_on = said["reason"], context.today
    freezing.let_go(batch, context.actor)


def on_notice(batch: PaymentBatch) -> bool:
    """Whether its list is on public notice today."""
    ends_on = batch.notice_ends_on
    return ends_on is not None and batch.taken_down_on is None and clock.today() <= ends_on


def _not_posted(context: OfBatch) -> str | None:
    return (
        say("名单正在公示，{day:date}到期撤下。", day=context.subject.notice_ends_on)
        if on_notice(context.subject)
        else None
    )


def _posted(context: OfBatch) -> str | None:
    return None if on_notice(context.subject) else say("名单现在没有公示。")


def _as_frozen(context: OfBatch) -> str | None:
    if freezing.digest_of(context.subject) == context.subject.digest:
        return None
    return say("名单与冻结时不一样，校验值对不上，不能发放。请撤销这一批，并报告系统管理员。")


def _none_lost(context: OfBatch) -> str | None:
    lost = freezing.lost_since(context.subject)
    if not lost:
        return None
    who = "；".join(
        say("第{number}笔{name}，{why}", number=number, name=name, why=say(freezing.REASONS[code]))
        for number, name, code in lost[:_MOST_NAMED]
    )
    return say("名单冻结以后，有{count}笔不能再发：{who}。请撤销这一批，重新编制。", count=len(lost), who=who)


def _who_signed(context: OfBatch) -> list[User]:
    return list(User.objects.filter(pk__in=context.subject.signatures.values("signed_by")).order_by("pk"))


def _door(user: User | None, pk: Any, transition: Transition) -> OfBatch:
    if transition.begins:
        return OfBatch(None, user)
    batch = locked(in_sight(PaymentBatch, user).select_related("agency"), pk, "没有这个发放批次。")
    return OfBatch(batch, user)


PAYMENT = register(
    Workflow(
        "payment_batch", "这个发放批次", PaymentBatch, _door, OfBatch,
        Vocabulary(
            {
                "make": _make, "sign": _sign, "publish": _publish, "take_down": _take_down, "send": _send,
                "read_result": _read_result, "withdraw": _withdraw, "report_return": _report_return,
                "confirm_return": _confirm_return,
            },
            guards={
                guard.name: guard
                for guard in (
                    Guard("as_frozen", "list_changed", _as_frozen),
                    Guard("none_lost", "lost_since", _none_lost, "撤销批次"),
                    Guard("not_posted", "on_notice", _not_posted),
                    Guard("posted", "not_on_notice", _posted),
                )
            },
            before={"signed_already": OtherEyes(_who_signed, "您已经签批过，还要由另一人签批。")},
            kinds={
                "paid_scheme": NeedKind(_scheme, "choice", lambda need: {"type": "string", "minLength": 1}),
                "period": NeedKind(_period, "month", lambda need: {"type": "string", "pattern": _MONTH.pattern}),
                "yuan": NeedKind(_yuan, "number", lambda need: {"type": ["number", "string"]}),
                "result_file": NeedKind(results.as_file, "file"),
            },
        ),
        things="payment_batches",
    )
)  # fmt: skip
PAYMENT.add(TABLE)
