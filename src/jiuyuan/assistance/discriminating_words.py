"""Finds discriminating words in vacancies (就业促进法 27–31, 人力资源市场暂行条例 24), with their positions.

Only conditions on people count, not on things: 男装导购, 清真餐厅 and 男女不限 discriminate against nobody.
Findings are marked, and a person decides; a reviewer may open the vacancy with a written ground (a post reserved
for one sex by law).
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum


class Ground(StrEnum):
    SEX = "sex"
    ETHNICITY = "ethnicity"
    RACE = "race"
    RELIGION = "religion"
    DISABILITY = "disability"
    DISEASE = "disease"
    REGISTER = "register"


@dataclass(frozen=True, slots=True)
class Mark:
    """A discriminating expression: field, start, end and ground."""

    field: str
    start: int
    end: int
    text: str
    ground: Ground


#: The name of each ground, and the article that forbids it.
IN_WORDS: Mapping[Ground, tuple[str, str]] = {
    Ground.SEX: ("性别", "就业促进法 二十七"),
    Ground.ETHNICITY: ("民族", "就业促进法 二十八"),
    Ground.RACE: ("种族", "就业促进法 三"),
    Ground.RELIGION: ("宗教信仰", "就业促进法 三"),
    Ground.DISABILITY: ("残疾", "就业促进法 二十九"),
    Ground.DISEASE: ("传染病病原携带", "就业促进法 三十"),
    Ground.REGISTER: ("户籍", "就业促进法 三十一"),
}

_SEX = "[男女]"
# After a thing, not a person: 男装, 女鞋, 女性用品, 男科.
_THING = "(?!装|鞋|裤|裙|袜|帽|包|表|科|厕|浴|宿|用品|服饰|性用品|士用品|性服饰|士服饰)"
_PERSON = "(?:性|士|生|工|员工|孩|青年|同志)?"
_JOB = "(?:服务员|收银员|店员|保安|保洁|技师|司机|工人|员工|销售|文员|前台|助理|护工|护理员|厨师|营业员|导购|月嫂|保姆|会计|普工|学徒|客服|主管)"
_PEOPLE = "(?:汉|朝鲜|满|蒙古|回|维吾尔|藏|壮|苗|彝|哈萨克|锡伯|少数民)族"
_ONLY = "(?:只招|只要|仅限|只限|限招|限|仅招|仅|只|要求|须为|必须是|须是|应为)"
_NOT = "(?:不招|不要|不收|谢绝|拒绝|排除)"
_AFTER = "(?:优先|除外|勿扰|勿|免谈|免|不要|不招|谢绝|不收)"
_FAITH = "(?:宗教信仰|信教|教徒|信徒|佛教|道教|基督教|天主教|伊斯兰教|宗教)"
_DISEASE = (
    "(?:乙肝|乙型肝炎|HBV|两对半|大三阳|小三阳|艾滋病?|HIV|传染病)"
    "(?:病毒)?(?:病原)?(?:携带者?|患者|病人|史|检查|检测|阴性)?"
)
_PLACES = "(?:本地|本市|本县|本省|本区|城镇|城市|非农业?|农业|农村|乡村|外地|外省|外县)"

_PATTERNS: tuple[tuple[Ground, re.Pattern[str]], ...] = tuple(
    (ground, re.compile(pattern, re.IGNORECASE))
    for ground, pattern in (
        (Ground.SEX, f"{_ONLY}\\s*{_SEX}{_THING}{_PERSON}{_THING}"),
        (Ground.SEX, f"招聘?\\s*{_SEX}{_THING}{_PERSON}{_THING}"),
        (Ground.SEX, f"性别[:：为是\\s]*{_SEX}{_PERSON}"),
        (Ground.SEX, f"{_SEX}{_PERSON}{_AFTER}"),
        (Ground.SEX, f"{_SEX}性?{_JOB}"),
        (Ground.SEX, f"(?:^|(?<=[，,。；;、\\s（(]))(?:{_SEX}(?:性|士|生)?)(?=[，,。；;、\\s）)]|$)"),
        (Ground.SEX, f"{_NOT}\\s*{_SEX}{_THING}{_PERSON}{_THING}"),
        (
            Ground.SEX,
            "(?:要求|须|必须)?(?:已婚已育|未婚未育|已婚|未婚|已育|未育)(?:优先|者优先|除外|勿扰)?"
            "|(?:不得|不准|不许|禁止|限制|几?年内不?|[一二三四五两\\d]年内不)(?:结婚|怀孕|生育|生孩子|要孩子)|(?:孕妇|哺乳期)(?:勿扰|除外|勿|不招|不要)",
        ),
        (Ground.ETHNICITY, f"(?:{_ONLY}|{_NOT})\\s*{_PEOPLE}|{_PEOPLE}(?:人|员工|者)?(?:以外|{_AFTER})|民族[:：为是]\\s*{_PEOPLE}"),
        (Ground.RACE, f"(?:{_ONLY}|{_NOT})\\s*(?:白人|黑人|白种人|黑种人|黄种人)|(?:白人|黑人)(?:{_AFTER})"),
        (Ground.RELIGION, f"(?:{_ONLY}|{_NOT}|无|不得有|不能有|没有|信仰)\\s*{_FAITH}|{_FAITH}(?:者|人员)?(?:{_AFTER})"),
        (
            Ground.DISABILITY,
            f"(?:{_NOT}|无|非)\\s*残疾(?:人|者)?|残疾(?:人|者)?(?:除外|勿扰|勿|免谈|免|不要|不招|谢绝|不收)|四肢(?:健全|健康)|身体无残疾|肢体健全",
        ),
        (Ground.DISEASE, f"(?:{_ONLY}|{_NOT}|无|没有|非|不得有|不能有|检查|检测|查)?\\s*{_DISEASE}(?:{_AFTER})?"),
        (
            Ground.REGISTER,
            f"(?:{_ONLY}|{_NOT}|需|须|有|持)?\\s*{_PLACES}+(?:户口|户籍)(?:者|人员|的)?(?:{_AFTER})?|(?:{_ONLY})\\s*(?:本地人|本市人|城里人)"
            f"|(?:外地人?|农村人|外省人?|外来人员)(?:除外|勿扰|勿|免谈|不要|不招|谢绝|不收)",
        ),
    )
)  # fmt: skip

# Expressions that something does not matter; hidden before the search, so that no part of them is found.
_NO_MATTER = re.compile(
    f"男女(?:不限|均可|皆可|都可|兼收|都行)|不限(?:男女|性别|户籍|户口|民族|婚育)|(?:性别|民族|户籍|户口|婚否|婚育|地区)不限|不分男女"
    f"|(?:可|接受|欢迎|优先招用?)\\s*残疾人|残疾人(?:可|均可|优先)|(?:{_PLACES}(?:、|和|及|或)?)+(?:户口|户籍)(?:均可|不限|都可)"
)


def marks(texts: Mapping[str, str]) -> list[Mark]:
    """Every discriminating expression in these texts, by field and position."""
    return [mark for name, text in texts.items() for mark in _in(name, text)]


def _in(name: str, text: str) -> Iterator[Mark]:
    hidden = _NO_MATTER.sub(lambda match: "＿" * len(match[0]), text)
    found = sorted(
        (match.start(), -match.end(), ground) for ground, pattern in _PATTERNS for match in pattern.finditer(hidden)
    )
    reached = 0
    for start, minus_end, ground in found:
        if start >= reached:  # of overlapping ones only the first and longest
            reached = -minus_end
            start += len(text[start:reached]) - len(text[start:reached].lstrip())
            yield Mark(name, start, reached, text[start:reached], ground)
