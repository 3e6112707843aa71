"""The consequences of an approval: the basis of an extension, kept as decided,
and the end of assistance on file (三(二)).
"""

from datetime import date
from typing import Any

from jiuyuan.history.services import Actor
from jiuyuan.money.models import Claim
from jiuyuan.money.month_facts import MonthFacts, last_day
from jiuyuan.money.spells import GRANTED, spells
from jiuyuan.people import retraction
from jiuyuan.people import services as people
from jiuyuan.people.models import Source
from jiuyuan.regions import registry
from jiuyuan.rules.calendar import month_of, month_text
from jiuyuan.rules.scheme import Spell
from jiuyuan.wording import for_record, say


def freeze_first_approval(claim: Claim, today: date) -> dict[str, Any]:
    """Store the law and month of retirement by which the extension to retirement was decided."""
    claim.first = True
    scheme = claim.rules
    if scheme.term is None:
        return {}
    known = MonthFacts(claim.person, today).of(month_of(today)).values
    answer = scheme.months(known | {"as_of": today}, Spell(today, ()))
    basis = answer.basis
    claim.basis = {
        "extended": answer.extended, "missing": list(answer.missing), "law_of": today.isoformat(),
        "retirement_month": month_text(basis.retirement_month) if basis and basis.retirement_month is not None else None,
        "months_to_retirement": basis.months_to_retirement if basis else None,
        "policy_months": scheme.term.policy_months, "extension_years": scheme.term.extension_years,
        "source": scheme.term.source,
    }  # fmt: skip
    return {"extended": answer.extended}


def basis_in_words(claim: Claim) -> str:
    """Why the scheme runs for its term, as decided at the first approval; empty without a term."""
    basis = claim.basis
    if not basis:
        return ""
    law = date.fromisoformat(basis["law_of"])
    if basis["extended"] is None:
        return say("{law:date}初次核定。那时还不知道能不能延长到退休，依据不全，补齐以后再算。", law=law)
    month, left, years = basis["retirement_month"], basis["months_to_retirement"], basis["extension_years"]
    if month is None or left is None:
        return say("{law:date}初次核定，按当天的规定最多{most}个月。", law=law, most=basis["policy_months"])
    if basis["extended"]:
        return say("{law:date}初次核定，按当天的规定{month}退休，还有{left}个月，不满{years}年，可以享受到退休。以后规定变了也不改。", law=law, month=month, left=left, years=years)  # fmt: skip
    return say("{law:date}初次核定，按当天的规定{month}退休，还有{left}个月，满{years}年，最多{most}个月。以后规定变了也不改。", law=law, month=month, left=left, years=years, most=basis["policy_months"])  # fmt: skip


def note_assistance(actor: Actor, claim: Claim, today: date) -> None:
    """Record that assistance with a term is drawn and until when, if its end is a ground of 三(二),
    on which a reviewer decides.
    """
    if claim.rules.ends_assistance and claim.rules.term is not None:
        _record(actor, claim, _evidence(claim), today)


def take_back_assistance(actor: Actor, claim: Claim, today: date) -> None:
    """Withdraw what a claim's approval recorded, and record what is still drawn."""
    if retraction.take_back(actor, claim.person, _FACTS, _evidence(claim)):
        again = for_record(
            "{title}（{months}，申请{pk}）撤销以后重新计算", title=claim.title, months=claim.months, pk=claim.pk
        )
        _record(actor, claim, again, today)


_FACTS = ("assistance_granted", "assistance_ends_on")


def _evidence(claim: Claim) -> str:
    return for_record("{title}审定（{months}，申请{pk}）", title=claim.title, months=claim.months, pk=claim.pk)


def _record(actor: Actor, claim: Claim, evidence: str, today: date) -> None:
    """Record one fact for all schemes drawn: the latest end, or none if one is unknown."""
    person = claim.person
    drawn = spells([person.pk]).get(person.pk, {})
    granted = Claim.objects.unscoped().filter(person=person, status__in=GRANTED, scheme__in=drawn)
    known = MonthFacts(person, today).of(month_of(today)).values
    ends = [
        scheme.months(known | {"as_of": today}, drawn[scheme.code]).until
        for scheme in (registry.scheme(*of) for of in sorted(set(granted.values_list("region", "scheme"))))
        if scheme.ends_assistance and scheme.term is not None
    ]
    if not ends:
        return
    facts: dict[str, Any] = {"assistance_granted": True}
    if None not in ends:
        facts["assistance_ends_on"] = last_day(max(end for end in ends if end is not None)).isoformat()
    people.record_facts(
        actor, person, facts, source=Source.SHARED_DATA, department="public_employment", evidence=evidence,
        settlement=evidence,
    )  # fmt: skip
