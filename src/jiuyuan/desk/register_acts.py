"""What may be done to a recognition now, why the rest may not, and how each act is asked for and done."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.urls import reverse

from jiuyuan.agencies.models import User
from jiuyuan.agencies.roles import Right, Role
from jiuyuan.desk.forms import register as forms
from jiuyuan.desk.forms.spoken import SpokenForm, VersionedForm
from jiuyuan.people import documents
from jiuyuan.recognitions import exits, investigations, services
from jiuyuan.recognitions.models import ExitObjection, ExitProposal, Investigation, Recognition
from jiuyuan.refusals import BadInput

_ENDED = "这条认定已经退出。"
_SUSPENDED = "对上一次退出的异议还没有处理，要先处理异议。"


@dataclass(frozen=True)
class Sheet:
    """A recognition with what is going on about it."""

    recognition: Recognition
    proposals: list[ExitProposal]
    investigations: list[Investigation]
    objections: list[ExitObjection]
    recognised_again: bool

    @classmethod
    def of(cls, recognition: Recognition) -> "Sheet":
        stays = recognition.person.recognitions.filter(status=Recognition.Status.ACTIVE).exclude(pk=recognition.pk)
        return cls(
            recognition,
            list(recognition.proposals.order_by("-pk")),
            list(recognition.investigations.select_related("agency", "found_by", "decided_by").order_by("-pk")),
            list(recognition.objections.order_by("-pk")),
            stays.exists(),
        )

    @property
    def active(self) -> bool:
        return self.recognition.status == Recognition.Status.ACTIVE

    @property
    def investigation(self) -> Investigation | None:
        """The one that is not decided."""
        return next((one for one in self.investigations if one.status != Investigation.Status.DECIDED), None)

    @property
    def objection(self) -> ExitObjection | None:
        """The one that is not decided."""
        return next((one for one in self.objections if one.upheld is None), None)

    def proposal(self, pk: int) -> ExitProposal | None:
        return next((one for one in self.proposals if one.pk == pk), None)


Said = dict[str, Any]


@dataclass(frozen=True)
class Act:
    """One act. `why_not` says why it may not be done now, or nothing; `there` whether it belongs on the page at all."""

    code: str
    label: str
    clause: str
    right: Right
    form: Callable[..., SpokenForm]
    do: Callable[[User, Sheet, int, Said], object]
    why_not: Callable[[User, Sheet], str]
    done: str
    there: Callable[[Sheet], bool] = lambda sheet: True
    lead: str = ""
    danger: bool = False
    roles: frozenset[Role] | None = None

    def for_role(self, user: User) -> bool:
        return user.may(self.right) and (self.roles is None or Role(user.role) in self.roles)


@dataclass(frozen=True)
class Offered:
    """An act as a button of the page (`components/action.html`)."""

    act: Act
    label: str
    url: str
    reasons: tuple[str, ...]
    danger: bool
    main: bool = False


def offered(user: User, sheet: Sheet) -> list[Offered]:
    """Every act of this role that belongs on the page, those that are off with why. Proposals have their own buttons."""
    return [
        Offered(
            act, act.label, address(sheet, act), (reason,) if (reason := act.why_not(user, sheet)) else (), act.danger
        )
        for act in ACTS.values()
        if act.code != "decide-proposal" and act.for_role(user) and act.there(sheet)
    ]


def address(sheet: Sheet, act: Act, item: int = 0) -> str:
    return reverse("desk:recognition_act", args=[sheet.recognition.pk, act.code, item])


def form_for(act: Act, sheet: Sheet, data: Any = None, files: Any = None) -> SpokenForm:
    if issubclass(act.form, VersionedForm):  # type: ignore[arg-type]
        return act.form(data, initial={"version": sheet.recognition.version})
    return act.form(data, files)


def _active(_user: User, sheet: Sheet) -> str:
    return "" if sheet.active else _ENDED


def _may_end(_user: User, sheet: Sheet) -> str:
    if not sheet.active:
        return _ENDED
    return _SUSPENDED if sheet.objection else ""


def _may_open(_user: User, sheet: Sheet) -> str:
    if not sheet.active:
        return "这条认定已经退出，不用再调查。"
    return "这个人已有正在进行的调查。" if sheet.investigation else ""


def _may_decide(user: User, sheet: Sheet) -> str:
    found = sheet.investigation
    if found is None or found.status != Investigation.Status.FOUND:
        return "要先写明调查结论，再由另一人决定。"
    return "调查结论是您写的，须由另一人决定。" if found.found_by_id == user.pk else ""


def _may_object(_user: User, sheet: Sheet) -> str:
    if sheet.objections:
        return "对这次退出已提出过异议，处理结果见下面。"
    if sheet.active:
        return "这条认定还在册，没有可以提出异议的退出。"
    return "此后已重新认定，不用再对上一次退出提出异议。" if sheet.recognised_again else ""


def _may_settle(user: User, sheet: Sheet) -> str:
    mine = sheet.objection is not None and sheet.objection.ended_by == user.username
    return "这次退出是您决定的，异议须由另一人处理。" if mine else ""


def _end(user: User, sheet: Sheet, _item: int, said: Said) -> object:
    on = forms.chosen_day(said["on"])
    if on is None:
        raise BadInput("没有退出日期。", [("on", "请写退出日期。")])
    return services.end(
        user,
        sheet.recognition.pk,
        version=_number(said["version"]),
        ground=said["ground"] or "",
        on=on,
        evidence=said["evidence"] or "",
    )


def _decide_proposal(user: User, _sheet: Sheet, item: int, said: Said) -> object:
    if said["answer"] not in ("confirm", "dismiss"):
        raise BadInput("没有选择决定。", [("answer", "请选择确认退出或不退出。")])
    confirm, on = said["answer"] == "confirm", forms.chosen_day(said["on"])
    return exits.decide_proposal(user, item, confirm=confirm, decision=said["decision"] or "", on=on)


def _evidence(user: User, sheet: Sheet, _item: int, said: Said) -> object:
    file = said["file"]
    content, name = None, ""
    if isinstance(file, UploadedFile):
        # One byte too many is enough to be told that it is too large.
        content, name = file.read(documents.LARGEST + 1), file.name or "未命名"
    return investigations.add_evidence(
        user,
        _pk(sheet.investigation),
        note=said["note"] or "",
        place=said["place"] or "",
        content=content,
        file_name=name,
    )


def _find(user: User, sheet: Sheet, _item: int, said: Said) -> object:
    if said["fraud"] not in ("true", "false"):
        raise BadInput("没有选择。", [("fraud", "请选择是或否。")])
    fraud = said["fraud"] == "true"
    return investigations.find(user, _pk(sheet.investigation), finding=said["finding"] or "", fraud=fraud)


def _decide(user: User, sheet: Sheet, _item: int, said: Said) -> object:
    pk = _pk(sheet.investigation)
    return investigations.decide(user, pk, outcome=said["outcome"] or "", decision=said["decision"] or "")


def _settle(user: User, sheet: Sheet, _item: int, said: Said) -> object:
    if said["upheld"] not in ("true", "false"):
        raise BadInput("没有选择。", [("upheld", "请选择异议成立或不成立。")])
    upheld = said["upheld"] == "true"
    return exits.decide_objection(user, _pk(sheet.objection), upheld=upheld, finding=said["finding"] or "")


def _pk(item: Investigation | ExitObjection | None) -> int:
    return item.pk if item else 0


def _number(text: str | None) -> int:
    """The version that was seen; a page that lost it saw none, which conflicts with every one."""
    return int(text) if text and text.isascii() and text.isdigit() else 0


_PROPOSE, _DECIDE = Right.PROPOSE_EXITS, Right.DECIDE_EXITS

ACTS: dict[str, Act] = {
    act.code: act
    for act in (
        Act(
            "decide-proposal", "决定", "三", _DECIDE, forms.DecideProposalForm, _decide_proposal, _may_end,
            "已作出决定。", lead="确认后身份随即退出，本人会收到告知，可以提出异议。",
        ),
        Act(
            "propose", "提出退出", "三", _PROPOSE, forms.ProposeForm,
            lambda user, sheet, _, said: exits.propose(
                user, sheet.recognition.pk, ground=said["ground"] or "", reason=said["reason"] or ""
            ),
            _active, "已提出，等县（市、区）复核人决定。", there=lambda sheet: sheet.active,
            lead="由县（市、区）复核人决定；决定之前仍然在册。", roles=frozenset({Role.CLERK}),
        ),
        Act(
            "end", "直接退出", "三", _DECIDE, forms.EndForm, _end, _may_end, "已退出，告知书已经可以打印。",
            there=lambda sheet: sheet.active, lead="身份随即退出，本人会收到告知，可以提出异议。", danger=True,
        ),
        Act(
            "investigate", "开始调查", "三(六)", _PROPOSE, forms.OpenInvestigationForm,
            lambda user, sheet, _, said: investigations.open_investigation(
                user, sheet.recognition.pk, cause=said["cause"] or ""
            ),
            _may_open, "调查已经开始。", there=lambda sheet: sheet.active and not sheet.investigation,
            lead="有人反映、记录有疑问时先查清，查实以前仍然在册。",
        ),
        Act(
            "evidence", "登记证据", "三(六)", _PROPOSE, forms.EvidenceForm, _evidence, lambda user, sheet: "",
            "证据已登记。", there=lambda sheet: sheet.investigation is not None,
        ),
        Act(
            "find", "写调查结论", "三(六)", _PROPOSE, forms.FindingForm, _find, lambda user, sheet: "",
            "结论已写明，等另一人决定。", there=lambda sheet: sheet.investigation is not None,
        ),
        Act(
            "decide", "对调查作决定", "三(六)", _DECIDE, forms.DecideInvestigationForm, _decide, _may_decide,
            "已作出决定。", there=lambda sheet: sheet.investigation is not None,
            lead="“确认退出”随即退出身份；“更正记录”之后请到人员档案更正有关事实；“情况不属实”就此结束。",
        ),
        Act(
            "object", "登记本人的异议", "三", _PROPOSE, forms.ObjectionForm,
            lambda user, sheet, _, said: exits.object_to_exit(user, sheet.recognition.pk, said["reason"] or ""),
            _may_object, "异议已登记，退出暂停，等另一名复核人处理。", there=lambda sheet: not sheet.active,
            lead="须有本人签字的书面请求。登记后退出暂停，由另一名复核人处理。", roles=frozenset({Role.CLERK}),
        ),
        Act(
            "settle-objection", "处理异议", "三", _DECIDE, forms.DecideObjectionForm, _settle, _may_settle,
            "已处理，本人会收到通知。", there=lambda sheet: sheet.objection is not None,
        ),
    )
}  # fmt: skip
