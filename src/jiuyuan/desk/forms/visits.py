"""Forms of home visits: filters, findings, and confirming them as facts."""

from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from django import forms

from jiuyuan import clock
from jiuyuan.agencies.models import Agency, User
from jiuyuan.characters import whole_number
from jiuyuan.desk.fact_rows import in_words
from jiuyuan.desk.forms.facts import fact_field, value_said
from jiuyuan.desk.forms.spoken import INLINE, SpokenForm
from jiuyuan.labels import texts
from jiuyuan.people.models import Person
from jiuyuan.recognitions.models import Visit
from jiuyuan.recognitions.visiting import BESIDE, LEAVE, SETTLE, TAKE, Brought, Finding
from jiuyuan.rules.facts import FACTS, in_order
from jiuyuan.web.fields import Calendar, Form, SeveralInput
from jiuyuan.wording import say

_ANSWERS = [("true", "是"), ("false", "否"), ("", "没有问到")]
_WORDS = forms.Textarea({"rows": 3})
_DEAD = "deceased"


class VisitFilterForm(Form):
    """The filters of the visit list."""

    use_required_attribute = False
    agency = forms.ChoiceField(label="平台、社区", required=False)
    address = forms.CharField(label="地址中有", required=False, help_text="例如村名、小区名、路名")

    def __init__(self, user: User, data: Any) -> None:
        super().__init__(data)
        below = Agency.objects.filter(path__begins=user.area).exclude(pk=user.agency_id or 0).order_by("path")
        choices = [(agency.code, agency.name) for agency in below]
        if not choices:
            del self.fields["agency"]
        else:
            self.fields["agency"].choices = [("", say("全部")), *choices]  # type: ignore[attr-defined]


class VisitForm(SpokenForm):
    """A visit, the same at the desk and offline on a phone."""

    uid = forms.CharField(widget=forms.HiddenInput)
    visited_on = forms.DateField(label="走访日期", widget=Calendar({"class": "medium"}))
    nobody_home = forms.BooleanField(label="家中无人", required=False, help_text="没有见到人就勾选，改日再访。")
    place = forms.CharField(label="地点", required=False, help_text="不在登记的地址见面时，写清在哪里。")
    remarks = forms.CharField(label="看到和听到的情况", required=False, widget=_WORDS)
    wanted = forms.CharField(
        label="需要什么帮助？", required=False, widget=_WORDS, help_text="例如：岗位、培训、看护孩子。"
    )
    photos = forms.FileField(
        label="照片",
        required=False,
        widget=SeveralInput({"multiple": True}),
        help_text="最多6张，每张不超过10MB。拍人要先问过本人。",
    )

    def __init__(self, data: Any = None, files: Any = None, *, person: Person | None = None) -> None:
        """Without `person` the form belongs to nobody and has no date."""
        initial = {"visited_on": clock.today(), "uid": str(uuid4()), "place": person.address} if person else {}
        super().__init__(data, files, initial=initial)
        for name in in_order("findable"):
            self.fields[fact_field(name)] = _question(name)
        self.fields[fact_field(_DEAD)].label = say("本人已经去世")
        self.fields[fact_field(_DEAD)].help_text = say("听家人、邻居说的，写明是谁；没有见到本人而不知道的，不选。")

    def place_of(self, name: str) -> str | None:
        return super().place_of(fact_field(name) if name in FACTS else "photos" if name == "file" else name)

    def first_questions(self) -> list[forms.BoundField]:
        """Whether the person is alive determines if anything else is asked."""
        return [self[fact_field(name)] for name in in_order("findable") if name == _DEAD]

    def questions(self) -> list[forms.BoundField]:
        return [self[fact_field(name)] for name in in_order("findable") if name != _DEAD]

    def brought(self, person: int) -> Brought:
        said = self.said()
        found = {n: v for n in in_order("findable") if (v := value_said(n, said[fact_field(n)])) is not None}
        texts: dict[str, Any] = {name: said[name] or "" for name in ("uid", "visited_on", "place", "remarks", "wanted")}
        return Brought(person=person, nobody_home=bool(said["nobody_home"]), found=found, **texts)


def _question(name: str) -> forms.Field:
    fact = FACTS[name]
    if fact.kind == "boolean":
        shown = forms.RadioSelect(INLINE)
        return forms.ChoiceField(label=fact.question, help_text=fact.hint, choices=_ANSWERS, initial="", widget=shown)
    entered = forms.TextInput({"inputmode": "decimal", "class": "short"})
    return forms.CharField(label=fact.question, help_text=fact.hint, required=False, widget=entered)


class ConfirmForm(SpokenForm):
    """What to do with each finding. For conflicts nothing is preselected."""

    stood = forms.IntegerField(widget=forms.HiddenInput)
    settlement = forms.CharField(
        label="采纳说明",
        required=False,
        widget=_WORDS,
        help_text="选了“以走访为准”的，写明为什么，另一来源错在哪里。",
    )
    as_evidence = forms.BooleanField(label="同时作为正在进行的调查的证据", required=False)
    leave = forms.MultipleChoiceField(
        label="哪些帮扶记录不采用？",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="没有勾选的，确认时登记为访谈、岗位答复和跟踪回访。",
    )

    def __init__(
        self,
        found: Sequence[Finding],
        stood: int,
        data: Any = None,
        *,
        investigated: bool = False,
        helped: Sequence[tuple[str, str]] = (),
    ) -> None:
        taken = {fact_field(item.name): TAKE for item in found if not item.conflicts}
        super().__init__(data, initial={"stood": stood, **taken})
        self.found = found
        for item in found:
            self.fields[fact_field(item.name)] = _decision(item)
        if not any(item.conflicts for item in found):
            del self.fields["settlement"]
        if not investigated:
            del self.fields["as_evidence"]
        self.fields["leave"].choices = helped  # type: ignore[attr-defined]
        if not helped:
            del self.fields["leave"]
        self.helped = {name for name, _ in helped}

    def place_of(self, name: str) -> str | None:
        return super().place_of(fact_field(name) if name in FACTS else "leave" if name in self.helped else name)

    def decisions(self) -> dict[str, Any]:
        """The arguments for confirming."""
        said = self.said()
        return {
            "choices": {item.name: said[fact_field(item.name)] or "" for item in self.found},
            "settlement": said.get("settlement") or "",
            "as_evidence": bool(said.get("as_evidence")),
            "leave": said.get("leave") or [],
        }

    @property
    def seen(self) -> int:
        """The version of the facts on the page. A page without it conflicts with every version."""
        return -1 if (stood := whole_number(self.said()["stood"])) is None else stood


def _decision(item: Finding) -> forms.Field:
    choices = [(TAKE, say("采用")), (LEAVE, say("不采用"))]
    if item.conflicts:
        choices = [(BESIDE, say("并列，待采纳")), (SETTLE, say("以走访为准")), (LEAVE, say("不采用"))]
    label = say("走访所见“{in_words}”，是否采用？", in_words=in_words(item.name, item.found))
    return forms.ChoiceField(label=label, choices=choices, widget=forms.RadioSelect(INLINE))


class DiscardForm(SpokenForm):
    reason = forms.CharField(label="为什么不采用？", widget=_WORDS, help_text="例如：走错了门；与另一份走访重复。")


STATES = dict(texts(Visit.Status))
