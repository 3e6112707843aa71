"""`jiuyuan demo`: begins a demonstration if there is none, prints its logins, serves it and makes the rest."""

import argparse
import os
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from jiuyuan import config, demonstration_progress
from jiuyuan.cli import CannotStart
from jiuyuan.commands.installed import open_installation
from jiuyuan.wording import say

_LOOK_EVERY = 0.2


def register(subparsers: Any) -> None:
    summary = say("演示：生成虚构的人员和申请（已有的不重做），并在本机启动网站")
    parser = subparsers.add_parser("demo", help=summary, description=summary, allow_abbrev=False)
    parser.add_argument(
        "--data", type=Path, metavar="DIR", help=say("数据文件夹；不写时用 JIUYUAN_DATA 或默认的文件夹")
    )
    parser.add_argument("--port", type=int, default=8000, help=say("端口，默认 8000"))
    parser.add_argument("--today", metavar="YYYY-MM-DD", help=say("演示系统里的今天；不写时用真实的日期"))
    parser.add_argument("--no-serve", action="store_true", help=say("只生成，不启动网站"))
    parser.set_defaults(run=_demo)


def _demo(options: argparse.Namespace) -> int:
    day = _day(options.today)
    data = (options.data or config.data_folder()).resolve()
    listener = None if options.no_serve else _listen(options.port)
    os.environ["JIUYUAN_DATA"] = str(data)
    os.environ.setdefault("JIUYUAN_BASE_URL", f"http://127.0.0.1:{options.port}")
    _create(data)
    installation = open_installation()
    from jiuyuan import clock

    if day:
        clock.move_to(day)
    # On SIGTERM end as with Ctrl-C, so that unfinished transactions are rolled back.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    if listener:
        from jiuyuan.demonstration import server

        with _begun_beside(installation):
            server.read_in()
    else:
        _begin(installation)
        _wait_for_the_rest(installation)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    _say(installation, options.port if listener else None)
    if listener:
        server.serve(listener)
    return 0


def _day(text: str | None) -> date | None:
    """`--today`, else `JIUYUAN_TODAY`. It becomes the installation's day, so that it can still be moved."""
    text = text or os.environ.pop("JIUYUAN_TODAY", None)
    os.environ.pop("JIUYUAN_TODAY", None)
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise CannotStart(say("日期应写成 2026-03-02 的样子，不是 {text}", text=text)) from None


def _listen(port: int) -> socket.socket:
    from jiuyuan.demonstration import server

    try:
        return server.listen(port)
    except (OSError, OverflowError) as error:
        raise CannotStart(
            say(
                "端口 {port} 用不了（{error}）。请换一个，例如 jiuyuan demo --port {port_2}",
                port=port,
                error=error,
                port_2=_another(port),
            )
        ) from None


def _another(port: int) -> int:
    return port + 1 if 1023 < port < 65535 else 8001


def _create(data: Path) -> None:
    try:
        mode = config.create(data, "demonstration").mode
    except OSError as error:
        raise CannotStart(say("不能在 {data} 中生成演示：{strerror}。", data=data, strerror=error.strerror)) from None
    if mode != "demonstration":
        raise CannotStart(
            say("{data} 中是一个正式或测试的安装，不能在里面生成演示。请用 --data 指定另一个文件夹。", data=data)
        )


@contextmanager
def _begun_beside(installation: config.Config) -> Iterator[None]:
    """Begin in another process meanwhile: on two cores the first page is ready a sixth sooner."""
    this = os.getpid()
    child = os.fork()
    if not child:
        _begin(installation, lambda: os.getppid() == this)
        sys.stdout.flush()
        os._exit(0)
    try:
        yield
        _, status = os.waitpid(child, 0)
        child = 0
    finally:
        if child:
            os.kill(child, signal.SIGTERM)
            os.waitpid(child, 0)
    if status:  # it has printed the reason
        raise SystemExit(os.waitstatus_to_exitcode(status))


def _begin(installation: config.Config, wanted: Callable[[], bool] = lambda: True) -> None:
    """Make what the first pages need, unless it is no longer `wanted`."""
    if not sys.stderr.isatty():
        print(say("正在准备演示……"), file=sys.stderr, flush=True)
    from jiuyuan import tables
    from jiuyuan.agencies import services
    from jiuyuan.demonstration import accounts, first_screens

    tables.bring_up_to_date()
    services.plant()
    with _bar() as shown:

        def told(over: int, of: int) -> None:
            if not wanted():
                raise KeyboardInterrupt
            shown(over, of)

        first_screens.begin(installation.data, accounts.hashed_password(installation.data), told)


@contextmanager
def _bar() -> Iterator[Callable[[int, int], None]]:
    from tqdm import tqdm

    shown = "{l_bar}{bar}| {n_fmt}/{total_fmt} {elapsed}"
    with tqdm(desc=say("生成演示"), unit=say("件"), bar_format=shown, disable=None) as bar:

        def told(over: int, of: int) -> None:
            bar.total = of
            bar.update(over - bar.n)

        yield told


def _wait_for_the_rest(installation: config.Config) -> None:
    from jiuyuan.demonstration import background, server

    making = background.start(installation.data, server.database())
    if making is None:
        return
    try:
        with _bar() as told:
            while making.poll() is None:
                if how_far := demonstration_progress.progress(installation):
                    told(how_far.over, how_far.of)
                time.sleep(_LOOK_EVERY)
    finally:
        making.terminate()
    if making.wait():
        raise CannotStart(say("演示数据没有准备完。再运行一次就接着准备。"))


def _say(installation: config.Config, port: int | None) -> None:
    from jiuyuan import clock
    from jiuyuan.demonstration import accounts

    data = installation.data

    print(say("演示系统在 {data}，今天是{today:date}。里面的人都是虚构的。账号：", data=data, today=clock.today()))
    print("\n".join(accounts.sheet()))
    print(say("所有账号的密码：{data}", data=accounts.password(data)))
    if demonstration_progress.progress(installation):
        print(say("其余的演示数据正在后台准备，进度见每页上方。"))
    if port:
        print(say("网址：http://127.0.0.1:{port}/  （按 Ctrl-C 停止）", port=port))
    sys.stdout.flush()
