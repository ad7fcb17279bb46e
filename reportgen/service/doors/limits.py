"""How much may be sent, and how slowly (请求限额): counted while it is read, whatever the request says of itself.

A body has one MiB. Files have more, and only from somebody who is known: otherwise anybody could fill the disk.
"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from reportgen.problems import error
from reportgen.service.refusals import DiskFull, NotSignedIn, Refusal, TooLarge
from reportgen.service.store.opening import disk_full, is_full

# What files come as: a form from a page, or the bare bytes from another system.
_FILES = ("multipart/form-data", "application/octet-stream")
# Beside what is sent, this much of the disk stays free.
_SPARE = 1024**2
# Who is told that it is too much may finish a sentence: else a browser sees a broken connection and no answer.
_LINGER_BYTES, _LINGER_SECONDS = 16 * 1024**2, 2.0

Answer = Callable[[Scope, Refusal], ASGIApp]


class TooSlow(Refusal):
    """The rest of the body did not come (对方太慢)."""

    status = 408


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The limits of a request (请求限额): bytes, and seconds for a piece of a body and for all of it.

    `may_upload` says of a request whether files are taken from it; it is called in a thread.
    """

    body: int
    upload: int
    data: Path
    may_upload: Callable[[Scope], bool]
    piece_seconds: float = 30.0
    body_seconds: float = 900.0


class BodyLimits:
    """The layer that counts (请求限额层); `answer` tells whoever sent too much."""

    def __init__(self, app: ASGIApp, limits: Limits, answer: Answer) -> None:
        self.app = app
        self.limits = limits
        self.answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand the request on with its body counted; what the app says to a body that broke off is not sent."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        body = _Body(scope, receive, self.limits)
        begun = False

        async def watched(message: Message) -> None:
            nonlocal begun
            if body.fault is None or begun:
                begun = True
                await send(message)

        await body.look()
        try:
            if body.fault is None:
                await self.app(scope, body.receive, watched)
        except _BrokenOff:
            pass
        except OSError as fault:
            # Of a body that does not say how long it is nobody knows beforehand whether there is room for it, nor of
            # what an app makes.
            if begun or not is_full(fault):
                raise
            body.fault = disk_full()
        if body.fault is not None and not begun:
            await self.answer(scope, body.fault)(scope, receive, _lingering(receive, send))


class _BrokenOff(Exception):
    """What the app sees of a body that is not read on."""


class _Body:
    """The body of a request as it comes in; `fault` is what it was refused for."""

    def __init__(self, scope: Scope, receive: Receive, limits: Limits) -> None:
        headers = Headers(scope=scope)
        declared = headers.get("content-length", "")
        self.declared = int(declared) if declared.isascii() and declared.isdigit() else None
        self.has_files = headers.get("content-type", "").lower().startswith(_FILES)
        self.fault: Refusal | None = None
        self.most = limits.body
        self.taken = 0
        self._scope, self._receive, self._limits = scope, receive, limits
        self._until: float | None = None
        self._over = False

    async def look(self) -> None:
        """See before anything is read what may come."""
        if self.has_files and (self.declared is None or self.declared > self._limits.body):
            if not await run_in_threadpool(self._limits.may_upload, self._scope):
                self.fault = NotSignedIn([error("service.not-signed-in", "还没有登录，不能上传", "请登录后再上传")])
                return
            self.most = self._limits.upload
            if shutil.disk_usage(self._limits.data).free < min(self.declared or 0, self.most) + _SPARE:
                fix = "请告诉管理员；腾出空间后就能继续，已保存的内容没有丢"
                self.fault = DiskFull([error("service.disk-full", "服务器磁盘已满，文件没有收下", fix)])
                return
        if self.declared is not None and self.declared > self.most:
            self.fault = self._too_large()

    async def receive(self) -> Message:
        """The next piece; of a body that is over, whatever the connection says."""
        if self._over:
            return await self._receive()
        if self.fault is not None:
            raise _BrokenOff
        now = asyncio.get_running_loop().time()
        self._until = self._until or now + self._limits.body_seconds
        try:
            async with asyncio.timeout_at(min(self._until, now + self._limits.piece_seconds)):
                message = await self._receive()
        except TimeoutError:
            self.fault = TooSlow([error("service.too-slow", "内容没有传完，等得太久", "请检查网络后重新上传")])
            raise _BrokenOff from None
        if message["type"] == "http.request":
            self.taken += len(message.get("body", b""))
            if self.taken > self.most:
                self.fault = self._too_large()
                raise _BrokenOff
            self._over = not message.get("more_body", False)
        return message

    def _too_large(self) -> TooLarge:
        if self.has_files:
            what, fix = f"上传的文件超过 {self.most / 1024**2:g} MB", "请缩小文件，或分几次上传"
        else:
            what, fix = f"送来的内容超过 {self.most / 1024:g} KB", "请缩短内容；文件请用上传"
        return TooLarge([error("service.too-large", what, fix)])


def _lingering(receive: Receive, send: Send) -> Send:
    """Send an answer, and take a little of what still comes before the connection is closed."""

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message.get("headers", ()), (b"connection", b"close")]
        elif message["type"] == "http.response.body" and not message.get("more_body", False):
            await send({**message, "more_body": True})
            await _drain(receive)
            message = {"type": "http.response.body", "body": b"", "more_body": False}
        await send(message)

    return sending


async def _drain(receive: Receive) -> None:
    taken = 0
    try:
        async with asyncio.timeout(_LINGER_SECONDS):
            while taken < _LINGER_BYTES:
                message = await receive()
                if message["type"] != "http.request" or not message.get("more_body", False):
                    return
                taken += len(message.get("body", b""))
    except TimeoutError:
        return
