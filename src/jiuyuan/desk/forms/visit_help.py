"""The assistance questions of offline visits: forms without a person, filled in on the device (`visits/help.js`)."""

from copy import deepcopy

from django import forms

from jiuyuan.assistance.models import WhyNot
from jiuyuan.desk.forms.helping import InterviewForm
from jiuyuan.desk.forms.spoken import INLINE, YES_NO, SpokenForm

_UNASKED = ("", "没有问到")
_OF_THE_INTERVIEW = ("ability", "occupations", "lowest_pay", "care", "services_wanted", "note")


class TalkForm(SpokenForm):
    """The interview without health limits, which require separate consent at the desk."""

    divisions = forms.CharField(label="愿意去的地区", required=False, help_text="写到县（市、区），例如：南关区。")
    hours = forms.ChoiceField(
        label="工作时间", required=False, widget=forms.RadioSelect(INLINE),
        choices=[_UNASKED, *InterviewForm.base_fields["hours"].choices],  # type: ignore[attr-defined]
    )  # fmt: skip

    def __init__(self, *, prefix: str) -> None:
        super().__init__(prefix=prefix)
        self.fields |= {name: deepcopy(InterviewForm.base_fields[name]) for name in _OF_THE_INTERVIEW}
        self.order_fields(["ability", "occupations", "divisions", "hours"])


class OfferAnswerForm(SpokenForm):
    """The answer to an open offer."""

    answer = forms.ChoiceField(
        label="本人怎么答复？", required=False, widget=forms.RadioSelect(INLINE),
        choices=[_UNASKED, ("interested", "想试试"), ("declined", "不合适")],
    )  # fmt: skip
    reason = forms.ChoiceField(
        label="为什么不合适？", required=False, choices=[("", "请选择"), *WhyNot.choices], help_text="不合适的才填。"
    )
    words = forms.CharField(label="本人怎么说的", required=False)


class OfferedForm(SpokenForm):
    """A vacancy taken along and offered on the visit."""

    told = forms.ChoiceField(
        label="当面介绍给本人了吗？",
        required=False,
        choices=[("", "没有介绍"), ("true", "介绍了")],
        widget=forms.RadioSelect(INLINE),
    )
    suitable_because = forms.CharField(
        label="为什么合适", required=False, help_text="有条件还不清楚的才填，例如：本人说愿意换个行业。"
    )


class GoesOnForm(SpokenForm):
    """A follow-up on work, a course or a business."""

    working = forms.ChoiceField(
        label="现在有工作吗？", required=False, choices=[_UNASKED, *YES_NO], widget=forms.RadioSelect(INLINE),
        help_text="在岗、在经营的都算有。",
    )  # fmt: skip
    wage_paid = forms.ChoiceField(
        label="工资按时发吗？", required=False, choices=[_UNASKED, *YES_NO], widget=forms.RadioSelect(INLINE)
    )
    insured = forms.ChoiceField(
        label="单位缴社会保险吗？", required=False, choices=[_UNASKED, *YES_NO], widget=forms.RadioSelect(INLINE)
    )
    note = forms.CharField(label="情况", required=False)
