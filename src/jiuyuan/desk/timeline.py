"""The record in words, and the progress steps of a case."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from jiuyuan.agencies.models import Token
from jiuyuan.agencies.roles import Role
from jiuyuan.applications import failing
from jiuyuan.applications.case import Case
from jiuyuan.applications.workflow import APPLICATION
from jiuyuan.history.models import Entry
from jiuyuan.labels import texts
from jiuyuan.people.models import Source
from jiuyuan.procedures.registry import WORKFLOWS
from jiuyuan.procedures.table import Transition
from jiuyuan.recognitions.models import Investigation
from jiuyuan.regions import registry
from jiuyuan.rules.facts import FACTS
from jiuyuan.templatetags.plain import bare_day, short_day
from jiuyuan.wording import as_written, say

# Acts that are not transitions of a case.
_OTHER_ACTS = {
    "create": "填写申请",
    "facts": "登记了事实",
    "dispute": "记下本人对记录的异议",
    "form": "修改认定表",
    "material": "收到材料",
    "material_removed": "撤下材料",
    "erased": "按保存期限清除资料",
    "person_registered": "建立个人档案",
    "contact_changed": "更新联系方式",
    "file_moved": "档案转到受理申请的平台",
    "identity_corrected": "更正姓名、号码或联系方式",
    "facts_recorded": "登记了事实",
    "fact_disputed": "记下本人对记录的异议",
    "document_added": "存入材料",
    "household_recorded": "登记家庭成员",
    "account_bound": "绑定网上账号",
    "consented": "同意个人信息的用途",
    "binding_code_issued": "给出绑定码",
    "due_on_reckoned_again": "节假日公布后重算办结期限",
    "notice_reckoned_again": "节假日公布后重算公示结束日",
    "nightly_ordered": "要求运行夜间核查",
    "job_retried": "让没做成的后台任务再试",
    "split_confirmed": "拆分档案",
    "split_undone": "撤销拆分",
    "extract_uploaded": "上传待筛查的名单",
    "extract_screened": "名单筛查完成",
    "facts_withdrawn": "撤回随文件导入的事实",
    "account_opened": "开通账号",
    "account_role_changed": "改了账号的角色",
    "account_moved": "账号调到别的机构",
    "help_handed_over": "移交了全部帮扶计划",
    "account_closed": "停用账号",
    "account_expired": "账号到期停用",
    "password_changed": "改了自己的密码",
    "password_reset": "重设密码",
    "other_logins_ended": "退出其他设备",
    "second_factor_added": "添加第二重验证",
    "second_factor_removed": "去掉第二重验证",
    "second_factor_reset": "撤销第二重验证",
    "recovery_codes_drawn": "换了一组备用码",
    "recovery_code_used": "用掉一个备用码",
    "holder_named": "登记账号持有人",
    "relative_declared": "申报亲属",
    "relative_taken_off": "撤下申报的亲属",
    "token_issued": "签发接口令牌",
    "token_revoked": "收回接口令牌",
    "phone_changed": "本人改了联系电话",
    "address_changed": "本人改了常住地址",
    "bank_account_entered": "登记银行账户",
    "agency_made": "设立机构",
    "agency_changed": "改了机构的资料",
    "agency_closed": "撤销机构",
    "agency_reopened": "重新启用机构",
    "agency_seal_replaced": "换了签章证书",
    "agency_merged": "机构合并，转到并入的机构办理",
    "agency_split": "机构分出一部分，转到分出去的机构办理",
    "agency_moved": "机构改由另一个上级管，办理的机构不变",
    "agency_parted": "机构恢复，转回原来的机构办理",
}
with as_written():
    ACTS = {
        t.record or t.action: t.done or t.label
        for workflow in WORKFLOWS.values()
        for t in workflow.every_transition
        if not t.stated_elsewhere
    } | _OTHER_ACTS


def distinct_acts() -> list[tuple[str, str]]:
    """Each act once by its label, which several acts share."""
    first: dict[str, str] = {}
    for code, words in ACTS.items():
        first.setdefault(words, code)
    return [(code, words) for words, code in first.items()]


def called_like(action: str) -> list[str]:
    """The acts with the same label."""
    return [code for code, words in ACTS.items() if words == ACTS.get(action)] or [action]


# The input of acts in display order.
_SAID = (
    "clauses", "opinion", "reason", "missing", "question", "ground", "cause", "note", "place", "finding", "outcome", "decision",
    "how", "proof", "words", "corrected", "evidence", "settlement", "batch", "recognition", "leaves",
)  # fmt: skip
#: Fields that refer to one of our own numbers, with its label.
_NUMBERED = {"recognition": "认定编号"}
_ON_ACCOUNTS = frozenset(
    action for action in _OTHER_ACTS if action.startswith(("account_", "agency_", "token_", "relative_"))
)
_MOST_NAMED = 4
ROLES = dict(texts(Role)) | {"public": "公众", "system": "系统", "operator": "系统运维"}
_ACCOUNT_WORDS = ROLES | dict(texts(Token.Scope))


@dataclass(frozen=True)
class Told:
    """A record entry for display."""

    seq: int
    at: datetime
    who: str
    where: str
    what: str
    said: str
    hash: str


def tell(entries: Iterable[Entry]) -> list[Told]:
    return [_told(entry) for entry in entries]


def _told(entry: Entry) -> Told:
    role = say(ROLES.get(entry.role, entry.role))
    who = entry.actor_name if entry.role != "public" else say("公众")
    return Told(
        entry.seq,
        entry.at,
        who,
        entry.agency or role,
        act_in_words(entry.action, entry.area),
        _said(entry.action, entry.payload, entry.area),
        entry.hash[:10],
    )


def act_in_words(action: str, area: str = "") -> str:
    """The label of an act, in the region of `area` if known, because regions name acts differently."""
    with as_written():
        there = (
            [line.done or line.label for line in _lines_of(area, action) if not line.stated_elsewhere] if area else []
        )
    return say(there[-1] if there else ACTS.get(action, action))


def _lines_of(area: str, action: str) -> list[Transition]:
    """The transitions recorded under this name: in the region of the area, or in all; a region's own last."""
    region = registry.region_of(area).code if area else ""
    own = [one for one in WORKFLOWS.values() if region in one.procedures]
    shared = [one for one in WORKFLOWS.values() if region not in one.procedures]
    lines = (
        line
        for one in (*shared, *own)
        for line in (one.of(region).transitions if region else one.every_transition)
        if (line.record or line.action) == action
    )
    return list(lines)


def _first_the_role(name: str) -> tuple[bool, str]:
    """The record does not keep the order of fields."""
    return name != "role", name


def _of_an_account(payload: dict[str, Any]) -> Iterator[str]:
    """Yield what an act on an account or agency changed: from, to, and until when."""
    for moment, word in (("before", say("原为")), ("now", say("现为"))):
        told = payload.get(moment)
        if isinstance(told, dict) and (
            said := [str(told[name]) for name in sorted(told, key=_first_the_role) if told[name]]
        ):
            yield f"{word}{'、'.join(say(ROLES.get(value, value)) for value in said)}"
    for name, label in (
        ("role", say("角色：")),
        ("agency", say("机构：")),
        ("relation", say("关系：")),
        ("valid_until", say("有效到")),
        ("counts_until", say("回避到")),
        ("scope", say("范围：")),
        ("label", say("用途：")),
        ("days", say("天数：")),
    ):
        if value := payload.get(name):
            yield f"{label}{say(str(_ACCOUNT_WORDS.get(value, value)))}"
    if others := payload.get("same_holder"):
        yield say("同一持有人还有账号：{others}", others=others)


def _said(action: str, payload: dict[str, Any], area: str = "") -> str:
    parts = list(_of_an_account(payload)) if action in _ON_ACCOUNTS else []
    names = (
        payload.get("names") or list(payload.get("facts") or ()) or ([payload["name"]] if "source" in payload else [])
    )
    if known := [say(FACTS[name].label) for name in names if name in FACTS]:
        parts.append(
            "、".join(known[:_MOST_NAMED]) + (say("等{count}项", count=len(known)) if len(known) > _MOST_NAMED else "")
        )
    if payload.get("name") in FACTS and not known:
        parts.append(say(FACTS[payload["name"]].label))
    if source := payload.get("source"):
        parts.append(say("来源：{choices}", choices=say(dict(texts(Source)).get(source, source))))
    if kind := payload.get("kind"):
        parts.append(_in_words(area, action, "kind", kind))
    if undone := payload.get("undone"):
        parts.append(act_in_words(undone, area))
    if "upheld" in payload:
        parts.append(say("异议成立") if payload["upheld"] else say("异议不成立"))
    if "granted" in payload:
        parts.append(say("同意按符合条件办理") if payload["granted"] else say("不同意按符合条件办理"))
    for name in _SAID:
        if value := payload.get(name):
            items = value if isinstance(value, list) else [value]
            words = "；".join(_in_words(area, action, name, item) for item in items)
            parts.append(f"{say(_NUMBERED[name])} {words}" if name in _NUMBERED else words)
    for name, label in (("due_on", say("办结期限")), ("ends_on", say("公示到")), ("visited_on", say("走访日期"))):
        if value := payload.get(name):
            parts.append(f"{label}{short_day(date.fromisoformat(value))}")
    return "；".join(re.sub("[。；]+$", "", part) for part in parts)


def _in_words(area: str, action: str, name: str, value: Any) -> str:
    """A value of an act's input: the label of a choice, a date in words, or the text itself."""
    text = str(value)
    with as_written():
        found = next((words for words in _words_of(area, action, name) if text in words), {}).get(text)
    if found is not None:
        return say(found)
    return bare_day(date.fromisoformat(text)) if re.fullmatch(r"\d{4}-\d\d-\d\d", text) else text


def _words_of(area: str, action: str, name: str) -> Iterator[Mapping[str, str]]:
    """Yield the labels of possible codes: first those of the table's choices,
    then of the clauses of the region's policies.
    """
    for line in reversed(_lines_of(area, action)):
        yield from (dict(need.choices) for need in line.needs if need.name == name)
    region = registry.region_of(area) if area else None
    match name:
        case "kind":
            yield registry.materials()
        case "outcome":
            yield dict(texts(Investigation.Outcome))
        case "ground":
            yield {code: f"{clause.clause} {clause.title}" for code, clause in registry.exits(region).items()}
        case "clauses":
            clauses = [dict(failing.codes(rules)) for rules in registry.policies(region)]
            yield from clauses
            yield {failing.SPECIAL_CASE: failing.special_case_in_words(region.code if region else "")}


def steps_of(case: Case) -> list[dict[str, Any]]:
    """The steps of this round with who and when; the next one is marked, with its due date."""
    application, state, entries = case.application, case.application.state, case.acts
    steps_there = APPLICATION.of(case.region).steps
    first_round = {step.action for step in steps_there if step.first_round}
    began = max((entry.seq for entry in entries if entry.action == "reopen"), default=0)
    last = {e.action: e for e in entries if e.seq > began or e.action in first_round}
    steps: list[dict[str, Any]] = []
    for there in steps_there:
        entry = last.get(there.action)
        step: dict[str, Any] = {"label": there.label, "state": "later", "who": "", "when": None, "note": ""}
        if there.action == state.step:
            step |= {"state": "next", "note": _waiting(case)}
        elif entry is not None:
            step |= {"state": "done", "who": _who(entry), "when": short_day(entry.at)}
        elif not application.is_open:
            step["state"] = "off"
        steps.append(step)
    if state.final and application.recognition_id is None:
        end = entries[-1] if entries else None
        when = short_day(application.finished_on) if application.finished_on else None
        who = _who(end) if end else ""
        steps.append({"label": state.label, "state": "current", "who": who, "when": when, "note": ""})
    return steps


def _who(entry: Entry) -> str:
    return say("申请人") if entry.role == Role.APPLICANT else entry.actor_name


def _waiting(case: Case) -> str:
    if posted := case.posted:
        return say("公示到{ends_on}", ends_on=short_day(posted.ends_on))
    return case.application.state.note
