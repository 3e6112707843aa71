"""The commitment that applicants sign, in the same words on screen and on paper (一(三))."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.conf import settings
from django.utils import translation

from jiuyuan import clock
from jiuyuan.applications import carried
from jiuyuan.applications.case import Case
from jiuyuan.people.contact import same_name
from jiuyuan.people.models import Source
from jiuyuan.people.wording import value_in_words
from jiuyuan.regions import registry
from jiuyuan.rules.facts import FACTS, in_order
from jiuyuan.wording import for_record, say


def words(case: Case) -> list[str]:
    """The paragraphs for this case today, the consent to verification last; always in the language of the papers."""
    own = {name: case.known[name].own for name in in_order("promised") if name in case.needed and name in case.known}
    with translation.override(settings.LANGUAGE_CODE):
        promised = [_said(name, fact.value) for name, fact in own.items() if fact]
    agent = (case.agent.name, case.agent.relation) if case.agent else None
    return registry.papers_of(case.application.area).form.commitment.words(case.person.name, promised, agent)


def _said(name: str, value: Any) -> str:
    """An answer as a statement, for example 有劳动能力."""
    fact = FACTS[name]
    said = (fact.yes if value else fact.no) if isinstance(value, bool) else ""
    return said or f"{fact.label}：{value_in_words(name, value)}"


def signed(case: Case, signature: str) -> dict[str, Any]:
    """Return the signed commitment as it is stored, and mark the person's own answers as commitments.

    Call it inside the act.
    """
    assert case.user is not None
    now = clock.now().isoformat(timespec="seconds")
    kept: dict[str, Any] = {"name": signature, "at": now, "text": words(case), "consented_at": now}
    name, today, agent = case.person.name, case.today, case.agent
    evidence = for_record("书面承诺，{signed}于{today:date}签名", signed=name, today=today)
    if agent and not same_name(signature, name):
        kept["agent"] = {"name": agent.name, "relation": agent.relation}
        evidence = for_record(
            "书面承诺，{agent}（{relation}）凭委托书代{signed}于{today:date}签名",
            agent=agent.name,
            relation=agent.relation,
            signed=name,
            today=today,
        )
    if promised := promises(case):
        carried.state(case.user.actor, case.application, promised, source=Source.COMMITMENT, evidence=evidence)
    return kept


def signer(signed: Mapping[str, Any] | None) -> str:
    """Who signed online, when, and for whom; empty if nobody did."""
    if not signed:
        return ""
    name, on = signed["name"], date.fromisoformat(signed["at"][:10])
    if agent := signed.get("agent"):
        return say("{name}（{relation}，凭委托书代签），{on:date}", name=name, relation=agent["relation"], on=on)
    return say("{name}（本人），{on:date}", name=name, on=on)


def promises(case: Case) -> dict[str, Any]:
    """The person's own answers that a signature makes a commitment, by name, without those already signed."""
    said = {name: case.known[name].own for name in in_order("promised") if name in case.known}
    return {name: fact.value for name, fact in said.items() if fact and fact.source == Source.DECLARED}
