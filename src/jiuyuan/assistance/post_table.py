"""The transitions of a public-interest post, as data (四(二), 人社部发〔2019〕124号)."""

from jiuyuan.agencies.roles import Role
from jiuyuan.assistance.models import PublicPost, Vacancy
from jiuyuan.labels import texts
from jiuyuan.procedures.table import Need, Procedure, State, Transition

_CLERK, _REVIEWER = frozenset({Role.CLERK}), frozenset({Role.REVIEWER})
_BEFORE_OPEN = frozenset({"requested", "approved", "published", "open"})
CONTENT = (
    Need("employer", "用人单位", "employer", empty="请填写用人单位的名称和统一社会信用代码。"),
    Need("title", "岗位名称", longest=60),
    Need("kind", "岗位类别", "choice", choices=tuple(texts(PublicPost.Kind)), hint="一般不是机关事业单位的管理岗位、专业技术岗位。"),
    Need("duties", "岗位职责"),
    Need("number", "岗位数", "number"),
    Need("division", "工作地区", "division", hint="写到县（市、区）或街道（乡镇）。"),
    Need("address", "工作地点", required=False, longest=200),
    Need("form", "用工形式", "choice", choices=tuple(texts(Vacancy.Time))),
    Need("hours", "工作时间", longest=80, hint="例如：每天8点到12点，一周五天。"),
    Need("wage", "工资", "number", hint="每月多少元；非全日制的按小时。"),
    Need("ground", "设岗理由", longest=400, empty="请写明为什么要设这个岗位，例如：社区独居老人多，没有人送餐。"),
    Need("contact", "单位联系人和电话", required=False, longest=80, hint="只给经办人看，不公布。"),
)  # fmt: skip

MONTH = Need("month", "月份", "asked_month")

TABLE = Procedure(
    tuple(State(code, label, final=code == "closed") for code, label in texts(PublicPost.Status)),
    (
        Transition(
            "request", "申报公益性岗位", frozenset(), ("requested",), _CLERK, needs=CONTENT, effect="write",
            record="post_requested", done="申报了公益性岗位", result="已申报，等县级审批。",
            lead="先看单位需要什么、有没有资金，再按需设岗。",
        ),
        Transition(
            "revise", "修改申报", frozenset({"requested"}), ("requested",), _CLERK, needs=CONTENT, effect="write",
            record="post_revised", done="修改了申报的公益性岗位", result="已修改。",
        ),
        Transition(
            "approve", "批准设岗", frozenset({"requested"}), ("approved",), _REVIEWER,
            needs=(Need("ground", "批准意见", longest=400, empty="请写明意见，例如：单位非营利，确有需要，资金已落实。"),),
            guards=("pays_the_minimum",), before="requested", emphasis="main",
            record="post_approved", done="批准设岗", result="已批准，公示后才能安置。",
        ),
        Transition(
            "publish", "公示岗位", frozenset({"approved"}), ("published",), _CLERK | _REVIEWER, emphasis="main",
            lead="公示单位、岗位、职责、岗位数、工资；不写任何人的情况，到期撤下。",
            record="post_published", done="公示了公益性岗位", result="已公示。",
        ),
        Transition(
            "open", "开放安置", frozenset({"published"}), ("open",), _CLERK | _REVIEWER,
            guards=("notice_over",), emphasis="main", record="post_opened", done="开放了公益性岗位", result="已开放，可以安置。",
        ),
        Transition(
            "take", "占一个名额", frozenset({"open"}), ("open",), frozenset(), consequence=True,
            record="post_place_taken", done="占了一个名额",
        ),
        Transition(
            "give_back", "退一个名额", frozenset({"open"}), ("open",), frozenset(), consequence=True,
            record="post_place_given_back", done="退回一个名额",
        ),
        Transition(
            "confirm_phone", "确认单位电话", frozenset({"open"}), ("open",), _CLERK,
            needs=(
                Need("phone", "单位电话", "mobile", hint="单位报告考勤的人用的手机号码，验证码只发到这里。"),
                Need("how", "怎样确认的", longest=200, empty="请写明怎样确认的，例如：按合同上的座机打过去，人事说是这个号码。"),
            ),
            record="post_phone_confirmed", done="确认了单位报告考勤的电话", result="已登记，可以请单位报告考勤。",
        ),
        Transition(
            "ask_attendance", "请单位报告考勤", frozenset({"open"}), ("open",), _CLERK,
            needs=(MONTH,), guards=("phone_is_confirmed", "somebody_to_report"),
            lead="生成一个链接，发给单位。单位不用账号，输入发到确认过的电话上的验证码，只看到这个月在这个岗位上的人，报告一次就作废。",
            record="post_link_made", done="请单位报告考勤", result="链接已生成。",
        ),
        Transition(
            "revoke_link", "撤销单位链接", frozenset({"open"}), ("open",), _CLERK, guards=("a_link_is_open",),
            record="post_link_revoked", done="撤销了单位报告考勤的链接", result="链接已撤销，打不开了。",
        ),
        Transition(
            "report_attendance", "单位报告考勤", frozenset({"open"}), ("open",), frozenset(),
            needs=(Need("rows", "考勤", "attendance_rows"),), public=True, record="post_attendance_told", done="单位报告了考勤",
        ),
        Transition(
            "close", "关闭岗位", _BEFORE_OPEN, ("closed",), _CLERK | _REVIEWER,
            needs=(Need("reason", "原因", longest=400, empty="请写明原因，例如：不予批准，单位是经营性的；单位不再需要。"),),
            guards=("nobody_is_on_it",), emphasis="grave", record="post_closed", done="关闭了公益性岗位", result="已关闭。",
        ),
    ),
)  # fmt: skip
