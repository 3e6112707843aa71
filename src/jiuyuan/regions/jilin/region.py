"""吉林省 as one region."""

from datetime import date
from pathlib import Path

from jiuyuan.regions.jilin import advice, places
from jiuyuan.regions.region import InForce, PublicTexts, Region
from jiuyuan.rules.parameters import read_limits

REGION = Region(
    code="jilin",
    name="吉林省",
    path="22/",
    province="220000",
    policies=(InForce("jilin-2022-10", date(2022, 5, 10)),),
    example=("220102001", "长春市南关区南岭街道"),
    hotline="12333",
    former="jilin-2017-80",  # 吉人社办字〔2017〕80号, which the notice replaced
    limits=lambda: read_limits(Path(__file__).with_name("limits.toml")),
    divisions=lambda: places.DIVISIONS.rows,
    offices=places.offices,
    curable=advice.CURABLE,
    remedies=advice.REMEDIES,
    other_help=advice.OTHER_HELP,
    about=PublicTexts(
        "吉林省人力资源和社会保障厅",
        advice.WHAT_ONE_GETS,
        advice.HOW_IT_GOES,
        advice.DUTIES,
        advice.WHAT_ENDS_IT,
        advice.HOW_LONG,
    ),
)
