"""Forms for facts: source, values by kind, settling contradictions, disputes (一(三))."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from jiuyuan import clock, sums
from jiuyuan.agencies.queries import place_named, places_to_choose
from jiuyuan.agencies.roles import Role
from jiuyuan.applications.case import Case
from jiuyuan.desk.fact_rows import enterable, in_words
from jiuyuan.desk.forms import household
from jiuyuan.desk.forms.spoken import YES_NO, VersionedForm
from jiuyuan.people.models import HouseholdMember, Source
from jiuyuan.regions import registry
from jiuyuan.rules.departments import DEPARTMENTS
from jiuyuan.rules.facts import FACTS
from jiuyuan.web.fields import Calendar, PlaceInput
from jiuyuan.wording import say


class SourceForm(VersionedForm):
    """The source of facts with evidence and day, the same for all (一(三))."""

    source = forms.ChoiceField(
        label="来源",
        choices=[("", "请选择"), *((s.value, s.label) for s in reversed(Source) if s != Source.DECLARED)],
    )
    department = forms.ChoiceField(
        label="提供部门",
        required=False,
        choices=[("", "不涉及"), *((code, department.label) for code, department in DEPARTMENTS.items())],
        help_text="来源是部门共享数据的，必填。",
    )
    material = forms.ChoiceField(label="对照的材料", required=False)
    evidence = forms.CharField(
        label="依据", help_text="查了什么、凭什么：哪个系统、哪份证明、谁去看的。选了材料可不写。"
    )
    observed_on = forms.DateField(label="查得日期", widget=Calendar())

    def __init__(self, case: Case, data: Any = None, initial: Mapping[str, Any] | None = None) -> None:
        version = case.application.version
        super().__init__(data, initial={"version": version, "observed_on": clock.today(), **(initial or {})})
        materials = [(str(item.pk), registry.materials().get(item.kind, item.kind)) for item in case.materials]
        self.fields["material"].choices = [("", say("不涉及")), *materials]  # type: ignore[attr-defined]

    def source_said(self) -> dict[str, Any]:
        """The source arguments for `services.save`."""
        said = self.said()
        return {name: said[name] or "" for name in ("source", "department", "evidence", "material", "observed_on")}


class RecordForm(SourceForm):
    """Values for any facts. An empty field records nothing."""

    def __init__(self, case: Case, data: Any = None, initial: Mapping[str, Any] | None = None) -> None:
        super().__init__(case, data, initial)
        # Only the county records other exclusions (一(二)4).
        county = case.user is not None and case.user.role == Role.REVIEWER
        self._names = [name for name in enterable(case.application.area) if county or FACTS[name].origin != "county"]
        for name in self._names:
            self.fields[fact_field(name)] = value_field(name)

    def place_of(self, name: str) -> str | None:
        return super().place_of(fact_field(name) if name in FACTS else name)

    def values(self) -> dict[str, Any]:
        said = self.said()
        return {name: value for name in self._names if (value := value_said(name, said[fact_field(name)])) is not None}

    def fact_fields(self) -> list[forms.BoundField]:
        return [self[fact_field(name)] for name in self._names]


class SettleForm(SourceForm):
    """Which of several contradicting or disputed values stands, with evidence and reason."""

    value = forms.CharField(label="以哪个为准")
    settlement = forms.CharField(
        label="采纳说明", widget=forms.Textarea({"rows": 3}), help_text="写明为什么以它为准，另一来源错在哪里。"
    )
    field_order = ("value", "settlement")

    def __init__(self, case: Case, name: str, data: Any = None) -> None:
        super().__init__(case, data)
        self.fact = name
        self.fields["value"] = value_field(name, label=say("以哪个为准"))
        self.fields["value"].required = True
        current = (
            "；".join(in_words(name, fact.value) for fact in case.known[name].current) if name in case.known else ""
        )
        if current:
            self.fields["value"].help_text = say(
                "现有说法：{current}。{help_text}", current=current, help_text=self.fields["value"].help_text
            )
        self.order_fields(self.field_order)

    def place_of(self, name: str) -> str | None:
        return "value" if name == self.fact else super().place_of(name)


class HouseholdForm(VersionedForm):
    """The members of the household and their occupations."""

    def __init__(self, members: Sequence[HouseholdMember], version: int, data: Any = None) -> None:
        self.count = max(household.ROWS, len(members) + 2)
        super().__init__(data, initial={"version": version, **household.initial_of(members)})
        self.fields |= household.row_fields(self.count)
        for place, member in enumerate(members, 1):  # free text is kept
            for name in ("relation", "state"):
                field, value = self.fields[f"household-{place}-{name}"], getattr(member, name)
                if value and value not in dict(field.choices):  # type: ignore[attr-defined]
                    field.choices = [*field.choices, (value, value)]  # type: ignore[attr-defined]

    def members(self) -> list[dict[str, str]]:
        return household.members_said(self.said(), self.count)

    def rows(self) -> list[list[forms.BoundField]]:
        return household.bound_rows(self, self.count)


class DisputeForm(VersionedForm):
    evidence = forms.CharField(
        label="为什么这条记录不对，有什么凭据",
        widget=forms.Textarea({"rows": 4}),
        help_text="例如：报案回执、解除劳动关系证明、注销通知书。有异议的记录按“尚不清楚”处理，不会只凭它拒绝。",
    )


def fact_field(name: str) -> str:
    return f"fact-{name}"


def value_field(name: str, label: str = "") -> forms.Field:
    """The field for a fact by kind. It may be empty but is not labelled optional, because facts decide."""
    field = _box(name, label)
    field.decides = True  # type: ignore[attr-defined]
    return field


def _box(name: str, label: str) -> forms.Field:
    fact = FACTS[name]
    label = label or fact.label
    shared: dict[str, Any] = {"label": label, "required": False}
    match fact.kind:
        case "boolean":
            return forms.ChoiceField(choices=[("", "—"), *YES_NO], **shared)
        case "choice":
            return forms.ChoiceField(choices=[("", "—"), *fact.choices.items()], **shared)
        case "date":
            return forms.DateField(widget=Calendar(), **shared)
        case "number":
            return forms.CharField(
                widget=forms.TextInput({"inputmode": "decimal"}),
                **shared | {"label": say("{label}（{unit}）", label=label, unit=say(fact.unit or say("元")))},
            )
        case "division":
            return forms.CharField(
                widget=PlaceInput(places_to_choose),
                help_text=say("地名，例如{example}；或6至12位区划代码。", example=registry.home().example[1]),
                **shared,
            )
    return forms.CharField(**shared)


def value_typed(name: str, value: Any) -> str:
    """The initial value of a fact's field, which `value_said` parses."""
    kind = FACTS[name].kind
    if kind == "division":
        return in_words(name, value)
    return str(value).lower() if isinstance(value, bool) else str(value)


def value_said(name: str, raw: Any) -> Any:
    """The submitted value as JSON; None if empty. Unparsable text is returned as it is, for the rules to reject."""
    text = str(raw or "").strip()
    if not text:
        return None
    kind = FACTS[name].kind
    if kind == "division":
        return place_named(text) or text
    if kind == "boolean":
        return {"true": True, "false": False}.get(text, text)
    if kind == "number":
        found = sums.yuan(text)
        return text if found is None else float(found)
    return text
