"""Forms of the register: what narrows it, and what is asked for each act on a recognition."""

from datetime import date
from typing import Any

from django import forms
from django.http import QueryDict

from jiuyuan import clock
from jiuyuan.agencies.models import Agency, User
from jiuyuan.agencies.roles import Role
from jiuyuan.applications import queries
from jiuyuan.desk.forms.spoken import INLINE, YES_NO, SpokenForm, VersionedForm
from jiuyuan.fields import Calendar, DocumentInput
from jiuyuan.people import queries as people
from jiuyuan.recognitions.acts import Item
from jiuyuan.recognitions.grounds import DISQUALIFIED, exit_grounds
from jiuyuan.recognitions.investigations import fitting
from jiuyuan.recognitions.models import ExitProposal, Investigation, Warning
from jiuyuan.refusals import BadInput

_ANY = ("", "全部")
_WORDS = forms.Textarea({"rows": 3})


def grounds() -> list[tuple[str, str]]:
    """The grounds of 三(一)–(七) as choices, each with its clause."""
    return [(code, f"{clause.clause} {clause.title}") for code, clause in exit_grounds().items()]


class RegisterFilterForm(forms.Form):
    """What narrows the register. It is posted, so that no whole ID number gets into an address."""

    use_required_attribute = False
    q = forms.CharField(
        label="姓名、编号", required=False, help_text="姓名开头的字或拼音、认定编号、完整的身份证号码或电话"
    )
    category = forms.ChoiceField(label="类别", required=False)
    agency = forms.ChoiceField(label="平台", required=False)
    ground = forms.ChoiceField(label="退出情形", required=False)
    warning = forms.ChoiceField(label="预警", required=False, choices=[_ANY, ("any", "有预警"), *Warning.Kind.choices])
    proposal = forms.ChoiceField(label="退出建议", required=False, choices=[_ANY, ("open", "有待决定的")])
    investigation = forms.ChoiceField(label="调查", required=False, choices=[_ANY, ("open", "正在进行")])
    carried_over = forms.ChoiceField(
        label="原政策认定", required=False, choices=[_ANY, ("yes", "2022年5月10日以前认定的"), ("no", "以后认定的")]
    )

    fact = forms.ChoiceField(label="当地事项", required=False)

    def __init__(self, user: User, data: Any) -> None:
        super().__init__(data)
        if own := people.choices_of_own_facts():
            self._offer("fact", own)
        else:
            del self.fields["fact"]
        self._offer("category", list(queries.categories().items()))
        self._offer("ground", grounds())
        below = list(user.agency.children.all()) if user.agency else []
        chosen = data.get("agency", "")
        if chosen and chosen not in {agency.code for agency in below}:
            below += list(Agency.objects.filter(code=chosen, path__begins=user.area))
        if not below or user.role == Role.CLERK:
            del self.fields["agency"]
        else:
            self._offer("agency", [(agency.code, agency.name) for agency in below])

    def _offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        self.fields[name].choices = [_ANY, *choices]  # type: ignore[attr-defined]


class SaveFilterForm(SpokenForm):
    name = forms.CharField(label="名称", widget=forms.TextInput({"class": "medium", "maxlength": 30}))


class GroundForm(VersionedForm):
    """With a choice of the grounds of the policy that need no finding (三(六) has an investigation)."""

    ground = forms.ChoiceField(label="退出情形", widget=forms.RadioSelect)

    def __init__(self, *given: Any, **said: Any) -> None:
        super().__init__(*given, **said)
        self.fields["ground"].choices = [(c, t) for c, t in grounds() if c != DISQUALIFIED]  # type: ignore[attr-defined]


class ProposeForm(GroundForm):
    on = forms.DateField(
        label="退出日期", required=False, help_text="不填就是决定的那一天。", widget=Calendar({"class": "medium"})
    )
    reason = forms.CharField(label="依据", widget=_WORDS, help_text="哪项事实、来自哪里、哪一天。")
    request = forms.FileField(
        label="本人签字的书面申请",
        required=False,
        widget=DocumentInput(camera=True),
        help_text="本人申请退出援助的，附上书面申请；其他情形不附。",
    )

    def place_of(self, name: str) -> str | None:
        return super().place_of({"file": "request"}.get(name, name))


class EndForm(GroundForm):
    """Asked twice: `sure` names the ground and day that were shown with what the file says of them."""

    sure = forms.CharField(required=False, widget=forms.HiddenInput)
    on = forms.DateField(
        label="退出日期",
        widget=Calendar({"class": "medium"}),
        initial=clock.today,
    )
    evidence = forms.CharField(
        label="依据", widget=_WORDS, help_text="哪项事实、来自哪里、哪一天；会写进给本人的退出告知书。"
    )

    @property
    def _asked(self) -> str:
        said = self.said()
        return f"{said['ground']} {said['on']}"

    @property
    def seen_already(self) -> bool:
        return bool(self.data.get("sure") == self._asked)

    def ask_again(self) -> None:
        """Shown once more, it is about the ground and day that stand in it now."""
        shown = QueryDict(mutable=True)
        shown.update(self.data)
        shown["sure"] = self._asked
        self.data = shown


class ReasonForm(VersionedForm):
    reason = forms.CharField(label="理由", widget=_WORDS, help_text="核对了什么、为什么这样决定。")


class ConfirmProposalForm(ReasonForm):
    on = forms.DateField(
        label="退出日期", required=False, help_text="不填就是今天。", widget=Calendar({"class": "medium"})
    )

    def place_of(self, name: str) -> str | None:
        return super().place_of({"evidence": "reason"}.get(name, name))


class OpenInvestigationForm(VersionedForm):
    cause = forms.CharField(label="起因", widget=_WORDS, help_text="谁反映的、哪条记录、哪一天。")


class EvidenceForm(VersionedForm):
    note = forms.CharField(label="说明", widget=_WORDS, help_text="看到什么、谁说的、哪一天。")
    place = forms.CharField(label="地点", required=False, help_text="实地查看时写清地址。")
    file = forms.FileField(
        label="照片或材料",
        required=False,
        widget=DocumentInput(camera=True),
        help_text="JPEG、PNG、HEIC、WebP或PDF，不超过10MB。",
    )


class FindingForm(VersionedForm):
    holds = forms.ChoiceField(
        label="查实不再符合条件，或弄虚作假？",
        choices=[("true", "属实"), ("false", "不属实")],
        widget=forms.RadioSelect(INLINE),
    )
    fraud = forms.ChoiceField(label="是否弄虚作假、骗取认定？", choices=YES_NO, widget=forms.RadioSelect(INLINE))
    finding = forms.CharField(
        label="结论", widget=_WORDS, help_text="怎样核查、查到什么。会告知本人，也会写进退出告知书。"
    )


class TellForm(VersionedForm):
    how = forms.CharField(label="怎样告知", help_text="例如：当面送达、邮寄、电话。")
    proof = forms.CharField(label="凭据", help_text="例如：本人签收的回执、邮寄单号、录音编号。")


class RespondForm(VersionedForm):
    words = forms.CharField(label="本人的陈述", widget=_WORDS, help_text="照本人签字的书面陈述写。")


class DecideInvestigationForm(VersionedForm):
    outcome = forms.ChoiceField(label="处理", choices=Investigation.Outcome.choices, widget=forms.RadioSelect)
    reason = forms.CharField(label="理由", widget=_WORDS, help_text="为什么这样处理。写在退出告知书结论的前面。")

    def __init__(self, *given: Any, **said: Any) -> None:
        super().__init__(*given, **said)
        if (fits := self.initial.get("fitting")) is not None:
            self.fields["outcome"].choices = [(c, t) for c, t in Investigation.Outcome.choices if c in fits]  # type: ignore[attr-defined]


class ObjectionForm(VersionedForm):
    reason = forms.CharField(
        label="异议理由", widget=_WORDS, help_text="照本人签字的书面请求写：为什么不应退出，有什么凭据。"
    )


class DecideObjectionForm(VersionedForm):
    upheld = forms.ChoiceField(
        label="异议是否成立？",
        choices=[("true", "成立，继续在册"), ("false", "不成立，退出决定不变")],
        widget=forms.RadioSelect,
    )
    finding = forms.CharField(label="处理意见", widget=_WORDS, help_text="怎样核查、查到什么、为什么这样处理。")


def beforehand(item: Item) -> dict[str, Any]:
    """What a form offers beforehand: the proposed day, and of the outcomes those that fit the finding."""
    if isinstance(item, ExitProposal):
        return {"on": item.on}
    return {"fitting": fitting(item)} if isinstance(item, Investigation) else {}


def chosen_day(written: str | None) -> date | None:
    """A day from a date box; None where it was left empty. Raises `BadInput` for `on`."""
    try:
        return date.fromisoformat(written) if written else None
    except ValueError:
        raise BadInput("日期有误。", [("on", "请写成2026-03-02的样子。")]) from None
