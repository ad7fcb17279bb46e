"""The process that serves (服务进程): one for a data folder, one address printed, a clean end."""

from __future__ import annotations

import asyncio
import errno
import os
import shutil
import signal
import socket
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from multiprocessing.util import get_temp_dir
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

import h11
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from reportgen import locks
from reportgen.problems import CannotWrite, EnvironmentLacking, ReportError, error
from reportgen.service.office import people
from reportgen.service.office.desk import Desk
from reportgen.service.settings import Settings
from reportgen.service.store.opening import Store, open_store

if TYPE_CHECKING:
    from reportgen.service.jobs.supervisor import Running

_LOCK, _INCOMING = "serving.lock", "incoming"
# Seconds: a request's head, an idle connection, what a slow reader leaves in the pipe, and the end of the service.
HEAD_SECONDS, IDLE_SECONDS, STUCK_SECONDS, END_SECONDS = 15, 20, 60, 5
CONNECTIONS = 1000
_HEAD_BYTES = 32 * 1024


def serve(settings: Settings, told: Callable[[str], None]) -> None:
    """Serve until Ctrl-C or SIGTERM (启动服务); `told` gets the one line with the address, once it answers."""
    with _alone(settings.data) as lock, _listening(settings) as listening:
        settings = replace(settings, port=listening.getsockname()[1])
        _note(lock, _url(settings))
        # All pages and the API: a second of work that a taken port or folder need not wait for.
        from reportgen.service.app import make_app

        _take_in_at(settings.data / _INCOMING)
        store = _open(settings)
        try:
            desk = Desk(store, settings)
            server = Server(make_app(desk, _working), lambda: told(first_address(desk)))
            asyncio.run(server.serve(sockets=[listening]))
        finally:
            store.close()


@contextmanager
def _working(desk: Desk) -> Iterator[Running]:
    """The jobs are worked at for as long as the service runs."""
    from reportgen.service.jobs import supervisor
    from reportgen.service.office import outcomes

    settle = partial(outcomes.settle, looks_ahead=desk.settings.preview_ahead)
    running = supervisor.start(desk.store, desk.settings, settle)
    try:
        yield running
    finally:
        running.stop()


def first_address(desk: Desk) -> str:
    """The one address that is printed (启动网址), with a token where one is needed."""
    return _with(_url(desk.settings), people.new_link(desk))


def further_address(settings: Settings) -> str:
    """A further address with a one-time token (再要一个网址), while the service runs or not."""
    store = _open(settings)
    try:
        token = people.new_link(Desk(store, settings), again=True)
    finally:
        store.close()
    return _with(_noted(settings.data) or _url(settings), token)


def _with(url: str, token: str | None) -> str:
    return f"{url}/start?token={token}" if token else f"{url}/"


def _url(settings: Settings) -> str:
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    # Where it listens on all addresses, the name of this machine is what others can use.
    host = socket.gethostname() if host in ("0.0.0.0", "[::]") else host
    return settings.public_url or f"http://{host}:{settings.port}"


def _open(settings: Settings) -> Store:
    try:
        return open_store(settings.data, settings.database)
    except ReportError as fault:
        raise EnvironmentLacking(fault.problems) from None


def _note(lock: int, url: str) -> None:
    """Where this service is found, in the lock that it has."""
    os.ftruncate(lock, 0)
    os.pwrite(lock, url.encode(), 0) if hasattr(os, "pwrite") else os.write(lock, url.encode())


def _noted(data: Path) -> str | None:
    """Where the service of this folder is found, if one is running."""
    try:
        lock = locks.take(data / _LOCK)
        if lock is not None:
            locks.give_back(data / _LOCK, lock)
            return None
        return (data / _LOCK).read_text(encoding="utf-8") or None
    except OSError:
        return None


@contextmanager
def _alone(data: Path) -> Iterator[int]:
    """One server for one folder."""
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = locks.take(data / _LOCK)
    except OSError as fault:
        why = "没有写入权限" if fault.errno == errno.EACCES else "建不了或不能写"
        raise CannotWrite(
            [error("service.data-folder", f"数据文件夹「{data.name}」{why}", "请用 --data 指定一个可以写入的文件夹")]
        ) from None
    if lock is None:
        what = f"另一个服务正在使用数据文件夹「{data.name}」"
        raise CannotWrite([error("service.already-serving", what, "请先停掉那一个，或用 --data 指定另一个文件夹")])
    try:
        yield lock
    finally:
        locks.give_back(data / _LOCK, lock)


@contextmanager
def _listening(settings: Settings) -> Iterator[socket.socket]:
    host = settings.host.strip("[]")
    try:
        family, _, _, _, address = socket.getaddrinfo(host, settings.port, type=socket.SOCK_STREAM)[0]
        listening = socket.socket(family, socket.SOCK_STREAM)
    except OSError:
        what = f"本机没有「{settings.host}」这个地址"
        raise EnvironmentLacking([error("service.no-address", what, "请改 --host，如 127.0.0.1 或 0.0.0.0")]) from None
    with listening:
        if os.name == "posix":
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind(address)
            listening.listen(2048)
        except OSError as fault:
            raise EnvironmentLacking([_not_bound(settings, fault)]) from None
        listening.setblocking(False)
        yield listening


def _not_bound(settings: Settings, fault: OSError) -> Any:
    if fault.errno == errno.EADDRINUSE:
        what = f"端口 {settings.port} 已被别的程序占用"
        return error("service.port-taken", what, f"请换一个端口，如 --port {settings.port % 65535 + 1}，或停掉那个程序")
    if fault.errno == errno.EACCES:
        what = f"没有使用端口 {settings.port} 的权限"
        return error("service.port-taken", what, "1024 以下的端口要管理员权限，请换一个，如 --port 8765")
    return error("service.no-address", f"本机没有「{settings.host}」这个地址", "请改 --host，如 127.0.0.1 或 0.0.0.0")


def _take_in_at(folder: Path) -> None:
    """Let uploads wait where there is room for them, not in the memory that many systems call /tmp."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    # Sockets stay where their names are short enough.
    get_temp_dir()
    tempfile.tempdir = str(folder)


class Server(uvicorn.Server):
    """uvicorn's server (网络服务), which says when it answers and ends without the signal that ended it."""

    def __init__(self, app: Any, ready: Callable[[], None]) -> None:
        config = uvicorn.Config(
            app,
            http=Timed,
            ws="none",
            loop="asyncio",
            lifespan="on",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            timeout_keep_alive=IDLE_SECONDS,
            timeout_graceful_shutdown=END_SECONDS,
            h11_max_incomplete_event_size=_HEAD_BYTES,
        )
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to answer, then say so."""
        await super().startup(sockets=sockets)
        if self.started and not self.should_exit:
            await asyncio.to_thread(self._ready)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """End on Ctrl-C and SIGTERM; both are a good end."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        kept = {each: signal.signal(each, self._end) for each in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for each, handler in kept.items():
                signal.signal(each, handler)

    def _end(self, sig: int, frame: FrameType | None) -> None:
        self.handle_exit(sig, frame)


_UNREADABLE = "这个请求看不懂。请在浏览器里打开本系统的网址；用接口的请对照接口说明。\n"
_PLAIN = [
    (b"content-type", b"text/plain; charset=utf-8"),
    (b"x-content-type-options", b"nosniff"),
    (b"connection", b"close"),
]


async def _crowded(scope: Any, receive: Any, send: Any) -> None:
    """What a connection is told that is one too many; those before it are served as ever."""
    told = "同时打开的连接太多，请过几秒再试。\n".encode()
    headers = [*_PLAIN, (b"retry-after", b"5"), (b"content-length", str(len(told)).encode())]
    await send({"type": "http.response.start", "status": 503, "headers": headers})
    await send({"type": "http.response.body", "body": told})


class Timed(H11Protocol):
    """A connection (连接) on which neither side keeps the other waiting for ever."""

    _head: asyncio.TimerHandle | None = None
    _stuck: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """From now on a request's head has its time."""
        super().connection_made(transport)
        if len(self.connections) > CONNECTIONS:
            self.app = _crowded
        self._await_head()

    def data_received(self, data: bytes) -> None:
        """Take it; the head of a later request has its time from its first byte."""
        if self._is_idle() and self._head is None:
            self._await_head()
        super().data_received(data)
        if not self._is_idle():
            self._stop_head()

    def send_400_response(self, msg: str) -> None:
        """What is no request is told in words of ours (看不懂的请求); an answer that has begun is only broken off."""
        if self.conn.our_state in (h11.IDLE, h11.SEND_RESPONSE):
            words = _UNREADABLE.encode()
            headers = [*_PLAIN, (b"content-length", str(len(words)).encode())]
            answer = h11.Response(status_code=400, headers=headers, reason=b"Bad Request")
            for event in (answer, h11.Data(data=words), h11.EndOfMessage()):
                self.transport.write(self.conn.send(event) or b"")
        self.transport.close()

    def pause_writing(self) -> None:
        """The other side does not read: it has a while to go on."""
        super().pause_writing()
        if self._stuck is None:
            self._stuck = self.loop.call_later(STUCK_SECONDS, self.transport.abort)

    def resume_writing(self) -> None:
        """It reads again."""
        if self._stuck is not None:
            self._stuck.cancel()
            self._stuck = None
        super().resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        """No time runs any more."""
        self._stop_head()
        if self._stuck is not None:
            self._stuck.cancel()
        super().connection_lost(exc)

    def timeout_keep_alive_handler(self) -> None:
        """An idle connection ends; what is still in the pipe has a last while."""
        if not self.transport.is_closing():
            self.loop.call_later(STUCK_SECONDS, self.transport.abort)
        super().timeout_keep_alive_handler()

    def _is_idle(self) -> bool:
        return self.cycle is None or self.cycle.response_complete

    def _await_head(self) -> None:
        self._head = self.loop.call_later(HEAD_SECONDS, self._too_slow)

    def _stop_head(self) -> None:
        if self._head is not None:
            self._head.cancel()
            self._head = None

    def _too_slow(self) -> None:
        self._head = None
        if self._is_idle() and not self.transport.is_closing():
            self.transport.abort()
