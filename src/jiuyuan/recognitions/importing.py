"""Earlier registers (六): people recognised before 2022-05-10 keep their status, whatever their category was called then.

Nothing on file is overwritten, an active recognition is never doubled, and the same file may be read again.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from jiuyuan import clock, loading
from jiuyuan.agencies.models import Agency
from jiuyuan.agencies.queries import county_of
from jiuyuan.encryption import blind_index
from jiuyuan.history import services as history
from jiuyuan.people.contact import same_name
from jiuyuan.people.enrolment import Newcomer, enrol
from jiuyuan.people.models import ImportBatch, ImportRow
from jiuyuan.people.services import Checked, checked
from jiuyuan.people.sources import cells
from jiuyuan.people.sources.cells import Unreadable
from jiuyuan.people.sources.reading import Table
from jiuyuan.people.sources.recording import Known, people_by_index
from jiuyuan.people.sources.running import Settled
from jiuyuan.recognitions.models import Recognition
from jiuyuan.refusals import BadInput
from jiuyuan.spreadsheets.cells import Cell

NOTICE_ISSUED = date(2022, 5, 10)
FORMER_POLICY = "jilin-2017-80"  # 吉人社办字〔2017〕80号, which the notice replaced
COLUMNS: Mapping[str, Sequence[str]] = {
    "id_number": ["身份证号码", "身份证号", "公民身份号码", "证件号码", "证件号"],
    "name": ["姓名", "人员姓名"],
    "phone": ["联系电话", "电话", "手机号码", "手机号", "手机", "联系方式"],
    "address": ["常住地址", "住址", "家庭住址", "居住地址", "地址"],
    "platform": ["所属平台", "所属街道（乡镇）", "所属街道", "街道（乡镇）", "街道", "乡镇", "社区", "所属社区", "平台代码", "机构代码"],
    "category": ["人员类别", "认定类别", "困难类别", "就业困难人员类别", "类别"],
    "recognised_on": ["认定日期", "认定时间", "批准日期"],
    "by": ["经办人", "认定人"],
    "status": ["状态", "在册状态", "认定状态"],
}  # fmt: skip
_NEEDED = [["id_number"], ["name"], ["phone"], ["platform"], ["category"], ["recognised_on"]]
_ON_REGISTER = {"", "在册", "有效", "正常", "已认定", "认定"}
_PLATFORM_WORDS = ("公共就业服务平台", "公共就业服务中心", "劳动保障事务所", "就业服务站")
_LEVELS = (Agency.Level.PLATFORM, Agency.Level.COMMUNITY)
_UNNAMED = "原名册未载明"
_NOBODY = Known(0, "", "")
Outcome = ImportRow.Outcome


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of an earlier register that can be used."""

    said: Checked
    platform: Agency
    category: str
    recognised_on: date
    by: str


@dataclass(slots=True)
class Prepared:
    entries: list[tuple[int, str, Entry]] = field(default_factory=list)
    faulty: list[Settled] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Former:
    pk: int
    status: str
    recognised_on: date
    carried_over: bool


class _New(NamedTuple):
    """Somebody to be put on the register; `person` is 0 for one who is not on file yet."""

    row: int
    person: int
    entry: Entry
    former: int | None


class EarlierRegister:
    """The work of a run over an earlier register."""

    wanted = COLUMNS
    needed = _NEEDED

    def __init__(self, batch: ImportBatch) -> None:
        self._batch = batch
        self._actor = batch.by.actor
        self._platforms = _platforms(batch.area)
        self._counties: dict[int, Agency] = {}
        self._seen: set[int] = set()  # a trial run writes nothing that a second row about somebody would find

    def begin(self, table: Table) -> None:
        self._places = table.places

    def prepare(self, rows: Sequence[tuple[int, Sequence[Cell]]]) -> Prepared:
        prepared = Prepared()
        for number, row in rows:
            faults: list[tuple[str, str]] = []
            entry = self._entry(row, faults)
            if entry is None:
                columns = ",".join(dict.fromkeys(column for column, _ in faults))
                prepared.faulty.append(
                    Settled(number, Outcome.REJECTED, None, " ".join(sentence for _, sentence in faults), columns)
                )
            else:
                prepared.entries.append((number, blind_index(entry.said.number.number), entry))
        return prepared

    def _entry(self, row: Sequence[Cell], faults: list[tuple[str, str]]) -> Entry | None:
        said = self._said(row, faults)
        platform = self._platform(self._text(row, "platform"), faults)
        category = self._words(row, "category")
        if not category or len(category) > 60:
            faults.append(("category", "请写上原来的认定类别，最多60个字。"))
        recognised_on = None
        try:
            recognised_on = cells.day(self._cell(row, "recognised_on"))
            if recognised_on >= NOTICE_ISSUED:
                faults.append(("recognised_on", "2022年5月10日起认定的，应按新办法申请认定，不能作为以前的名册导入。"))
        except Unreadable as wrong:
            faults.append(("recognised_on", f"认定日期：{wrong}"))
        if (status := self._text(row, "status")) not in _ON_REGISTER:
            faults.append(("status", f"状态是“{status[:20]}”，已经退出的不再保留资格，不用导入。"))
        if faults or said is None or platform is None or recognised_on is None:
            return None
        return Entry(said, platform, category, recognised_on, self._words(row, "by")[:80] or _UNNAMED)

    def _said(self, row: Sequence[Cell], faults: list[tuple[str, str]]) -> Checked | None:
        """As `people.services.register` checks it, once a spreadsheet's harm to the numbers is undone."""
        number = ""
        try:
            number = cells.id_number(self._cell(row, "id_number"), clock.today()).number
        except Unreadable as wrong:
            faults.append(("id_number", str(wrong)))
        phone = self._text(row, "phone").removesuffix(".0")
        try:
            said = checked(
                name=self._text(row, "name"), id_number=number, phone=phone, address=self._words(row, "address")
            )
        except BadInput as refusal:
            faults += [(column, sentence) for column, sentence in refusal.errors if number or column != "id_number"]
            return None
        return said

    def _platform(self, written: str, faults: list[tuple[str, str]]) -> Agency | None:
        found = self._platforms.get(_short(written), [])
        if len(found) == 1:
            return found[0]
        if not written:
            faults.append(("platform", "请写上常住地的街道（乡镇）平台。"))
        elif found:
            faults.append(("platform", f"叫“{written[:20]}”的平台有{len(found)}个，请改填平台代码。"))
        else:
            faults.append(("platform", f"本辖区没有叫“{written[:20]}”的街道（乡镇）平台，请改正，或填平台代码。"))
        return None

    def _cell(self, row: Sequence[Cell], column: str) -> Cell:
        place = self._places.get(column)
        return row[place] if place is not None and place < len(row) else None

    def _words(self, row: Sequence[Cell], column: str) -> str:
        """As it is written there, brackets and all."""
        return str(self._cell(row, column) or "").strip()

    def _text(self, row: Sequence[Cell], column: str) -> str:
        return cells.text(self._cell(row, column))

    def settle(self, prepared: Prepared, dry: bool) -> list[Settled]:
        settled = list(prepared.faulty)
        people = people_by_index([index for _, index, _ in prepared.entries])
        former = self._former([person.pk for person in people.values()])
        new: list[_New] = []
        again: set[int | str] = set()
        for number, index, entry in prepared.entries:
            key, name, area = people.get(index, _NOBODY)
            who = key or index
            if who in again or (dry and int(index[:15], 16) in self._seen):
                settled.append(Settled(number, Outcome.MATCHED, key or None, "同一文件中前面已有这个人，不重复导入。"))
            elif key and not area.startswith(self._batch.area):
                message = "这个身份证号码已在其他地区建档，请与那里的公共就业服务机构核实。"
                settled.append(Settled(number, Outcome.REJECTED, None, message, "id_number"))
            elif key and not same_name(name, entry.said.name):
                message = "这个身份证号码在系统中登记的是另一个姓名，请对照身份证核对姓名和号码；确实改过名的，请先到窗口办理。"
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
            settled += [Settled(number, Outcome.CHANGED, key or None, _NEW) for number, key, _, _ in new]
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
        """Register those who are not on file, and put all of them on the register."""
        heads = history.heads_of(f"person:{key}" for _, key, _, _ in new if key)
        newcomers = [Newcomer(entry.said, entry.platform) for _, key, entry, _ in new if not key]
        enrolled = iter(enrol(self._actor, newcomers))
        people = [key or next(enrolled) for _, key, _, _ in new]
        heads |= history.heads_of(
            f"person:{key}" for key, (_, before, _, _) in zip(people, new, strict=True) if not before
        )
        pks = list(loading.next_keys(Recognition, len(new)))
        rows, acts, settled = [], [], []
        for pk, key, (number, _, entry, former) in zip(pks, people, new, strict=True):
            agency, area = self._county(entry.platform), entry.platform.path
            name = f"R{agency.code}-{entry.recognised_on.year}-{pk:06d}"
            rows.append(
                (pk, key, name, agency.pk, area, entry.category, entry.recognised_on, entry.by, FORMER_POLICY, True, former,
                 Recognition.Status.ACTIVE.value, "", "", "", "", 1)
            )  # fmt: skip
            payload = {
                "recognition": name, "category": entry.category, "recognised_on": entry.recognised_on.isoformat(),
                "batch": self._batch.pk, "row": number,
            }  # fmt: skip
            acts.append(history.Act(f"person:{key}", "carried_over", payload, area))
            settled.append(Settled(number, Outcome.CHANGED, key, _NEW))
        loading.insert(
            Recognition,
            ("id", "person_id", "number", "agency_id", "area", "category", "recognised_on", "recognised_by_name", "policy",
             "carried_over", "former_id", "status", "ground", "evidence", "ended_by", "ended_by_name", "version"),
            rows,
        )  # fmt: skip
        history.append_many(self._actor, acts, heads)
        return settled

    def _county(self, platform: Agency) -> Agency:
        if platform.pk not in self._counties:
            self._counties[platform.pk] = county_of(platform) or platform
        return self._counties[platform.pk]


_NEW = "新导入名册，保留资格。"


def _on_file(former: Sequence[_Former], entry: Entry) -> tuple[str, str, str] | None:
    """Why an entry opens nothing: outcome, sentence, faulty column. None where it may be opened."""
    if any(one.status == Recognition.Status.ACTIVE for one in former):
        return Outcome.MATCHED, "已经在册，不重复导入。", ""
    if any(one.carried_over and one.recognised_on == entry.recognised_on for one in former):
        return Outcome.MATCHED, "以前导入过，后来已退出，不再恢复。", ""
    if any(one.recognised_on >= entry.recognised_on for one in former):
        return Outcome.REJECTED, "系统中已有后来的认定并已退出，请逐人核对，不能按以前的名册导入。", "recognised_on"
    return None


def _platforms(area: str) -> dict[str, list[Agency]]:
    """The platforms of an area by agency code, division code and name, with and without what platforms are called."""
    found: dict[str, list[Agency]] = defaultdict(list)
    rows = Agency.objects.filter(path__begins=area, level__in=_LEVELS).prefetch_related("divisions")
    for agency in rows:
        divisions: Any = agency.divisions.all()
        keys = {agency.code, _short(agency.name), *(division.code for division in divisions)}
        for key in keys | {_short(division.name) for division in divisions}:
            found[key].append(agency)
    return found


def _short(name: str) -> str:
    name = "".join(name.split()).removesuffix(".0")
    for word in _PLATFORM_WORDS:
        name = name.removesuffix(word)
    return name


def work_for(batch: ImportBatch) -> EarlierRegister:
    return EarlierRegister(batch)
