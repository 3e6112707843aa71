"""The workflow of an employer's claim by link (四(三)): no account, once, recorded.

The employer sees no personal data except what it enters. Claims are decided person by person, by the table of
claims.
"""

import json
import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db import transaction

from jiuyuan import clock
from jiuyuan.agencies.models import User
from jiuyuan.assistance import link_codes
from jiuyuan.assistance.employer_links import digest, new_secret
from jiuyuan.assistance.models import Employer
from jiuyuan.assistance.vacancy_inputs import EMPLOYER, MOBILE, Named
from jiuyuan.encryption import blind_index
from jiuyuan.money import employer_accounts
from jiuyuan.money.claim_rules import month_kind
from jiuyuan.money.claim_workflow import CLAIM
from jiuyuan.money.employer_claim_table import TABLE
from jiuyuan.money.models import EmployerClaim
from jiuyuan.notifications import gateways
from jiuyuan.people import id_numbers
from jiuyuan.people.contact import clean_name, same_name
from jiuyuan.people.models import Person
from jiuyuan.procedures import engine
from jiuyuan.procedures.context import Concerned, Context
from jiuyuan.procedures.doors import in_sight, locked
from jiuyuan.procedures.registry import Workflow, register
from jiuyuan.procedures.table import Choices, Need, NeedKind, Transition, Vocabulary
from jiuyuan.procedures.who_acted import by
from jiuyuan.refusals import BadInput, NotFound, Refusal
from jiuyuan.regions import registry
from jiuyuan.rules.calendar import month_in_words, month_of, month_text
from jiuyuan.wording import for_record, say

Said = dict[str, Any]
GONE = "这个链接已经用过、过期或者撤销了。请向发给您的平台要一个新的。"
_MOST_PEOPLE, _MOST_MONTHS = 200, 24
_PARTS = re.compile(r"[\s,，、;；]+")


class OfEmployer(Context):
    """The context of an employer's claim; `subject` is None before there is one.

    It concerns an employer; a claim is made for each person listed.
    """

    @property
    def concerned(self) -> list[Concerned]:
        return []

    def choices(self, need: Need) -> Choices:
        if need.kind != "scheme":
            return super().choices(need)
        return tuple((one.code, one.title) for one in registry.schemes(self.region) if one.paid_to == "employer")


def _scheme(context: OfEmployer, need: Need, raw: Any) -> str:
    if str(raw) not in (known := dict(context.choices(need))):
        raise ValueError(say("{label}应为{names}之一。", label=need.label, names="、".join(known.values())))
    return str(raw)


def _people(context: OfEmployer, need: Need, raw: Any) -> list[dict[str, str]]:
    """Parse one person per line, with name and ID number; every error names its line."""
    lines = [(place, text.strip()) for place, text in enumerate(str(raw).splitlines(), 1) if text.strip()]
    if len(lines) > _MOST_PEOPLE:
        raise ValueError(
            say("一次最多填{most}人，现在有{count}人，请分几次申报。", most=_MOST_PEOPLE, count=len(lines))
        )
    found: list[dict[str, str]] = []
    first: dict[str, int] = {}
    wrong = []
    for place, text in lines:
        parts = [part for part in _PARTS.split(text) if part]
        if len(parts) != 2:
            wrong.append(say("第{place}行请写成：姓名、空格、身份证号码。", place=place))
            continue
        try:
            name, number = clean_name(parts[0]), id_numbers.parse(parts[1], context.today).number
        except BadInput as refusal:
            wrong.append(say("第{place}行：{why}", place=place, why=refusal.errors[0][1]))
            continue
        if number in first:
            wrong.append(say("第{place}行和第{first}行是同一个人，请只留一行。", place=place, first=first[number]))
        first.setdefault(number, place)
        found.append({"name": name, "id_number": number})
    if wrong:
        raise ValueError("".join(wrong[:5]))
    return found


def _is_sound(context: OfEmployer, said: Said) -> None:
    errors = []
    try:
        given = {"name": said["employer"], "credit_code": said["credit_code"]}
        said["named"] = EMPLOYER.read(context, TABLE.by_action["ask"].needs[0], given)
    except ValueError as wrong:
        errors.append(("credit_code", str(wrong)))
    else:
        known = Employer.objects.filter(credit_code=said["named"].credit_code).first()
        if known is not None and known.name != said["named"].name:
            why = say("这个代码登记的单位是“{name}”，请核对名称和代码。", name=known.name)
            errors.append(("employer", why))
    if said["from"] > said["to"]:
        errors.append(("to", say("结束的月份早于开始的月份，请核对。")))
    elif said["to"] > month_of(context.today):
        errors.append(("to", say("{month}还没有到，不能申请。", month=month_in_words(said["to"]))))
    elif said["to"] - said["from"] >= _MOST_MONTHS:
        errors.append(("from", say("一次最多申请{most}个月，请核对年份。", most=_MOST_MONTHS)))
    if errors:
        raise BadInput(say("有内容需要改正。"), errors)


def _ask(context: OfEmployer, said: Said) -> Said:
    user, named = context.user, said.pop("named")
    assert user is not None
    assert user.agency is not None
    assert isinstance(named, Named)
    employer, _ = Employer.objects.get_or_create(credit_code=named.credit_code, defaults={"name": named.name})
    context.subject = EmployerClaim(
        agency=user.agency, area=user.agency.path, region=context.region, employer=employer, scheme=said["scheme"],
        from_month=said["from"], to_month=said["to"], phone=said["phone"], phone_confirmed_how=said["how"],
        **by(context, EmployerClaim, "made"),
    )  # fmt: skip
    return _renew(context, said)


def _renew(context: OfEmployer, _said: Said) -> Said:
    """Replace the link. The secret is returned to the user, and so is the code if no gateway sends it."""
    claim, secret = context.subject, new_secret()
    days = registry.region_of(claim.area).limit("employer_link_days", on=context.today)
    claim.digest, claim.bound, claim.code_digest = digest(secret), "", ""
    claim.valid_until = context.today + timedelta(days=days)
    claim.secret = secret
    return {"until": claim.valid_until}


def _make_code(context: OfEmployer, _said: Said) -> None:
    claim = context.subject
    if gateways.configured() is None:
        claim.code = link_codes.make_code(claim, clock.now() + (claim.valid_until - context.today))


def _account_is_sound(context: OfEmployer, said: Said) -> None:
    said["account"] = employer_accounts.read(context.subject.employer, said["number"], said["holder"], said["bank"])


def _hand_in(context: OfEmployer, said: Said) -> Said:
    claim = context.subject
    claim.listed, claim.handed_in_on = json.dumps(said["people"], ensure_ascii=False), context.today
    context.wrote(employer_accounts.enter(claim, said["account"], context.today))
    return {"people": len(said["people"])}


def people_of(claim: EmployerClaim) -> list[dict[str, str]]:
    """The people listed by the employer, in order."""
    found: list[dict[str, str]] = json.loads(claim.listed) if claim.listed else []
    return found


def _take_over(context: OfEmployer, _said: Said) -> Said:
    """Create a claim for everybody eligible, by the table of claims, and store the reasons for the others."""
    claim = context.subject
    claim.results = [_claimed_for(context, row) for row in people_of(claim)]
    claim.ended_on = context.today
    return {"claims": sum(bool(one["claim"]) for one in claim.results), "people": len(claim.results)}


def _claimed_for(context: OfEmployer, row: Mapping[str, str]) -> Said:
    claim, user = context.subject, context.user
    assert user is not None
    rows = Person.objects.visible_to(user).filter(id_index=blind_index(row["id_number"]), merged_into=None)
    person = rows.first()
    if person is None:
        return {"claim": None, "why": for_record("辖区里没有这个人的档案。")}
    if not same_name(person.name, row["name"]):
        return {"claim": None, "why": for_record("姓名和档案不一致，请向单位核对。")}
    months = {"from": month_text(claim.from_month), "to": month_text(claim.to_month)}
    try:
        with transaction.atomic():
            made = engine.act(
                user,
                CLAIM,
                person.pk,
                "claim",
                {"scheme": claim.scheme, **months},
                carried={"employer": claim.employer},
            )
            engine.act(user, CLAIM, made.pk, "submit")
    except Refusal as refusal:
        return {"claim": None, "why": (refusal.errors[0][1] if refusal.errors else refusal.title)[:400]}
    return {"claim": made.pk, "why": ""}


def _withdraw(context: OfEmployer, said: Said) -> None:
    context.subject.reason, context.subject.ended_on = said["reason"], context.today


def found(secret: str) -> EmployerClaim:
    """The claim with this secret, if the link is valid. Raises `NotFound`, also if there never was one."""
    rows = EmployerClaim.objects.unscoped().select_related("employer", "agency")
    claim: EmployerClaim | None = rows.filter(
        digest=digest(secret), status=EmployerClaim.Status.ASKED, valid_until__gte=clock.today()
    ).first()
    if claim is None:
        raise NotFound(say(GONE))
    return claim


def send_code(secret: str) -> bool:
    """See `link_codes.send_code`. Raises `NotFound`, `TooOften`, `BadInput`."""
    claim = found(secret)
    return link_codes.send_code(
        claim, claim.phone, "employer-claim",
        lambda code, minutes: say(
            "验证码{code}，申报补贴用，{minutes}分钟内有效。不要告诉别人。", code=code, minutes=minutes
        ),
    )  # fmt: skip


@transaction.atomic
def open_with(secret: str, typed: str) -> str:
    """See `link_codes.open_with`. Raises `NotFound`, `TooOften`."""
    rows = EmployerClaim.objects.unscoped().select_for_update(of=("self",))
    return link_codes.open_with(rows.get(pk=found(secret).pk), typed)


def _door(user: User | None, pk: Any, transition: Transition) -> OfEmployer:
    """Find a claim by its key, for an employer by the link's secret and the mark of the browser in which its code
    was typed.
    """
    if transition.begins:
        return OfEmployer(None, user)
    rows = in_sight(EmployerClaim, user).select_related("employer", "agency")
    if transition.public:
        secret, _, mark = str(pk).partition(".")
        row = (
            rows.select_for_update(of=("self",)).filter(pk=found(secret).pk, status=EmployerClaim.Status.ASKED).first()
        )
        if row is None or not link_codes.is_open(row, mark):
            raise NotFound(say(GONE))
        return OfEmployer(row, user)
    return OfEmployer(locked(rows, pk, "没有这次单位申报。"), user)


def _hold(row: Any, user: User | None) -> OfEmployer:
    return OfEmployer(row if isinstance(row, EmployerClaim) else None, user)


EMPLOYER_CLAIM = register(
    Workflow(
        "employer_claim", "这次单位申报", EmployerClaim, _door, _hold,
        Vocabulary(
            {"ask": _ask, "renew": _renew, "hand_in": _hand_in, "take_over": _take_over, "withdraw": _withdraw},
            checks={"ask": _is_sound, "hand_in": _account_is_sound},
            after={"ask": _make_code, "renew": _make_code},
            kinds={
                "scheme": NeedKind(_scheme, "choice"), "month": month_kind, "mobile": MOBILE,
                "people": NeedKind(_people, "lines"),
            },
        ),
    )
)  # fmt: skip
EMPLOYER_CLAIM.add(TABLE)
