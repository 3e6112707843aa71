"""Input of acts on the register beyond text, dates and choices: papers on file or sent with the act."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.files.uploadedfile import UploadedFile

from jiuyuan.people import documents
from jiuyuan.people import services as people
from jiuyuan.people.models import Document
from jiuyuan.procedures.reading import as_day, as_key, key
from jiuyuan.procedures.table import Need, NeedKind
from jiuyuan.recognitions.grounds import grounds_to_choose
from jiuyuan.recognitions.stay import Stay
from jiuyuan.refusals import BadInput
from jiuyuan.regions import registry
from jiuyuan.wording import say


@dataclass(frozen=True)
class SentPaper:
    """A paper sent with an act, stored in the person's file once the act succeeds."""

    content: bytes
    name: str
    need: Need

    def keep(self, stay: Stay) -> Document:
        """Store it. Raises `BadInput` with the reason if it cannot be used."""
        try:
            return people.add_document(stay.actor, stay.person, self.need.of, self.content, self.name)
        except BadInput as wrong:
            raise BadInput(wrong.title, [(self.need.name, message) for _, message in wrong.errors]) from None


def _file(_stay: Stay, need: Need, raw: Any) -> SentPaper:
    if not isinstance(raw, UploadedFile):
        raise ValueError(say("{label}：请选择一个文件。", label=need.label))
    # Reading one byte over the limit is enough to report the size.
    return SentPaper(raw.read(documents.LARGEST + 1), raw.name or say("未命名"), need)


def _paper(stay: Stay, need: Need, raw: Any) -> SentPaper | Document:
    """Parse a paper: the id of one in the person's file, or one sent with the act."""
    if isinstance(raw, UploadedFile):
        return _file(stay, need, raw)
    found: Document | None = stay.person.documents.filter(pk=key(raw), kind=need.of).first()
    if found is None:
        raise ValueError(say("本人签字的书面申请只用于本人申请退出援助，并须先存入这个人的档案。"))
    return found


def _day_of_exit(stay: Stay, need: Need, raw: Any) -> date:
    try:
        said = raw if isinstance(raw, date) else date.fromisoformat(str(raw))
    except ValueError:
        raise ValueError(say("{label}请写成2026-03-02这样的日期。", label=need.label)) from None
    if not stay.stay.recognised_on <= said <= stay.today:
        raise ValueError(say("退出日期不能早于认定日期，也不能晚于今天。"))
    return said


def _ground(stay: Stay, need: Need, raw: Any) -> str:
    known = dict(grounds_to_choose(stay.stay))
    if not isinstance(raw, str) or raw not in known:
        names = "、".join(f"{code}（{label}）" for code, label in known.items())
        raise ValueError(say("{label}应为{names}之一。", label=need.label, names=names))
    return raw


KINDS: dict[str, NeedKind] = {
    "file": NeedKind(_file, "file"),
    "paper": NeedKind(_paper, "file", as_key),
    "date": NeedKind(_day_of_exit, "day", as_day),
    "ground": NeedKind(_ground, "choice", lambda need: {"enum": list(registry.exits())}),
}


def kept(paper: SentPaper | Document, stay: Stay) -> Document:
    """The paper, stored in the person's file."""
    return paper.keep(stay) if isinstance(paper, SentPaper) else paper
