"""What the tests of the register's pages share."""

from jiuyuan import clock
from jiuyuan.recognitions import services as recognitions

REGISTER = "/desk/register/"
EVIDENCE = "社保2026年3月5日数据：按月领取基本养老保险待遇。"


def end(reviewer, stay, ground="pension_or_retirement"):
    stay.refresh_from_db()
    return recognitions.end(reviewer, stay.pk, version=stay.version, ground=ground, on=clock.today(), evidence=EVIDENCE)
