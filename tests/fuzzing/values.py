"""What nobody means to send: values, headers, cookies and bodies that some layer may not stand."""

import json
import random
from io import BytesIO
from typing import Any

_JSON_TEXTS = (
    '{"uid": "\\ud800"}', "[" * 100_000, '{"a": 1e400}', '{"a": NaN}', "[1, 2", '"\\u0000"', "null", "[]", "{}", "true", "-0",
    '{"uid": 5, "person": "x", "visited_on": 3, "found": []}', 'sex="\\ud800"', "birth_date=5", "as_of=[1]", 'monthly_income=1e999',
)  # fmt: skip
VALUES: tuple[str, ...] = (
    "", " ", "\u3000", "\0", "a\0b", "\x0b\x0c", "\x1b[0m", "\ufffe", "\ufeff", "\u202e倒", "e\u0301" * 40, "😀" * 100,
    "0", "-1", "-0", "1.5", "1e400", "NaN", "Infinity", "0x10", "1_000", "２２", "²", "٣", "½", "Ⅷ",
    str(2**31), str(2**31 - 1), str(2**63), str(2**63 - 1), str(-(2**63) - 1), str(2**64), str(10**30), "9" * 5000,
    "0000-00-00", "0001-01-01", "9999-12-31", "10000-01-01", "2026-02-30", "2026-13-01", "2026-1-1", "２０２６-03-02", "1899-12-31",
    "-2026-03-02", "2026-W10-1", "20260302", "2026-03-02T00:00:00", "昨天", "now",
    "a" * 500, "a" * 20_000, "字" * 3000, "ai" * 20 + "qq", "' OR 1=1 --", "%", "_", "\\", "\\0", "{{ 7*7 }}", "{0.__class__}", "%(x)s", "%s",
    "<script>alert(1)</script>", "=HYPERLINK(1)", "../../../etc/passwd", "//example.com", "/" + "a" * 3000, "javascript:1", "a", ":", "?",
    "http://[", "http://[::1", "\r\nX-Other: 1", "\n", "\t", "on", "None", "true", "yes", "older", "accepted", "nonsense", ",", "1,2", "|", "&&",
    "11010519491231002X", "220102198402300020", "22010219840230002", "+8613800000000", "王" * 81, "·", "张三\n李四",
    *_JSON_TEXTS,
)  # fmt: skip
_RAW_QUERIES = (
    "a=%00", "%00=1", "q=%ED%A0%80", "q=%FF%FE", "q=%u0041", "=", "&&&&", "q", "q[]=1", "page=%EF%BC%92", "cursor=%C2%B2", "unmask=maybe",
    "&".join(f"n{n}=1" for n in range(1100)), "status=%0A", "q=" + "a" * 9000, "person=" + "&person=".join(["9" * 30] * 40),
)  # fmt: skip
_HEADERS: tuple[dict[str, str], ...] = (
    {"Accept-Language": "a" * 3000},
    {"Accept-Language": "zh-hans;q=nan, *;q=1e9, \xff"},
    {"Cookie": 'sessionid="\\000\\001"; csrftoken="\\000"'},
    {"Cookie": "sessionid=" + "x" * 3000},
    {"Cookie": "messages=[[garbage; larger_type=9; jiuyuan_who=\xff"},
    {"HX-Request": "true", "HX-Current-URL": "http://["},
    {"HX-Request": "true", "HX-Current-URL": "//example.com/" + "a" * 4000},
    {"HX-Request": "true", "HX-Target": "\xff", "HX-Trigger": "x"},
    {"Referer": "http://["},
    {"Range": "bytes=5-1"},
    {"If-Modified-Since": "yesterday", "If-None-Match": "*" * 2000},
    {"X-Forwarded-For": ", ,"},
    {"X-Forwarded-Proto": "\xff"},
    {"Accept": "image/*;q=x"},
    {"Authorization": "Bearer"},
    {"Authorization": "Bearer " + "ÿ" * 50},
    {"Authorization": "Basic \xff"},
    {"Idempotency-Key": "\xff"},
    {"Idempotency-Key": "k" * 201},
    {"Host": "[::1"},
    {"Host": "example.com\\"},
    {"Content-Length": "-1"},
    {"Content-Length": "abc"},
)
_TYPES = (
    "application/json", "application/json; charset=hex", "application/json; charset=utf-16", "application/vnd.x+json", "text/plain",
    "multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=b", "multipart/form-data; charset=rot13; boundary=b",
    "multipart/form-data; boundary=" + "b" * 300, "multipart/form-data; boundary=\xff", "application/x-www-form-urlencoded",
    "application/x-www-form-urlencoded; charset=unicode_escape", "application/x-www-form-urlencoded; charset=gbk", "application/xml", "", ";", "/",
)  # fmt: skip
_PART = b'--b\r\nContent-Disposition: form-data; name="%s"%s\r\n\r\n%s\r\n--b--\r\n'
_BODIES: tuple[bytes, ...] = (
    b"", b"\x00", b"\xff\xfe", b"{", b"null", b"[]", b'"x"', b"{}" * 3, b"[" * 100_000, b"9" * 5000, b"a=%00&next=%00", b"next=a", b"a=" + b"x" * 3_000_000,
    b"&".join(b"n%d=1" % n for n in range(1100)), b"--b\r\n", b"--b--", b"--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--",
    _PART % (b"a", b"", b"\x00"), _PART % (b"file", b'; filename="\x00.jpg"', b"x"), _PART % (b"file", b"; filename*=utf-8''%00%ED%A0%80", b"x"),
    _PART % (b"file", b'; filename="../../x"', b"%PDF-"), _PART % (b"file", b'; filename=""', b""), _PART % (b"kind", b"; x=\xff", b"\xff"),
    b'--b\r\nContent-Disposition: form-data; name="a"\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!\r\n--b--\r\n',
)  # fmt: skip
_ODD: tuple[Any, ...] = (
    None,
    True,
    -1,
    1.5,
    2**31,
    2**63,
    10**400,
    [],
    {},
    [[]],
    {"a": {"b": {}}},
    "\ud800",
    "\0",
    [None],
    ["\udfff"],
)


def value(chance: random.Random, usual: str = "") -> str:
    """Something else than what usually stands there."""
    if usual[:1] in ("{", "[") and chance.random() < 0.7:
        try:
            return json.dumps(json_value(chance, json.loads(usual)))
        except (ValueError, RecursionError):
            pass
    if usual and chance.random() < 0.2:
        place = chance.randrange(len(usual) + 1)
        return usual[:place] + chance.choice(VALUES)[:50] + usual[place:]
    return chance.choice(VALUES)


def json_value(chance: random.Random, usual: Any) -> Any:
    """The same with one place of it made odd."""
    if isinstance(usual, dict) and usual and chance.random() < 0.8:
        name = chance.choice(list(usual))
        if chance.random() < 0.15:
            return {**usual, chance.choice(VALUES): chance.choice(_ODD)}
        return {**usual, name: json_value(chance, usual[name])}
    if isinstance(usual, list) and usual and chance.random() < 0.6:
        place = chance.randrange(len(usual))
        return [*usual[:place], json_value(chance, usual[place]), *usual[place + 1 :]]
    return chance.choice((*_ODD, *VALUES))


def headers(chance: random.Random) -> dict[str, str]:
    return dict(chance.choice(_HEADERS))


def raw_query(chance: random.Random) -> str:
    return chance.choice(_RAW_QUERIES)


def content_type(chance: random.Random) -> str:
    return chance.choice(_TYPES)


def body(chance: random.Random) -> bytes:
    return chance.choice(_BODIES)


class _File(BytesIO):
    """As a browser sends it: with any name."""

    def __init__(self, name: str, content: bytes) -> None:
        super().__init__(content)
        self.name = name


def file(chance: random.Random) -> BytesIO:
    names = (
        "照片.jpg",
        "a\0.jpg",
        "\u2028.jpg",
        "a" * 400 + ".jpg",
        "../../x.csv",
        "",
        "名单.xlsx",
        "x.pdf",
        ".",
        "a\r\nb.csv",
        "\u202egpj.x",
    )
    contents = (
        b"", b"\x00", b"%PDF-1.4\n%%EOF", b"\xff\xd8\xff\xe0", b"PK\x03\x04" + b"\x00" * 30, "姓名,身份证号码\n张三,1\n".encode(),
        "姓名,身份证号码\n".encode("utf-16"), b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, b"a,b\n" * 2000, b'"' * 300, b"\x89PNG\r\n\x1a\n",
    )  # fmt: skip
    return _File(chance.choice(names), chance.choice(contents))
