"""The agencies of an area: created, renamed, edited, closed, singly or by a table."""

from django.conf import settings
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Count, F, Q
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from jiuyuan.agencies.models import Agency
from jiuyuan.agencies.roles import Right
from jiuyuan.applications import handover
from jiuyuan.desk import offices_file, timeline
from jiuyuan.desk.access import StaffRequest, staff
from jiuyuan.desk.confirmation import asked
from jiuyuan.desk.forms import staff as forms
from jiuyuan.desk.frame import page
from jiuyuan.history.models import Entry
from jiuyuan.oversight import reorganisation_workflow
from jiuyuan.people import offices, seals
from jiuyuan.refusals import BadInput, NotForRole, NotFound, Refusal
from jiuyuan.wording import say

_AGENCIES = Right.MANAGE_AGENCIES


def _opened(request: StaffRequest, code: str) -> Agency:
    return offices.opened(request.user, code)


def _url(agency: Agency) -> str:
    return reverse("desk:agency", args=[agency.code])


def _crumbs(request: StaffRequest, agency: Agency, here: str = "") -> list[dict[str, str]]:
    """The path to an agency, from the top of the user's area."""
    codes = agency.path.strip("/").split("/")
    above = Agency.objects.filter(code__in=codes, path__begins=request.user.area).order_by("path")
    crumbs = [{"label": one.name, "url": _url(one)} for one in above]
    return [*crumbs, {"label": here}] if here else [*crumbs[:-1], {"label": agency.name}]


@staff(_AGENCIES)
@require_safe
def agencies(request: StaffRequest) -> HttpResponseBase:
    """The user's own agency, with links to those below."""
    assert request.user.agency is not None
    return redirect("desk:agency", request.user.agency.code)


@staff(_AGENCIES)
@require_safe
def agency(request: StaffRequest, code: str) -> HttpResponseBase:
    """An agency: attributes, accounts, and the agencies directly below."""
    found = _opened(request, code)
    in_use = Count("staff", filter=Q(staff__is_active=True))
    below = found.children.annotate(accounts=in_use).order_by(F("closed_on").asc(nulls_first=True), "path")
    acts = list(Entry.objects.of(f"agency:{found.code}").order_by("-seq")[:20])
    rows = [
        {"key": label, "value": getattr(found, name) or say("没有填写")}
        for name, label in offices.TOLD.items()
        if name != "name"
    ]
    context = {
        "agency": found,
        "rows": [
            {"key": say("机构代码"), "value": found.code},
            {"key": say("管辖区划"), "value": "、".join(str(place) for place in found.divisions.all()[:20])},
            *rows,
            *(_seal_rows(found) if found.closed_on is None else ()),
        ],
        "below": list(below),
        "people": list(found.staff.filter(is_active=True).order_by("role", "username")),
        "may_make": offices.may_make_under(request.user, found),
        "may_begin": reorganisation_workflow.may_begin(request.user, found),
        "reorganisations": reorganisation_workflow.of_office(request.user, found),
        "may_reopen": offices.closed_by_itself(found),
        "may_close": offices.may_close(request.user, found),
        "level_below": Agency.Level(offices.BELOW[found.level]).label if found.level in offices.BELOW else "",
        "history": timeline.tell(acts),
        "crumbs": _crumbs(request, found),
    }
    return page(request, "agency.html", context, at="agencies")


@staff(_AGENCIES)
@require_http_methods(["GET", "HEAD", "POST"])
def agency_change(request: StaffRequest, code: str) -> HttpResponseBase:
    found = _opened(request, code)
    form = forms.OfficeForm(request.POST or None, initial={name: getattr(found, name) for name in offices.TOLD})
    return asked(
        request, form, lambda: offices.change(request.user, found, **{k: v or "" for k, v in form.said().items()}),
        say("已改好，网上和告知书上从现在起是新的。"), _url(found), title=say("改机构的资料"), caption=found.name, button=say("保存"),
    )  # fmt: skip


@staff(_AGENCIES)
@require_http_methods(["GET", "HEAD", "POST"])
def agency_new(request: StaffRequest, code: str) -> HttpResponseBase:
    """Create an agency below this one."""
    above = _opened(request, code)
    form = forms.NewOfficeForm(request.POST or None)
    level = Agency.Level(offices.BELOW[above.level]).label if above.level in offices.BELOW else say("机构")

    def act() -> None:
        said = {name: value or "" for name, value in form.said().items()}
        offices.make(request.user, said.pop("code"), above.code, **said)

    return asked(
        request, form, act, say("已设立。接着给它开账号。"), _url(above), title=say("设一个{level}", level=level), caption=above.name, button=say("设立"),
    )  # fmt: skip


@staff(_AGENCIES)
@require_http_methods(["GET", "HEAD", "POST"])
def agency_close(request: StaffRequest, code: str) -> HttpResponseBase:
    found = _opened(request, code)
    form = forms.WhyForm(request.POST or None)
    open_work = handover.open_work_of(found)
    return asked(
        request, form, lambda: handover.close_agency(request.user, found, form.said()["reason"] or ""),
        say("已撤销，办过的事仍在它名下。"), _url(found), title=say("撤销这个机构？"), caption=found.name, button=say("撤销"), danger=True,
        text=say("撤销后不再受理，网上也不再列出；办过的事和记录都留着。有没办完的事、下级机构或在用的账号时不能撤销。"),
        warning=say("还不能撤销：{open_work}。", open_work='；'.join(open_work)) if open_work else "",
    )  # fmt: skip


@staff(_AGENCIES)
@require_http_methods(["GET", "HEAD", "POST"])
def agency_reopen(request: StaffRequest, code: str) -> HttpResponseBase:
    found = _opened(request, code)
    form = forms.WhyForm(request.POST or None)
    return asked(
        request, form, lambda: offices.reopen(request.user, found, form.said()["reason"] or ""),
        say("已重新启用。接着给它开账号。"), _url(found), title=say("重新启用这个机构？"), caption=found.name, button=say("重新启用"),
        text=say("它的代码、名称和管辖区划都和撤销以前一样，网上重新列出。撤销时停用的账号要另外开。"),
    )  # fmt: skip


@staff(_AGENCIES)
@require_http_methods(["GET", "HEAD", "POST"])
def agency_seal(request: StaffRequest, code: str) -> HttpResponseBase:
    """Replace the certificate of the agency's seal, after a preview."""
    found = _opened(request, code)
    form = forms.SealForm(request.POST or None, request.FILES or None)

    def act() -> None:
        said, file = form.said(), request.FILES.get("file")
        if not isinstance(file, UploadedFile):
            raise BadInput(say("没有选择文件。"), [("file", say("请选择证书文件。"))])
        content = file.read(seals.LARGEST + 1)
        do = seals.look if looks else seals.replace
        told = do(request.user, found, content, said["passphrase"] or "", other_name=bool(said["other_name"]))
        if looks:
            where = {"subject": told.subject, "issuer": told.issuer, "until": told.until, "days": told.days}
            messages.info(request, say("{subject}（{issuer}签发），{until:date}到期，还有{days}天。", **where))

    looks = "look_first" in request.POST
    done = say("可以用。还没有换上。") if looks else say("已换好，从现在起用它盖章。以前盖的章不变。")
    return asked(
        request, form, act, done, reverse("desk:agency_seal", args=[found.code]) if looks else _url(found), title=say("换签章证书"),
        caption=found.name, button=say("核对并换上"), rows=_seal_rows(found),
    )  # fmt: skip


def _seal_rows(agency: Agency) -> list[dict[str, str]]:
    """The installed certificate, without its key."""
    seal = seals.in_use(agency)
    if seal is None:
        none = say("没有，不能盖章") if settings.JIUYUAN.mode == "production" else say("没有，演示时用开发测试证书")
        return [{"key": say("签章证书"), "value": none}]
    left = (
        say("{until:date}到期，还有{days}天", until=seal.until, days=seal.days)
        if seal.days >= 0
        else say("{until:date}已经到期，不能盖章", until=seal.until)
    )
    return [
        {"key": say("签章证书"), "value": say("{subject}（{issuer}签发）", subject=seal.subject, issuer=seal.issuer)},
        {"key": say("证书有效期"), "value": left},
    ]


@staff(_AGENCIES)
@require_http_methods(["GET", "HEAD", "POST"])
def agency_import(request: StaffRequest) -> HttpResponseBase:
    """Import a table of agencies, after a trial run; shows the result of each row."""
    form = forms.OfficesFileForm(request.POST or None, request.FILES or None)
    rows: list[offices_file.OfficeRow] = []
    dry, status = "do" not in request.POST, 200
    if request.method == "POST":
        try:
            file = request.FILES.get("file")
            if not isinstance(file, UploadedFile):
                raise BadInput(say("没有选择文件。"), [("file", say("请选择要导入的文件。"))])
            rows = offices_file.take(request.user, file, file.name or "", dry=dry)
        except (NotForRole, NotFound):
            raise
        except Refusal as refusal:
            form.refuse(refusal)
            status = refusal.status
        else:
            said = "，".join(
                say("{label}{count}行", label=label, count=count) for label, count in offices_file.counted(rows)
            ) or say("文件中没有数据行")
            done = say("试运行，什么也没有改动：{said}。", said=said) if dry else say("导入完成：{said}。", said=said)
            messages.success(request, done)
    context = {
        "form": form,
        "rows": rows,
        "dry": dry,
        "columns": [(headings[0], name in ("code", "name")) for name, headings in offices_file.COLUMNS.items()],
        "crumbs": [{"label": say("机构"), "url": reverse("desk:agencies")}, {"label": say("导入机构表")}],
    }
    return page(request, "agencies_import.html", context, at="agencies", status=status)
