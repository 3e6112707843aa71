"""Changes to whole files, by role: merging, splitting, corrections, families."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from jiuyuan import clock
from jiuyuan.agencies.models import User
from jiuyuan.agencies.roles import Right
from jiuyuan.applications.models import Application
from jiuyuan.desk.access import StaffRequest, staff
from jiuyuan.desk.confirmation import asked as _asked
from jiuyuan.desk.forms import files as forms
from jiuyuan.desk.forms.facts import HouseholdForm
from jiuyuan.desk.frame import page
from jiuyuan.desk.views.worklists import of_period
from jiuyuan.history import services as history
from jiuyuan.people import corrections, families, merging
from jiuyuan.people import files as kept
from jiuyuan.people import queries as people
from jiuyuan.people.corrections import CORRECTION
from jiuyuan.people.merging import FILE_CHANGE
from jiuyuan.people.models import CorrectionRequest, FamilyCertification, FileChange, Person
from jiuyuan.procedures import engine
from jiuyuan.recognitions import family_warnings
from jiuyuan.refusals import BadInput, Conflict, NotFound
from jiuyuan.templatetags.plain import bare_day
from jiuyuan.wording import for_record, say

# The attributes by which to judge whether two files are the same person, and the files' contents.
_OF_THE_PERSON: tuple[tuple[str, Callable[[Person], str]], ...] = (
    ("姓名", lambda person: person.name),
    ("身份证号码", lambda person: person.masked_id_number),
    ("性别", lambda person: person.get_sex_display()),
    ("出生日期", lambda person: bare_day(person.birth_date)),
    ("联系电话", lambda person: person.masked_phone),
    ("常住地址", lambda person: person.address),
    ("办理平台", lambda person: person.agency.name),
)
_OF_THE_FILE: tuple[tuple[str, Callable[[Person], str]], ...] = (
    ("申请", lambda person: "、".join(person.applications.values_list("number", flat=True)) or say("无")),
    ("在册", lambda person: "、".join(person.recognitions.values_list("number", flat=True)) or say("无")),
    ("事实", lambda person: say("{count}条", count=person.facts.count())),
    ("材料", lambda person: say("{count}份", count=person.documents.count())),
)
_PEOPLE, _KEEP, _COUNTY = Right.SEE_PEOPLE, Right.RECORD_FACTS, Right.DECIDE_EXITS


@staff(_PEOPLE)
@require_safe
def changes(request: StaffRequest) -> HttpResponseBase:
    """What waits for a second person or an answer, soonest due first."""
    user = request.user
    requests = CorrectionRequest.objects.visible_to(user).filter(granted=None).select_related("person")
    waiting = FileChange.objects.visible_to(user).filter(status=FileChange.Status.REQUESTED)
    history.looked(user.actor, "list", "档案更正清单", user.area)
    context = {
        "requests": [
            (corrections.label_of(row.what), row, engine.why_not(CORRECTION, CORRECTION.hold(row, user), "answer"))
            for row in requests.order_by("due_on", "pk")[:200]
        ],
        "waiting": [(row, _why_not_confirm(user, row)) for row in waiting.select_related("source", "target")[:200]],
        "today": clock.today(),
    }
    return page(request, "changes.html", context, at="changes")


@staff(_PEOPLE, _KEEP)
@require_http_methods(["GET", "HEAD", "POST"])
def household(request: StaffRequest, pk: int) -> HttpResponseBase:
    """The household of a person; while a case is open it is edited on the case's form."""
    person = _person(request, pk, for_record("家庭成员"))
    open_case = Application.objects.visible_to(request.user).filter(person=person, finished_on=None).first()
    if open_case is not None:
        return redirect("desk:household", open_case.number)
    form = HouseholdForm(list(person.household.all()), person.version, request.POST or None)
    status = 200
    if request.method == "POST":
        try:
            kept.write_household(request.user, pk, form.members(), version=form.seen)
        except (BadInput, Conflict) as refusal:
            form.refuse(refusal)
            status = refusal.status
        else:
            messages.success(request, say("已登记。"))
            return redirect(_file(pk) + "#family")
    crumbs = [{"label": person.name, "url": _file(pk)}, {"label": say("家庭成员")}]
    return page(request, "household.html", {"person": person, "form": form, "crumbs": crumbs}, status=status)


@staff(_PEOPLE)
@require_safe
def family_list(request: StaffRequest) -> HttpResponseBase:
    """Uncleared families by deadline; for a period, those of its figures."""
    days, where, narrowed = of_period(request, ("certified_on", "cleared_on"), "person__area")
    every = FamilyCertification.objects.visible_to(request.user).select_related("person__agency")
    rows = every.filter(Q(cleared_on=None) if days is None else days, where)
    history.looked(request.user.actor, "list", "零就业家庭清单", request.user.area)
    today = clock.today()
    context = {"rows": [(row, (row.due_on - today).days) for row in rows[:500]], "narrowed": narrowed}
    context["may_clear"] = request.user.may(_COUNTY)
    return page(request, "families.html", context, at="families")


def _person(request: StaffRequest, pk: int, what: str) -> Person:
    return people.opened(request.user, pk, what)


def _file(pk: int) -> str:
    return reverse("desk:person", args=[pk])


@staff(_PEOPLE, _KEEP)
@require_http_methods(["GET", "HEAD", "POST"])
def merge(request: StaffRequest, pk: int) -> HttpResponseBase:
    """Request that another file be merged into this one."""
    person = _person(request, pk, for_record("合并档案"))
    number = request.POST.get("number", "").strip()
    other = people.listed(request.user).filter(people.matching(number)).first() if number else None
    differ = merging.differences(other, person) if other else []
    form = forms.MergeForm(request.POST or None, other=other, differ=bool(differ))

    def act() -> None:
        if other is None:
            raise BadInput(say("没有这份档案。"), [("number", say("辖区内没有这个身份证号码的档案，请核对号码。"))])
        said = {"other": other.pk, "reason": form.said()["reason"], "difference_seen": form.seen}
        engine.act(request.user, FILE_CHANGE, pk, "request_merge", said)

    text = say("另一份档案的全部记录将移到这一份，须由另一人确认；可以撤销，什么也不会丢。")
    return _asked(
        request, form, act, say("已提出合并，等另一人确认。"), _file(pk), title=say("合并重复的档案"), caption=person.name,
        text=text, button=say("提出合并") if other else say("比对两份档案"), only_look=form.only_look,
        compared=_side_by_side(other, person) if other else None, warning=_unlike(differ),
    )  # fmt: skip


def _side_by_side(source: Person, target: Person) -> list[tuple[str, str, str, bool]]:
    """Both files side by side: label, both values, and whether they differ in the person's identity."""
    rows = [(label, said(source), said(target)) for label, said in (*_OF_THE_PERSON, *_OF_THE_FILE)]
    return [(*row, place < len(_OF_THE_PERSON) and row[1] != row[2]) for place, row in enumerate(rows)]


def _unlike(differ: list[tuple[str, str, str]]) -> str:
    labels = [label for label, *_ in differ]
    return say("两份档案的{labels}不同，可能不是同一个人。请核对身份证。", labels=labels) if labels else ""


@staff(_PEOPLE, _KEEP)
@require_http_methods(["GET", "HEAD", "POST"])
def split(request: StaffRequest, pk: int) -> HttpResponseBase:
    """Request that rows of this file move to the person they belong to."""
    person = _person(request, pk, for_record("拆分档案"))
    form = forms.SplitForm(person, request.POST or None)

    def act() -> None:
        said = {name: form.said()[name] for name in ("name", "id_number", "phone", "reason")}
        engine.act(request.user, FILE_CHANGE, pk, "request_split", {**said, "items": form.chosen()})

    return _asked(
        request, form, act, say("已提出拆分，等另一人确认。"), _file(pk), title=say("拆分混在一起的档案"), caption=person.name,
        text=say("勾选的记录将移到另一个人的档案，须由另一人确认；可以撤销。"), button=say("提出拆分"),
    )  # fmt: skip


def _why_not_confirm(user: User, change: FileChange) -> str:
    return engine.why_not(FILE_CHANGE, FILE_CHANGE.hold(change, user), "confirm")


def _change(request: StaffRequest, pk: int) -> FileChange:
    rows = FileChange.objects.visible_to(request.user).select_related("source", "target")
    change: FileChange | None = rows.filter(pk=pk).first()
    if change is None:
        raise NotFound(say("没有这项更正。"))
    return change


@staff(_PEOPLE, _KEEP)
@require_http_methods(["GET", "HEAD", "POST"])
def confirm_change(request: StaffRequest, pk: int) -> HttpResponseBase:
    change = _change(request, pk)
    merge = change.kind == FileChange.Kind.MERGE
    differ = merging.differences(change.source, change.target) if merge else []
    form = forms.DifferenceForm(request.POST or None, differ=bool(differ))
    return _asked(
        request, form, lambda: engine.act(request.user, FILE_CHANGE, pk, "confirm", {"difference_seen": form.seen}), say("已办，可以撤销。"),
        _file(change.target_id), title=say("确认{get_kind_display}？", get_kind_display=change.get_kind_display()),
        caption=f"{change.source.name} → {change.target.name}",
        text=f"{change.requested_by_name}：{change.reason}", button=say("确认"),
        compared=_side_by_side(change.source, change.target) if merge else None,
        warning=_why_not_confirm(request.user, change) or _unlike(differ),
    )  # fmt: skip


@staff(_PEOPLE, _KEEP)
@require_http_methods(["GET", "HEAD", "POST"])
def undo_change(request: StaffRequest, pk: int) -> HttpResponseBase:
    change = _change(request, pk)
    form = forms.ReasonForm(request.POST or None)
    return _asked(
        request, form, lambda: engine.act(request.user, FILE_CHANGE, pk, "undo", form.said()), say("已撤销，记录回到原处。"),
        _file(change.target_id), title=say("撤销{get_kind_display}？", get_kind_display=change.get_kind_display()),
        caption=f"{change.source.name} → {change.target.name}", text=say("移动过的记录全部移回原处。"), button=say("撤销"), danger=True,
    )  # fmt: skip


@staff(_PEOPLE, _KEEP)
@require_http_methods(["GET", "HEAD", "POST"])
def correction(request: StaffRequest, pk: int) -> HttpResponseBase:
    """Record a person's request for a correction."""
    person = _person(request, pk, for_record("登记更正请求"))
    form = forms.CorrectionForm(request.POST or None)

    def act() -> None:
        engine.act(request.user, CORRECTION, pk, "ask", form.said())

    return _asked(
        request,
        form,
        act,
        say("已登记，须在期限内答复。"),
        _file(pk),
        title=say("本人请求更正"),
        caption=person.name,
        button=say("登记"),
    )


@staff(_PEOPLE, _KEEP)
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: StaffRequest, pk: int) -> HttpResponseBase:
    rows = CorrectionRequest.objects.visible_to(request.user).select_related("person")
    asked = rows.filter(pk=pk).first()
    if asked is None:
        raise NotFound(say("没有这项更正请求。"))
    form = forms.AnswerForm(asked, request.POST or None)

    def act() -> None:
        said = form.said()
        granted = said["granted"] == "true"
        if granted and not said["source"]:
            raise BadInput(say("请选择来源。"), [("source", say("请选择凭什么更正：哪个部门的数据、哪种核查。"))])
        given = {"granted": said["granted"], "answer": said["answer"]}
        given |= {"value": form.value(), **form.source_said()} if granted else {}
        engine.act(request.user, CORRECTION, pk, "answer", given)

    label = corrections.label_of(asked.what)
    return _asked(
        request, form, act, say("已答复，本人会收到消息。"), reverse("desk:changes"), title=say("更正“{label}”？", label=label),
        caption=asked.person.name, text=say("本人说应为“{wanted}”。理由：{reason}", wanted=asked.wanted, reason=asked.reason), button=say("答复"),
    )  # fmt: skip


@staff(_PEOPLE, _COUNTY)
@require_http_methods(["GET", "HEAD", "POST"])
def certify(request: StaffRequest, pk: int) -> HttpResponseBase:
    person = _person(request, pk, for_record("认定零就业家庭"))
    form = forms.GroundForm(request.POST or None)
    family = families.family_of(person)
    warning = (
        ""
        if family.without_work
        else say("还不能认定：{open_questions}", open_questions="；".join(family.open_questions))
    )
    return _asked(
        request, form, lambda: engine.act(request.user, families.FAMILY, pk, "certify", form.said()),
        say("已认定为零就业家庭。"), _file(pk), title=say("认定零就业家庭？"), caption=person.name, button=say("认定"), warning=warning,
    )  # fmt: skip


@staff(_PEOPLE, _COUNTY)
@require_http_methods(["GET", "HEAD", "POST"])
def clear(request: StaffRequest, pk: int) -> HttpResponseBase:
    rows = FamilyCertification.objects.visible_to(request.user).select_related("person")
    family = rows.filter(pk=pk).first()
    if family is None:
        raise NotFound(say("没有这个零就业家庭。"))
    form = forms.ClearForm(request.POST or None)
    return _asked(
        request, form, lambda: family_warnings.clear(request.user, pk, form.said()), say("已清零。"),
        reverse("desk:families"), title=say("零就业家庭清零？"), caption=family.person.name, button=say("清零"),
        rows=_family_rows(family),
    )  # fmt: skip


def _family_rows(certified: FamilyCertification) -> list[dict[str, Any]]:
    """Why a family was certified, its deadline, and what is known about each member's work today."""
    members = families.family_of(certified.person).members
    named = {member["name"] for member in certified.members}
    return [
        {
            "key": say("认定"),
            "value": certified.ground,
            "note": f"{bare_day(certified.certified_on)} {certified.certified_by_name}",
        },
        {"key": say("清零期限（至少一人就业）"), "value": bare_day(certified.due_on)},
        *(
            {
                "key": one.relation,
                "value": one.name,
                "note": one.why if one.name in named else say("{why}；认定时不在成员里", why=one.why),
            }
            for one in members
        ),
    ]
