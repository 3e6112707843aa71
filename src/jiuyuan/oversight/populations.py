"""The populations of inspections, and their checklists, by kind."""

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from jiuyuan.agencies.models import Agency
from jiuyuan.applications.models import Application
from jiuyuan.applications.workflow import APPLICATION
from jiuyuan.encryption import keyed_hash
from jiuyuan.oversight.models import Inspection
from jiuyuan.recognitions.models import Recognition
from jiuyuan.rules import calendar
from jiuyuan.wording import say

_KEY = 24  # length of an opaque key
_PERIOD = re.compile(r"([0-9]{4})(?:-(?:Q([1-4])|([0-9]{2})))?")
_Kind = Inspection.Kind

#: The checklist for each kind; inspectors tick what is in order.
CHECKLISTS: Mapping[str, tuple[tuple[str, str], ...]] = {
    _Kind.RECOGNITIONS: (
        ("conditions", "认定当时每一项条件都有依据"),
        ("papers", "材料齐全，与事实一致"),
        ("in_time", "各个环节都在期限内办完"),
        ("published", "该公示的公示了，内容和天数都对"),
        ("two_people", "经办和复核不是同一个人，没有该回避的人"),
        ("kept_up", "认定以后的变化及时登记了"),
    ),
    _Kind.REFUSALS: (
        ("ground", "不予认定的每一条都有核实的事实"),
        ("asked_once", "缺什么一次说清，没有多要材料"),
        ("in_time", "各个环节都在期限内办完"),
        ("told", "告知了理由、复核和起诉的办法"),
        ("two_people", "经办和复核不是同一个人，没有该回避的人"),
    ),
    _Kind.EXITS: (
        ("ground", "退出情形有证据，日期对"),
        ("heard", "该听本人说明的听了"),
        ("told", "告知了本人和怎样提出异议"),
        ("two_people", "提出和决定不是同一个人"),
    ),
    _Kind.POSTS: (
        ("on_register", "安置当时在册，没有别的工作"),
        ("published", "岗位和人员都公示了"),
        ("order", "按顺序安置，不按顺序的有理由"),
        ("attendance", "考勤与实际一致"),
        ("paid", "工资按时足额发放，不低于最低工资标准"),
    ),
}  # fmt: skip


def days_of(period: str) -> tuple[date, date]:
    """The first and last day of a year, quarter or month: 2026, 2026-Q1, 2026-03. Raises `ValueError`."""
    found = _PERIOD.fullmatch(period)
    try:
        if found is None:
            raise ValueError(period)
        year, quarter, month = found.groups()
        first = date(int(year), int(month) if month else (int(quarter or 1) - 1) * 3 + 1, 1)
        return first, calendar.add_months(first, 1 if month else 3 if quarter else 12) - timedelta(days=1)
    except (ValueError, OverflowError):
        raise ValueError(say("时间段请写成年、季度或者月份，例如2026、2026-Q1、2026-03。")) from None


def cases(kind: str, within: Agency, since: date, until: date) -> Any:
    """The cases or recognitions of an office and those below in a period."""
    if kind == _Kind.REFUSALS:
        refused = [code for code, state in APPLICATION.states.items() if state.refused]
        rows = Application.objects.unscoped().filter(status__in=refused, finished_on__range=(since, until))
    elif kind == _Kind.EXITS:
        rows = Recognition.objects.unscoped().filter(status="ended", decided_on__range=(since, until))
    elif kind == _Kind.POSTS:
        rows = Recognition.objects.unscoped().filter(placements__begins_on__range=(since, until)).distinct()
    else:
        rows = Recognition.objects.unscoped().filter(recognised_on__range=(since, until))
    return rows.filter(area__begins=within.path)


def frozen(kind: str, strata: str, within: Agency, since: date, until: date) -> list[tuple[str, str, int]]:
    """The opaque key, stratum and row of each case, sorted by key."""
    rows = cases(kind, within, since, until)
    by = {"": "pk", Inspection.Strata.OFFICE: "agency__code"}.get(
        strata, "categories" if rows.model is Application else "category"
    )
    return sorted(
        (_key(rows.model, pk), _stratum(found) if strata else "", pk)
        for pk, found in rows.order_by().values_list("pk", by).iterator()
    )


def _key(model: type[Any], pk: int) -> str:
    return keyed_hash("inspection", f"{model._meta.label_lower}:{pk}")[:_KEY]


def _stratum(found: Any) -> str:
    return ",".join(sorted(found)) if isinstance(found, list) else str(found)


def model_of(kind: str) -> Any:
    """The model of a population's rows."""
    return Application if kind == _Kind.REFUSALS else Recognition
