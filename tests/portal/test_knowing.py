"""What people can read before they apply, and on every page."""

import pytest

from jiuyuan.regions import registry
from tests.portal.walking import seen

pytestmark = pytest.mark.django_db


def test_one_page_says_who_qualifies_and_what_one_gets(client):
    words = seen(client.get("/about/"))
    rules = next(registry.policies())
    for category in rules.categories:
        assert category.plain in words
    for said in ("免费培训", "10个工作日办完", "家里人帮着办", "吉人社发〔2022〕10号", "找到工作了，告诉我们"):
        assert said in words


@pytest.mark.parametrize("path", ["/", "/about/", "/self-check/", "/login/", "/notices/"])
def test_every_page_says_whose_service_it_is_and_what_becomes_of_data(client, path):
    page = client.get(path)
    assert "吉林省人力资源和社会保障厅" in seen(page)
    assert 'href="/privacy/"' in page.content.decode()


def test_the_page_on_data_says_what_why_who_and_what_one_can_do(client):
    words = seen(client.get("/privacy/"))
    for said in ("存什么，为什么", "向谁核实", "谁看得到", "存多久", "可以要求更正"):
        assert said in words
