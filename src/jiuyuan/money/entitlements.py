"""A person's entitlements: every scheme of their place, evaluated with the facts on file."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from jiuyuan import clock
from jiuyuan.agencies.models import User
from jiuyuan.history import services as history
from jiuyuan.money.known import ABSENT, ABSENT_ON_REGISTER, of_people
from jiuyuan.money.spells import open_schemes, spells
from jiuyuan.people import facts as standing_facts
from jiuyuan.people.models import Person
from jiuyuan.people.queries import opened
from jiuyuan.recognitions.models import Recognition
from jiuyuan.recognitions.queries import active
from jiuyuan.refusals import NotFound
from jiuyuan.regions import registry
from jiuyuan.rules.calendar import age
from jiuyuan.rules.facts import Invalid, fact_label, parse
from jiuyuan.rules.scheme import Scheme, SchemeAnswer
from jiuyuan.wording import say

#: The age from which people are not asked whether they graduate this year. Exceptions tell the window.
_TOO_OLD_TO_BE_ASKED = 35


def seen(user: User, pk: int, what: str) -> Person:
    """A person whose schemes are requested: oneself, or somebody whose file the user may open.

    Records the look. Raises `NotFound`, `NotForRole`.
    """
    if user.is_staff_member:
        return opened(user, pk, what)
    found: Person | None = Person.objects.visible_to(user).select_related("agency").filter(pk=pk).first()
    if found is None:
        raise NotFound(say("没有这个人的档案。"))
    history.looked(user.actor, found.file, what, found.area)
    return found


def of_person(person: Person, day: date | None = None) -> list[SchemeAnswer]:
    """All schemes in force at the person's place, in the region's order; empty if the facts are contradictory."""
    day = day or clock.today()
    known = _known(person, day, active(person) is not None, of_people([person.pk]).get(person.pk, {}))
    if not known:
        return []
    granted, going_on = spells([person.pk]).get(person.pk, {}), open_schemes([person.pk]).get(person.pk, set())
    answers = [scheme.answer(known, granted.get(scheme.code)) for scheme in registry.schemes_of(person.area, day)]
    return [replace(one, outcome="open") if one.scheme.code in going_on else one for one in answers]


def lacking(stays: Sequence[Recognition], most: int, scheme: str = "") -> list[tuple[Recognition, SchemeAnswer]]:
    """People on the register who may have a right to a scheme once at most `most` facts are known, fewest first.

    Known recipients of assistance are left out, as in the nightly run.
    """
    day, found = clock.today(), []
    kept = of_people([stay.person_id for stay in stays])
    for stay in stays:
        known = _known(stay.person, day, True, kept.get(stay.person_id, {}))
        if known is None or known.get("assistance_granted"):
            continue
        answers = [one.answer(known) for one in registry.schemes_of(stay.area, day) if scheme in ("", one.code)]
        found += [(stay, one) for one in answers if one.outcome == "unknown" and 0 < len(one.missing) <= most]
    return sorted(found, key=lambda row: len(row[1].missing))


def _known(person: Person, day: date, on_register: bool, kept: Mapping[str, Any]) -> dict[str, Any] | None:
    """The facts on file and what the registers know, without unknown ones.

    `kept`: the person's entry of `known.of_people`.
    """
    try:
        standing = standing_facts.values(standing_facts.standing(person.facts.all()))
        known = parse({**standing, "as_of": day.isoformat()})
    except Invalid:
        return None
    known["on_register"] = on_register
    for name in ABSENT_ON_REGISTER if on_register else ABSENT:
        known.setdefault(name, False)
    if "birth_date" in known and age(known["birth_date"], day) >= _TOO_OLD_TO_BE_ASKED:
        known.setdefault("graduating_this_year", False)
    if not known.get("assisted_employment"):  # absent means none
        known["on_public_post"] = False
    return known | dict(kept)


def missing_in_words(answer: SchemeAnswer) -> list[str]:
    """The labels of the facts that can still change an answer."""
    return missing_in_words_of(answer.scheme, answer.missing)


def missing_in_words_of(scheme: Scheme, missing: Sequence[str]) -> list[str]:
    """The labels of facts used by a scheme."""
    own = {fact.name: fact.label for fact in scheme.facts}
    return list(dict.fromkeys(own.get(name) or fact_label(name) for name in missing))
