"""云中市 as one region."""

from datetime import date
from pathlib import Path

from jiuyuan.regions.region import InForce, Region
from jiuyuan.rules.parameters import read_limits
from tests.regions.somewhere.places import DIVISIONS, OFFICES

REGION = Region(
    code="somewhere",
    name="云中市",
    path="99/",
    province="990000",
    example=("990101001", "云中市钟楼区鼓巷街道"),
    hotline="96301",
    policies=(InForce("somewhere-2020-1", date(2020, 1, 1)),),
    limits=lambda: read_limits(Path(__file__).with_name("limits.toml")),
    divisions=lambda: DIVISIONS,
    offices=lambda: OFFICES,
)
