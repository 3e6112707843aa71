"""The style guide: every component once, with invented content. Never served in production."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.templatetags.static import static

from jiuyuan.web.fields import DayField, DocumentInput

_PICTURE = {"url": static("look/card.svg"), "label": "身份证", "content_type": "image/svg+xml", "note": "3月2日上传"}

STEPS = [
    {"label": "提交申请", "state": "done", "who": "王秀兰", "when": date(2026, 2, 26)},
    {"label": "受理", "state": "done", "who": "南岭街道 李明", "when": date(2026, 2, 27)},
    {"label": "初审", "state": "current", "who": "南岭街道", "note": "正在核实失业登记"},
    {"label": "公示3个工作日", "state": "next", "when": "3月4日前张贴", "note": "公示期满没有异议，就签署初审意见"},
    {"label": "报送复核", "state": "later"},
    {"label": "县级认定", "state": "later", "who": "朝阳区公共就业服务中心"},
]

DUE = [
    {"on": date(2026, 3, 16), "left": 9, "state": "firm"},
    {"on": date(2026, 3, 9), "left": 5, "state": "firm"},
    {"on": date(2026, 3, 4), "left": 3, "state": "firm"},
    {"on": date(2026, 3, 2), "left": 0, "state": "firm"},
    {"on": date(2026, 2, 26), "left": -2, "state": "firm"},
    {"on": date(2027, 1, 8), "left": 9, "state": "provisional"},
    {"on": date(2026, 3, 2), "left": 4, "state": "closed"},
]

FACTS: list[dict[str, Any]] = [
    {"key": "姓名", "value": "王秀兰", "source": "document", "evidence": "身份证"},
    {
        "key": "身份证号码",
        "value": "220102 19850302 0021",
        "source": "shared_data",
        "evidence": "公安，2026年2月27日查得",
    },
    {"key": "户口", "value": "城镇", "source": "document", "change_url": "#"},
    {
        "key": "失业时间",
        "value": "2025年6月1日",
        "source": "declared",
        "others": [{"value": "2025年9月1日", "source": "shared_data", "evidence": "社会保险，2026年2月27日查得"}],
        "change_url": "#",
        "change_label": "认定",
    },
    {"key": "是否办了营业执照", "value": None, "note": "已向市场监督管理部门查询，还没有答复"},
]

CASES = [
    {
        "number": "2201022026000017",
        "name": "王秀兰",
        "what": "大龄失业人员",
        "status": "初审中",
        "due": DUE[4],
        "act": "初审",
    },
    {
        "number": "2201022026000023",
        "name": "张𠮷",
        "what": "低保家庭人员",
        "status": "公示中",
        "due": DUE[3],
        "act": "签署意见",
    },
    {
        "number": "2201022026000031",
        "name": "阿依努尔·买买提",
        "what": "失地农民",
        "status": "待受理",
        "due": DUE[2],
        "act": "受理",
    },
    {
        "number": "2201022026000032",
        "name": "李建国",
        "what": "残疾人",
        "status": "待受理",
        "due": DUE[1],
        "act": "受理",
    },
    {
        "number": "2201022026000040",
        "name": "赵敏",
        "what": "下岗职工",
        "status": "待受理",
        "due": DUE[5],
        "act": "受理",
    },
]


class Sample(forms.Form):
    name = forms.CharField(label="姓名", help_text="与身份证上的一致。")
    id_number = forms.CharField(label="身份证号码", widget=forms.TextInput({"class": "id-number"}))
    unemployed_since = DayField(label="什么时候失业的", help_text="记不清哪天的，填那个月的1日。")
    hukou = forms.ChoiceField(
        label="户口是哪一种",
        choices=[("urban", "城镇"), ("rural", "农村")],
        widget=forms.RadioSelect({"class": "choices-inline"}),
    )
    categories = forms.MultipleChoiceField(
        label="您符合哪几项",
        choices=[("older", "大龄失业人员"), ("disabled", "残疾人"), ("zero", "零就业家庭成员")],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    platform = forms.ChoiceField(label="在哪里办", choices=[("", "请选择"), ("1", "南岭街道公共就业服务平台")])
    reason = forms.CharField(label="情况说明", widget=forms.Textarea, required=False)
    card = forms.FileField(
        label="身份证人像面",
        widget=DocumentInput,
        help_text="四角都要照到，字要看得清。JPEG、PNG、HEIC、WebP或PDF，每个不超过10MB。",
    )
    promise = forms.BooleanField(label="以上内容是真实的，如有不实，愿意承担责任。")


class Filters(forms.Form):
    status = forms.ChoiceField(label="状态", choices=[("", "全部"), ("submitted", "待受理")], required=False)
    name = forms.CharField(label="姓名", required=False)


@login_not_required
def portal(request: HttpRequest) -> HttpResponse:
    return render(request, "look/portal.html", _parts(request))


@login_not_required
def desk(request: HttpRequest) -> HttpResponse:
    nav: Sequence[dict[str, Any]] = [
        {
            "label": "申请",
            "url": "#",
            "current": True,
            "count": 12,
            "pages": [
                {"label": "全部申请", "url": "#", "current": True, "count": 12},
                {"label": "公示", "url": "#"},
            ],
        },
        {"label": "在册", "url": "#"},
        {"label": "统计", "url": "#"},
    ]
    tabs = [
        {"label": "待办", "url": "#", "current": True, "count": 12},
        {"label": "公示中", "url": "#", "count": 0},
        {"label": "已办结", "url": "#"},
    ]
    actions = [
        {"label": "初审通过，张贴公示", "url": "#", "main": True},
        {"label": "作为特殊情况上报", "url": "#"},
        {
            "label": "签署初审意见",
            "url": "#",
            "reasons": ["公示要满3个工作日，到3月6日 周五为止。", "有1条异议还没有处理。"],
        },
        {"label": "初审不符合", "url": "#", "danger": True},
    ]
    more = {"nav": nav, "tabs": tabs, "actions": actions, "cases": CASES, "filters": Filters()}
    return render(request, "look/desk.html", {**_parts(request), **more})


@login_not_required
def work(request: HttpRequest) -> HttpResponse:
    """The URL that a waiting page polls; here the job is done at once."""
    context = {
        "label": "导出名单",
        "done": 300,
        "total": 300,
        "finished": True,
        "result_url": "#",
        "result_label": "下载名单",
    }
    return render(request, "components/work.html", context)


@login_not_required
def confirm(request: HttpRequest) -> HttpResponse:
    return render(
        request,
        "confirm.html",
        {
            "base": "desk_base.html",
            "title": "退回这份申请？",
            "caption": "王秀兰 · 2201022026000017",
            "warning": "退回后不能撤销，申请人会收到消息。",
            "rows": FACTS[:2],
            "button": "退回",
            "danger": True,
            "cancel_url": "/look/desk/",
        },
    )


def _parts(request: HttpRequest) -> dict[str, Any]:
    crumbs = [{"label": "首页", "url": "/"}, {"label": "我的申请", "url": "#"}, {"label": "进度"}]
    form = Sample(request.GET) if "wrong" in request.GET else Sample()
    pdf = {"url": static("look/letter.pdf"), "label": "受理通知书", "content_type": "application/pdf", "pages": 1}
    return {"steps": STEPS, "due": DUE, "rows": FACTS, "crumbs": crumbs, "form": form, "picture": _PICTURE, "pdf": pdf}
