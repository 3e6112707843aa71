"""The pages that belong to everybody, and the frame around all of them."""

import re
from datetime import date
from pathlib import Path

import pytest
from django.conf import settings
from django.template.loader import render_to_string
from django.test import RequestFactory

import jiuyuan
from jiuyuan import clock
from jiuyuan.agencies.models import Agency, User
from jiuyuan.web.look import Sample

pytestmark = pytest.mark.django_db
PACKAGE = Path(jiuyuan.__file__).parent


@pytest.fixture
def clerk() -> User:
    return User.objects.create_user(
        "clerk", "a long secret", name="李明", role="clerk", agency=Agency.objects.get(code="220102001")
    )


@pytest.fixture
def applicant() -> User:
    return User.objects.create_user("wang", "a long secret", name="王秀兰", role="applicant")


@pytest.mark.parametrize(
    "path", ["/look/", "/look/?wrong=1", "/look/desk/", "/look/confirm/", "/look/work/", "/login/", "/"]
)
def test_every_part_draws_with_what_its_documentation_asks_for(client, path):
    assert client.get(path).status_code == 200


def test_staff_go_to_their_desk_and_applicants_to_their_own_page(log_in, clerk, applicant):
    assert log_in(clerk).get("/").url == "/desk/"
    assert log_in(applicant).get("/").status_code == 200


def test_the_desk_names_office_and_role(log_in, clerk):
    page = log_in(clerk).get("/look/desk/").content.decode()
    assert "南岭街道公共就业服务平台" in page
    assert "基层经办人" in page


def test_larger_type_stays_with_an_account(log_in, applicant):
    answer = log_in(applicant).post("/larger-type/", {"larger": "1", "next": "/look/"})
    assert answer.url == "/look/"
    assert 'class="portal larger"' in log_in(applicant).get("/look/").content.decode()


def test_larger_type_stays_with_a_visitors_browser(client):
    client.post("/larger-type/", {"larger": "1"})
    assert 'class="portal larger"' in client.get("/look/").content.decode()
    client.post("/larger-type/", {"larger": "0"})
    assert 'class="portal"' in client.get("/look/").content.decode()


def test_larger_type_leaves_the_page_with_what_was_typed_where_it_was(client):
    def pressed(page, where):
        form = re.search(r"<form[^>]*data-larger-type>.*?</form>", page.content.decode(), re.S)[0]
        fields = re.findall(r'name="(\w+)" value="([^"]*)"', form)
        assert not any("password" in name for name, _ in fields)
        answer = client.post("/larger-type/", dict(fields))
        assert (answer.status_code, answer["Location"]) == (307, where)
        return client.post(where, dict(fields))

    asked = client.post("/self-check/", {"asked": "place", "place": "22"})
    again = pressed(asked, "/self-check/")
    assert 'class="portal larger"' in again.content.decode()
    assert again.context["title"] == asked.context["title"]
    wrong = client.post("/register/", {"name": "王秀兰", "phone": "1390"})
    assert 'value="王秀兰"' in pressed(wrong, "/register/").content.decode()


@pytest.mark.parametrize(
    "there", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "", "a", "desk", "/" + "a" * 5000]
)
def test_nobody_is_led_away_from_here(client, there):
    assert client.post("/larger-type/", {"larger": "1", "next": there}).url == "/"


def test_a_demonstration_moves_on_by_days_or_to_a_day(log_in, clerk):
    page = log_in(clerk)
    page.post("/demonstration/day/", {"days": "1", "day": "2026-03-02"})
    assert clock.today() == date(2026, 3, 3)
    page.post("/demonstration/day/", {"day": "2026-04-01"})
    assert clock.today() == date(2026, 4, 1)


@pytest.mark.parametrize(
    "typed", [{"day": "2026-03-01"}, {"day": "tomorrow"}, {"days": "-7"}, {"days": "9" * 30}, {}, {"day": "9999-12-31"}]
)
def test_a_demonstration_moves_neither_back_nor_to_nowhere(log_in, clerk, typed):
    page = log_in(clerk)
    page.post("/demonstration/day/", typed)
    assert clock.today() == date(2026, 3, 2)
    assert "没有换" in page.get("/look/desk/").content.decode()


def test_a_production_system_stands_on_the_real_day(log_in, clerk, monkeypatch):
    monkeypatch.setattr(type(settings.JIUYUAN), "time_can_move", property(lambda _: False))
    assert log_in(clerk).post("/demonstration/day/", {"days": "1"}).status_code == 404
    assert "演示系统" not in log_in(clerk).get("/look/desk/").content.decode()


def test_logging_out_is_an_act(log_in, clerk):
    page = log_in(clerk)
    assert page.get("/logout/").status_code == 405
    assert page.post("/logout/").url == "/"
    assert page.get("/demonstration/day/").url.startswith("/login/")


def test_a_page_that_is_not_there_says_no_more_than_that(client, log_in, clerk):
    for page in (client, log_in(clerk)):
        answer = page.get("/nothing/here/")
        assert answer.status_code == 404
        assert "不在您能看的范围里" in answer.content.decode()


def test_the_pages_for_the_worst_need_nothing_but_themselves():
    for name in ("400.html", "500.html"):
        assert "回到首页" in render_to_string(name)


def test_every_error_is_on_top_with_a_link_to_its_box():
    request = RequestFactory().get("/")
    form = Sample(
        {"name": "", "unemployed_since_year": "2025", "unemployed_since_month": "2", "unemployed_since_day": "30"}
    )
    summary = render_to_string("components/error_summary.html", {"form": form}, request)
    html = str(form)
    targets = re.findall(r'href="#([^"]+)"', summary)
    assert len(targets) == len(form.errors)
    assert all(f'id="{target}"' in html for target in targets)


def test_what_is_wrong_with_a_whole_form_is_said_once():
    form = Sample({"name": "王秀兰"})
    form.add_error(None, "公示还没有满3个工作日。")
    assert "公示还没有满" in str(form)
    assert "公示还没有满" in render_to_string("components/error_summary.html", {"form": form})
    assert "公示还没有满" not in str(form)


def test_no_template_carries_style_or_script_that_the_content_policy_forbids():
    for path in PACKAGE.rglob("templates/**/*.html"):
        text = path.read_text("utf-8")
        assert not re.search(r"\sstyle=|<style|\son\w+=|<script(?![^>]*\ssrc=)|javascript:", text), path


def test_every_icon_that_is_asked_for_is_drawn():
    drawn = set(re.findall(r'<symbol id="(\w+)"', (PACKAGE / "static/icons.svg").read_text("utf-8")))
    asked = {
        name
        for path in PACKAGE.rglob("templates/**/*.html")
        for name in re.findall(r'{% icon "(\w+)" %}', path.read_text("utf-8"))
    }
    assert asked <= drawn, asked - drawn


def test_every_component_is_in_the_guide():
    guide = (PACKAGE.parents[1] / "docs/look.md").read_text("utf-8")
    framed = {"demonstration.html", "larger_type.html", "logout.html", "messages.html"}
    there = {path.name for path in (PACKAGE / "templates/components").glob("*.html")}
    assert there - framed == {name for name in there if f"components/{name}" in guide}
