"""An employer reports attendance by a link: with the code of its telephone alone, once, only who is placed there, each look recorded."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from jiuyuan import clock
from jiuyuan.agencies.pace import TooOften
from jiuyuan.assistance import attendance_links, placing
from jiuyuan.assistance.models import AttendanceLink, PostAttendance
from jiuyuan.assistance.post_workflow import POST
from jiuyuan.history.models import Entry, Look
from jiuyuan.notifications import gateways
from jiuyuan.procedures import engine
from jiuyuan.refusals import BadInput, GuardNotMet, NotFound
from tests.assistance.posts import a_post, asked, placed, proposed
from tests.desk.reading import words
from tests.factories import does, move_to, staff

pytestmark = pytest.mark.django_db


class Telephone:
    """A gateway that keeps what it was given."""

    an_hour = a_number_a_day = 100

    def __init__(self):
        self.texts = []

    def send(self, key, phone, text):
        self.texts.append((phone, text))


@pytest.fixture
def telephone(monkeypatch):
    phone = Telephone()
    monkeypatch.setattr(gateways, "configured", lambda: phone)
    return phone


def test_link_without_the_code_shows_nobody_with_it_one_browser_reports_once_and_every_look_is_recorded(telephone):
    clerk = staff("clerk")
    here, elsewhere = placed(clerk), placed(clerk)
    post = asked(clerk, here.post)
    assert post.code == ""
    page = reverse("portal:attendance", args=[post.secret])
    employer, forwarded = Client(), Client()
    name = here.recognition.person.name
    first = employer.get(page)
    assert (name in words(first), "尾号0000" in words(first), "noindex" in first["X-Robots-Tag"]) == (False, True, True)
    assert employer.post(page, {"step": "code", "code": "000000"}).status_code == 422
    employer.post(page, {"step": "send"})
    [(phone, text)] = telephone.texts
    code = re.search(r"\d{6}", text).group()
    assert phone == "13843110000"
    shown = employer.post(page, {"step": "code", "code": code}, follow=True)
    assert name in words(shown)
    assert (elsewhere.recognition.person.name in words(shown)) is (elsewhere.recognition.person.name == name)
    for kept in (here.recognition.person.id_number, here.recognition.person.phone, "零就业"):
        assert kept not in words(shown)
    assert Look.objects.unscoped().filter(file=here.file, actor=f"employer-{post.employer_id}").count() == 1
    assert not Look.objects.unscoped().filter(file=elsewhere.file, actor__startswith="employer-").exists()
    assert name not in words(forwarded.post(page, {"step": "code", "code": code}))
    wrong = employer.post(page, {f"days_{here.pk}": "2"})
    assert (wrong.status_code, 'value="2"' in wrong.content.decode()) == (422, True)
    last = clock.today()
    said = {f"days_{here.pk}": "1", f"left_{here.pk}": last.isoformat()}
    assert "已收到" in words(employer.post(page, said, follow=True))
    row = PostAttendance.objects.unscoped().get()
    assert (row.placement_id, row.days, row.left_on, row.by_employer) == (here.pk, 1, last, True)
    assert Entry.objects.of(here.file).filter(action="post_attendance_reported", actor="public").count() == 1
    assert [one.pk for one in placing.left_unreported(clerk, clock.today())] == [here.pk]
    assert employer.get(page).status_code == forwarded.get(page).status_code == 404
    with pytest.raises(GuardNotMet, match="考勤都登记过了"):
        does(POST, "ask_attendance")(clerk, post.pk, month=f"{clock.today():%Y-%m}")


def test_without_a_gateway_the_clerk_tells_the_code_and_a_link_ends_by_revoking_by_time_by_a_new_one_and_by_wrong_codes():
    clerk = staff("clerk")
    placement = proposed(clerk, post=a_post(clerk))
    with pytest.raises(GuardNotMet, match="还没有确认单位的电话"):
        does(POST, "ask_attendance")(clerk, placement.post_id, month=f"{clock.today():%Y-%m}")
    post = asked(clerk, placed(clerk, placement=placement).post)
    assert re.fullmatch(r"\d{6}", post.code)
    assert not attendance_links.send_code(post.secret)
    assert attendance_links.open_with(post.secret, f"{(int(post.code) + 1) % 10**6:06}") == ""
    mark = attendance_links.open_with(post.secret, f" {post.code} ")
    assert attendance_links.open_with(post.secret, post.code) == "", "a code is worth something once"
    rows = {"rows": {str(placement.pk): {"days": "x"}}}
    with pytest.raises(BadInput) as refused:
        engine.act(None, POST, f"{post.secret}.{mark}", "report_attendance", rows)
    assert [name for name, _ in refused.value.errors] == [f"days_{placement.pk}"]
    with pytest.raises(NotFound):
        engine.act(None, POST, f"{post.secret}.another", "report_attendance", rows)
    later = asked(clerk, post)
    with pytest.raises(NotFound, match="已经用过、过期或者撤销"):
        attendance_links.found(post.secret)
    for _ in range(5):
        attendance_links.open_with(later.secret, "")
    assert attendance_links.open_with(later.secret, later.code) == ""
    move_to(clock.today() + timedelta(days=2))
    assert attendance_links.open_with(later.secret, later.code), "wrong codes close a link for a day, not for its life"
    does(POST, "revoke_link")(clerk, post.pk)
    with pytest.raises(NotFound):
        attendance_links.found(later.secret)
    last = asked(clerk, post)
    AttendanceLink.objects.filter(revoked=False).update(valid_until=clock.today() - timedelta(days=1))
    with pytest.raises(NotFound):
        attendance_links.found(last.secret)


def test_codes_are_braked_by_link_by_telephone_and_by_gateway_from_wherever_and_a_new_code_gives_no_new_tries(
    telephone,
):
    clerk = staff("clerk")
    placement = placed(clerk)
    link = asked(clerk, placement.post)

    def texts_of(secret, times):
        before = len(telephone.texts)
        for _ in range(times):
            try:
                attendance_links.send_code(secret)
            except TooOften:
                break
        return len(telephone.texts) - before

    assert texts_of(link.secret, 2) == 2
    for _ in range(5):
        assert attendance_links.open_with(link.secret, "") == ""
    assert texts_of(link.secret, 9) == 3, "five a link and day"
    code = re.search(r"\d{6}", telephone.texts[-1][1]).group()
    assert attendance_links.open_with(link.secret, code) == "", "five wrong ones a link and day"
    telephone.a_number_a_day = 7
    assert texts_of(asked(clerk, placement.post).secret, 9) == 2, "to one telephone, whatever the link"
    telephone.a_number_a_day, telephone.an_hour = 100, 7
    assert texts_of(asked(clerk, placement.post).secret, 9) == 0
    last = AttendanceLink.objects.order_by("pk").last()
    for _ in range(3):
        attendance_links.shown(last)
    assert Look.objects.unscoped().filter(file=placement.file, actor__startswith="employer-").count() == 1
