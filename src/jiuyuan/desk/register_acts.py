"""How each act on a recognition is asked for and done on its page; whether it may be stands in `recognitions.acts`."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.urls import reverse

from jiuyuan.agencies.models import User
from jiuyuan.agencies.roles import Role
from jiuyuan.characters import whole_number
from jiuyuan.desk.forms import register as forms
from jiuyuan.desk.forms.spoken import VersionedForm
from jiuyuan.people import documents, files
from jiuyuan.recognitions import acts, exits, investigations, objections, services
from jiuyuan.recognitions.acts import Item, Sheet
from jiuyuan.recognitions.models import ExitProposal
from jiuyuan.refusals import BadInput

Said = dict[str, Any]


@dataclass(frozen=True)
class Act:
    """One act as a page: its form, how it is done, what is said afterwards. `there`: whether it belongs on the page."""

    code: str
    form: Callable[..., VersionedForm]
    do: Callable[[User, Sheet, int, Said], object]
    done: str
    there: Callable[[Sheet], bool] = lambda sheet: True
    lead: str = ""
    danger: bool = False

    @property
    def label(self) -> str:
        return acts.ACTS[self.code].label

    @property
    def clause(self) -> str:
        return acts.ACTS[self.code].clause

    @property
    def of_a_proposal(self) -> bool:
        return acts.ACTS[self.code].about is ExitProposal

    def for_role(self, user: User) -> bool:
        return Role(user.role) in acts.ACTS[self.code].roles

    def why_not(self, user: User, sheet: Sheet, item: int = 0) -> str:
        return acts.why_not(user, sheet, self.code, sheet.item(self.code, item))


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
        _offered(user, sheet, act, 0)
        for act in ACTS.values()
        if not act.of_a_proposal and act.for_role(user) and act.there(sheet)
    ]


def offered_on(user: User, sheet: Sheet, proposal: ExitProposal) -> list[Offered]:
    """What this user may do about a proposal: who proposed takes it back, another decides."""
    found = []
    for act in (act for act in ACTS.values() if act.of_a_proposal):
        if act.code in acts.allowed(user, sheet, [(act.code, proposal)]):
            found.append(_offered(user, sheet, act, proposal.pk))
    return found


def _offered(user: User, sheet: Sheet, act: Act, item: int) -> Offered:
    reason = act.why_not(user, sheet, item)
    return Offered(act, act.label, address(sheet, act, item), (reason,) if reason else (), act.danger)


def address(sheet: Sheet, act: Act, item: int = 0) -> str:
    return reverse("desk:recognition_act", args=[sheet.recognition.pk, act.code, item])


def form_for(act: Act, sheet: Sheet, item: Item, data: Any = None, files: Any = None) -> VersionedForm:
    initial = {"version": sheet.recognition.version} | forms.beforehand(item)
    return act.form(data, files, initial=initial)


def _version(said: Said) -> int:
    """The version that was seen; a page that lost it saw none, which conflicts with every one."""
    text = said["version"]
    return whole_number(text) or 0


def _yes(said: Said, name: str, message: str) -> bool:
    if said[name] not in ("true", "false"):
        raise BadInput("没有选择。", [(name, message)])
    return bool(said[name] == "true")


@transaction.atomic
def _propose(user: User, sheet: Sheet, _item: int, said: Said) -> object:
    on, file, request = forms.chosen_day(said["on"]), said["request"], None
    if isinstance(file, UploadedFile):
        content, name = file.read(documents.LARGEST + 1), file.name or "未命名"
        request = files.keep(user, sheet.recognition.person_id, "signed_request", content, name).pk
    return exits.propose(
        user,
        sheet.recognition.pk,
        ground=said["ground"] or "",
        reason=said["reason"] or "",
        on=on,
        request=request,
        version=_version(said),
    )


def _end(user: User, sheet: Sheet, _item: int, said: Said) -> object:
    on = forms.chosen_day(said["on"])
    if on is None:
        raise BadInput("没有退出日期。", [("on", "请写退出日期。")])
    return services.end(
        user,
        sheet.recognition.pk,
        version=_version(said),
        ground=said["ground"] or "",
        on=on,
        evidence=said["evidence"] or "",
    )


def _confirm(user: User, _sheet: Sheet, item: int, said: Said) -> object:
    on = forms.chosen_day(said["on"])
    return exits.confirm(user, item, reason=said["reason"] or "", on=on, version=_version(said))


def _evidence(user: User, sheet: Sheet, _item: int, said: Said) -> object:
    file = said["file"]
    content, name = None, ""
    if isinstance(file, UploadedFile):
        # One byte too many is enough to be told that it is too large.
        content, name = file.read(documents.LARGEST + 1), file.name or "未命名"
    return investigations.add_evidence(
        user,
        _inquiry(sheet),
        note=said["note"] or "",
        place=said["place"] or "",
        content=content,
        file_name=name,
        version=_version(said),
    )


def _find(user: User, sheet: Sheet, _item: int, said: Said) -> object:
    holds = _yes(said, "holds", "请选择属实或不属实。")
    fraud = _yes(said, "fraud", "请选择是或否。")
    words, version = said["finding"] or "", _version(said)
    return investigations.find(user, _inquiry(sheet), finding=words, holds=holds, fraud=fraud, version=version)


def _tell(user: User, sheet: Sheet, _item: int, said: Said) -> object:
    how, proof = said["how"] or "", said["proof"] or ""
    return investigations.tell(user, _inquiry(sheet), how=how, proof=proof, version=_version(said))


def _settle(user: User, sheet: Sheet, _item: int, said: Said) -> object:
    upheld = _yes(said, "upheld", "请选择异议成立或不成立。")
    pk = sheet.objection.pk if sheet.objection else 0
    return objections.settle(user, pk, upheld=upheld, finding=said["finding"] or "", version=_version(said))


def _inquiry(sheet: Sheet) -> int:
    return sheet.investigation.pk if sheet.investigation else 0


def _inquired(sheet: Sheet) -> bool:
    return sheet.investigation is not None


ACTS: dict[str, Act] = {
    act.code: act
    for act in (
        Act(
            "propose", forms.ProposeForm, _propose, "已提出，等另一名复核人决定。", there=lambda sheet: sheet.active,
            lead="由另一名县（市、区）复核人决定；决定之前仍然在册。",
        ),
        Act(
            "end", forms.EndForm, _end, "已退出。", there=lambda sheet: sheet.active, danger=True,
            lead="只用于档案中已有来源的事实已经成立的退出情形；身份随即退出。",
        ),
        Act(
            "confirm", forms.ConfirmProposalForm, _confirm, "已退出。", danger=True,
            lead="确认后身份随即退出。事实还不能说明这一情形的，先由另一人登记有来源的事实或材料。",
        ),
        Act(
            "dismiss", forms.ReasonForm,
            lambda user, sheet, item, said: exits.dismiss(
                user, item, reason=said["reason"] or "", version=_version(said)
            ),
            "已决定不退出，继续在册。", lead="继续在册，理由留在案卷里。",
        ),
        Act(
            "take_back", forms.ReasonForm,
            lambda user, sheet, item, said: exits.take_back(
                user, item, reason=said["reason"] or "", version=_version(said)
            ),
            "退出建议已撤回。",
        ),
        Act(
            "investigate", forms.OpenInvestigationForm,
            lambda user, sheet, _, said: investigations.open_investigation(
                user, sheet.recognition.pk, cause=said["cause"] or "", version=_version(said)
            ),
            "调查已经开始。", there=lambda sheet: sheet.active and not sheet.investigation,
            lead="有人反映、记录有疑问时先查清，查实以前仍然在册。",
        ),
        Act("evidence", forms.EvidenceForm, _evidence, "证据已登记。", there=_inquired),
        Act(
            "find", forms.FindingForm, _find, "结论已写明，接下来告知本人。", there=_inquired,
            lead="结论写明后告知本人、听取陈述，再由另一人决定。",
        ),
        Act(
            "tell", forms.TellForm, _tell, "已告知本人，等本人陈述。", there=_inquired,
            lead="把结论告知本人，记下怎样告知和凭据；本人可以陈述。",
        ),
        Act(
            "respond", forms.RespondForm,
            lambda user, sheet, _, said: investigations.respond(
                user, _inquiry(sheet), words=said["words"] or "", version=_version(said)
            ),
            "本人的陈述已登记。", there=_inquired, lead="须有本人签字的书面陈述或陈述笔录。",
        ),
        Act(
            "send_back", forms.ReasonForm,
            lambda user, sheet, _, said: investigations.send_back(
                user, _inquiry(sheet), reason=said["reason"] or "", version=_version(said)
            ),
            "已退回重查。", there=_inquired, lead="写明还要查清什么；重新写明结论后要再告知本人。",
        ),
        Act(
            "decide", forms.DecideInvestigationForm,
            lambda user, sheet, _, said: investigations.decide(
                user, _inquiry(sheet), outcome=said["outcome"] or "", reason=said["reason"] or "", version=_version(said)
            ),
            "已作出决定。", there=_inquired, danger=True,
            lead="处理要与结论一致。“确认退出”随即退出身份；“取消认定”自认定之日起不作数；“更正记录”之后请到人员档案更正有关事实。",
        ),
        Act(
            "object", forms.ObjectionForm,
            lambda user, sheet, _, said: objections.object_to_exit(
                user, sheet.recognition.pk, said["reason"] or "", version=_version(said)
            ),
            "异议已登记，退出暂停，等另一名复核人处理。", there=lambda sheet: not sheet.active,
            lead="须有本人签字的书面请求。登记后退出暂停，由没有经手这次退出的复核人处理。",
        ),
        Act(
            "settle", forms.DecideObjectionForm, _settle, "已处理，本人会收到通知。",
            there=lambda sheet: sheet.objection is not None,
        ),
    )
}  # fmt: skip
