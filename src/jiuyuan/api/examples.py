"""One example for everything that a program sends. Invented people; a test holds each against its schema."""

from typing import Any

PLATFORM = "220102001"
NUMBER = "220102001-2026-000001"
_ID_NUMBER = "220102198503020029"

PROBLEM: dict[str, Any] = {
    "type": "about:blank",
    "title": "有内容需要填写或改正。",
    "status": 422,
    "code": "field",
    "errors": [{"field": "reason", "message": "请填写不予受理的原因。"}],
}

_FACTS = {
    "hukou_division": "220102",
    "hukou_kind": "urban",
    "able_to_work": True,
    "wants_work": True,
    "registered_unemployed": True,
    "unemployed_since": "2025-06-01",
    "in_labour_relationship": False,
}

#: By the name of the schema.
BODIES: dict[str, Any] = {
    "NewApplication": {
        "name": "张秀英",
        "id_number": _ID_NUMBER,
        "phone": "13800000001",
        "address": "吉林省长春市南关区民康路1号",
        "platform": PLATFORM,
        "categories": ["older"],
        "facts": _FACTS,
        "household": [{"name": "王建国", "relation": "配偶", "id_number": "", "state": "失业"}],
        "channel": "window",
    },
    "NewHousehold": {"version": 3, "members": [{"name": "王建国", "relation": "配偶", "state": "失业"}]},
    "Member": {"name": "王建国", "relation": "配偶", "state": "失业"},
    "NewFacts": {
        "version": 3,
        "facts": {"insured_by_employer": False},
        "source": "shared_data",
        "department": "social_insurance",
        "observed_on": "2026-03-02",
        "evidence": "2026年3月2日接口查询",
    },
    "NewDispute": {"version": 3, "name": "business_registered", "evidence": "身份证被人冒用，已报警，附回执。"},
    "NewBatch": {"numbers": [NUMBER]},
    "FactsOfPerson": {
        "version": 1,
        "facts": {"receives_pension": True},
        "source": "shared_data",
        "department": "social_insurance",
        "observed_on": "2026-03-02",
        "evidence": "2026年3月2日接口查询",
    },
}

#: By action and by what it needs.
SAID: dict[tuple[str, str], Any] = {
    ("ask_correction", "missing"): [{"text": "户口簿首页不清楚，请重新拍照", "page": "hukou_book"}],
    ("ask_correction", "correct_by"): "2026-03-31",
    ("decline", "ground"): "wrong_place",
    ("decline", "platform"): "220204001",
    ("decline", "clauses"): ["jilin_hukou"],
    ("decline", "reason"): "常住地不在本街道，请到常住地的街道办理。",
    ("first_review_pass", "opinion"): "材料齐全，符合条件。",
    ("first_review_fail", "clauses"): ["employed"],
    ("first_review_fail", "reason"): "停保以后可以再申请。",
    ("raise_special_case", "question"): "户口正在迁移，户籍怎样认定？",
    ("raise_special_case", "clauses"): ["jilin_hukou"],
    ("settle_special_case", "granted"): True,
    ("settle_special_case", "ground"): "按实际居住认定。",
    ("object", "ground"): "他在开店。",
    ("object", "name"): "王某",
    ("object", "contact"): "13800000002",
    ("settle_objection", "objection"): 7,
    ("settle_objection", "upheld"): True,
    ("settle_objection", "clauses"): ["business"],
    ("settle_objection", "finding"): "2026年3月4日实地核查，在经营小吃店，有营业执照。",
    ("endorse", "opinion"): "公示无异议，同意上报。",
    ("recognise", "opinion"): "符合条件，同意认定。",
    ("recognise", "entry"): {"category": "older"},
    ("return", "clauses"): ["employed"],
    ("return", "reason"): "社保记录显示2026年2月起在用人单位参保。",
    ("reopen", "corrected"): "已补社保停缴证明。",
    ("reject", "told_how"): "电话",
    ("reject", "told_on"): "2026-03-09",
    ("withdraw", "request"): 12,
    ("withdraw", "reason"): "本人3月2日书面申请撤回。",
    ("end", "ground"): "left_scope",
    ("end", "on"): "2026-03-02",
    ("end", "evidence"): "公安机关2026年3月1日的记录：户口已迁往外省。",
    ("propose", "ground"): "withdrew_or_refused",
    ("propose", "on"): "2026-03-02",
    ("propose", "reason"): "本人3月2日书面申请退出援助。",
    ("propose", "request"): 7,
    ("confirm", "reason"): "已与本人核对，情况属实。",
    ("confirm", "on"): "2026-03-02",
    ("confirm", "choices"): {"wants_work": "take"},
    ("confirm", "settlement"): "入户所见有照片，登记的是去年的情况。",
    ("confirm", "as_evidence"): False,
    ("discard", "reason"): "走错了门。",
    ("dismiss", "reason"): "领的是遗属待遇，不是养老金。",
    ("take_back", "reason"): "查无此事。",
    ("investigate", "cause"): "邻居来电反映此人在市场摆摊。",
    ("find", "holds"): True,
    ("find", "fraud"): False,
    ("find", "finding"): "2025年7月起经营小吃店，有照片和租约。",
    ("tell", "how"): "当面送达",
    ("tell", "proof"): "本人签收的回执",
    ("respond", "words"): "我只是帮忙看店。",
    ("send_back", "reason"): "没有去市场看过，请再查。",
    ("decide", "outcome"): "exit",
    ("decide", "reason"): "有租约和照片为证。",
    ("object", "reason"): "领的是遗属补助，有社保局的通知书。",
    ("settle", "upheld"): False,
    ("settle", "finding"): "社保系统显示为基本养老保险待遇。",
}
