"""Matching (四(二)): conditions in three values with both sides, what to ask, never by sex, age or ethnicity; SQL says the same."""

import inspect
import random
from datetime import timedelta

import pytest
from django.urls import reverse

from jiuyuan import clock
from jiuyuan.applications import nightly
from jiuyuan.assistance import matching
from jiuyuan.assistance.matching import Wanted, match
from jiuyuan.assistance.models import BestMatch, Employer, Interview, Vacancy
from jiuyuan.assistance.nightly_matching import match_everybody
from jiuyuan.assistance.occupations import read
from jiuyuan.procedures.subjects import moving
from tests.assistance.offers import a_fitting_vacancy
from tests.assistance.plans import held
from tests.assistance.test_help_pages import browser, text_of
from tests.assistance.vacancies import a_vacancy
from tests.factories import OTHER_PLATFORM, staff
from tests.recognitions.register import on_the_register

pytestmark = pytest.mark.django_db

CARE = read("养老护理员")
WANTED = Wanted(occupations=(CARE,), divisions=("220102",), hours="full", lowest_pay=2500)


def a_post(**changes):
    return Vacancy(
        **{
            "pk": 1, "title": "护理员", "occupation": CARE, "division_id": "220102", "pay_from": 2600, "pay_to": 3000,
            "form": "full", "hours": "full", **changes,
        }
    )  # fmt: skip


def of(found, code):
    return next(reason for reason in found.reasons if reason.code == code)


def test_vacancy_fits_where_every_condition_holds_each_with_both_values():
    found = match(WANTED, a_post())
    assert (found.fits, found.missing) == (True, [])
    assert [(r.label, r.wanted, r.offered) for r in found.reasons] == [
        ("职业", "养老护理员", "养老护理员"),
        ("地区", "吉林省长春市南关区", "吉林省长春市南关区"),
        ("报酬", "每月至少2500元", "每月2600至3000元"),
        ("工作时间", "全天", "全天"),
    ]


@pytest.mark.parametrize(
    ("wanted", "post", "code", "fits", "asked"),
    [
        ({"lowest_pay": 3100}, {}, "pay", False, ""),
        ({"lowest_pay": 2800}, {}, "pay", None, "能不能到2800元"),
        ({"lowest_pay": None}, {}, "pay", None, "至少要多少报酬"),
        ({}, {"pay_from": None, "pay_to": None}, "pay", None, "报酬多少"),
        ({}, {"form": "part", "pay_from": 20, "pay_to": 25}, "pay", None, "按小时付"),
        ({"hours": "part"}, {}, "hours", False, ""),
        ({"hours": "part"}, {"hours": "flexible"}, "hours", True, ""),
        ({"hours": ""}, {}, "hours", None, "全天还是半天"),
        ({"divisions": ("220104",)}, {}, "place", False, ""),
        ({"divisions": ()}, {}, "place", None, "愿不愿意到"),
        ({"divisions": ("220102",)}, {"division_id": "2201"}, "place", None, "具体在"),
        ({"divisions": ("2201",)}, {}, "place", True, ""),
        ({"occupations": ("4-00-00-00",)}, {}, "occupation", True, ""),
        ({"occupations": ("4-01-02-01",)}, {}, "occupation", False, ""),
        ({"occupations": ("4-01-02-01",), "others": ("看大门",)}, {}, "occupation", None, "愿不愿意做护理员"),
        ({"occupations": ()}, {}, "occupation", None, "想做什么工作"),
        ({}, {"occupation": ""}, "occupation", None, "愿不愿意做护理员"),
        ({}, {"occupation": "4-00-00-00"}, "occupation", None, "愿不愿意做护理员"),
        ({"care": "下午四点接孩子"}, {}, "care", None, "时间上排得开吗"),
        ({"care": "下午四点接孩子"}, {"hours": "flexible"}, "care", True, ""),
        ({"limits": True}, {}, "limits", None, "与本人商量"),
    ],
)  # fmt: skip
def test_unknown_is_unknown_and_says_what_to_ask(wanted, post, code, fits, asked):
    found = match(Wanted(**{**WANTED.__dict__, **wanted}), a_post(**post))
    reason = of(found, code)
    assert (reason.fits, bool(reason.ask)) == (fits, fits is None)
    assert asked in reason.ask
    assert found.fits is fits


def test_nothing_of_sex_age_or_ethnicity_can_be_read_by_it():
    assert set(Wanted.__dataclass_fields__) == {
        "occupations", "others", "divisions", "hours", "lowest_pay", "care", "limits",
    }  # fmt: skip
    assert set(inspect.signature(match).parameters) == {"wanted", "vacancy"}


def test_limits_of_health_stand_in_no_reason():
    clerk, stay = staff("clerk"), on_the_register()
    held(clerk, stay, limits="腰椎间盘突出", limits_consent=True)
    a_fitting_vacancy(clerk)
    [found] = matching.best(stay, 10)
    assert found.fits is None
    assert "腰椎" not in str(found.reasons)


def _drawn(dice, employer, agency, number):
    """Vacancies at random: near and far, precise and vague, paid by the month and by the hour."""
    codes = [
        "",
        "4-00-00-00",
        "4-10-00-00",
        CARE,
        read("保洁员"),
        read("收银员"),
        "4-10-01-00",
        read("保安员"),
        read("中式烹调师"),
    ]
    until = clock.today() + timedelta(days=30)
    rows = []
    for each in range(number):
        low = dice.choice([None, 2200, 2500, 2500, 2800, 3200])
        rows.append(
            Vacancy(
                employer=employer, agency=agency, area=agency.path, title=f"岗位{each}", number=1, status="open",
                occupation=dice.choice(codes), division_id=dice.choice(["220102", "220102", "220104", "2201", "220204"]),
                pay_from=low, pay_to=low and dice.choice([None, low + 400]), form=dice.choice(["full", "full", "part"]),
                hours=dice.choice(["full", "part", "flexible"]), valid_until=until, made_on=clock.today(),
                taken=dice.choice([0, 0, 0, 1]),
            )
        )  # fmt: skip
    with moving(Vacancy):
        Vacancy.objects.unscoped().bulk_create(rows)


def _wishes(dice):
    words = [CARE, read("保洁员"), read("收银员"), "4-00-00-00", "4-10-00-00", "看大门", "😀"]
    said = {
        "occupations": dice.sample(words, dice.randint(0, 3)),
        "divisions": dice.sample(["220102", "220104", "2201", "220204"], dice.randint(0, 2)),
        "hours": dice.choice(["", "full", "part", "flexible"]),
        "lowest_pay": dice.choice([None, 2200, 2500, 3000]),
        "care": dice.choice(["", "", "下午四点接孩子"]),
    }
    return {name: value for name, value in said.items() if value}


def test_sql_and_brute_force_agree_on_random_pairs():
    """Who gets which ten, in which order, and whether each fits, over some 10,000 pairs."""
    dice, clerk = random.Random(14), staff("clerk")
    stays = [on_the_register() for _ in range(3)]
    employer = Employer.objects.create(credit_code="91220102MA0Y1A2B3U", name="长春市顺意餐饮管理有限公司")
    _drawn(dice, employer, clerk.agency, 120)
    pairs = differing = 0
    for _ in range(30):
        with moving(Interview):
            Interview.objects.unscoped().bulk_create(
                Interview(
                    recognition=stay, on=clock.today(), wishes=_wishes(dice), limits=dice.choice(["", "", "不能久站"])
                )
                for stay in stays
            )
        match_everybody()
        for stay in stays:
            rows = BestMatch.objects.unscoped().filter(recognition=stay).order_by("place")
            expected = [(one.vacancy.pk, one.fits) for one in matching.best(stay, 10)]
            differing += list(rows.values_list("vacancy", "fits")) != expected
            pairs += 120
    assert (differing, pairs) == (0, 10_800)


def test_night_matches_everybody_on_the_register_and_the_vacancy_shows_whom_it_suits():
    clerk, stay = staff("clerk"), on_the_register()
    held(clerk, stay)
    fitting, cheap = a_fitting_vacancy(clerk), a_fitting_vacancy(clerk, "护工", pay_from=2300, pay_to=2300)
    a_vacancy(staff("clerk", at=OTHER_PLATFORM), title="洗碗工", division="220204")
    nightly.run(seals=False)
    rows = BestMatch.objects.unscoped().filter(recognition=stay).values_list("place", "vacancy", "fits")
    assert list(rows.order_by("place")) == [(1, fitting.pk, True), (2, cheap.pk, False)]
    page = browser(clerk).get(reverse("desk:vacancy", args=[fitting.pk]))
    assert stay.person.name in text_of(page)
    assert reverse("desk:matches", args=[stay.pk]) in page.content.decode()
    assert stay.person.name not in text_of(browser(clerk).get(reverse("desk:vacancy", args=[cheap.pk])))
