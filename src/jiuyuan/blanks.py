"""The placeholders that programs write for "nothing". One list for all parsers."""

import unicodedata

#: Lower case, without spaces. `无` is missing: in some columns it is an answer.
BLANKS = frozenset(
    {
        "",
        "-",
        "--",
        "---",
        "—",
        "——",
        "―",
        "–",
        "_",
        "__",
        "/",
        "//",
        "\\",
        ".",
        "..",
        "...",
        "…",
        "……",
        "*",
        "?",
        "null",
        "(null)",
        "<null>",
        "[null]",
        "nil",
        "\\n",
        "none",
        "(none)",
        "nan",
        "nat",
        "<na>",
        "n/a",
        "na",
        "#n/a",
        "#na",
        "undefined",
        "(blank)",
        "空",
        "空白",
        "(空)",
        "空值",
        "暂缺",
        "缺",
        "不清楚",
        "不详",
        "未知",
        "未填",
        "未填写",
        "待补",
        "待定",
    }
)
#: In a column of days, telephones or remarks also these say that there is none.
NOTHING = BLANKS | {"无", "没有", "暂无"}
#: In a column of sums a calculation that failed, or a doubt, is none of these: it is to be looked at.
NO_SUM = NOTHING - {"nan", "undefined", "?"}
#: In a column of days or telephones also these.
NO_DAY = NOTHING | {
    "0",
    "00",
    "0.0",
    "0000-00-00",
    "0000/00/00",
    "00000000",
    "0000-00-0000:00:00",
    "1900-01-00",
    "1900/1/0",
    "1900-01-0000:00:00",
    "1900/1/00:00",
    "1900/1/00:00:00",
    "0:00",
    "0:00:00",
    "00:00",
    "00:00:00",
    "2958465",
}


def key(text: str) -> str:
    """Normalise a text for these lists."""
    return "".join(unicodedata.normalize("NFKC", text).split()).lower()


#: Spaces and invisible characters around a text.
BESIDE = " \t\n\r\u00a0\u3000\ufeff\u200b\u200c\u200d\u200e\u200f\u2060"


def says_nothing(text: str) -> bool:
    """Whether a remark says "none". Simple enough to be the same in SQL (`rules.sql.row.SqlRow.says_something`)."""
    return text.strip(BESIDE).lower() in NOTHING


def is_blank(text: str) -> bool:
    """Whether a cell is empty in any notation."""
    return not text or (len(text) < 12 and key(text) in BLANKS)
