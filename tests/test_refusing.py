"""What no text can hold is refused at the door, whatever part of a request it stands in, for pages and programs alike."""

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from jiuyuan import characters
from jiuyuan.agencies.services import issue_token
from jiuyuan.wsgi import application
from tests.factories import a_case, an_applicant, staff
from tests.portal.walking import account_form, seen

pytestmark = pytest.mark.django_db
IMPOSSIBLE = ["\0", "\x0b", "\x1b", "\ufffe"]


@pytest.mark.parametrize("character", IMPOSSIBLE)
@pytest.mark.parametrize(
    "address",
    [
        "/desk/cases/?agency=",
        "/desk/cases/?category=",
        "/desk/cases/?channel=",
        "/desk/visits/?agency=",
        "/desk/cases/batch/?numbers=",
        "/desk/register/?q=",
        "/notices/?platform=",
        "/confirm/x/?whatever=",
        "/api/v1/people?q=",
        "/api/v1/notices?platform=",
    ],
)
def test_an_address_with_a_character_that_no_text_holds_is_refused(log_in, address, character):
    path, _, query = address.partition("?")
    clerk = staff("clerk")
    answer = log_in(clerk).get(
        path, {query.rstrip("="): f"a{character}"}, headers={"Authorization": f"Bearer {issue_token(clerk)}"}
    )
    assert answer.status_code == (422 if path.startswith("/api/") else 400)
    assert "有不能使用的字符" in answer.content.decode()


@pytest.mark.parametrize("path", ["/desk/cases/%00/", "/mine/a%00/", "/%00", "/api/v1/applications/%00", "/static/%00"])
def test_a_path_with_one_is_not_there(log_in, path):
    assert log_in(staff("clerk")).get(path).status_code == 404


@pytest.mark.parametrize("character", IMPOSSIBLE)
def test_a_form_with_one_is_refused_and_says_what_to_do(client, log_in, character):
    page = client.post("/register/", account_form(an_applicant(name=f"王{character}")))
    assert page.status_code == 400
    assert "请删去或重新输入" in seen(page)
    assert log_in(staff("clerk")).post("/desk/window/", {"name": character}).status_code == 400
    assert client.post("/login/", {"username": character, "password": "x"}).status_code == 400
    assert client.post("/self-check/", {"answered": f"a{character}"}).status_code == 400


def test_a_name_of_a_file_with_one_harms_nothing(log_in):
    case = a_case("draft", clerk=(clerk := staff("clerk")))
    file = SimpleUploadedFile("x.jpg", b"x")
    file.name = "a\0b.jpg"
    answer = log_in(clerk).post(f"/desk/cases/{case.number}/documents/", {"kind": "id_card", "file": file})
    assert answer.status_code < 500


def test_a_cookie_with_one_is_as_if_it_were_not_there(client):
    assert client.get("/notices/", HTTP_COOKIE='sessionid="\\000x"; csrftoken="\\000"').status_code == 200
    answer = client.get("/desk/cases/", HTTP_COOKIE='sessionid="\\000x"')
    assert answer.url == "/login/?next=/desk/cases/"


@pytest.mark.parametrize("where", ["http://[", "//evil.example", "http://x/" + "a" * 5000, "", "mailto:x"])
def test_a_part_of_a_page_asked_for_from_nowhere_leads_to_the_login(client, where):
    answer = client.get("/desk/cases/", headers={"HX-Request": "true", "HX-Current-URL": where})
    assert answer.status_code == 200
    assert answer["HX-Redirect"].startswith("/login/?next=/")
    assert "evil" not in answer["HX-Redirect"]


@pytest.mark.parametrize("charset", ["hex", "utf-16", "unicode_escape", "gbk", "nonsense"])
def test_only_utf_8_is_read(charset):
    said = {}
    environ = {
        "REQUEST_METHOD": "POST", "PATH_INFO": "/self-check/", "CONTENT_TYPE": f"text/plain; charset={charset}",
        "SERVER_NAME": "localhost", "SERVER_PORT": "80", "wsgi.input": BytesIO(), "wsgi.url_scheme": "http", "REMOTE_ADDR": "10.1.1.1",
    }  # fmt: skip
    body = application(environ, lambda status, headers: said.update(status=status))
    assert said["status"].startswith("415")
    assert "UTF-8" in b"".join(body).decode()


@pytest.mark.parametrize("length", ["abc", "-1", "²"])
def test_a_length_that_is_no_number_is_refused(client, length):
    assert client.post("/self-check/", CONTENT_LENGTH=length).status_code == 400


def test_an_address_without_end_is_refused_and_a_long_filter_is_cut(log_in):
    desk = log_in(staff("clerk"))
    assert desk.get("/desk/visits/", {"address": "[" * 5000}).status_code == 414
    assert desk.get("/desk/register/", {"q": "王" * 300}).status_code == 200
    assert desk.post("/desk/search", {"q": "王" * 5000}).status_code == 302
    sent = {"query": "q=" + "a" * 30_000, "name": "甲"}
    assert desk.post("/desk/register/filters/", sent).status_code == 302


@pytest.mark.parametrize("cursor", ["²", "٣", "9" * 30, "-1", "1e5", "before:²", "½"])
@pytest.mark.parametrize("address", ["/desk/cases/", "/desk/register/", "/desk/leads/", "/desk/visits/", "/notices/"])
def test_a_cursor_that_no_list_gave_out_means_the_first_page(log_in, address, cursor):
    given = {"cursor": cursor, "platform": "220102001"} if address == "/notices/" else {"cursor": cursor}
    assert log_in(staff("clerk")).get(address, given).status_code == 200


@pytest.mark.parametrize(
    "visit",
    [
        '{"uid": "\\ud800"}',
        "[" * 100_000,
        '{"uid": "x", "person": 1e400, "visited_on": "", "found": {"a": "\\udfff"}}',
        "5",
    ],
)
def test_a_visit_that_a_device_cannot_have_written_is_refused_in_words(log_in, visit):
    answer = log_in(staff("clerk")).post("/desk/visits/offline/send/", {"visit": visit})
    assert answer.status_code == 422
    assert "收到的内容不完整" in answer.json()["title"]


@pytest.mark.parametrize(
    "said", ['sex="\\ud800"', "birth_date=" + "[" * 100_000, "monthly_income=1e400", 'sex="\\u0000"']
)
def test_an_answer_of_the_self_check_that_is_none_is_left_out(client, said):
    assert client.post("/self-check/", {"answered": [said], "asked": "sex"}).status_code == 200


@pytest.mark.parametrize(
    ("text", "number"),
    [("7", 7), ("0", 0), ("²", None), ("٣", None), ("", None), (None, None), ("-1", None), ("9" * 19, None), ("9" * 18, 10**18 - 1)],
)  # fmt: skip
def test_a_whole_number_is_what_a_database_holds(text, number):
    assert characters.whole_number(text) == number


def test_a_form_sent_to_what_reads_json_is_told_so(client):
    token = issue_token(staff("clerk"))
    answer = client.post(
        "/api/v1/applications", {"name": "x"}, headers={"Authorization": f"Bearer {token}", "Idempotency-Key": "k"}
    )
    assert (answer.status_code, answer.json()["code"]) == (415, "media_type")
