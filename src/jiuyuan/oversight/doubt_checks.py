"""The checks that find doubts: queries over dated facts and the months drawn (五(三)).

**To add one**: a `DoubtCheck` in `CHECKS` whose `rows` select `person_id, first, last, drawn, witness`: the days
of the month (NULL if the check is not about a month) and the two records as `kind:key` (`RECORDS`). Data not yet
available go into `lacks`, which the page names.
"""

from dataclasses import dataclass

from jiuyuan.wording import spoken


@spoken("label", "lacks")
@dataclass(frozen=True)
class DoubtCheck:
    """A check. `rows`: SQL over `drawn`, the same for both databases; `lacks`: data that no source provides yet."""

    number: int
    label: str
    rows: str = ""
    lacks: str = ""


#: The names of a doubt's records.
RECORDS: dict[str, str] = {
    "attendance": "公益性岗位考勤", "fact": "登记的事实", "licence": "市场监管登记", "recognition": "认定", "post": "公益性岗位",
    "account": "银行账户", "lesson": "到课记录", "enrolment": "培训报名", "person": "联系电话", "relative": "申报的亲属",
    "placement": "公益性岗位安置", "line": "补贴明细", "unclaimed": "政策找人", "insured": "逐月参保缴费", "claim": "政策申请",
}  # fmt: skip
_SPELLS, _SHORT = 3, 6  # so many jobs at one employer, of at most so many months on average
_MANY = 3  # more people with one phone number, or the same attendance, than a couple

#: The months in which somebody drew something.
#: `drawn` has those worked on public-interest posts; `paid` those and the paid lines of claims; `flexible` the paid
#: lines of schemes that nobody insured by an employer may draw; `insured` the monthly data of the social insurance.
#: `months` has the paid ones without days and words, which are made only for findings, because there are millions.
#: {month_end}, {first}, {last}: days of a month; {number}: of an attended one; {flexible}, {to_employers}: schemes;
#: {terms}: schemes with a term and its months.
DRAWN = """drawn AS (
    SELECT recognition.person_id AS person_id, attended.month AS first, {month_end} AS last, attended.id AS attendance,
        placement.id AS placement, placement.post_id AS post, recognition.id AS recognition, attended.days AS days,
        {number} AS number
    FROM assistance_postattendance attended JOIN assistance_placement placement ON placement.id = attended.placement_id
    JOIN recognitions_recognition recognition ON recognition.id = placement.recognition_id WHERE attended.days > 0
), months AS NOT MATERIALIZED (
    SELECT person_id, 'attendance:' AS kind, attendance AS key, number, '' AS scheme FROM drawn UNION ALL
    SELECT line.person_id, 'line:', line.id, line.month, line.scheme FROM money_claimline line WHERE line.status = 'paid'
), paid AS NOT MATERIALIZED (
    SELECT person_id, {first} AS first, {last} AS last, kind || key AS record, number, scheme FROM months
), flexible AS NOT MATERIALIZED (
    SELECT person_id, first, last, record, number FROM paid WHERE scheme IN ({flexible})
), insured AS NOT MATERIALIZED (
    SELECT id, person_id, month, payer, employer, paid FROM people_insurancemonth WHERE NOT superseded
), terms AS ({terms}), ends AS MATERIALIZED (
    SELECT id, person_id, CAST(value AS TEXT) AS day FROM people_fact WHERE name = 'assistance_ends_on' AND withdrawn_at IS NULL
    AND NOT disputed AND superseded_by_id IS NULL AND source <> 'declared'
)"""
_IN_MONTH = "SELECT drawn.person_id, drawn.first, drawn.last, 'attendance:' || drawn.attendance AS drawn, "


def _fact(*names: str, months: str = "paid", when: str = "fact.observed_on BETWEEN month.first AND month.last") -> str:
    """The months drawn in which a verified fact on file is true."""
    listed = ", ".join(f"'{name}'" for name in names)
    drawn = "'attendance:' || month.attendance" if months == "drawn" else "month.record"
    return (
        f"SELECT month.person_id, month.first, month.last, {drawn} AS drawn, 'fact:' || fact.id AS witness"
        f" FROM {months} month JOIN people_fact fact ON fact.person_id = month.person_id"
        f" AND fact.name IN ({listed}) AND CAST(fact.value AS TEXT) = 'true' AND fact.withdrawn_at IS NULL AND NOT fact.disputed"
        f" AND fact.superseded_by_id IS NULL AND fact.source <> 'declared' AND {when}"
    )


def _insured(which: str, months: str = "paid") -> str:
    """The months drawn with this social insurance status."""
    return (
        "SELECT month.person_id, month.first, month.last, month.record AS drawn, 'insured:' || insured.id AS witness"
        f" FROM {months} month JOIN insured ON insured.person_id = month.person_id AND insured.month = month.number AND {which}"
    )


_BY_EMPLOYER = "insured.payer IN ('employer', 'public') AND insured.paid"
_BEFORE = "fact.observed_on < month.first"
_LICENCE = (
    f"{_IN_MONTH}'licence:' || held.id AS witness FROM drawn JOIN people_licencerecord held ON held.person_id = drawn.person_id"
    " AND held.withdrawn_at IS NULL AND held.status IN ('active', 'revoked') AND held.changed_on <= drawn.last WHERE NOT EXISTS ("
    "SELECT 1 FROM people_licencerecord ended WHERE ended.person_id = held.person_id AND ended.licence = held.licence"
    " AND ended.part = held.part AND ended.withdrawn_at IS NULL AND ended.status IN ('cancelled', 'left')"
    " AND ended.changed_on >= held.changed_on AND ended.changed_on < drawn.first)"
)
#: Months paid to two files that were merged later (`ClaimLine.twice`).
_BY_MERGED_FILES = (
    "SELECT month.person_id, month.first, month.last, month.record AS drawn, 'line:' || other.id AS witness FROM people_person gone"
    " JOIN money_claimline other ON other.person_id = gone.id AND other.status = 'paid' JOIN money_claimline line"
    " ON line.person_id = gone.merged_into_id AND line.scheme = other.scheme AND line.status = 'paid'"
    " AND line.occasion = other.occasion AND (line.month = other.month OR line.occasion <> '')"
    " JOIN paid month ON month.person_id = line.person_id AND month.record = 'line:' || line.id"
)
_NOTHING = "NULL AS first, NULL AS last, "

CHECKS: tuple[DoubtCheck, ...] = (
    DoubtCheck(
        1, "享受的月份里已死亡、移居境（省）外或者收监执行",
        f"{_fact('deceased', when=_BEFORE)} UNION ALL {_fact('moved_out_of_province', 'imprisoned')}",
    ),
    DoubtCheck(2, "享受的月份里已领取养老金", _fact("receives_pension", when="fact.observed_on <= month.last")),
    DoubtCheck(
        3, "按灵活就业申请的月份由单位参保",
        f"{_fact('insured_by_employer', months='flexible')} UNION ALL {_insured(_BY_EMPLOYER, 'flexible')}",
        lacks="社会保险逐月缴费没有导入的月份还查不出",
    ),
    DoubtCheck(
        4, "享受的月份里有营业执照，或者任法定代表人、股东、董事、监事",
        f"{_fact('business_registered', 'company_office_held', months='drawn')} UNION ALL {_LICENCE}",
    ),
    DoubtCheck(
        5, "享受的月份里由机关、事业单位缴费（财政供养）", _insured("insured.payer = 'public' AND insured.paid"),
        lacks="社会保险逐月缴费没有导入的月份还查不出；编制部门的人员数据没有来源",
    ),
    DoubtCheck(
        6, "同一个月享受两次",
        f"{_IN_MONTH}'attendance:' || other.attendance AS witness FROM drawn JOIN drawn other ON other.person_id = drawn.person_id"
        " AND other.first = drawn.first AND other.attendance > drawn.attendance AND other.placement <> drawn.placement"
        f" UNION ALL {_BY_MERGED_FILES}",
    ),
    DoubtCheck(
        7, "超过政策期限，又没有延长的依据",
        "SELECT month.person_id, month.first, month.last, month.record AS drawn, 'fact:' || fact.id AS witness FROM paid month"
        " JOIN terms ON terms.scheme = month.scheme JOIN ends fact ON fact.person_id = month.person_id"
        " AND fact.day < '\"' || CAST(month.first AS TEXT) || '\"' UNION ALL "
        "SELECT counted.person_id, counted.first, counted.last, counted.record AS drawn, 'claim:' || counted.claim AS witness FROM ("
        "SELECT month.person_id, month.first, month.last, month.record, claim.id AS claim, long.most, ROW_NUMBER() OVER ("
        "PARTITION BY month.person_id, month.scheme ORDER BY month.number) AS place FROM ("
        "SELECT asked.person_id, asked.scheme, MAX(terms.months) AS most FROM money_claim asked JOIN terms ON terms.scheme = asked.scheme"
        " GROUP BY asked.person_id, asked.scheme HAVING SUM(asked.to_month - asked.from_month + 1) > MAX(terms.months)) long"
        " JOIN money_claim claim ON claim.person_id = long.person_id AND claim.scheme = long.scheme AND claim.first"
        " AND CAST(claim.basis AS TEXT) NOT LIKE '%\"extended\": true%'"
        " JOIN paid month ON month.person_id = long.person_id AND month.scheme = long.scheme"
        ") counted WHERE counted.place > counted.most",
        lacks="系统启用以前享受的月份：以前的认定名册写了享受期满日期的才知道",
    ),
    DoubtCheck(
        8, "灵活就业补贴的月份没有缴费记录",
        _insured(
            "insured.payer IN ('flexible', 'nobody') AND NOT insured.paid AND NOT EXISTS (SELECT 1 FROM insured arrived"
            " WHERE arrived.person_id = insured.person_id AND arrived.month = insured.month AND arrived.payer = 'flexible'"
            " AND arrived.paid)", "flexible",
        ),
        lacks="社会保险逐月缴费里没有这个人的月份还查不出",
    ),
    DoubtCheck(
        9, "退出以后还在公益性岗位，或者岗位没有公示过",
        f"{_IN_MONTH}'recognition:' || stay.id AS witness FROM drawn JOIN recognitions_recognition stay ON stay.id = drawn.recognition"
        " AND stay.ended_on < drawn.first UNION ALL "
        f"{_IN_MONTH}'post:' || post.id AS witness FROM drawn JOIN assistance_publicpost post ON post.id = drawn.post"
        " AND (post.posted_on IS NULL OR post.posted_on > drawn.last)",
    ),
    DoubtCheck(
        10, "几个人用同一个银行账户",
        f"SELECT one.person_id, {_NOTHING}'account:' || one.id AS drawn, 'account:' || MIN(other.id) AS witness"
        " FROM people_bankaccount one JOIN people_bankaccount other ON other.number_index = one.number_index"
        " AND other.person_id <> one.person_id WHERE one.number_index <> '' GROUP BY one.person_id, one.id",
        lacks="没有数据来源：工资有没有发、是不是低于最低工资标准，要有单位的工资发放表",
    ),
    DoubtCheck(
        11, "补贴单位的月份，单位没有缴纳社会保险费",
        _insured("insured.payer IN ('employer', 'public') AND NOT insured.paid AND (month.scheme IN ({to_employers}) OR month.scheme = '')"),
        lacks="社会保险逐月缴费没有导入的月份还查不出",
    ),
    DoubtCheck(
        12, f"同一岗位{_MANY}人以上，一个月的考勤完全一样",
        f"{_IN_MONTH}'post:' || drawn.post AS witness FROM drawn JOIN (SELECT post, first FROM drawn GROUP BY post, first"
        f" HAVING COUNT(*) >= {_MANY} AND MIN(days) = MAX(days)) same ON same.post = drawn.post AND same.first = drawn.first",
    ),
    DoubtCheck(
        13, "同一天在两个班上课",
        f"SELECT stay.person_id, {_NOTHING}'lesson:' || MIN(one.id) AS drawn, 'lesson:' || MIN(other.id) AS witness"
        " FROM assistance_attendance one JOIN assistance_enrolment seat ON seat.id = one.enrolment_id"
        " JOIN recognitions_recognition stay ON stay.id = seat.recognition_id"
        " JOIN recognitions_recognition again ON again.person_id = stay.person_id"
        " JOIN assistance_enrolment another ON another.recognition_id = again.id AND another.id > seat.id"
        " JOIN assistance_attendance other ON other.enrolment_id = another.id AND other.\"on\" = one.\"on\" AND other.hours > 0"
        " WHERE one.hours > 0 GROUP BY stay.person_id, seat.id, another.id",
        lacks="没有数据来源：上班时参加培训的，要有单位逐日的考勤",
    ),
    DoubtCheck(
        14, "同一职业、同一等级重复培训",
        f"SELECT stay.person_id, {_NOTHING}'enrolment:' || one.id AS drawn, 'enrolment:' || other.id AS witness"
        " FROM assistance_enrolment one JOIN recognitions_recognition stay ON stay.id = one.recognition_id"
        " JOIN assistance_course course ON course.id = one.course_id"
        " JOIN recognitions_recognition again ON again.person_id = stay.person_id"
        " JOIN assistance_enrolment other ON other.recognition_id = again.id AND other.id > one.id AND other.status = 'finished'"
        " JOIN assistance_course later ON later.id = other.course_id AND later.occupation = course.occupation AND later.level = course.level"
        " WHERE one.status = 'finished' AND course.occupation <> ''",
    ),
    DoubtCheck(
        15, f"在同一单位{_SPELLS}次以上短期参保又停保",
        f"SELECT spell.person_id, {_NOTHING}'insured:' || MAX(spell.id) AS drawn, 'insured:' || MIN(spell.id) AS witness FROM ("
        "SELECT id, person_id, employer, CASE WHEN month - LAG(month) OVER (PARTITION BY person_id, employer ORDER BY month) = 1"
        " THEN 0 ELSE 1 END AS begins FROM insured WHERE payer = 'employer' AND paid AND employer <> '') spell"
        f" GROUP BY spell.person_id, spell.employer HAVING SUM(spell.begins) >= {_SPELLS} AND COUNT(*) <= {_SHORT} * SUM(spell.begins)",
        lacks="社会保险逐月缴费没有导入的月份还查不出",
    ),
    DoubtCheck(
        16, f"{_MANY}人以上用同一个联系电话",
        f"SELECT one.id AS person_id, {_NOTHING}'person:' || one.id AS drawn, 'person:' || same.other AS witness FROM people_person one"
        " JOIN (SELECT phone_index, MIN(id) AS other FROM people_person WHERE phone_index <> ''"
        f" GROUP BY phone_index HAVING COUNT(*) >= {_MANY}) same ON same.phone_index = one.phone_index AND same.other <> one.id",
        lacks="没有数据来源：和经办人员同一个电话、地址的，要有人事部门的人员信息",
    ),
    DoubtCheck(
        17, "经办人、复核人申报的亲属",
        f"SELECT stay.person_id, {_NOTHING}'placement:' || placement.id AS drawn, 'relative:' || MIN(relative.id) AS witness"
        " FROM assistance_placement placement JOIN recognitions_recognition stay ON stay.id = placement.recognition_id"
        " JOIN people_person person ON person.id = stay.person_id JOIN agencies_relative relative ON relative.id_index = person.id_index"
        " AND relative.user_id IN (placement.proposed_by_id, placement.published_by_id) GROUP BY stay.person_id, placement.id",
    ),
    DoubtCheck(
        18, "符合条件，从来没有享受过",
        f"SELECT stay.person_id, {_NOTHING}'recognition:' || stay.id AS drawn, 'unclaimed:' || missed.scheme AS witness"
        " FROM money_unclaimedscheme missed JOIN recognitions_recognition stay ON stay.id = missed.recognition_id",
    ),
)  # fmt: skip
BY_NUMBER = {check.number: check for check in CHECKS}
