"""The position and appearance of seals."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from jiuyuan.printing.certificates import Certificate
from jiuyuan.printing.drawings import draw_seal
from jiuyuan.printing.typesetting import SealPlace


@dataclass(frozen=True, slots=True)
class SealField:
    """The place of a seal: page (from 1) and box in points from the upper left corner."""

    name: str
    title: str
    page: int
    x: float
    y: float
    width: float
    height: float

    @classmethod
    def at(cls, place: SealPlace, titles: Mapping[str, str]) -> Self:
        """The place left by the template. `titles`: the tooltips of the fields."""
        return cls(
            place.name, titles.get(place.name, "电子印章"), place.page, place.x, place.y, place.width, place.height
        )


def drawn_seal(certificate: Certificate) -> str:
    """Draw an agency's seal; one with a development certificate is marked as such."""
    return draw_seal(certificate.agency_name, "测试用章" if certificate.is_development else "电子印章")
