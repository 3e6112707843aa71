"""Entered values that are texts: sentences of letters,
and public texts on the institution (see `parameter_workflow`).
"""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from jiuyuan.agencies.models import Agency
from jiuyuan.agencies.queries import heard_by
from jiuyuan.agencies.roles import Role
from jiuyuan.oversight.models import Parameter
from jiuyuan.printing import wording
from jiuyuan.printing.letters import Letterhead, payload, render
from jiuyuan.printing.specimens import specimen
from jiuyuan.procedures.context import Context
from jiuyuan.procedures.reading import as_text
from jiuyuan.procedures.table import Choices, Need, NeedKind
from jiuyuan.refusals import BadInput
from jiuyuan.regions import registry
from jiuyuan.regions.papers import LetterKind
from jiuyuan.regions.region import Advice
from jiuyuan.wording import for_record, say

Said = dict[str, Any]
#: The public texts by their names in `PublicTexts`, and the region's telephone.
TEXTS = {
    "institution": "机构名称", "hotline": "咨询电话", "gets": "能得到什么", "lasts": "能有多久", "goes": "怎样办", "duties": "要做什么", "ends": "什么时候退出",
}  # fmt: skip
_TITLED, _ONE_LINE = frozenset({"gets", "goes", "duties"}), frozenset({"institution", "hotline", "lasts"})
_PROVINCE, _ALL = frozenset({Role.PROVINCE}), frozenset({Role.REVIEWER, Role.SUPERVISOR, Role.PROVINCE})
_BETWEEN = "："
_LEAD = "一行一句，照原来的顺序，改哪句就改哪句，行数不变。花括号里的是决定里的内容，要原样留着。登记以后先看样张，由另一人确认才用。"
LETTER_NEEDS = (
    Need("letter", "哪一种", "letter"),
    Need("wording", "各句的用语", "list", longest=wording.LONGEST, hint=_LEAD),
    Need("since", "从哪天起用", "date", ahead=True, hint="明天或以后。以前盖过章的不变。"),
)
TEXT_NEEDS = (
    Need("text", "哪一项", "text_name"),
    Need("lines", "写成", "list", longest=400, hint="机构名称和电话写一行。其余一行一条，前面是题目，用“：”隔开。"),
    Need("since", "从哪天起用", "date", ahead=True, hint="明天或以后。"),
)
MAY_DRAFT_LETTER, MAY_DRAFT_TEXT = _ALL, _PROVINCE


def letters(area: str) -> Choices:
    """The letters of a region that have sentences."""
    kinds = registry.papers_of(area).letters
    return tuple((name, kind.title) for name, kind in kinds.items() if wording.sentences(kind.template))


def as_written(kind: LetterKind) -> list[str]:
    """The sentences in use today, including an office's own."""
    return [kind.wording.get(text, text) for text in wording.sentences(kind.template)]


def text_as_written(area: str, name: str) -> list[str]:
    """A public text as shown today, by line."""
    region = registry.region_of(area)
    if name == "hotline":
        return [region.hotline]
    found = getattr(region.about, name) if region.about else ()
    return (
        [found] if isinstance(found, str) else [_BETWEEN.join(one) if isinstance(one, Advice) else one for one in found]
    )


def suggested(context: Context, action: str, about: str) -> Said:
    """The initial values of the form."""
    if action == "draft_letter" and about in dict(letters(context.area)):
        return {"letter": about, "wording": "\n".join(as_written(registry.papers_of(context.area).letter(about)))}
    if action == "draft_text" and about in TEXTS:
        return {"text": about, "lines": "\n".join(text_as_written(context.area, about))}
    return {}


def letter_of(context: Context, said: Said) -> tuple[str, str, Said]:
    """The name, title and value of a letter's own wording."""
    kind = registry.papers_of(context.area).letter(said["letter"])
    pairs = zip(wording.sentences(kind.template), said["wording"], strict=True)
    return (
        said["letter"],
        for_record("“{letter}”的用语", letter=kind.title),
        {"sentences": [[text, own] for text, own in pairs if text != own]},
    )


def text_of(_context: Context, said: Said) -> tuple[str, str, Said]:
    name = said["text"]
    pairs = [_pair(name, line) for line in said["lines"]]
    return name, TEXTS[name], {"lines": pairs}


def _pair(name: str, line: str) -> list[str]:
    title, between, text = line.partition(_BETWEEN)
    return [title.strip(), text.strip()] if name in _TITLED and between else ["", line.strip()]


def letter_is_sound(context: Context, said: Said) -> None:
    """Check the sentences. Raises `BadInput` naming the line of each invalid one."""
    texts = wording.sentences(registry.papers_of(context.area).letter(said["letter"]).template)
    own = said["wording"]
    if len(own) != len(texts):
        wrong = [say("这份告知书有{count}句，现在写了{written}行，请一行一句。", count=len(texts), written=len(own))]
    else:
        wrong = list(_wrong_lines(texts, own))
        if (
            not wrong
            and list(texts) == list(own)
            and not registry.papers_of(context.area).letter(said["letter"]).wording
        ):
            wrong = [say("和原来的一样，没有改动。")]
    if wrong:
        raise BadInput(say("有内容需要改正。"), [("wording", one) for one in wrong])


def _wrong_lines(texts: tuple[str, ...], own: list[str]) -> Iterator[str]:
    for number, (text, words) in enumerate(zip(texts, own, strict=True), 1):
        if why := wording.wrong_with(text, words):
            yield say("第{number}行：{why}。", number=number, why=why)


def text_is_sound(_context: Context, said: Said) -> None:
    name, given = said["text"], said["lines"]
    if name in _ONE_LINE and len(given) != 1:
        raise BadInput(say("有内容需要改正。"), [("lines", say("{label}只写一行。", label=say(TEXTS[name])))])
    if name == "hotline" and not all(sign in "0123456789-" for sign in given[0]):
        raise BadInput(say("有内容需要改正。"), [("lines", say("电话只写数字和短横。"))])
    untitled = [n for n, line in enumerate(given, 1) if name in _TITLED and not all(_pair(name, line))]
    if untitled:
        raise BadInput(
            say("有内容需要改正。"), [("lines", say("第{number}行：前面写题目，用“：”隔开。", number=untitled[0]))]
        )


def preview(row: Parameter, today: date) -> bytes:
    """The letter with this wording for an invented person, as the entering office would print it, without a seal."""
    agency = row.agency
    papers = registry.papers_of(row.area).worded({row.name: sentences_of(row)})
    kind = papers.letter(row.name)
    heard = papers.heard[row.name](heard_by(agency)) if row.name in papers.heard else ()
    letterhead = Letterhead(
        title=say(kind.title), number=say("样张-0001"), issued_on=today, agency=agency.name, addressee=say("样张"), officer=say("样张"),
        document=registry.document_of(registry.policy_of(row.area, today).code), address=agency.address, phone=agency.phone,
    )  # fmt: skip
    return render(
        kind.template,
        payload(specimen(row.name, letterhead, heard, say("（这里是决定里的内容）"))),
        wording=kind.wording,
    )


def sentences_of(row: Parameter) -> Mapping[str, str]:
    return dict(row.value["sentences"])


def tried_letter(row: Parameter, today: date) -> list[str]:
    """The changes by sentence, and whether the letter can be printed."""
    lines_ = [for_record("原来：{text}　改为：{own}", text=text, own=own) for text, own in row.value["sentences"]]
    size = len(preview(row, today)) // 1024
    below = Agency.objects.filter(path__begins=row.area, closed_on=None).count()
    return [
        *(lines_ or [for_record("恢复成原来的用语。")]),
        for_record(
            "{name}和下面共{count}个机构以后写的这种告知书用它；已经盖章的不变。", name=row.agency.name, count=below
        ),
        for_record("样张已排好（{size} KB），请在本页打开看。", size=size),
    ]


def tried_text(row: Parameter, _today: date) -> list[str]:
    before = text_as_written(row.area, row.name)
    return [
        for_record("原来：{text}", text=before),
        for_record("改为：{text}", text=[_BETWEEN.join(filter(None, pair)) for pair in row.value["lines"]]),
        for_record("网上所有人看到的都换成它。"),
    ]


def _letter(context: Context, _need: Need, raw: Any) -> str:
    if str(raw) not in dict(letters(context.area)):
        raise ValueError(say("请选择是哪一种告知书。"))
    return str(raw)


def _text_name(_context: Context, _need: Need, raw: Any) -> str:
    if str(raw) not in TEXTS:
        raise ValueError(say("请选择是哪一项。"))
    return str(raw)


KINDS = {
    "letter": NeedKind(_letter, "choice", as_text),
    "text_name": NeedKind(_text_name, "choice", lambda _need: {"type": "string", "enum": list(TEXTS)}),
}
