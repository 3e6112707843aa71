"""The workflow of a recovery: told, heard, decided, served, paid in parts; urged, taken to court,
corrected or annulled (五(三)).
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django.db.models import Sum
from django.db.models.functions import Coalesce

from jiuyuan.agencies.models import User
from jiuyuan.agencies.queries import heard_by
from jiuyuan.money.models import ClaimLine
from jiuyuan.oversight.models import Doubt, InspectionFinding, Recovery, RecoveryLetter, RecoveryMonth, RecoveryPayment
from jiuyuan.oversight.recovery_letters import order_recovery_letter, remedies_of, unsealed
from jiuyuan.oversight.recovery_table import TABLE
from jiuyuan.oversight.sums import SUM, SUMS, yuan
from jiuyuan.people.about import About, visible_person
from jiuyuan.people.correspondence import tell
from jiuyuan.people.models import Person
from jiuyuan.procedures.doors import in_sight, locked
from jiuyuan.procedures.reading import as_key, key
from jiuyuan.procedures.registry import Workflow, register
from jiuyuan.procedures.table import Guard, Need, NeedKind, OtherEyes, Transition, Vocabulary
from jiuyuan.procedures.who_acted import by, sign
from jiuyuan.recognitions.models import Recognition
from jiuyuan.refusals import BadInput
from jiuyuan.rules.calendar import month_in_words
from jiuyuan.wording import say

Said = dict[str, Any]
_URGED_DAYS = 10  # 行政强制法 54: ten days after the 催告


#: Texts by which remedies are recognised: 行政复议法 20, 22; 行政诉讼法 46.
_REVIEW, _COURT, _ONLINE = ("行政复议", "60日"), ("行政诉讼", "6个月"), ("网上", "小程序", "http")


def missing_remedies(sentences: Sequence[str], review: str, *, online: bool) -> list[str]:
    """The remedies missing in a decision: 复议 (body, 60 days), the court (6 months), and the online channel."""

    def named(*words: str) -> bool:
        return any(all(word in sentence for word in words) for sentence in sentences)

    asked = (
        (say("行政复议（向{body}，60日）", body=review), named(*_REVIEW, review)),
        (say("行政诉讼（6个月）"), named(*_COURT)),
        (say("网上申请行政复议的途径"), not online or any(named(way) for way in _ONLINE)),
    )
    return [label for label, there in asked if not there]


class OfRecovery(About):
    """The context of a recovery, which is locked, and its person. `asked`: initial values given by the linking page."""

    twice = "刚刚有人按同一个疑点或者问题登记了追回，请先看那一件。"

    asked: Mapping[str, Any] = {}

    @property
    def review(self) -> str:
        """The government that hears 行政复议 against the office."""
        return heard_by(self.subject.agency).review.name

    @property
    def default_remedies(self) -> list[str]:
        return remedies_of(self.person.area, self.subject.agency)

    def suggested(self, transition: Transition) -> Said:
        if transition.action == "decide":
            return {"remedies": "\n".join(self.default_remedies)}
        if transition.action == "hear" and self.subject.spoken_on:
            return {"spoke": True, "words": self.subject.words}
        return dict(self.asked) if transition.begins else {}

    def save(self) -> None:
        super().save()
        for row in self.written:
            row.recovery = self.subject  # type: ignore[attr-defined]
            row.save()

    def payload(self, transition: Transition, said: Said, more: Said, moved: bool) -> Said:
        words: Said = {name: said[name] for name in ("facts", "words", "reason") if name in said}
        return super().payload(transition, words, more, moved)

    def heard(self, _transition: Transition) -> tuple[str, ...]:
        return tuple(self.subject.remedies)

    def tell(self, code: str, said: Mapping[str, Any]) -> None:
        row = self.subject
        months = [month_in_words(one.month) for one in row.months.all()]
        fields = {
            "name": self.person.name, "agency": row.agency.name, "sum": yuan(row.due), "paid": yuan(row.paid),
            "outstanding": yuan(row.outstanding), "months": months, "facts": row.facts, "law": row.law,
            "speak_by": row.speak_by, "pay_by": row.pay_by, "account": row.account,
        }  # fmt: skip
        tell(self.person, code, {**fields, **said})


def _find(context: OfRecovery, said: Said) -> Said:
    user = context.user
    assert user is not None and user.agency is not None
    context.subject = Recovery(
        person=context.person, agency=user.agency, area=context.person.area, why=said["why"], doubt_id=said.get("doubt"), finding_id=said.get("of_finding"),
        facts=said["facts"], law=said["law"], paid_by=said.get("paid_by", ""), claimed=sum(said["months"].values()), **by(context, Recovery, "found"),
    )  # fmt: skip
    for month, amount in said["months"].items():
        context.wrote(RecoveryMonth(month=month, amount=amount))
    return {"claimed": context.subject.claimed}


def _intend(context: OfRecovery, said: Said) -> None:
    context.subject.intended_on, context.subject.speak_by = context.today, said["speak_by"]


def _speak(context: OfRecovery, said: Said) -> None:
    context.subject.spoken_on, context.subject.words = context.today, said["words"]


def _hear(context: OfRecovery, said: Said) -> None:
    context.subject.heard_on, context.subject.words = context.today, said.get("words", "")
    if "months" in said:
        _keep_corrected(context, said["months"])


def _keep_corrected(context: OfRecovery, months: Mapping[int, int]) -> None:
    context.subject.corrected = sum(months.values())
    for row in context.subject.months.all():
        row.corrected = months.get(row.month, 0)
        context.wrote(row)


def _decide(context: OfRecovery, said: Said) -> None:
    row = context.subject
    for name in ("reason", "number", "pay_by", "account"):
        setattr(row, name, said[name])
    row.remedies = said.get("remedies") or context.default_remedies
    sign(context, row, "decided")


def _serve(context: OfRecovery, said: Said) -> None:
    row = context.subject
    row.served_how, row.served_on, row.served_proof = said["how"], said["on"], said["proof"]


def _pay(context: OfRecovery, said: Said) -> Said:
    row = context.subject
    context.wrote(RecoveryPayment(on=said["on"], amount=said["amount"], proof=said["proof"]))
    row.paid += said["amount"]
    _settle_where_paid(context)
    return {"amount": said["amount"], "outstanding": row.outstanding}


def _correct(context: OfRecovery, said: Said) -> None:
    _keep_corrected(context, said["months"])
    context.subject.ended_words = said["reason"]
    if context.status != "decided":
        _settle_where_paid(context)
    else:
        context.go_to("decided")


def _settle_where_paid(context: OfRecovery) -> None:
    over = context.subject.outstanding == 0
    context.go_to("settled" if over else context.status)
    if over:
        context.subject.ended_on = context.today


def _urge(context: OfRecovery, _said: Said) -> None:
    context.subject.urged_on = context.today


def _to_court(context: OfRecovery, said: Said) -> None:
    context.subject.court, context.subject.to_court_on = said["court"], context.today


def _quash(context: OfRecovery, said: Said) -> None:
    context.subject.ended_words, context.subject.ended_on = said["reason"], context.today


def _orders(kind: RecoveryLetter.Kind) -> Callable[[OfRecovery, Said], None]:
    def after(context: OfRecovery, _said: Said) -> None:
        assert context.user is not None
        order_recovery_letter(context.subject, kind, context.user.name)

    return after


def _after_correction(context: OfRecovery, said: Said) -> None:
    """Before service, the decision is issued with the corrected sum."""
    if context.status == "decided":
        _orders(RecoveryLetter.Kind.DECIDED)(context, said)


def _rests_on_something(context: OfRecovery, said: Said) -> None:
    """Require a confirmed doubt or finding about this very person."""
    why, person = said["why"], context.person
    if why == Recovery.Why.FINDING:
        finding = _finding(said.get("of_finding"))
        if finding is None or finding.person.pk != person.pk:
            raise _wrong("of_finding", say("请填这个人的、已经确认成立的问题的编号。"))
    elif why == Recovery.Why.DOUBT:
        if not Doubt.objects.unscoped().filter(pk=said.get("doubt"), person=person, status="confirmed").exists():
            raise _wrong("doubt", say("请填这个人的、已经核实成立的疑点的编号。"))
    elif not Recognition.objects.unscoped().filter(person=person, annulled=True).exists():
        raise _wrong("why", say("这个人没有因虚假材料取消过认定。"))
    _refuse_twice(said)
    _refuse_more_than_was_paid(person, said)


def _refuse_twice(said: Said) -> None:
    """Allow one recovery for each confirmed matter."""
    for name, column in (("doubt", "doubt"), ("of_finding", "finding")):
        if pk := said.get(name):
            others = Recovery.objects.unscoped().filter(**{column: pk}).exclude(status=Recovery.Status.QUASHED)
            if other := others.first():
                raise _wrong(name, say("已经据此登记了追回（第{pk}号），不能再登记一件。", pk=other.pk))


def _refuse_more_than_was_paid(person: Person, said: Said) -> None:
    """Limit each month to its paid lines minus other recoveries;
    a month without paid lines needs a statement how it is known.
    """
    months = said["months"]
    lines = ClaimLine.objects.unscoped().filter(person=person, month__in=list(months), status=ClaimLine.Status.PAID)
    paid = dict(lines.order_by().values_list("month").annotate(sum=Sum("amount")))
    others = RecoveryMonth.objects.unscoped().filter(recovery__person=person, month__in=list(paid))
    others = others.exclude(recovery__status=Recovery.Status.QUASHED)
    claimed = dict(others.order_by().values_list("month").annotate(sum=Sum(Coalesce("corrected", "amount"))))
    for month, amount in months.items():
        if month in paid and amount > (left := max(paid[month] - claimed.get(month, 0), 0)):
            raise _wrong(
                "months",
                say("{month}系统里发放了{paid}元，还可以追回{left}元，不能写{amount}元。", month=month_in_words(month),
                    paid=yuan(paid[month]), left=yuan(left), amount=yuan(amount)),
            )  # fmt: skip
    if (unknown := [month_in_words(month) for month in months if month not in paid]) and not said.get("paid_by"):
        raise _wrong("paid_by", say("系统里没有{months}的发放记录，请写明凭什么知道发过。", months=unknown))


def _finding(pk: int | None) -> InspectionFinding | None:
    """A confirmed finding, possibly closed since."""
    rows = InspectionFinding.objects.unscoped().filter(pk=pk, status__in=("confirmed", "closed"), in_silence=False)
    return rows.select_related("inspected__application__person", "inspected__recognition__person").first()


def _spoke_or_the_day_is_over(context: OfRecovery, said: Said) -> None:
    if not said["spoke"] and (spoken_on := context.subject.spoken_on):
        raise _wrong("spoke", say("本人{day:date}在网上说明过，请登记本人的陈述和申辩。", day=spoken_on))
    if not said["spoke"] and context.today <= context.subject.speak_by:
        raise _wrong(
            "spoke", say("{day:date}以前本人都可以说明，还没有说明的，等期限过了再登记。", day=context.subject.speak_by)
        )
    _lessens(context, said)


def _lessens(context: OfRecovery, said: Said) -> None:
    if "months" not in said:
        return
    row, total = context.subject, sum(said["months"].values())
    known = {one.month: one.amount for one in row.months.all()}
    if total > row.due or any(amount > known.get(month, 0) for month, amount in said["months"].items()):
        raise _wrong(
            "months",
            say("更正只能减少：原来是{sum}元，不能加月份，也不能加金额。要加的另行认定、另行告知。", sum=yuan(row.due)),
        )
    if total < row.paid:
        raise _wrong("months", say("已经退回{paid}元，更正后的金额不能比它少；多退的先办理退还。", paid=yuan(row.paid)))


def _names_every_remedy(context: OfRecovery, said: Said) -> None:
    sentences = said.get("remedies") or context.default_remedies
    if missing := missing_remedies(sentences, context.review, online=False):
        raise _wrong("remedies", say("决定书没有写：{missing}。没有写全的不能送达。", missing=missing))


def _is_served_as_decided(context: OfRecovery, said: Said) -> None:
    row = context.subject
    if missing := missing_remedies(row.remedies, context.review, online=said["how"] == Recovery.How.ONLINE):
        raise _wrong("how", say("决定书没有写：{missing}。网上送达的，要写网上申请的途径。", missing=missing))
    if said["on"] < row.decided_on:
        raise _wrong("on", say("送达日期不能早于决定日期{day:date}。", day=row.decided_on))


def _is_not_too_much(context: OfRecovery, said: Said) -> None:
    row = context.subject
    if said["amount"] > row.outstanding:
        raise _wrong(
            "amount", say("还差{left}元，不能登记{amount}元。", left=yuan(row.outstanding), amount=yuan(said["amount"]))
        )
    if said["on"] < row.found_on:
        raise _wrong("on", say("退回日期不能早于{day:date}。", day=row.found_on))


def _wrong(field: str, why: str) -> BadInput:
    return BadInput(say("有内容需要填写或改正。"), [(field, why)])


def _remedies_named(context: OfRecovery) -> str | None:
    missing = missing_remedies(context.subject.remedies, context.review, online=False)
    return say("决定书没有写：{missing}，不能送达。", missing=missing) if missing else None


def _decision_sealed(context: OfRecovery) -> str | None:
    return unsealed(context.subject, RecoveryLetter.Kind.DECIDED)


def _overdue(context: OfRecovery) -> str | None:
    pay_by = context.subject.pay_by
    return None if context.today > pay_by else say("退回期限是{day:date}，过了才能催告。", day=pay_by)


def _ten_days_after_urging(context: OfRecovery) -> str | None:
    last: date = context.subject.urged_on + timedelta(days=_URGED_DAYS)
    return None if context.today > last else say("催告以后满十日（{day:date}以后）才能申请法院强制执行。", day=last)


def _key(_context: Any, need: Need, raw: Any) -> int:
    if not (found := key(raw)):
        raise ValueError(say("{label}请填数字。", label=need.label))
    return found


def _door(user: User | None, pk: Any, transition: Transition) -> OfRecovery:
    if transition.begins:
        return OfRecovery(None, user, visible_person(user, key(pk)))
    found = locked(in_sight(Recovery, user), pk, "没有这件追回。")
    return OfRecovery(found, user, found.person)


def _hold(row: Any, user: User | None) -> OfRecovery:
    return OfRecovery(None, user, row) if isinstance(row, Person) else OfRecovery(row, user, row.person)


RECOVERY = register(
    Workflow(
        "recovery", "这件追回", Recovery, _door, _hold,
        Vocabulary(
            {
                "find": _find, "intend": _intend, "speak": _speak, "hear": _hear, "decide": _decide, "serve": _serve, "pay": _pay,
                "correct": _correct, "urge": _urge, "to_court": _to_court, "quash": _quash,
            },
            guards={
                guard.name: guard
                for guard in (
                    Guard("names_remedies", "without_remedies", _remedies_named, "写全救济途径"),
                    Guard("decision_sealed", "not_sealed", _decision_sealed, "等决定书盖章", waits=True),
                    Guard("overdue", "not_overdue", _overdue, "等退回期限过", waits=True),
                    Guard("ten_days_after_urging", "urged_lately", _ten_days_after_urging, "等催告满十日", waits=True),
                )
            },
            checks={
                "find": _rests_on_something, "hear": _spoke_or_the_day_is_over, "decide": _names_every_remedy,
                "serve": _is_served_as_decided, "pay": _is_not_too_much, "correct": _lessens,
            },
            before={
                "found": OtherEyes(lambda context: [context.subject.found_by], "这件追回是您认定的，须由另一人决定。"),
                "decided": OtherEyes(
                    lambda context: [context.subject.decided_by], "退回的决定是您作的，更正和撤销须由另一人办理。"
                ),
            },
            after={
                "intend": _orders(RecoveryLetter.Kind.INTENDED), "decide": _orders(RecoveryLetter.Kind.DECIDED),
                "correct": _after_correction, "urge": _orders(RecoveryLetter.Kind.URGED),
            },
            kinds={
                "sums": SUMS,
                "yuan": SUM,
                "key": NeedKind(_key, "number", as_key),
            },
        ),
        things="recoveries", hangs_on="person", named_there="recoveries",
    )
)  # fmt: skip
RECOVERY.add(TABLE)
