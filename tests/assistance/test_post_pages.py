"""The pages of public-interest posts: requested and decided at the desk, on public notice with restraint, on the person's phone."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from jiuyuan import clock
from jiuyuan.assistance.models import Placement, PublicPost
from jiuyuan.assistance.personal_file import personal_file
from tests.assistance.posts import a_plan_with_a_post, a_post, a_stay, past_notice, placed, proposed, said_of_a_post
from tests.desk.reading import words
from tests.factories import an_account, staff

pytestmark = pytest.mark.django_db


def browser(user=None):
    client = Client()
    if user is not None:
        client.force_login(user)
    return client


def text_of(response):
    return words(response).replace(" ", "")


def test_clerk_and_reviewer_bring_somebody_onto_a_post_page_by_page():
    clerk, reviewer = staff("clerk"), staff("reviewer")
    stay = a_stay(clerk)
    plan = a_plan_with_a_post(clerk, stay)
    office, county = browser(clerk), browser(reviewer)
    typed = said_of_a_post(division="长春市南关区")
    employer = typed.pop("employer")
    typed |= {"employer_name": employer["name"], "credit_code": employer["credit_code"], "version": 0}
    wrong = office.post(reverse("desk:post_new"), {**typed, "credit_code": "1", "duties": "送餐。😀"})
    assert (wrong.status_code, "现在是1位" in text_of(wrong), "送餐。😀" in wrong.content.decode()) == (422, True, True)
    assert "待审批" in text_of(office.post(reverse("desk:post_new"), typed, follow=True))
    post = PublicPost.objects.unscoped().get()
    beside = text_of(county.get(reverse("desk:post_act", args=[post.pk, "approve"])))
    for said in ("给独居老人送午饭", "岗位数2人", "最低工资标准", "社区独居老人多，没有人送餐。"):
        assert said in beside
    for client, action, more in (
        (county, "approve", {"ground": "确有需要。"}),
        (county, "publish", {}),
        (office, "open", {}),
    ):
        past_notice(post)
        client.post(reverse("desk:post_act", args=[post.pk, action]), {"version": post.version, **more})
        post = PublicPost.objects.unscoped().get()
    assert post.status == "open"
    shown = text_of(office.get(reverse("desk:post", args=[post.pk])))
    assert "岗位补贴标准没有依据，由省级设定" in shown
    assert f"{stay.person.name}零就业家庭成员" in shown
    act = reverse("desk:help_act", args=[stay.pk, "placement", "propose", 0])
    assert "前面没有人" not in (before := text_of(office.get(act)))
    assert "已有0个介绍的岗位没有成功，还差3个" in before
    said = {"version": plan.version, "post": post.pk, "no_relative": "true", "tried_ground": "附近没有合适的岗位。"}
    assert "待复核" in text_of(office.post(act, said, follow=True))
    placement = Placement.objects.unscoped().get()
    assert stay.person.name in text_of(county.get(reverse("desk:placements")))
    offered = text_of(county.get(reverse("desk:helping", args=[stay.pk])))
    assert "同意安置并公示" in offered
    assert "同意再次安置" not in offered, "a first placement is never placed again"
    decide = reverse("desk:help_act", args=[stay.pk, "placement", "publish", placement.pk])
    assert "附近没有合适的岗位。" in text_of(county.get(decide))
    assert "公示中" in text_of(county.post(decide, {"version": placement.version}, follow=True))


def test_public_notice_names_and_masks_and_is_gone_when_it_is_over_and_the_person_and_the_file_say_the_rest():
    clerk, account = staff("clerk"), an_account()
    on_notice, stay = a_post(clerk, "published", title="社区保洁员"), a_stay(clerk, "disabled")
    stay.person.account = account
    stay.person.save()
    placement = proposed(clerk, a_plan_with_a_post(clerk, stay))
    public = reverse("portal:post_notices", args=[clerk.agency.code])
    mine = reverse("portal:helping")
    assert "社区送餐员" not in text_of(browser(account).get(mine))
    placement = placed(clerk, "published", placement)
    Placement.objects.unscoped().filter(pk=placement.pk).update(notice_ends_on=clock.today())
    answer = browser().get(public)
    shown = text_of(answer)
    assert "noindex" in answer["X-Robots-Tag"]
    for said in ("社区保洁员", "社区送餐员", stay.person.name, stay.person.masked_id_number):
        assert said in shown
    for kept in ("残疾", stay.person.id_number, stay.person.phone, "85550002", stay.person.address):
        assert kept not in shown
    assert "准备安排您去，正在公示" in text_of(browser(account).get(mine))
    for row in (on_notice, placement):
        type(row).objects.unscoped().filter(pk=row.pk).update(notice_ends_on=clock.today() - timedelta(days=1))
    assert "现在没有公示" in text_of(browser().get(public))
    placed(clerk, "ended", placement)
    assert "期满" in text_of(browser(account).get(mine))
    events = {event.what for event in personal_file(clerk, stay.person).events}
    assert {"提出公益性岗位安置", "公益性岗位上岗", "离开公益性岗位"} <= events
