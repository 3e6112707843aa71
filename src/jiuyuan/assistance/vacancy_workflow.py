"""The workflow of a vacancy: recorded, checked, opened, confirmed by its employer,
filled or over (四(二), 人力资源市场暂行条例 24).
"""

from datetime import timedelta
from typing import Any

from jiuyuan.agencies.models import User
from jiuyuan.agencies.roles import Role
from jiuyuan.assistance import closed_vacancies, employer_links
from jiuyuan.assistance.discriminating_words import IN_WORDS
from jiuyuan.assistance.models import Employer, EmployerLink, Vacancy
from jiuyuan.assistance.vacancy_context import OfVacancy
from jiuyuan.assistance.vacancy_inputs import KINDS, Named
from jiuyuan.labels import texts
from jiuyuan.procedures.doors import in_sight, locked
from jiuyuan.procedures.registry import Workflow, register
from jiuyuan.procedures.table import Guard, Need, Procedure, State, Transition, Vocabulary
from jiuyuan.procedures.who_acted import by
from jiuyuan.refusals import BadInput, NotFound
from jiuyuan.regions import registry
from jiuyuan.wording import for_record, say

Said = dict[str, Any]
_CLERK, _REVIEWER = frozenset({Role.CLERK}), frozenset({Role.REVIEWER})
_LAW = "人力资源市场暂行条例 24"
_CONTENT = (
    Need("employer", "用人单位", "employer", empty="请填写用人单位的名称和统一社会信用代码。"),
    Need(
        "renamed", "单位已更名", "yes_no", required=False,
        hint="同一代码原来登记的是别的名称时才选：营业执照已经换成现在的名称。",
    ),
    Need("title", "岗位名称", longest=60),
    Need("occupation", "职业", "occupation", required=False, hint="按职业分类大典选，配岗时用；对不上的可以不填。"),
    Need("number", "招聘人数", "number"),
    Need("tasks", "工作内容", required=False),
    Need("conditions", "招聘条件", required=False, hint="不得有性别、民族、宗教信仰、残疾、传染病、户籍等歧视性条件。"),
    Need("division", "工作地区", "division", hint="写到县（市、区）或街道（乡镇）。"),
    Need("address", "工作地点", required=False, longest=200),
    Need("form", "用工形式", "choice", choices=tuple(Vacancy.Time.choices)),
    Need("hours", "工作时间", "choice", choices=tuple(Vacancy.Hours.choices), required=False),
    Need("pay_from", "报酬下限", "number", required=False, hint="每月多少元；非全日制的按小时。"),
    Need("pay_to", "报酬上限", "number", required=False),
    Need("contract_months", "合同期限（月）", "number", required=False),
    Need("insurance", "社会保险", "many", choices=tuple(texts(Vacancy.Insurance)), required=False),
    Need("accessible", "无障碍条件", "many", choices=tuple(texts(Vacancy.Accessible)), required=False),
    Need("contact", "单位联系人和电话", required=False, longest=80, hint="只给经办人看，不公布。"),
    Need("source", "信息来源", required=False, longest=80, hint="例如：单位到窗口登记；春风行动招聘会。"),
    Need("valid_until", "有效到", "date", ahead=True),
)  # fmt: skip

TABLE = Procedure(
    tuple(
        State(code, label, final=code in (Vacancy.Status.FILLED, Vacancy.Status.WITHDRAWN))
        for code, label in texts(Vacancy.Status)
    ),
    (
        Transition(
            "create", "登记岗位", frozenset(), ("draft",), _CLERK, needs=_CONTENT, effect="write",
            record="vacancy_created", done="登记了岗位", result="岗位已登记，核对后才能开放。",
        ),
        Transition(
            "revise", "修改", frozenset({"draft", "checked", "open", "expired"}), ("draft",), _CLERK,
            needs=_CONTENT, effect="write", record="vacancy_revised", done="修改了岗位",
            lead="改过之后要重新核对，才能再开放。", result="已修改，请重新核对。",
        ),
        Transition(
            "check", "核对", frozenset({"draft"}), ("checked",), _CLERK, clause=_LAW,
            needs=(
                Need("how", "怎样核对的", longest=400, empty="请写明怎样核对的，例如：看了营业执照，打电话问过人事。"),
            ),
            guards=("is_complete",), blocks=("stands_once",), emphasis="main",
            record="vacancy_checked", done="核对了岗位", result="已核对，可以开放。",
        ),
        Transition(
            "open", "开放", frozenset({"checked"}), ("open",), _CLERK, clause=_LAW,
            guards=("is_complete", "pays_the_minimum", "discriminates_nobody", "is_valid_today"), emphasis="main",
            record="vacancy_opened", done="开放了岗位", result="已开放：谁都可以看到，可以介绍给人。",
        ),
        Transition(
            "open_with_ground", "写明依据后开放", frozenset({"checked"}), ("open",), _REVIEWER, clause="就业促进法 27–31",
            needs=(
                Need(
                    "ground", "依据", longest=400,
                    empty="请写明依据，例如：女职工劳动保护特别规定附录，井下作业不得安排女职工。",
                ),
            ),
            guards=("is_complete", "pays_the_minimum", "is_valid_today"), record="vacancy_opened", effect="open",
            lead="文字中有看来是歧视的条件。法律、行政法规允许的，写明是哪一条。", done="写明依据开放了岗位", result="已开放。",
        ),
        Transition(
            "ask_employer", "请单位确认", frozenset({"open"}), ("open",), _CLERK,
            lead="生成一个链接，发给单位。单位不用账号，打开就能确认、改正或者关闭；只能用一次，过期作废。",
            record="vacancy_link_made", done="请单位确认", result="链接已生成。",
        ),
        Transition(
            "answer_by_employer", "单位答复", frozenset({"open"}), ("open", "draft", "withdrawn"), frozenset(),
            needs=(
                Need(
                    "answer", "答复", "choice",
                    choices=(("confirm", "还在招，内容没有变"), ("correct", "还在招，内容有变"), ("close", "不招了")),
                ),
                Need("number", "还招几人", "number", required=False),
                Need("valid_until", "招到哪天", "date", required=False, ahead=True),
                Need("change", "要改什么", longest=400, required=False, only_if=("answer", "correct")),
            ),
            public=True, record="vacancy_answered", done="单位答复",
        ),
        Transition(
            "fill", "已招满", frozenset({"open"}), ("filled",), _CLERK, consequence=True,
            record="vacancy_filled", done="岗位已招满", result="已记为招满。",
        ),
        Transition(
            "take", "录用一人", frozenset({"open", "expired"}), ("open", "expired", "filled"), frozenset(),
            consequence=True, record="vacancy_place_taken", done="录用了一人",
        ),
        Transition(
            "expire", "过期", frozenset({"open"}), ("expired",), frozenset(),
            machines=frozenset({"night"}), record="vacancy_expired", done="岗位过期",
        ),
        Transition(
            "withdraw", "撤回岗位", frozenset({"draft", "checked", "open", "expired"}), ("withdrawn",), _CLERK, clause=_LAW,
            needs=(Need("reason", "原因", longest=400, empty="请写明原因，例如：单位不招了；与另一个岗位重复。"),),
            emphasis="grave", record="vacancy_withdrawn", done="撤回了岗位", result="已撤回。",
        ),
    ),
)  # fmt: skip


def pay_of(vacancy: Vacancy) -> str:
    """The pay in words: 每月2600至3000元; empty if unknown."""
    sums = dict.fromkeys(each for each in (vacancy.pay_from, vacancy.pay_to) if each)
    unit = say("小时") if vacancy.by_the_hour else say("月")
    return say("每{unit}{sums}元", unit=unit, sums="至".join(map(str, sums))) if sums else ""


def _is_complete(context: OfVacancy) -> str | None:
    vacancy = context.subject
    wanted = {
        "招聘条件": vacancy.conditions,
        "工作内容": vacancy.tasks,
        "工作地点": vacancy.address,
        "报酬": vacancy.pay_from,
    }
    lacking = [label for label, value in wanted.items() if not value]
    return say("还缺{lacking}，招聘信息必须写明，请先修改补上。", lacking=lacking) if lacking else None


def _pays_the_minimum(context: OfVacancy) -> str | None:
    minimum, pay = context.minimum, context.subject.pay_from
    if minimum is None or pay is None or pay >= minimum.value:
        return None
    return say(
        "报酬下限{pay}元低于{place}月最低工资标准{minimum_value}元（{source}），不能开放。"
        "请向单位核实；按小时付的，用工形式请改为非全日制。",
        pay=pay,
        place=minimum.place,
        minimum_value=minimum.value,
        source=minimum.source,
    )


def _discriminates_nobody(context: OfVacancy) -> str | None:
    if not context.marks:
        return None
    said = "、".join(f"“{mark.text}”（{IN_WORDS[mark.ground][0]}）" for mark in context.marks)
    return say(
        "文字中有歧视性的条件：{said}。请与单位商量后修改；确有法律依据的，请县级复核人写明依据后开放。", said=said
    )


def _is_valid_today(context: OfVacancy) -> str | None:
    until = context.subject.valid_until
    return None if until >= context.today else say("有效期到{until:date}，已经过了，请先修改有效期。", until=until)


def _stands_once(context: OfVacancy) -> str | None:
    vacancy = context.subject
    same = Vacancy.objects.unscoped().filter(
        employer=vacancy.employer, division=vacancy.division, title=vacancy.title, status__in=["checked", "open"]
    )
    other = same.exclude(pk=vacancy.pk).select_related("agency").first()
    if other is None:
        return None
    return say(
        "这个单位在同一地区的“{title}”已经由{name}登记（岗位{pk}），同一岗位只登记一次。",
        title=vacancy.title,
        name=other.agency.name,
        pk=other.pk,
    )


def _is_sound(context: OfVacancy, said: Said) -> None:
    """Check the contents for contradictions, also with what is on file. Raises `BadInput`."""
    errors = []
    if said.get("pay_to") and not said.get("pay_from"):
        errors.append(("pay_from", say("写了上限，请把下限也写上。")))
    elif said.get("pay_to") and said["pay_to"] < said["pay_from"]:
        errors.append(("pay_to", say("报酬上限不能低于下限，请核对。")))
    named: Named = said["employer"]
    known = Employer.objects.filter(credit_code=named.credit_code).first()
    if known is not None and known.name != named.name and not said.get("renamed"):
        errors.append(
            (
                "employer",
                say(
                    "这个代码登记的单位是“{name}”。代码写错的请改正；单位已经更名的，请选“单位已更名”。",
                    name=known.name,
                ),
            )
        )
    if known is not None and said.get("renamed") and (other := _elsewhere(known, context)):
        why = say("{agency}还有这个单位的岗位在招，单位更名请由它核实后登记。", agency=other)
        errors.append(("renamed", why))
    taken = context.subject.taken if context.subject else 0
    if said["number"] < taken:
        errors.append(("number", say("已经录用了{taken}人，招聘人数不能比这少。", taken=taken)))
    if errors:
        raise BadInput(say("有内容需要改正。"), errors)


def _elsewhere(employer: Employer, context: OfVacancy) -> str:
    """Another office with published vacancies of this employer, whose name is then not ours to change."""
    own = (
        context.subject.agency
        if context.subject is not None
        else context.carried.get("agency") or (context.user and context.user.agency)
    )
    shown = Vacancy.objects.unscoped().filter(employer=employer, status__in=("checked", "open"))
    other = shown.exclude(agency=own).select_related("agency").first()
    return str(other.agency.name) if other else ""


def _write(context: OfVacancy, said: Said) -> Said:
    named: Named = said.pop("employer")
    said.pop("renamed", None)
    employer = Employer.objects.select_for_update().filter(credit_code=named.credit_code).first()
    if employer is None:
        employer = Employer.objects.create(credit_code=named.credit_code, name=named.name)
    elif employer.name != named.name:
        employer.name = named.name
        employer.save()
    content = {need.name: said.get(need.name) for need in _CONTENT if need.name not in ("employer", "renamed")}
    content = {name: _blank(name) if value is None else value for name, value in content.items()}
    if context.subject is None:
        assert context.user is not None
        agency = context.carried.get("agency") or context.user.agency
        assert agency is not None
        context.subject = Vacancy(agency=agency, area=agency.path, made_on=context.today)
    vacancy = context.subject
    for name, value in content.items():
        setattr(vacancy, name, value)
    vacancy.employer, vacancy.ground, vacancy.employer_said = context.wrote(employer), "", ""
    return dict(context.carried.get("from_file", {}))


def _blank(name: str) -> Any:
    field = Vacancy._meta.get_field(name)
    return None if field.null else field.get_default()  # type: ignore[union-attr]


def _check(context: OfVacancy, said: Said) -> None:
    context.subject.checked_how = said["how"]


def _open(context: OfVacancy, said: Said) -> None:
    context.subject.opened_on, context.subject.ground = context.today, said.get("ground", "")


def _ask_employer(context: OfVacancy, _said: Said) -> Said:
    """Create a link, replacing all earlier ones. The secret is returned to the user and not stored."""
    vacancy, secret = context.subject, employer_links.new_secret()
    for earlier in vacancy.links.filter(revoked=False, answered_on=None):
        earlier.revoked = True
        earlier.save()
        context.wrote(earlier)
    days = registry.region_of(vacancy.area).limit("employer_link_days", on=context.today)
    link = EmployerLink.objects.create(
        vacancy=vacancy,
        digest=employer_links.digest(secret),
        **by(context, EmployerLink, "made"),
        valid_until=context.today + timedelta(days=days),
    )
    context.wrote(link)
    vacancy.secret = secret
    return {"link": link.pk, "until": link.valid_until}


def _answer(context: OfVacancy, said: Said) -> Said:
    vacancy, link, answer = context.subject, context.link, said["answer"]
    assert link is not None
    link.answered_on = context.today
    link.save()
    context.wrote(link)
    if answer == "close":
        vacancy.reason = for_record("单位答复：不招了")
        context.go_to("withdrawn")
        return {"answer": answer, "link": link.pk}
    vacancy.confirmed_on = context.today
    if "number" in said:
        vacancy.number = vacancy.taken + said["number"]
    if "valid_until" in said:
        vacancy.valid_until = said["valid_until"]
    vacancy.employer_said = said.get("change", "")
    context.go_to("draft" if vacancy.employer_said else "open")
    return {"answer": answer, "link": link.pk}


def _take(context: OfVacancy, _said: Said) -> None:
    context.subject.taken += 1
    if not context.subject.left:
        context.go_to("filled")


def _tell_who_waits(context: OfVacancy, _said: Said) -> None:
    closed_vacancies.tell_who_waits(context.subject)


def _says_what(context: OfVacancy, said: Said) -> None:
    if said["answer"] == "confirm" and said.get("number", 0) > context.subject.left:
        why = say("比原来登记的多。要多招的，请选“有内容要改”，由我们核对后公布。")
        raise BadInput(say("有内容需要改正。"), [("number", why)])
    if said["answer"] == "correct" and not any(said.get(name) for name in ("change", "number", "valid_until")):
        raise BadInput(say("有内容需要填写。"), [("change", say("请写明要改什么，例如：工资改为每月2600元。"))])


_MISSING = "没有这个岗位。"


def _door(user: User | None, key: Any, transition: Transition) -> OfVacancy:
    """Find a vacancy by its key, for an employer by the secret of a link."""
    if transition.begins:
        return OfVacancy(None, user)
    rows = in_sight(Vacancy, user).select_related("employer", "division", "agency")
    if not transition.public:
        return OfVacancy(locked(rows, key, _MISSING), user)
    link = employer_links.found(str(key))
    context = OfVacancy(locked(rows, link.vacancy_id, _MISSING), user)
    context.link = EmployerLink.objects.select_for_update().get(pk=link.pk)
    if context.link.answered_on is not None or context.link.revoked:
        raise NotFound(employer_links.GONE)
    return context


def _hold(row: Any, user: User | None) -> OfVacancy:
    return OfVacancy(row, user)


VACANCY = register(
    Workflow(
        "vacancy", "这个岗位", Vacancy, _door, _hold,
        Vocabulary(
            {
                "write": _write, "check": _check, "open": _open, "ask_employer": _ask_employer,
                "answer_by_employer": _answer, "fill": lambda context, said: None, "take": _take, "expire": lambda context, said: None,
                "withdraw": lambda context, said: setattr(context.subject, "reason", said["reason"]),
            },
            guards={
                guard.name: guard
                for guard in (
                    Guard("is_complete", "incomplete", _is_complete, "补全岗位信息"),
                    Guard("pays_the_minimum", "below_minimum_wage", _pays_the_minimum, "核实报酬"),
                    Guard("discriminates_nobody", "discriminating_words", _discriminates_nobody, "修改歧视性条件"),
                    Guard("is_valid_today", "expired", _is_valid_today, "修改有效期"),
                    Guard("stands_once", "stands_twice", _stands_once),
                )
            },
            checks={"write": _is_sound, "answer_by_employer": _says_what},
            kinds=KINDS,
            after=dict.fromkeys(("answer_by_employer", "fill", "expire", "withdraw"), _tell_who_waits),
        ),
        things="vacancies",
    )
)  # fmt: skip
VACANCY.add(TABLE)
