"""Where a seal goes on a page, and how it looks."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from jiuyuan.printing.certificates import Certificate
from jiuyuan.printing.drawings import draw_seal
from jiuyuan.printing.typesetting import SealPlace


@dataclass(frozen=True, slots=True)
class SealField:
    """Room for a seal: on a page (from 1), a box in points from its upper left corner."""

    name: str
    title: str
    page: int
    x: float
    y: float
    width: float
    height: float

    @classmethod
    def at(cls, place: SealPlace, titles: Mapping[str, str]) -> Self:
        """Where the template left room. `titles` says what a reader shows beside the field."""
        return cls(
            place.name, titles.get(place.name, "电子印章"), place.page, place.x, place.y, place.width, place.height
        )


def drawn_seal(certificate: Certificate) -> str:
    """The seal drawn for an agency. One made with a development certificate says so on its face."""
    return draw_seal(certificate.agency_name, "测试用章" if certificate.is_development else "电子印章")
