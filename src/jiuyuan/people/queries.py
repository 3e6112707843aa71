"""Queries of the register of people."""

import re
from datetime import timedelta
from functools import reduce
from itertools import islice
from operator import or_

from django.db import connection
from django.db.models import Q

from jiuyuan import characters, clock
from jiuyuan.agencies import again
from jiuyuan.agencies.models import User
from jiuyuan.agencies.pace import TooOften
from jiuyuan.agencies.roles import Right
from jiuyuan.agencies.scope import ScopedQuerySet
from jiuyuan.encryption import blind_index
from jiuyuan.history import services as history
from jiuyuan.people import id_numbers
from jiuyuan.people.contact import PHONE, plain_name, plain_phone
from jiuyuan.people.given_names import OF_CHARACTERS, OF_SYLLABLES
from jiuyuan.people.models import Person
from jiuyuan.people.pinyin import beginnings, otherwise, pinyin, typed_ways
from jiuyuan.procedures.own_matter import OWN, is_own_matter
from jiuyuan.refusals import NotForRole, NotFound, OwnMatter
from jiuyuan.regions import registry
from jiuyuan.rules.facts import FACTS, SCHEMA, own_facts
from jiuyuan.wording import say

_LARGEST_KEY = 2**63 - 1
_MOST_BEGINNINGS = 64
#: Search text is cut to these lengths: no name or number is longer. Letters to be split into syllables are cut
#: earlier, where hardly two names share a prefix.
_MOST_TYPED, _MOST_LETTERS = 120, 40


def matching(typed: str, via: str = "") -> Q:
    """Match people by search text: a full ID number, a full phone number, or a prefix of a name or given name, in
    characters or pinyin (`wang xiu`, `wangxiu`, `xiuying`).

    Numbers are encrypted, so a part of one matches nobody. `via` is the lookup path to the person, e.g.
    `person__`.
    """
    typed = typed[:_MOST_TYPED]
    phone = plain_phone(typed)
    if PHONE.fullmatch(phone):
        return Q(**{f"{via}phone_index": blind_index(phone)})
    number = id_numbers.as_on_the_card(typed)
    if re.fullmatch(r"[0-9]{17}[0-9X]", number):
        return Q(**{f"{via}id_index": blind_index(number)})
    letters = re.sub(r"[\s'’·.]", "", characters.real(characters.visible(typed))).lower()
    if re.fullmatch(r"[a-zü:]+", letters):
        return _by_letters(letters[:_MOST_LETTERS], via)
    return _by_characters(plain_name(typed), via)


def known(said: str, via: str = "") -> Q:
    """Match people with a standing fact: `name=value`, as in `choices_of_own_facts`. Anything else matches nobody."""
    name, _, written = said.partition("=")
    fact = FACTS.get(name)
    value: object = {"true": True, "false": False}.get(written) if fact and fact.kind == "boolean" else written
    if fact is None or not fact.on_file or (fact.choices and written not in fact.choices) or value is None:
        return Q(pk__in=[])
    if name in SCHEMA:
        return Q(**{f"{via}known_facts__{name}": value}) if fact.kind in ("boolean", "choice") else Q(pk__in=[])
    if connection.vendor == "postgresql":
        return Q(**{f"{via}known_facts__own__contains": {name: value}})  # uses the index
    return Q(**{f"{via}known_facts__own__{name}": value})


def choices_of_own_facts() -> list[tuple[str, str]]:
    """The values of regions' own facts by which lists can be filtered."""
    facts = [FACTS[name] for name in own_facts()]
    return [
        (f"{fact.name}={value}", f"{say(fact.label)}：{say(words)}")
        for fact in facts
        for value, words in {"boolean": {"true": say("是"), "false": say("否")}, "choice": fact.choices}.get(
            fact.kind, {}
        ).items()
    ]


def _by_letters(letters: str, via: str) -> Q:
    """Match pinyin or initials by prefix, which an index supports.

    `lah` is 李爱华 but could also begin a name; likewise `aihua` and `ah`. A single syllable or letter does not
    match given names.
    """
    begins = [begin for way in typed_ways(letters) for begin in islice(beginnings(way), _MOST_BEGINNINGS)]
    found = [Q(**{f"{via}name_initials__begins": letters})]
    found += [Q(**{f"{via}name_pinyin__begins": begin}) for begin in begins]
    if len(letters) > 1:
        found += [Q(**{f"{via}name_initials__{rest}__begins": letters}) for rest in OF_CHARACTERS]
    several = [begin for begin in begins if " " in begin]
    found += [Q(**{f"{via}name_pinyin__{rest}__begins": begin}) for begin in several for rest in OF_SYLLABLES]
    for begin in begins:
        syllables = begin.split(" ")
        for length in (1, 2):
            reading = " ".join(syllables[:length])
            for surname, column in otherwise().get(reading, ()):
                so_read = column + begin[len(reading) :]
                found.append(Q(**{f"{via}name_pinyin__begins": so_read, f"{via}name__begins": surname}))
    return reduce(or_, found)


def _by_characters(name: str, via: str) -> Q:
    """Match a prefix of a name or given name, with or without a middle dot. One character matches surnames only."""
    found = Q(**{f"{via}name__begins": name}) if name else Q(pk__in=[])
    if len(name) > 1:
        found |= reduce(or_, [Q(**{f"{via}name__{rest}__begins": name}) for rest in OF_CHARACTERS])
    if len(name) > 2:
        together = name.replace("·", "").replace(" ", "")
        found |= Q(**{f"{via}name__begins": together})
        found |= Q(**{f"{via}name_pinyin__begins": pinyin(together), f"{via}name__contains": "·"})
    return found


def listed(user: User, typed: str = "") -> ScopedQuerySet:
    """The people whom this user may look up. Raises `NotForRole`."""
    if not user.may(Right.SEE_PEOPLE):
        raise NotForRole(say("人员档案由经办、复核、督导和省级管理人员查看，您的角色不能查看。"))
    rows = Person.objects.visible_to(user).filter(merged_into=None).select_related("agency")
    return rows.filter(matching(typed)) if typed.strip() else rows


def looked_at_list(user: User, what: str) -> None:
    """Record a look at a page of a list of people, with their names and masked numbers."""
    history.looked(user.actor, "list", what, user.area)


def opened(user: User, pk: int, what: str, *, unmask: bool = False) -> Person:
    """A person's file, if the user may see it. Records the look. Raises `NotFound`, `NotForRole`."""
    rows = Person.objects.visible_to(user).select_related("agency", "account")
    person = rows.filter(pk=pk).first() if 0 < pk <= _LARGEST_KEY else None
    if person is None:
        raise NotFound(say("没有这个人的档案。"))
    if not user.may(Right.SEE_PEOPLE):
        raise NotForRole(say("人员档案由经办、复核、督导和省级管理人员查看，您的角色不能查看。"))
    refuse_unmasking(user, unmask, person)
    history.looked(user.actor, person.file, what, person.area, unmasked=unmask)
    return person


def refuse_unmasking(user: User, unmask: bool, person: Person) -> None:
    """Refuse full numbers to users whose work does not need them, for their own file, and beyond a daily limit.

    Raises `NotForRole`, `OwnMatter`, `TooOften`.
    """
    if not unmask:
        return
    if not user.may(Right.UNMASK):
        raise NotForRole(say("完整的身份证号码和电话只供经办人和复核人查看。"))
    refuse_own_file(user, person)
    refuse_too_many(user)


def refuse_too_many(user: User) -> None:
    """Limit how often a user sees full numbers per day, on papers and pages together. Raises `TooOften`."""
    if not user.is_staff_member:
        return
    region, today = registry.region_of(user.area), clock.today()
    most, seen = region.limit("whole_numbers_a_day", on=today), history.whole_numbers_seen(user.username)
    if seen >= most:
        midnight = clock.now().replace(hour=0, minute=0, second=0) + timedelta(days=1)
        title = say("今天查看完整号码已满{most}次，明天才能再看。工作需要更多的，请督导调整上限。", most=most)
        raise TooOften(title, (midnight - clock.now()).total_seconds())
    if seen >= region.limit("whole_numbers_usual", on=today):
        again.ask(user, "whole_numbers")


def refuse_own_file(user: User, person: Person) -> None:
    """Refuse staff their own full data: they have their own account for that. Raises `OwnMatter`."""
    if user.is_staff_member and is_own_matter(user, person):
        raise OwnMatter(say(OWN))
