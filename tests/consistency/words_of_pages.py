"""What stands in a page and is no word: months and codes as the machine writes them, punctuation twice or of another language."""

import re
from collections.abc import Iterator

_FAULTS = {
    "a month in digits": r"(?<![\d-])20\d\d-(?:0[1-9]|1[0-2])(?![\d-])",
    "the key of a file": r"\b[a-z_]+:\d+\b",
    "a name of the code": r"(?<![\w.@/-])[a-z]+_[a-z_]+\b(?![.@])",
    "a value of the code": r"\b(?:None|True|False|null|NaN|undefined)\b",
    "punctuation twice": r"，，|。。|；；|：：|、、|。；|；。|，。|。，|：。",
    "punctuation of another language": r"[\u4e00-\u9fff][,;!?](?=[\u4e00-\u9fff\s]|$)",
}


def faults(page: str) -> Iterator[str]:
    """Of the words that people see; what is between tags stands by itself."""
    body = re.sub(r"(?s)<(script|style|code|textarea|svg|head)\b.*?</\1>", "", page)
    words = re.sub(r"&#x27;|&quot;|&amp;|&lt;|&gt;", " ", re.sub(r"(?s)<[^>]*>", "\n", body))
    for fault, pattern in _FAULTS.items():
        for found in re.finditer(pattern, words):
            yield f"{fault}: …{words[max(0, found.start() - 20) : found.end() + 20].strip()}…"
