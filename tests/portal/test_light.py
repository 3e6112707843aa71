"""A page of the portal is light: what a phone loads the first time, counted as it comes over the network."""

import re

import pytest

from tests.portal.walking import begin

pytestmark = pytest.mark.django_db
MOST = 50_000


def loaded(client, path) -> dict[str, int]:
    return weighed(client, client.get(path, follow=True))


def weighed(client, page) -> dict[str, int]:
    """Bytes by address: the page, and every style, script and drawing that it names."""
    named = set(re.findall(r'(?:href|src)="(/static/[^"#]+)', page.content.decode()))
    sizes = {"": len(page.content)}
    for address in named - {one for one in named if "print.css" in one}:
        answer = client.get(address, headers={"accept-encoding": "gzip"})
        assert answer.status_code == 200, address
        assert "immutable" in answer["Cache-Control"], address
        sizes[address] = len(answer.getvalue())
        answer.close()
    return sizes


@pytest.mark.parametrize("path", ["/", "/self-check/", "/about/", "/privacy/", "/register/", "/login/", "/windows/"])
def test_a_public_page_is_under_fifty_kilobytes_cold(client, path):
    sizes = loaded(client, path)
    assert sum(sizes.values()) <= MOST, sizes
    assert not [address for address in sizes if "htmx" in address]


def test_the_page_of_photographs_is_too(client):
    case = begin(client)
    sizes = loaded(client, f"/mine/{case.number}/materials/id_card/")
    assert sum(sizes.values()) <= MOST, sizes
    assert any("photographs.js" in address for address in sizes)


def test_a_file_that_changes_has_another_address(client):
    page = client.get("/").content.decode()
    assert re.search(r'/static/portal\.css\?v=[0-9a-f]{10}"', page)
    answer = client.get("/static/portal.css", headers={"accept-encoding": "gzip"})
    assert answer["Content-Encoding"] == "gzip"
    answer.close()
