"""Examples for entering parameters and for merging, splitting and moving offices, by action and need."""

from typing import Any

_OFFICES: dict[str, Any] = {"office": "220102001", "other": "220102002", "document": "长府函〔2026〕3号"}
_ENTERED: dict[str, dict[str, Any]] = {
    "draft_merge": _OFFICES,
    "draft_move": {**_OFFICES, "other": "220103"},
    "draft_split": {
        **_OFFICES, "places": ["220102001"], "addresses": ["新春社区"], "below": ["220102001001"], "accounts": ["clerk"],
    },
    "draft_wage": {
        "figures": "2300 长春市南关区、长春市朝阳区", "since": "2026-02-01", "document": "吉政办函〔2026〕1号",
    },
    "draft_limit": {
        "limit": "confirm_again_minutes", "value": 15, "since": "2026-04-01", "document": "吉人社函〔2026〕5号",
    },
    "draft_holidays": {
        "year": 2027, "holidays": ["2027-01-01至2027-01-03"], "workdays": ["2027-01-30"], "document": "国办发明电〔2026〕9号",
    },
    "draft_word": {
        "word": "低保在享", "meaning": "civil_affairs.status.receives", "document": "民政局王科长2026年3月1日电话答复",
    },
    "draft_letter": {
        "letter": "claim_refused", "wording": ["您于{day}申请的{scheme}（{months}），我们核对和复核后，决定{result}。"],
        "since": "2026-04-01", "document": "长人社函〔2026〕8号",
    },
    "draft_text": {"text": "hotline", "lines": ["0431-12333"], "since": "2026-04-01", "document": "吉人社函〔2026〕6号"},
    "drop_parameter": {"reason": "写错了。"},
    "withdraw_parameter": {"reason": "文件废止。"},
    "drop_reorganisation": {"reason": "方案改了。"},
    "return_reorganisation": {"reason": "方案调整。"},
}  # fmt: skip
ADMINISTRATION = {(action, name): value for action, said in _ENTERED.items() for name, value in said.items()}
