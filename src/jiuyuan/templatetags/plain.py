"""Template filters for dates, money, numbers and answers; loaded in every template."""

import re
from datetime import date, datetime
from decimal import Decimal
from functools import cache, lru_cache
from typing import Any

from django import template
from django.conf import settings
from django.forms import BaseForm, BoundField
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from jiuyuan import clock, demonstration_progress, masking
from jiuyuan.people import id_numbers
from jiuyuan.people.models import Source
from jiuyuan.wording import for_record, in_words, say

register = template.Library()

_ANSWERS = {True: "是", False: "否", None: "尚不清楚"}
_TWO_WEEKS_LIMIT = 10
_PHRASE = re.compile("[^，；：。？！]+[，；：。？！]*")
_LONGEST_PHRASE = 12  # characters that fit a line of the narrowest phone
_DUE_ICONS = {"over": "stop", "last": "flag", "soon": "warning", "half": "half", "plenty": "clock"}


@register.simple_tag
def still_being_made() -> bool:
    """Whether the rest of a demonstration is still being made, so that empty lists may fill up."""
    return demonstration_progress.progress(settings.JIUYUAN) is not None


@register.filter
def day(value: date | None) -> str:
    """2026年3月2日 周一"""
    return in_words(_date(value), "weekday") if value else ""


@register.filter
def short_day(value: date | None) -> str:
    """3月2日 周一, for a date whose year is clear from the context."""
    return in_words(_date(value), "short") if value else ""


@register.filter
def recent(value: date | datetime | str | None) -> str:
    """A date, without the year if it is the current one. Texts are returned unchanged."""
    if not isinstance(value, date):
        return value or ""
    return short_day(value) if _date(value).year == clock.today().year else day(value)


@register.filter
def bare_day(value: date | None) -> str:
    """2026年3月2日, for dates long past (births, first jobs)."""
    return in_words(_date(value)) if value else ""


@register.filter
def month(value: date | None) -> str:
    """2026年3月, for a month stored as its first day."""
    return in_words(value, "month") if value else ""


@register.filter
def is_past(value: date) -> bool:
    """Whether a day is over."""
    return value < clock.today()


@register.filter
def moment(value: date | datetime | str | None) -> str:
    """A timestamp with its time, or a date; texts are returned unchanged."""
    if isinstance(value, datetime):
        local = timezone.localtime(value, clock.CHINA) if timezone.is_aware(value) else value
        return f"{day(local)} {local:%H:%M}"
    if isinstance(value, date):
        return day(value)
    return value or ""


@register.filter
def due(days_left: int) -> str:
    """The working days left, in words; if negative, those since the last day."""
    if days_left < 0:
        return say("已超期{days_left}个工作日", days_left=-days_left)
    return say("还剩{days_left}个工作日", days_left=days_left) if days_left else say("今天是最后一天")


@register.filter
def urgency(days_left: int, limit: int | str = _TWO_WEEKS_LIMIT) -> str:
    """`over`, `last`, `soon` (three working days), `half` (of a limit of so many days) or `plenty`."""
    if days_left < 0:
        return "over"
    if days_left == 0:
        return "last"
    if days_left <= 3:
        return "soon"
    return "half" if days_left * 2 <= int(limit or _TWO_WEEKS_LIMIT) else "plenty"


@register.filter
def grouped(number: str | None) -> str:
    """An ID number grouped for reading aloud; anything else unchanged."""
    return id_numbers.grouped(number) if number and len(number) == 18 else number or ""


@register.filter
def masked(value: str | None) -> str:
    """Text with all ID and mobile numbers masked."""
    return masking.text(value) if value else ""


@register.filter
def yuan(amount: Decimal | float | None, per: str = "") -> str:
    """Money with its unit: 2,120元, or {{ wage|yuan:"月" }} for 2,120元/月. Whole amounts have no decimals."""
    if amount is None or amount == "":
        return ""
    exact = Decimal(str(amount))
    figure = f"{exact:,.0f}" if exact == exact.to_integral_value() else f"{exact:,.2f}"
    return say("{figure}元/{per}", figure=figure, per=say(per)) if per else say("{figure}元", figure=figure)


@register.filter
def yesno3(value: bool | None) -> str:
    return say(_ANSWERS[value])


@register.filter
def source_name(source: str) -> str:
    """The name of a fact's source: 本人填报, 部门共享数据, …"""
    return str(Source(source).label)


@register.filter
def of_short_phrases(heading: str) -> bool:
    """Whether a heading consists of phrases that each fit on a line, between which it should break:
    browsers do not know Chinese words.
    """
    parts = _PHRASE.findall(str(heading))
    return len(parts) > 1 and max(map(len, parts)) <= _LONGEST_PHRASE


@register.filter
def first_box(field: BoundField) -> str:
    """The id of a field's first input, for links from the error summary: a group has no id."""
    return str(field.id_for_label) or f"{field.auto_id}_0"


@register.filter
def with_label(field: BoundField, error: str) -> str:
    """An error prefixed by its field's label, unless it begins with that."""
    label = str(field.label).replace("？", "")
    return error if str(error).startswith(label) else f"{label}：{error}"


@register.filter
def summed_up(form: BaseForm) -> str:
    """Mark that the error summary shows the form's own errors, so that they are not repeated."""
    form.summed_up = True  # type: ignore[attr-defined]
    return ""


# Written in Python rather than as included templates, which are slow in the rows of long lists.


@register.simple_tag
def source(code: str) -> SafeString:
    """The source of a fact by code: declared, commitment, document, shared_data or site_visit."""
    return _source(get_language(), code)


@cache
def _source(language: str | None, code: str) -> SafeString:
    return format_html('<span class="tag tag-{}">{}</span>', code, source_name(code))


@register.simple_tag
def due_by(on: date | None, left: int, limit: int | None = None, state: str = "") -> SafeString:
    """A due date and the working days left: 0 on the last day, negative afterwards.

    `limit`: the limit's working days, by default 10. `state`: firm, provisional (beyond the published holidays)
    or closed.
    """
    return _due_by(get_language(), on, left, limit, state)


@lru_cache(maxsize=2_000)  # a list repeats the same few days
def _due_by(language: str | None, on: date | None, left: int, limit: int | None, state: str) -> SafeString:
    if state == "closed":
        done = say("已办结")
        return format_html('<span class="due due-closed">{} <span>{}</span></span>', icon("done"), done)
    if not on:
        return SafeString("")
    level, provisional = urgency(left, limit or _TWO_WEEKS_LIMIT), state == "provisional"
    return format_html(
        '<span class="due due-{}{}">{} <span><span class="due-words">{}</span> · <span class="due-words">{}</span>{}</span></span>',
        level,
        " due-provisional" if provisional else "",
        icon(_DUE_ICONS[level]),
        short_day(on),
        due(left),
        format_html(' <span class="due-words">{}</span>', say("（暂定）")) if provisional else "",
    )


# The source already says where it was stated.
_WITH_THE_FORM = for_record("申请时填报")


@register.simple_tag
def said(told: Any, to_verify: bool = False, older: bool = False) -> SafeString:
    """A recorded fact (`desk.fact_rows.Said`): value and source, then day, author and evidence."""
    value = told.value if older else format_html("<strong>{}</strong>", told.value)
    return _told(told, value, to_verify)


@register.simple_tag
def said_by(told: Any) -> SafeString:
    """The source, day, author and evidence shared by several facts."""
    return _told(told, "")


def _told(told: Any, value: str, to_verify: bool = False) -> SafeString:
    fact = told.fact
    mark = format_html(' <span class="tag tag-warning">{}</span>', say("待核实")) if to_verify else ""
    evidence = "" if fact.evidence == _WITH_THE_FORM else masked(fact.evidence)
    said_of = " · ".join(part for part in (fact.recorded_by_name, fact.department, evidence) if part)
    paper = format_html('<a href="?doc={}#documents">{}</a>', told.material, say("看材料")) if told.material else ""
    settled = ""
    if told.settlement:
        settled = format_html("<br>{}{}", say("采纳说明："), masked(told.settlement))
    return format_html(
        '<p class="fact-line">{} {}{}</p><p class="fact-by">{} {} {}{}</p>',
        value,
        source(fact.source),
        mark,
        recent(told.day),
        said_of,
        paper,
        settled,
    )


@register.simple_tag
@cache
def icon(name: str) -> SafeString:
    """An icon from static/icons.svg beside words with the same meaning; hidden from screen readers."""
    return format_html(
        '<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        static("icons.svg"),
        name,
    )


def _date(value: date) -> date:
    if isinstance(value, datetime):
        return (timezone.localtime(value, clock.CHINA) if timezone.is_aware(value) else value).date()
    return value
