"""What one person has a right to: every scheme of their place, answered by its conditions from what stands on file."""

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

#: Years of age from which nobody is asked whether they are of this year's graduates. Who is says so at the window.
_TOO_OLD_TO_BE_ASKED = 35


def seen(user: User, pk: int, what: str) -> Person:
    """A person whose schemes are asked for: oneself, or somebody whose file one may open. The look is recorded. Raises `NotFound`, `NotForRole`."""
    if user.is_staff_member:
        return opened(user, pk, what)
    found: Person | None = Person.objects.visible_to(user).select_related("agency").filter(pk=pk).first()
    if found is None:
        raise NotFound(say("没有这个人的档案。"))
    history.looked(user.actor, found.file, what, found.area)
    return found


def of_person(person: Person, day: date | None = None) -> list[SchemeAnswer]:
    """Every scheme in force where the person stands, in the region's order. Nothing where the facts cannot all be true."""
    day = day or clock.today()
    known = _known(person, day, active(person) is not None, of_people([person.pk]).get(person.pk, {}))
    if not known:
        return []
    granted, going_on = spells([person.pk]).get(person.pk, {}), open_schemes([person.pk]).get(person.pk, set())
    answers = [scheme.answer(known, granted.get(scheme.code)) for scheme in registry.schemes_of(person.area, day)]
    return [replace(one, outcome="open") if one.scheme.code in going_on else one for one in answers]


def lacking(stays: Sequence[Recognition], most: int, scheme: str = "") -> list[tuple[Recognition, SchemeAnswer]]:
    """Of these on the register who may have a right to a scheme once a few facts are known, at most `most`; the fewest first.

    What is known to be granted is left out, as the night leaves it out.
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
    """The facts on file, and what the register knows; what nothing says is left out. `kept`: theirs of `known.of_people`."""
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
    if not known.get("assisted_employment"):  # absent means that there is none
        known["on_public_post"] = False
    return known | dict(kept)


def missing_in_words(answer: SchemeAnswer) -> list[str]:
    """The facts that could still change an answer, by name."""
    return missing_in_words_of(answer.scheme, answer.missing)


def missing_in_words_of(scheme: Scheme, missing: Sequence[str]) -> list[str]:
    """Facts that a scheme asks, by name."""
    own = {fact.name: fact.label for fact in scheme.facts}
    return list(dict.fromkeys(own.get(name) or fact_label(name) for name in missing))
