"""The figures of a screening as one self-contained page, for forwarding, displaying and printing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape
from importlib.resources import files
from pathlib import Path
from string import Template

import pygal
from pygal.style import Style

from jiuyuan.screening.summary import OUTCOMES, Column, PlaceSummary, Summary
from jiuyuan.wording import say

_TITLES = {"decide": "就业困难人员认定条件筛查报告", "exits": "就业困难人员退出情形筛查报告"}
_NOTES = {
    "decide": (
        "“符合条件”指已知情况符合全部基本条件、属于至少一类人员，且没有不予认定的情形；是否认定，由工作人员按程序决定。",
        "“暂不能判断”指还有情况不清楚，并且会影响结果；不清楚不等于没有。",
        "一个人可以同时属于几类，所以各类人数之和可以大于总人数。",
    ),
    "exits": (
        "“有退出情形”指至少一项退出情形成立；是否退出，由工作人员核实后决定，系统不会自行取消身份。",
        "“需核查的情况”本身不是退出情形，只提示应当核实。",
        "“暂不能判断”指没有成立的退出情形，但还有情况不清楚；不清楚不等于没有。",
    ),
}
_PLACES = "地区按常住地统计，常住地不清楚的按户籍所在地统计。"
_STYLE = Style(
    background="transparent", plot_background="transparent", foreground="#1f2523", foreground_strong="#1f2523",
    foreground_subtle="#4b5552", guide_stroke_color="#e6e2d9", major_guide_stroke_color="#d8d4ca",
    font_family='"PingFang SC","Microsoft YaHei","Noto Sans CJK SC",sans-serif', label_font_size=13,
    major_label_font_size=13, value_font_size=12, legend_font_size=14, no_data_font_size=14,
    colors=("#0a5c61", "#c98a2b", "#8b9a97"), opacity="1", transition="0s",
)  # fmt: skip
_ROW = 24
_FOR_PROGRAMS = re.compile(r"<script.*?</script>|<!--.*?-->", re.DOTALL)  # read by pygal's script only


def write(summary: Summary, path: Path) -> None:
    """Write the page to `path` atomically."""
    unfinished = path.with_name(f".{path.name}.unfinished")
    unfinished.write_text(html(summary), "utf-8")
    unfinished.replace(path)


def html(summary: Summary) -> str:
    """The page."""
    policy, total = summary.policy, summary.total
    kinds = dict.fromkeys(column.kind for column in summary.columns)
    rejected = say("另有 {rejected:,} 行因内容有误没有统计。", rejected=summary.rejected) if summary.rejected else ""
    lead = say(
        "依据《{title}》（{document}），按 {as_of} 的情况，共 {people:,} 人。{rejected}",
        title=policy.title,
        document=policy.document,
        as_of=summary.as_of,
        people=total.people,
        rejected=rejected,
    )
    counties = summary.counties()
    return Template(files("jiuyuan.screening").joinpath("report.html").read_text("utf-8")).substitute(
        title=escape(_TITLES[summary.question]),
        lead=escape(lead),
        outcomes="".join(
            f"<div><dt>{escape(label)}</dt><dd>{count:,} <small>{_share(count, total.people)}</small></dd></div>"
            for (_, label), count in zip(OUTCOMES[summary.question], total.outcomes, strict=True)
        ),
        sections="".join(
            _section(kind, [c for c in summary.columns if c.kind == kind], summary, total) for kind in kinds
        ),
        county_figure=_county_figure(summary, counties),
        county_table=_county_table(summary, [*counties, total]),
        notes="".join(f"<li>{escape(note)}</li>" for note in (*_NOTES[summary.question], say(_PLACES))),
    )


def _share(count: int, of: int) -> str:
    return f"{count / of:.1%}" if of else "–"


def _section(kind: str, columns: Sequence[Column], summary: Summary, total: PlaceSummary) -> str:
    rows = [
        [
            f"{c.clause} {c.title}",
            f"{total.true[c.name]:,}",
            _share(total.true[c.name], total.people),
            f"{summary.unknown[c.name]:,}",
        ]
        for c in columns
    ]
    bars = _bars([c.title for c in columns], [(say("人数"), [total.true[c.name] for c in columns])])
    return f"<h2>{escape(kind)}</h2><figure>{bars}</figure>{_table([kind, '人数', '占比', '不清楚'], rows, 'long')}"


def _bars(labels: Sequence[str], series: Sequence[tuple[str, Sequence[int]]]) -> str:
    several = len(series) > 1
    chart = (pygal.HorizontalStackedBar if several else pygal.HorizontalBar)(
        js=[], style=_STYLE, disable_xml_declaration=True, explicit_size=False, width=1100, height=110 + _ROW * len(labels),
        # pygal does not know the width of Chinese labels; the legend is in the margin below
        margin=12, margin_left=12 + 7 * max(map(len, labels), default=0), margin_bottom=36 if several else 12, spacing=6,
        show_legend=several, legend_at_bottom=True, legend_at_bottom_columns=len(series), truncate_label=-1,
        truncate_legend=-1, print_values=False, value_formatter=lambda count: f"{count:,.0f}", show_y_guides=False,
        show_x_guides=True, no_data_text=say("没有数据"),
    )  # fmt: skip
    chart.x_labels = list(reversed(labels))  # these charts start at the bottom
    for name, values in series:
        chart.add(name, list(reversed(values)))
    return _FOR_PROGRAMS.sub("", chart.render(is_unicode=True))


def _county_figure(summary: Summary, counties: Sequence[PlaceSummary]) -> str:
    """The people with a positive or open answer by county; the others would dwarf them."""
    labels = [label for _, label in OUTCOMES[summary.question]]
    return _bars([p.name for p in counties], [(labels[at], [p.outcomes[at] for p in counties]) for at in (0, 2)])


def _county_table(summary: Summary, places: Sequence[PlaceSummary]) -> str:
    heads = [say("地区"), say("人数"), *(label for _, label in OUTCOMES[summary.question])]
    titled = [f"{c.clause}\n{c.title}" for c in summary.columns]
    rows = [
        [p.name, f"{p.people:,}", *(f"{n:,}" for n in p.outcomes), *(f"{p.true[c.name]:,}" for c in summary.columns)]
        for p in places
    ]
    return _table([*heads, *titled], rows, "counties")


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]], kind: str) -> str:
    def head(words: str) -> str:
        first, _, second = words.partition("\n")
        return f"<th scope=col>{escape(first)}{f'<small>{escape(second)}</small>' if second else ''}</th>"

    body = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in rows)
    return f"<table class={kind}><thead><tr>{''.join(map(head, heads))}</tr></thead><tbody>{body}</tbody></table>"
