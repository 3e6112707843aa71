"""云中市's papers: a form of one page with one opinion, and its letters."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from jiuyuan.printing.form import OfficeWords
from jiuyuan.regions.papers import Cell, Commitment, FormOfRegion, LetterKind, Papers
from jiuyuan.regions.remedies import by_law

_HERE = Path(__file__).parent


def _places(
    details: Mapping[str, str], known: Mapping[str, Any], place_name: Callable[[str | None], str]
) -> dict[str, Any]:
    fishing = {True: "是", False: "否"}
    return {"left_fishing": fishing.get(known.get("left_fishing"), ""), "boat": details.get("boat", "")}


PAPERS = Papers(
    form=FormOfRegion(
        title="云中市就业援助申请表",
        template=_HERE / "form" / "form.typ",
        commitment=Commitment(
            text=("以上情况属实。",), bare="以上情况属实。", agent="由{agent}（{relation}）代办。", consent="同意核实。"
        ),
        offices={
            "street": OfficeWords(
                heading="街道公共就业服务平台审查意见", title="审查意见", accept="符合条件，予以认定", refuse="不符合条件"
            )
        },
        cells={
            "recognise": Cell(office="street", passed=True, anew=True),
            "refuse": Cell(office="street", passed=False, anew=True),
        },
        channels=dict.fromkeys(("window", "hall", "portal", "app", "mini_program"), "街道窗口"),
        places=_places,
    ),
    letters={
        name: LetterKind(title=title, template=_HERE / "letters" / f"{name}.typ")
        for name, title in (
            ("receipt", "受理回执"), ("rejected", "不予认定通知"), ("exit", "退出通知"), ("annulment", "撤销认定通知"),
            ("objection_outcome", "异议处理结果"),
        )
    },
    heard=dict.fromkeys(("rejected", "exit", "annulment", "objection_outcome", "decision"), by_law),
)  # fmt: skip
