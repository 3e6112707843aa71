"""Forms of the register: what narrows it, and what is asked for each act on a recognition."""

from datetime import date
from typing import Any

from django import forms

from jiuyuan import clock
from jiuyuan.agencies.models import Agency, User
from jiuyuan.agencies.roles import Role
from jiuyuan.applications import queries
from jiuyuan.desk.forms.spoken import INLINE, YES_NO, SpokenForm, VersionedForm
from jiuyuan.fields import Calendar, DocumentInput
from jiuyuan.recognitions.models import Investigation, Warning
from jiuyuan.recognitions.services import exit_grounds
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

    def __init__(self, user: User, data: Any) -> None:
        super().__init__(data)
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
    """With a choice of the grounds of the policy."""

    ground = forms.ChoiceField(label="退出情形", widget=forms.RadioSelect)

    def __init__(self, data: Any = None, initial: Any = None) -> None:
        super().__init__(data, initial=initial)
        self.fields["ground"].choices = grounds()  # type: ignore[attr-defined]


class ProposeForm(GroundForm):
    reason = forms.CharField(label="依据", widget=_WORDS, help_text="哪项事实、来自哪里、哪一天。")


class EndForm(GroundForm):
    on = forms.DateField(
        label="退出日期",
        widget=Calendar({"class": "medium"}),
        initial=clock.today,
    )
    evidence = forms.CharField(
        label="依据", widget=_WORDS, help_text="哪项事实、来自哪里、哪一天；会写进给本人的退出告知书。"
    )


class DecideProposalForm(SpokenForm):
    answer = forms.ChoiceField(
        label="决定",
        choices=[("confirm", "确认退出"), ("dismiss", "不退出")],
        widget=forms.RadioSelect(INLINE),
    )
    on = forms.DateField(
        label="退出日期",
        required=False,
        help_text="确认退出时填写；不填就是今天。",
        widget=Calendar({"class": "medium"}),
    )
    decision = forms.CharField(label="理由", widget=_WORDS, help_text="核对了什么、为什么这样决定。")

    def place_of(self, name: str) -> str | None:
        return super().place_of("decision" if name == "evidence" else name)


class OpenInvestigationForm(SpokenForm):
    cause = forms.CharField(label="起因", widget=_WORDS, help_text="谁反映的、哪条记录、哪一天。")


class EvidenceForm(SpokenForm):
    note = forms.CharField(label="说明", widget=_WORDS, help_text="看到什么、谁说的、哪一天。")
    place = forms.CharField(label="地点", required=False, help_text="实地查看时写清地址。")
    file = forms.FileField(
        label="照片或材料",
        required=False,
        widget=DocumentInput(camera=True),
        help_text="JPEG、PNG、HEIC、WebP或PDF，不超过10MB。",
    )


class FindingForm(SpokenForm):
    finding = forms.CharField(
        label="结论", widget=_WORDS, help_text="怎样核查、查到什么。结论写明后由另一人决定如何处理。"
    )
    fraud = forms.ChoiceField(
        label="是否弄虚作假、骗取认定？", choices=YES_NO, initial="false", widget=forms.RadioSelect(INLINE)
    )


class DecideInvestigationForm(SpokenForm):
    outcome = forms.ChoiceField(label="处理", choices=Investigation.Outcome.choices, widget=forms.RadioSelect)
    decision = forms.CharField(label="理由", widget=_WORDS, help_text="为什么这样处理。")


class ObjectionForm(SpokenForm):
    reason = forms.CharField(
        label="异议理由", widget=_WORDS, help_text="照本人签字的书面请求写：为什么不应退出，有什么凭据。"
    )


class DecideObjectionForm(SpokenForm):
    upheld = forms.ChoiceField(
        label="异议是否成立？",
        choices=[("true", "成立，继续在册"), ("false", "不成立，退出决定不变")],
        widget=forms.RadioSelect,
    )
    finding = forms.CharField(label="处理意见", widget=_WORDS, help_text="怎样核查、查到什么、为什么这样处理。")


def chosen_day(written: str | None) -> date | None:
    """A day from a date box; None where it was left empty. Raises `BadInput` for `on`."""
    try:
        return date.fromisoformat(written) if written else None
    except ValueError:
        raise BadInput("日期有误。", [("on", "请写成2026-03-02的样子。")]) from None
