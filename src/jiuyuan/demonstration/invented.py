"""Invents people: names from Faker, valid ID numbers, addresses from the list of divisions."""

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from faker import Faker
from stdnum.cn.ric import calc_check_digit

from jiuyuan.agencies.models import Agency, Division
from jiuyuan.agencies.queries import place_name
from jiuyuan.rules import calendar

# Names that are difficult for forms, fonts and sorting.
_RARE_NAMES = {
    "female": ("欧阳淑琴", "单桂芝", "仇玉梅", "𠮷秀兰", "阿依古丽·买买提", "朴英姬", "上官䶮"),
    "male": ("刘䶮", "曾庆国", "区志强", "司马文斌", "巴特尔·斯琴", "金哲洙"),
}
# Where ID numbers were given: places of today, and codes that no list knows any more (公主岭市, 九台市, 榆树县, 双阳县, 双辽县, 白城市).
_BIRTHPLACES = ("220102", "220103", "220104", "220204", "220202", "220581", "222426", "220122", "220182", "230103")
_VANISHED = ("220381", "220181", "220123", "220126", "220324", "222301")
_EMPLOYERS = (
    "第一机床厂",
    "纺织厂",
    "造纸厂",
    "化工厂",
    "运输公司",
    "食品厂",
    "木器厂",
    "建筑公司",
    "百货公司",
    "热电厂",
)
_SCHOOLS = ("吉林工业职业学院", "长春人文学院", "北华大学", "吉林师范大学", "延边大学")
_JOBS = ("保洁、家政", "超市理货", "保安", "食堂帮厨", "养老护理", "仓库管理", "电工", "驾驶员", "文员", "社区服务")
_SKILLS = ("会使用电脑", "有驾驶证C1", "面点制作", "缝纫", "电焊", "护理", "")


@dataclass(frozen=True)
class Invented:
    """An applicant at a platform, with what they declare."""

    name: str
    sex: str
    id_number: str
    phone: str
    address: str
    platform: str
    categories: tuple[str, ...]
    facts: Mapping[str, Any]
    details: Mapping[str, str] = field(default_factory=dict)

    def form(self) -> dict[str, Any]:
        """The arguments for `applications.services.create`."""
        return {
            "name": self.name,
            "id_number": self.id_number,
            "phone": self.phone,
            "address": self.address,
            "platform": self.platform,
            "categories": list(self.categories),
            "facts": dict(self.facts),
            "details": dict(self.details),
        }


def holder_id_number(order: int) -> str:
    """The ID number of the holder of the n-th staff account; no applicant has it."""
    number = f"220105{date(1970, 1, 1) + timedelta(311 * order):%Y%m%d}{order:03d}"
    return number + calc_check_digit(number + "0")


class Inventor:
    """Invents people one after another, the same for the same seed."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._faker = Faker("zh_CN")
        self._faker.seed_instance(seed)
        self._count = 0
        self._rare = {sex: list(names) for sex, names in _RARE_NAMES.items()}
        self._communities: dict[str, list[str]] = {}

    def staff_name(self) -> str:
        return str(self._faker.name())

    def person(self, platform: Agency, category: str, on: date, known: Mapping[str, Any] | None = None) -> Invented:
        """A person who meets the conditions of a category on a day, except for what `known` changes."""
        self._count += 1
        sex, ages = _AGES[category]
        sex = sex or self._random.choice(("female", "male"))
        born = calendar.add_months(on, -12 * self._random.randint(*ages[sex])) - timedelta(self._random.randint(1, 360))
        facts = self._situation(platform, on, sex, born) | self._circumstances(category, on) | dict(known or {})
        return Invented(
            name=self._name(sex),
            sex=sex,
            id_number=self._id_number(born, sex),
            phone=f"1{self._random.choice((38, 39, 58, 86, 57))}{self._random.randrange(10**8):08d}",
            address=self._address(platform),
            platform=platform.code,
            categories=(category,),
            facts=facts,
            details=self._details(category, facts),
        )

    def _name(self, sex: str) -> str:
        if self._count % 23 == 9 and self._rare[sex]:
            return self._rare[sex].pop(0)
        return str(self._faker.name_female() if sex == "female" else self._faker.name_male())

    def _id_number(self, born: date, sex: str) -> str:
        vanished = born.year < 1990 and self._random.random() < 0.3
        place = self._random.choice(_VANISHED if vanished else _BIRTHPLACES)
        order = self._random.randrange(499) * 2 + (1 if sex == "male" else 2)
        number = f"{place}{born:%Y%m%d}{order:03d}"
        return number + calc_check_digit(number + "0")

    def _address(self, platform: Agency) -> str:
        if platform.code not in self._communities:
            codes = Division.objects.filter(parent_id__in=platform.divisions.values("code")).values_list(
                "code", flat=True
            )
            self._communities[platform.code] = [place_name(code) for code in codes]
        place = self._random.choice(self._communities[platform.code])
        r = self._random.randint
        return f"{place}{r(1, 28)}号楼{r(1, 5)}单元{r(1, 6)}0{r(1, 4)}室"

    def _situation(self, platform: Agency, on: date, sex: str, born: date) -> dict[str, Any]:
        county = next((d.code for d in platform.divisions.all()), platform.code)[:6]
        since = on - timedelta(self._random.randint(400, 1500))
        facts: dict[str, Any] = {
            "hukou_division": county
            if self._random.random() < 0.8
            else self._random.choice(("220122", "220184", "220323", "220802")),
            "hukou_kind": "urban",
            "residence_division": platform.code,
            "able_to_work": True,
            "wants_work": True,
            "registered_unemployed": True,
            "unemployed_since": since.isoformat(),
            "in_labour_relationship": False,
            "insured_by_employer": False,
            "business_registered": False,
            "company_office_held": False,
            "income_stable": False,
        }
        if self._random.random() < 0.1:
            facts |= {"income_stable": True, "monthly_income": self._random.choice((600, 800, 1000))}
        if sex == "female" and calendar.age(born, on) >= 45:
            facts["retirement_track"] = "female_55"
        return facts

    def _circumstances(self, category: str, on: date) -> dict[str, Any]:
        match category:
            case "laid_off":
                return {"laid_off_from_state_enterprise": True}
            case "disabled":
                return {"disability_certificate": True}
            case "zero_employment_family":
                return {"zero_employment_family": True}
            case "minimum_allowance":
                return {"urban_minimum_allowance": True}
            case "landless_farmer":
                level = self._random.choice(("county", "prefecture", "province"))
                return {"hukou_kind": "rural", "land_requisition_level": level, "contracted_land_fully_lost": True}
            case "graduate":
                left = date(on.year - self._random.randint(3, 4), 6, 30)
                return {
                    "unemployed_since": left.isoformat(),
                    "left_school_on": left.isoformat(),
                    "degree_level": self._random.choice(("junior_college", "bachelor")),
                    "degree_full_time": True,
                    "degree_domestic": True,
                    "ever_employed": False,
                    "ever_insured": False,
                }
        if self._random.random() < 0.15:
            return {"hukou_kind": "rural", "urban_resident": True}
        return {}

    def _details(self, category: str, facts: Mapping[str, Any]) -> dict[str, str]:
        pick, number = self._random.choice, self._random.randrange
        details = {
            "hukou_address": place_name(facts["hukou_division"]),
            "education": pick(("初中", "高中", "中专", "大专")),
            "health": "良好",
            "job_intention": f"{pick(_JOBS)}，离家近，月工资2500元以上",
            "skills": pick(_SKILLS),
            "services_wanted": pick(("岗位信息", "技能培训", "岗位信息、技能培训", "公益性岗位")),
        }
        match category:
            case "laid_off":
                details |= {"former_employer": f"原{place_name(facts['hukou_division'])[3:6]}{pick(_EMPLOYERS)}"}
                details |= {"contract_ended_on": str(facts["unemployed_since"])}
            case "disabled":
                details |= {"health": "肢体残疾三级", "disability_number": f"样例{number(10**8):08d}"}
            case "minimum_allowance":
                details |= {"allowance_number": f"样例低保{number(10**6):06d}"}
            case "landless_farmer":
                details |= {"land_document": f"征地〔{number(2012, 2022)}〕{number(1, 90)}号（样例）"}
            case "graduate":
                details |= {"school": pick(_SCHOOLS), "education": "大学"}
        return details


# Sex (None: either) and the range of ages at which somebody of a category applies.
_WORKING = {"female": (30, 48), "male": (30, 56)}
_AGES: dict[str, tuple[str | None, dict[str, tuple[int, int]]]] = {
    "older": (None, {"female": (40, 51), "male": (51, 58)}),
    "laid_off": (None, {"female": (38, 49), "male": (40, 57)}),
    "disabled": (None, _WORKING),
    "zero_employment_family": (None, _WORKING),
    "minimum_allowance": (None, _WORKING),
    "landless_farmer": (None, _WORKING),
    "graduate": (None, {"female": (24, 27), "male": (24, 27)}),
}
