"""Payment batches in a demonstration: one paid with two returned lines and a shared bank account;
another waiting for signatures.
"""

from io import BytesIO

from jiuyuan import clock
from jiuyuan.agencies.models import User
from jiuyuan.demonstration.days import Days
from jiuyuan.demonstration.help_given import on_the_register
from jiuyuan.demonstration.stories import OfficeStaff, Story
from jiuyuan.money.batch_workflow import PAYMENT
from jiuyuan.money.claim_workflow import CLAIM
from jiuyuan.money.models import Claim
from jiuyuan.money.results import in_yuan, ref_of
from jiuyuan.people import bank_accounts
from jiuyuan.people.models import Person
from jiuyuan.procedures import engine
from jiuyuan.recognitions.models import Recognition
from jiuyuan.rules.calendar import month_of, month_text

_SCHEME, _MOST = "flexible_insurance", 6
#: 吉林省's own figure was not found: what is paid here is invented, and says so wherever it stands.
_RATE = {"rate": "500", "rate_source": "演示用的虚构标准，不是真的文件"}
_RETURNED = {2: "账户状态异常", 5: "户名不符"}


def a_batch_is_paid(office: OfficeStaff, finance: User, days: Days) -> Story:
    """Claimed at the window by people on the register, approved, paid, and two returned."""
    yield days.at(20)
    claims = [_claimed(office, stay.person, number) for number, stay in enumerate(_people(office, days))]
    if not claims:  # a demonstration with few people
        return
    yield days.at(19)
    for claim in claims:
        _act(office.reviewer, claim, "review", ground="看了灵活就业登记表和缴费凭证原件。")
        _act(office.reviewer, claim, "publish")
    yield days.at(13)
    for claim in claims:
        _act(office.second_reviewer, claim, "approve")
    yield days.at(9)
    period = month_text(month_of(days.ago(9)))
    batch = engine.act(finance, PAYMENT, None, "make", {"scheme": _SCHEME, "period": period, **_RATE})
    yield days.at(8)
    for signer in (finance, office.second_reviewer):
        batch = engine.act(signer, PAYMENT, batch.pk, "sign", {})
    engine.act(finance, PAYMENT, batch.pk, "publish", {})
    yield days.at(7)
    engine.act(finance, PAYMENT, batch.pk, "send", {})
    yield days.at(3)
    sent = batch.payments.order_by("number").select_related("person")
    rows = [
        f"{ref_of(batch, one.number)},{one.person.name},{in_yuan(one.amount)},{'退回' if why else '成功'},{why}"
        for one in sent
        for why in (_RETURNED.get(one.number, ""),)
    ]
    file = BytesIO("\n".join(["发放编号,姓名,金额（元）,结果,原因", *rows]).encode())
    file.name = "发放结果.csv"
    engine.act(finance, PAYMENT, batch.pk, "read_result", {"file": file})


def another_batch_waits(office: OfficeStaff, finance: User, days: Days) -> Story:
    """Claims approved since, of those with a bank account."""
    yield days.at(1)
    claim = Claim.objects.visible_to(office.clerk).filter(status="approved", scheme=_SCHEME).order_by("pk").first()
    if claim is not None:
        bank_accounts.enter(office.clerk, claim.person_id, number=_card(_MOST), holder="", bank="中国银行人民路支行")
        period = month_text(max(claim.to_month, month_of(clock.today())))
        engine.act(finance, PAYMENT, None, "make", {"scheme": _SCHEME, "period": period, **_RATE})


def _people(office: OfficeStaff, days: Days) -> list[Recognition]:
    stays = on_the_register(office, before=days.ago(45)).filter(person__claims=None, plans=None)
    return list(stays.order_by("-pk")[:_MOST])


def _claimed(office: OfficeStaff, person: Person, number: int) -> Claim:
    """A checked claim of this month with a bank account; the last two people share one."""
    month = month_text(month_of(clock.today()))
    claim: Claim = engine.act(office.clerk, CLAIM, person.pk, "claim", {"scheme": _SCHEME, "from": month, "to": month})
    card = _card(min(number, _MOST - 2))
    bank_accounts.enter(office.clerk, person.pk, number=card, holder="", bank="中国建设银行人民路支行")
    for action in ("submit", "check"):
        claim = _act(office.clerk, claim, action)
    return claim


def _act(user: User, claim: Claim, action: str, **said: str) -> Claim:
    done: Claim = engine.act(user, CLAIM, claim.pk, action, said)
    return done


def _card(number: int) -> str:
    """A card number of no bank, with a valid check digit."""
    return next(card for last in range(10) if bank_accounts.passes_luhn(card := f"62170000{number:010d}{last}"))
