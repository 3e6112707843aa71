"""Checks before an application is created or its categories change: platform, categories, channel,
no second application.
"""

from collections.abc import Sequence

from jiuyuan import clock
from jiuyuan.agencies.models import Agency, User
from jiuyuan.agencies.queries import platform_for
from jiuyuan.agencies.roles import Role
from jiuyuan.applications.models import Application, Channel
from jiuyuan.people.models import Person
from jiuyuan.recognitions import queries as recognitions
from jiuyuan.refusals import BadInput, Conflict
from jiuyuan.regions import registry
from jiuyuan.rules.policy import Policy
from jiuyuan.wording import say


def check_new(
    user: User, platform: str, categories: Sequence[str], channel: str, rules: Policy | None = None
) -> tuple[Agency, Policy]:
    """Return the platform and the policy of a new application. `rules` is given for one already begun."""
    errors = []
    agency = platform_for(platform or "")
    if agency is None:
        errors.append(
            (
                "platform",
                say("没有代码为“{platform}”的街道（乡镇）或社区平台，请核对常住地的区划代码。", platform=platform),
            )
        )
    elif user.role == Role.CLERK and not (user.agency and user.agency.covers(agency.path)):
        errors.append(("platform", say("“{name}”不在本平台辖区内，请由申请人常住地的平台办理。", name=agency.name)))
    elif rules is None:
        rules = registry.policy_of(agency.path, clock.today())
    codes = [category.code for category in rules.categories] if rules else list(registry.categories())
    if not categories:
        errors.append(("categories", say("请至少选择一类申请情形。")))
    elif unknown := [code for code in categories if code not in codes]:
        errors.append(("categories", say("没有“{unknown}”这一类，应为{codes}。", unknown=unknown[0], codes=codes)))
    if channel not in Channel.values:
        errors.append(("channel", say("申请渠道应为{values}之一。", values=Channel.values)))
    if errors:
        raise BadInput(say("有内容需要改正。"), errors)
    assert agency is not None
    assert rules is not None
    return agency, rules


def ordered(rules: Policy, categories: Sequence[str]) -> list[str]:
    """Sort categories into document order."""
    return [category.code for category in rules.categories if category.code in categories]


def refuse_second(user: User, person: Person) -> None:
    """Refuse a second application, with its number for users who may see it (409 in the contract)."""
    if existing := person.applications.filter(finished_on=None).first():
        visible = Application.objects.visible_to(user).filter(pk=existing.pk).exists()
        if visible:
            title = say(
                "{name}已有正在办理的申请（{number}），请直接打开那一份。", name=person.name, number=existing.number
            )
            raise Conflict(title, number=existing.number)
        raise Conflict(say("这个人已有正在办理的申请，由另一平台办理，不能重复申请。"))
    if recognition := recognitions.active(person):
        visible = type(recognition).objects.visible_to(user).filter(pk=recognition.pk).exists()
        if visible:
            title = say(
                "{name}已是就业困难人员（{number}），在册期间不用再申请。", name=person.name, number=recognition.number
            )
            raise Conflict(title, number=recognition.number)
        raise Conflict(say("这个人已是在册的就业困难人员，不用再申请。"))
