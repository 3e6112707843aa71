"""What stands on a page, without its markup."""

import html
import re
from typing import Any


def words(response: Any) -> str:
    """The page's text in one line, so that a sentence is found however it is broken into elements."""
    text = response.content.decode()
    text = re.sub(r"<(script|style|head)\b.*?</\1>", " ", text, flags=re.S)
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", "", text)))


def links(response: Any) -> list[tuple[str, str]]:
    """(address, text) of every link."""
    found = re.findall(r'<a\b[^>]*?href="([^"]+)"[^>]*>(.*?)</a>', response.content.decode(), flags=re.S)
    return [
        (html.unescape(url), re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", "", text))).strip())
        for url, text in found
    ]


def hidden(response: Any, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', response.content.decode())
    assert found, f"no hidden field {name}"
    return html.unescape(found.group(1))


def rows(response: Any) -> int:
    """Lines of the first table's body."""
    body = re.search(r"<tbody>(.*?)</tbody>", response.content.decode(), flags=re.S)
    return body.group(1).count("<tr") if body else 0
