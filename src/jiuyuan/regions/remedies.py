"""How a person can object to a decision, where and by when, by national law; regions add their own."""

from __future__ import annotations

from dataclasses import dataclass

from jiuyuan.wording import say

REVIEW_DAYS = 60  # 行政复议法 20
COURT_MONTHS = 6  # 行政诉讼法 46
COURT_AFTER_REVIEW_DAYS = 15  # 行政诉讼法 45


@dataclass(frozen=True)
class RemedyBody:
    """An office that decides on objections or reviews."""

    name: str
    address: str = ""
    phone: str = ""

    @property
    def shown(self) -> str:
        """Its name with address and telephone, as far as known."""
        where = [
            *([say("地址：{address}", address=self.address)] if self.address else ()),
            *([say("电话：{phone}", phone=self.phone)] if self.phone else ()),
        ]
        return say("{name}（{where:，}）", name=self.name, where=where) if where else self.name


@dataclass(frozen=True, kw_only=True)
class Bodies:
    """The offices for remedies: `office` decided, `above` is the agency above it, if another,
    `review` the government for 行政复议.
    """

    office: RemedyBody
    above: RemedyBody | None
    review: RemedyBody
    court: RemedyBody | None = None


def by_law(bodies: Bodies) -> tuple[str, str]:
    """行政复议 and the court, each with its time limit and its online channel (行政复议法 20, 22, 24;
    行政诉讼法 45, 46).
    """
    return (
        say(
            "自收到告知之日起{days}日内，可以向{body}申请行政复议，书面、口头都可以；也可以在“掌上复议”微信小程序上申请。",
            days=REVIEW_DAYS,
            body=bodies.review.shown,
        ),
        say(
            "自收到告知之日起{months}个月内，可以直接向{body}提起行政诉讼；先申请行政复议的，收到复议决定之日起{days}日内提起。",
            months=COURT_MONTHS,
            body=bodies.court.shown if bodies.court else say("有管辖权的人民法院"),
            days=COURT_AFTER_REVIEW_DAYS,
        ),
    )
