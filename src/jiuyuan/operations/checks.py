"""The checks of `jiuyuan check` and of 系统状态: each with its result and what to do."""

import importlib.util
import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum
from pathlib import Path

from django.conf import settings
from django.db import connection

from jiuyuan import clock, config, replica
from jiuyuan.agencies import signing_server
from jiuyuan.operations import database_copy, runs, state, upgrade
from jiuyuan.people import virus_scan
from jiuyuan.printing import sm2
from jiuyuan.printing.glyphs import font_folder
from jiuyuan.refusals import Refusal
from jiuyuan.wording import say
from jiuyuan.worker.models import Job

GIGABYTE = 1024**3
_LITTLE_ROOM, _NO_ROOM = 10 * GIGABYTE, 1 * GIGABYTE
_MEMORY = 4 * GIGABYTE
_OLDEST_SERVER = 15
_CLOCK_APART = timedelta(seconds=5)
_EXPIRES_SOON = 30
_A_NIGHT = timedelta(hours=26)
#: From October the next year's holidays are expected; the State Council publishes them in November.
_ASKED_FROM, _LACKING_FROM = 10, 12


class Level(Enum):
    WELL, SOON, BAD = "正常", "要处理", "有问题"


@dataclass(frozen=True)
class CheckResult:
    """The result of a check. `said`: the state; `todo`: what to do, empty if all is well."""

    what: str
    level: Level
    said: str
    todo: str = ""


def findings() -> Iterator[CheckResult]:
    """Yield the result of each check; a check that fails to run is a result too."""
    for check in _CHECKS:
        try:
            yield check()
        except Exception as error:
            said = error.title if isinstance(error, Refusal) else type(error).__name__
            yield CheckResult(check.__doc__ or "", Level.BAD, say("查不出来（{said}）", said=said), say("请看日志。"))


def _graded(what: str, level: Level, said: str, todo: str) -> CheckResult:
    return CheckResult(what, level, said, "" if level is Level.WELL else todo)


def disk() -> CheckResult:
    """磁盘"""
    found = state.room()
    level = Level.BAD if found.free < _NO_ROOM else Level.SOON if found.free < _LITTLE_ROOM else Level.WELL
    said = say("还剩{free:.0f}GB，共{total:.0f}GB", free=found.free / GIGABYTE, total=found.total / GIGABYTE)
    return _graded(say("磁盘"), level, said, say("请清理或扩大数据文件夹所在的盘：满了以后什么也办不成。"))


def memory() -> CheckResult:
    """内存"""
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    level = Level.WELL if total >= _MEMORY * 0.9 else Level.SOON
    todo = say("至少要4GB：网站每个进程约150MB，导入一个文件约200MB。")
    return _graded(say("内存"), level, say("{total:.1f}GB", total=total / GIGABYTE), todo)


def database() -> CheckResult:
    """数据库"""
    what, version = say("数据库"), database_copy.server_version()
    if connection.vendor == "sqlite":
        level = Level.SOON if settings.JIUYUAN.mode == "production" else Level.WELL
        return _graded(
            what,
            level,
            f"SQLite {version}",
            say("正式使用请用 PostgreSQL 15 或更新的版本（jiuyuan init --database）。"),
        )
    said = f"PostgreSQL {version}"
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('server_encoding'), rolsuper, has_schema_privilege(current_schema(), 'CREATE'),"
            " datcollate, COALESCE(datcollversion IS DISTINCT FROM pg_database_collation_actual_version(d.oid)"
            " AND datcollversion IS NOT NULL, FALSE)"
            " FROM pg_roles, pg_database d WHERE rolname = current_user AND datname = current_database()"
        )
        encoding, superuser, may_create, locale, sorted_otherwise = cursor.fetchone()
    if int(version.split(".")[0]) < _OLDEST_SERVER:
        return CheckResult(what, Level.BAD, said, say("请升级到 PostgreSQL 15 或更新的版本。"))
    if encoding != "UTF8":
        return CheckResult(
            what,
            Level.BAD,
            f"{said}，{encoding}",
            say("库的编码应为 UTF8：createdb --encoding UTF8 --template template0。"),
        )
    said = f"{said}，{locale}"
    if sorted_otherwise:
        # An index built with another collation version of the C library finds and sorts wrongly.
        todo = say("请 REINDEX DATABASE，再 ALTER DATABASE … REFRESH COLLATION VERSION。")
        return CheckResult(what, Level.BAD, say("{said}，操作系统的排序规则已经换了", said=said), todo)
    if not may_create:
        return CheckResult(
            what, Level.BAD, said, say("账号不能建表，升级会失败：库应归它所有（ALTER DATABASE … OWNER TO …）。")
        )
    if superuser:
        return CheckResult(
            what, Level.SOON, said, say("网站用的账号是超级用户，能读服务器上的文件。请另建一个普通账号。")
        )
    return CheckResult(what, Level.WELL, said)


def second_database() -> CheckResult:
    """只读副本"""
    what, most = say("只读副本"), settings.JIUYUAN.replica_seconds
    if not replica.is_named():
        return CheckResult(what, Level.WELL, say("没有设置"))
    behind = replica.replica.behind()
    if behind is None:
        return CheckResult(
            what, Level.BAD, say("连不上"), say("列表和统计现在都从主库读，会慢一些。请看副本的服务和日志。")
        )
    if behind > most:
        said = say("落后超过{most}秒", most=most)
        return CheckResult(what, Level.SOON, said, say("跟上以前，列表和统计从主库读。请看副本的磁盘、网络和日志。"))
    return CheckResult(what, Level.WELL, say("跟得上主库"))


def tables() -> CheckResult:
    """数据库的版本"""
    waiting = upgrade.waiting()
    if waiting:
        return CheckResult(
            say("数据库的版本"), Level.BAD, say("还差{count}步", count=len(waiting)), say("请运行 jiuyuan upgrade。")
        )
    return CheckResult(say("数据库的版本"), Level.WELL, runs.version_on_file() or say("未记下"))


def programs() -> CheckResult:
    """备份程序"""
    what = say("备份程序")
    if connection.vendor == "sqlite":
        return CheckResult(what, Level.WELL, say("不需要"))
    version = database_copy.client_version()
    todo = say("请安装与服务器同一版本或更新的 postgresql-client，否则备份不了。")
    if version is None:
        return CheckResult(what, Level.BAD, say("没有 pg_dump"), todo)
    older = version < int(database_copy.server_version().split(".")[0])
    return _graded(what, Level.BAD if older else Level.WELL, f"pg_dump {version}", todo)


def clocks() -> CheckResult:
    """时钟"""
    what, ours = say("时钟"), clock.now()
    if settings.JIUYUAN.time_can_move:
        return CheckResult(what, Level.WELL, say("演示或测试，不核对"))
    last = state.last_act_at()
    if last is not None and last > ours + _CLOCK_APART:
        return CheckResult(what, Level.BAD, say("比最后一条记录早（{last:%Y-%m-%d %H:%M}）", last=last.astimezone(clock.CHINA)), say("时钟被拨回过。请校准（chrony 或 systemd-timesyncd），在此之前不要办事。"))  # fmt: skip
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT clock_timestamp()")
            theirs: datetime = cursor.fetchone()[0]
        if abs(theirs - clock.now()) > _CLOCK_APART:
            return CheckResult(what, Level.BAD, say("与数据库服务器相差{seconds:.0f}秒", seconds=abs(theirs - ours).total_seconds()), say("请在两台机器上都对时（chrony）。"))  # fmt: skip
    return CheckResult(what, Level.WELL, f"{ours:%Y-%m-%d %H:%M:%S}")


def fonts() -> CheckResult:
    """字体"""
    if importlib.util.find_spec("manimgx_fonts_cjk") is None:
        return CheckResult(
            say("字体"), Level.BAD, say("没有"), say("请按 requirements-run.lock 安装完整：没有它印不出表和告知书。")
        )
    return CheckResult(say("字体"), Level.WELL, font_folder().name)


def keys() -> CheckResult:
    """密钥文件"""
    what, data = say("密钥文件"), settings.JIUYUAN.data
    secret = [data / config.FILE, settings.JIUYUAN.ledger_key, data / "departments.toml"]
    secret += [data / "sms.toml", data / signing_server.FILE]
    open_to_others = [path.name for path in (*secret, *_certificate_files()) if path.exists() and _open_to_others(path)]
    if open_to_others:
        return CheckResult(
            what,
            Level.BAD,
            say("别人也能读：{names}", names=open_to_others),
            say("请 chown 给运行系统的账号，并 chmod 600。"),
        )
    return CheckResult(what, Level.WELL, say("只有运行系统的账号能读"))


def _certificate_files() -> list[Path]:
    return sorted((settings.JIUYUAN.data / "certificates").glob("*.p12"))


def _open_to_others(path: Path) -> bool:
    found = path.stat()
    return bool(stat.S_IMODE(found.st_mode) & 0o077) or found.st_uid not in (os.geteuid(), 0)


def certificates() -> CheckResult:
    """证书"""
    what, found = say("证书"), state.certificates()
    if not found:
        level = Level.SOON if settings.JIUYUAN.mode == "production" else Level.WELL
        return _graded(
            what,
            level,
            say("还没有"),
            say("没有机构的签章证书，表和告知书盖不了章：把 机构代码.p12 放进 certificates/。"),
        )
    unreadable = [one.name for one in found if one.days is None]
    ending = [one for one in found if one.days is not None and one.days <= _EXPIRES_SOON]
    if unreadable:
        return CheckResult(
            what, Level.BAD, say("打不开：{names}", names=unreadable), say("请换上没有损坏、没有密码的文件。")
        )
    if ending:
        level = Level.BAD if ending[0].days is not None and ending[0].days < 0 else Level.SOON
        names = [say("{name}还有{days}天", name=one.name, days=one.days) for one in ending]
        return CheckResult(
            what, level, say("快到期或已到期：{names}", names=names), say("请向发证机构换新证书，放在原处。")
        )
    return CheckResult(what, Level.WELL, say("{count}份，最早的还有{days}天", count=len(found), days=found[0].days))


def second_seal() -> CheckResult:
    """SM2签名"""
    what = say("SM2签名")
    try:
        server = signing_server.configured()
        if server is None:
            return CheckResult(what, Level.WELL, say("没有设置"))
        version = sm2.check_openssl()
    except (signing_server.NotSigned, sm2.CannotVerify) as why:
        return CheckResult(what, Level.BAD, str(why), say("文书现在盖不了章。请改好 signing.toml，或装好 openssl。"))
    if lacking := state.without_sm2_certificate():
        said = say("{count}个机构没有SM2证书：{names}", count=len(lacking), names=lacking[:5])
        return CheckResult(what, Level.BAD, said, say("它们盖不了章：把 机构代码.sm2.pem 放进 certificates/。"))
    return CheckResult(what, Level.WELL, say("{server}，用{version}核对", server=server.url, version=version))


def holidays() -> CheckResult:
    """明年的节假日"""
    what, today = say("明年的节假日"), clock.today()
    if state.holidays_known_until() > today.year:
        return CheckResult(what, Level.WELL, say("已有"))
    level = Level.BAD if today.month >= _LACKING_FROM else Level.SOON if today.month >= _ASKED_FROM else Level.WELL
    said = say("还没有{year}年的", year=today.year + 1)
    return _graded(
        what, level, said, say("国务院办公厅公布后在“参数”的“放假安排”登记，或升级。此前跨年的期限是暂定的。")
    )


def ledger() -> CheckResult:
    """封存值的另存"""
    what, same = say("封存值的另存"), state.outside_copy()
    todo = say(
        '每次封存后把 digests.jsonl 抄到数据库和本机管理员都写不到的地方，并在 jiuyuan.toml 写上 ledger_outside = "那一份的路径"。'
    )
    if same is None:
        return CheckResult(what, Level.SOON, say("没有设置"), todo)
    return _graded(
        what, Level.WELL if same else Level.BAD, say("最后一行一致") if same else say("读不到，或不是最新的"), todo
    )


def seal() -> CheckResult:
    """封存"""
    day = state.last_seal_day()
    late = day is None or day < clock.today() - timedelta(days=1)
    return _graded(
        say("封存"), Level.SOON if late else Level.WELL, _day(day), say("每夜的 jiuyuan nightly 会封存；请看它的日志。")
    )


def night() -> CheckResult:
    """夜间核查"""
    at = state.last_night()
    return _graded(say("夜间核查"), Level.WELL if _recent(at, _A_NIGHT) else Level.SOON, _moment(at), say("请看 jiuyuan nightly 的定时任务（systemctl status jiuyuan-nightly.timer）。"))  # fmt: skip


def backup() -> CheckResult:
    """备份"""
    at = runs.last_at(runs.Kind.BACKUP)
    level = Level.WELL if _recent(at, _A_NIGHT) else Level.BAD if at is None else Level.SOON
    return _graded(
        say("备份"), level, _moment(at), say("请每夜运行 jiuyuan backup；用别的办法备份的，核对它最近一次的日志。")
    )


def drill() -> CheckResult:
    """恢复演练"""
    well = state.drilled_this_quarter()
    return _graded(say("恢复演练"), Level.WELL if well else Level.SOON, _moment(runs.last_at(runs.Kind.DRILL)), say("本季度还没有演练：jiuyuan restore 备份 --drill。没有演练过的备份不能算备份。"))  # fmt: skip


def jobs() -> CheckResult:
    """后台任务"""
    counted, idle = state.jobs(), state.neglected()
    failed = counted[Job.State.FAILED]
    said = "，".join(say("{state}{count}件", state=one.label, count=n) for one, n in counted.items()) or say(
        "没有等待的"
    )
    if idle:
        return CheckResult(
            say("后台任务"),
            Level.BAD,
            said,
            say("有{idle}件过了时间没有人办：后台程序没有运行（systemctl status jiuyuan-worker）。", idle=idle),
        )
    return _graded(
        say("后台任务"), Level.SOON if failed else Level.WELL, said, say("请在 数据 → 后台任务 中看原因，改好后再试。")
    )


def viruses() -> CheckResult:
    """病毒检查"""
    what = say("病毒检查")
    if not settings.JIUYUAN.clamav_socket:
        return CheckResult(what, Level.WELL, say("没有设置"))
    try:
        return CheckResult(what, Level.WELL, virus_scan.version())
    except virus_scan.NotScanned as why:
        refused = settings.JIUYUAN.clamav_unreachable == "refuse"
        todo = say("材料现在传不上来。") if refused else say("材料现在没有检查就收下。")
        said = say("ClamAV 没有应答（{why}）", why=str(why))
        return CheckResult(what, Level.BAD, said, say("{todo}请看 clamav-daemon 的服务和日志。", todo=todo))


def errors() -> CheckResult:
    """程序错误"""
    kinds = state.errors_of_days(7)
    said = say("7天内{kinds}种", kinds=kinds) if kinds else say("7天内没有")
    return _graded(
        say("程序错误"),
        Level.SOON if kinds else Level.WELL,
        said,
        say("请把“系统状态”中列出的错误、位置和请求编号报给开发者。"),
    )


def address() -> CheckResult:
    """网址"""
    url = settings.JIUYUAN.base_url
    well = settings.JIUYUAN.mode != "production" or url.startswith("https://")
    return _graded(
        say("网址"),
        Level.WELL if well else Level.SOON,
        url,
        say("请在 jiuyuan.toml 中改好 hosts 和 base_url，网址应以 https:// 开头。"),
    )


def _recent(at: datetime | None, within: timedelta) -> bool:
    return at is not None and at > clock.now() - within


def _moment(at: datetime | None) -> str:
    if at is None:
        return say("没有过")
    here = at.astimezone(clock.CHINA)
    return say("最近一次 {day:date} {time}", day=here.date(), time=f"{here:%H:%M}")


def _day(day: date | None) -> str:
    return say("最近一次 {day:date}", day=day) if day else say("没有过")


_CHECKS: tuple[Callable[[], CheckResult], ...] = (
    disk, memory, database, second_database, tables, programs, clocks, fonts, keys, certificates, second_seal, holidays, address,
    viruses, night, seal, ledger, backup, drill, jobs, errors,
)  # fmt: skip
