"""Imports earlier registers (六): people recognised before 2022-05-10 keep their status, under any former category.

Nothing on file is overwritten, an active recognition is never duplicated, and a file may be imported again.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from jiuyuan import characters, clock, loading
from jiuyuan.agencies.models import Agency
from jiuyuan.agencies.queries import county_of
from jiuyuan.blanks import is_blank
from jiuyuan.encryption import blind_index
from jiuyuan.history import services as history
from jiuyuan.people.contact import phones_in, same_name
from jiuyuan.people.enrolment import Newcomer, enrol
from jiuyuan.people.models import ImportBatch, ImportRow
from jiuyuan.people.services import Checked, checked
from jiuyuan.people.sources import cells
from jiuyuan.people.sources.cells import UnreadableCell
from jiuyuan.people.sources.reading import FirstOf, SourceTable
from jiuyuan.people.sources.recording import KnownPerson, people_by_index
from jiuyuan.people.sources.running import Settled
from jiuyuan.procedures import bulk
from jiuyuan.procedures.bulk import Begun, BegunRows
from jiuyuan.procedures.own_matter import OWN, own_indexes
from jiuyuan.recognitions.models import Recognition
from jiuyuan.recognitions.register_platforms import Platforms
from jiuyuan.recognitions.workflow import RECOGNITION
from jiuyuan.refusals import BadInput
from jiuyuan.regions import registry
from jiuyuan.rules.possible_days import is_placeholder, why_impossible
from jiuyuan.spreadsheets.cells import Cell
from jiuyuan.wording import say

NOTICE_ISSUED = date(2022, 5, 10)
COLUMNS: Mapping[str, Sequence[str]] = {
    "id_number": ["身份证号码", "身份证号", "公民身份号码", "证件号码", "证件号"],
    "name": ["姓名", "人员姓名"],
    "phone": FirstOf(["联系电话", "电话", "联系方式", "固定电话"]),
    "mobile": FirstOf(["手机号码", "手机号", "手机", "移动电话"]),
    "address": FirstOf(["常住地址", "居住地址", "住址", "家庭住址", "地址"]),
    "platform": FirstOf(["平台代码", "机构代码", "所属平台", "所属街道（乡镇）", "所属街道", "街道（乡镇）", "街道"]),
    "township": FirstOf(["所属乡镇", "乡镇"]),
    "community": FirstOf(["所属社区", "社区", "社区（村）", "村"]),
    "category": FirstOf(["就业困难人员类别", "困难类别", "认定类别", "人员类别", "类别"]),
    "recognised_on": FirstOf(["认定日期", "认定时间"]),
    "approved_on": ["批准日期"],
    "by": FirstOf(["经办人", "认定人"]),
    "status": ["状态", "在册状态", "认定状态"],
}  # fmt: skip
_PLACES = ("platform", "township", "community")
_NEEDED = [["id_number"], ["name"], _PLACES, ["category"], ["recognised_on", "approved_on"]]
_ON_REGISTER = {"", "在册", "有效", "正常", "已认定", "认定"}
_UNNAMED = "原名册未载明"
_NOBODY = KnownPerson(0, "", "")
Outcome = ImportRow.Outcome


@dataclass(frozen=True, slots=True)
class RegisterLine:
    """A usable row of an earlier register."""

    said: Checked
    platform: Agency
    category: str
    recognised_on: date
    by: str
    notes: str  # what should be added or checked


@dataclass(slots=True)
class PreparedLines:
    entries: list[tuple[int, str, RegisterLine]] = field(default_factory=list)
    faulty: list[Settled] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Former:
    pk: int
    status: str
    recognised_on: date
    carried_over: bool


class _New(NamedTuple):
    """A person to be entered in the register; `person` is 0 if they have no file yet."""

    row: int
    person: int
    entry: RegisterLine
    former: int | None


class EarlierRegister:
    """Runs the import of an earlier register."""

    at_once = 0
    wanted = COLUMNS
    needed = _NEEDED

    def __init__(self, batch: ImportBatch) -> None:
        self._batch = batch
        self._actor = batch.by.actor
        self._own = own_indexes(batch.by) | (own_indexes(batch.confirmed_by) if batch.confirmed_by else frozenset())
        self._platforms = Platforms(batch.area)
        self._counties: dict[int, Agency] = {}
        self._seen: set[int] = set()  # a trial run writes nothing, so second rows about a person have to be remembered

    def begin(self, table: SourceTable) -> None:
        self._places, self._first_day = table.places, table.first_day

    def prepare(self, rows: Sequence[tuple[int, Sequence[Cell]]]) -> PreparedLines:
        prepared = PreparedLines()
        for number, row in rows:
            faults: list[tuple[str, str]] = []
            entry = self._entry(row, faults)
            if entry is None:
                columns = ",".join(dict.fromkeys(column for column, _ in faults))
                prepared.faulty.append(
                    Settled(number, Outcome.REJECTED, None, " ".join(sentence for _, sentence in faults), columns)
                )
            elif (index := blind_index(entry.said.number.number)) in self._own:
                prepared.faulty.append(Settled(number, Outcome.REJECTED, None, say(OWN)))
            else:
                prepared.entries.append((number, index, entry))
        return prepared

    def _entry(self, row: Sequence[Cell], faults: list[tuple[str, str]]) -> RegisterLine | None:
        notes: list[str] = []
        said = self._said(row, faults, notes)
        platform = self._platform(row, faults)
        category = self._words(row, "category")
        if not category or len(category) > 60:
            faults.append(("category", say("请写上原来的认定类别，最多60个字。")))
        recognised_on = self._recognised_on(row, said, faults, notes)
        if (status := self._text(row, "status")) not in _ON_REGISTER:
            faults.append(("status", say("状态是“{status}”，已经退出的不再保留资格，不用导入。", status=status[:20])))
        if faults or said is None or platform is None or recognised_on is None:
            return None
        by = self._words(row, "by")[:80] or say(_UNNAMED)
        return RegisterLine(said, platform, category, recognised_on, by, "".join(f"{note}。" for note in notes))

    def _recognised_on(
        self, row: Sequence[Cell], said: Checked | None, faults: list[tuple[str, str]], notes: list[str]
    ) -> date | None:
        cell, approved = self._cell(row, "recognised_on"), self._cell(row, "approved_on")
        if cells.nothing(cell, zero=True):
            cell, approved = approved, None
        try:
            month, found = cells.last_of_month(cell), self._day(cell)
            if not cells.nothing(approved, zero=True) and (other := self._day(approved)) != found:
                raise UnreadableCell(
                    say(
                        "认定日期是{found}，批准日期是{other}，不知道以哪个为准；请核对后只留一个。",
                        found=found,
                        other=other,
                    )
                )
            if is_placeholder(found):
                raise UnreadableCell(say("{found}是系统在没有日期时填的数，请写上真实的日期。", found=found))
        except UnreadableCell as wrong:
            faults.append(("recognised_on", say("认定日期：{wrong}", wrong=wrong)))
            return None
        if month and month.replace(day=1) < NOTICE_ISSUED <= month:
            faults.append(("recognised_on", say("认定日期只写了2022年5月，10日以前的才是以前的名册，请补上日。")))
        elif found >= NOTICE_ISSUED:
            faults.append(("recognised_on", say("2022年5月10日起认定的，应按新办法申请认定，不能作为以前的名册导入。")))
        elif why := why_impossible(
            "recognised_on", found, today=clock.today(), born=said.number.birth_date if said else None
        ):
            faults.append(("recognised_on", say("认定日期：{why}，请改正。", why=why)))
        if month:
            notes.append(say("认定日期只写了年月，按当月最后一天登记，请核对"))
        return found

    def _day(self, cell: Cell) -> date:
        return cells.last_of_month(cell) or cells.day(cell, self._first_day)

    def _said(self, row: Sequence[Cell], faults: list[tuple[str, str]], notes: list[str]) -> Checked | None:
        """Check the identity as `people.services.register` does, after repairing numbers damaged by spreadsheets.

        Nobody loses their status because of a phone number (六): an unusable one is left empty and noted.
        """
        number = ""
        try:
            number = cells.id_number(self._cell(row, "id_number"), clock.today()).number
        except UnreadableCell as wrong:
            faults.append(("id_number", str(wrong)))
        phones = phones_in(self._text(row, "mobile"), self._text(row, "phone"))
        if not phones:
            written = self._text(row, "mobile") or self._text(row, "phone")
            notes.append(say("电话待补") if cells.nothing(written, zero=True) else say("电话待补，原表写的不能用"))
        elif len(phones) > 1:
            notes.append(say("写了{count}个电话，登记的是尾号{phones}的一个", count=len(phones), phones=phones[0][-4:]))
        try:
            said = checked(
                name=self._text(row, "name"), id_number=number, phone=phones[0] if phones else "",
                address=self._words(row, "address"), phone_needed=False,
            )  # fmt: skip
        except BadInput as refusal:
            faults += [(column, sentence) for column, sentence in refusal.errors if number or column != "id_number"]
            return None
        return said

    def _platform(self, row: Sequence[Cell], faults: list[tuple[str, str]]) -> Agency | None:
        try:
            return self._platforms.meant([self._text(row, column) for column in _PLACES])
        except UnreadableCell as wrong:
            faults.append((next((column for column in _PLACES if column in self._places), "platform"), str(wrong)))
            return None

    def _cell(self, row: Sequence[Cell], column: str) -> Cell:
        place = self._places.get(column)
        return row[place] if place is not None and place < len(row) else None

    def _words(self, row: Sequence[Cell], column: str) -> str:
        """The text of the cell, including brackets."""
        written = str(self._cell(row, column) or "").strip()
        return "" if is_blank(written) else characters.visible(written)

    def _text(self, row: Sequence[Cell], column: str) -> str:
        return cells.said(self._cell(row, column))

    def settle(self, prepared: PreparedLines, dry: bool) -> list[Settled]:
        settled = list(prepared.faulty)
        people = people_by_index([index for _, index, _ in prepared.entries])
        former = self._former([person.pk for person in people.values()])
        new: list[_New] = []
        again: set[int | str] = set()
        for number, index, entry in prepared.entries:
            key, name, area = people.get(index, _NOBODY)
            who = key or index
            if who in again or (dry and int(index[:15], 16) in self._seen):
                settled.append(
                    Settled(number, Outcome.MATCHED, key or None, say("同一文件中前面已有这个人，不重复导入。"))
                )
            elif key and not area.startswith(self._batch.area):
                message = say("这个身份证号码已在其他地区建档，请与那里的公共就业服务机构核实。")
                settled.append(Settled(number, Outcome.REJECTED, None, message, "id_number"))
            elif key and not same_name(name, entry.said.name):
                message = say(
                    "这个身份证号码在系统中登记的是另一个姓名，请对照身份证核对姓名和号码；确实改过名的，请先到窗口办理。"
                )
                settled.append(Settled(number, Outcome.REJECTED, key, message, "name"))
            elif (known := _on_file(former[key], entry)) is not None:
                settled.append(Settled(number, known[0], key, known[1], known[2]))
            else:
                earlier = max(former[key], key=lambda one: (one.recognised_on, one.pk), default=None)
                new.append(_New(number, key, entry, earlier.pk if earlier else None))
                again.add(who)
                if dry:
                    self._seen.add(int(index[:15], 16))
        if dry:
            settled += [
                Settled(number, Outcome.CHANGED, key or None, say(_NEW) + entry.notes) for number, key, entry, _ in new
            ]
        else:
            settled += self._open(new)
        return settled

    def _former(self, keys: Sequence[int]) -> dict[int, list[_Former]]:
        rows = Recognition.objects.unscoped().filter(person__in=keys)
        found: dict[int, list[_Former]] = defaultdict(list)
        for one in rows.only("person_id", "status", "recognised_on", "carried_over"):
            found[one.person_id].append(_Former(one.pk, one.status, one.recognised_on, one.carried_over))
        return found

    def _open(self, new: Sequence[_New]) -> list[Settled]:
        """Create files for people who have none, and enter everybody in the register."""
        heads = history.heads_of(f"person:{key}" for _, key, _, _ in new if key)
        newcomers = [Newcomer(entry.said, entry.platform) for _, key, entry, _ in new if not key]
        enrolled = iter(enrol(self._actor, newcomers))
        people = [key or next(enrolled) for _, key, _, _ in new]
        heads |= history.heads_of(
            f"person:{key}" for key, (_, before, _, _) in zip(people, new, strict=True) if not before
        )
        pks = list(loading.next_keys(Recognition, len(new)))
        begun, settled = [], []
        for pk, key, (number, _, entry, former) in zip(pks, people, new, strict=True):
            agency, area = self._county(entry.platform), entry.platform.path
            name = f"R{agency.code}-{entry.recognised_on.year}-{pk:06d}"
            region = registry.region_of(area)
            scheme = registry.policy_of(area, entry.recognised_on).scheme
            values = (
                key, name, agency.pk, area, region.code, scheme, entry.category, entry.recognised_on, entry.by, region.former, True, former,
                Recognition.Status.ACTIVE.value, "", "", "", 1,
            )  # fmt: skip
            said = {
                "recognition": name, "category": entry.category, "recognised_on": entry.recognised_on.isoformat(),
                "batch": self._batch.pk, "row": number,
            }  # fmt: skip
            begun.append(Begun(pk, values, f"person:{key}", area, said))
            settled.append(Settled(number, Outcome.CHANGED, key, say(_NEW) + entry.notes))
        bulk.act_many(RECOGNITION, "worker", "carry_over", BegunRows(_COLUMNS, begun), by=self._actor, heads=heads)
        return settled

    def _county(self, platform: Agency) -> Agency:
        if platform.pk not in self._counties:
            self._counties[platform.pk] = county_of(platform) or platform
        return self._counties[platform.pk]


_COLUMNS = (
    "person_id", "number", "agency_id", "area", "region", "scheme", "category", "recognised_on", "recognised_by_name", "policy", "carried_over",
    "former_id", "status", "ground", "evidence", "ended_by_name", "version",
)  # fmt: skip
_NEW = "新导入名册，保留资格。"


def _on_file(former: Sequence[_Former], entry: RegisterLine) -> tuple[str, str, str] | None:
    """Why a row creates no recognition (outcome, sentence, faulty column); None if it may."""
    if any(one.status == Recognition.Status.ACTIVE for one in former):
        return Outcome.MATCHED, say("已经在册，不重复导入。"), ""
    if any(one.carried_over and one.recognised_on == entry.recognised_on for one in former):
        return Outcome.MATCHED, say("以前导入过，后来已退出，不再恢复。"), ""
    if any(one.recognised_on >= entry.recognised_on for one in former):
        return (
            Outcome.REJECTED,
            say("系统中已有后来的认定并已退出，请逐人核对，不能按以前的名册导入。"),
            "recognised_on",
        )
    return None


def work_for(batch: ImportBatch) -> EarlierRegister:
    return EarlierRegister(batch)
