"""One line for each request (请求日志), without secrets: no query, no token, no cookie, no body."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

_LOG = logging.getLogger("reportgen.service.requests")

Seen = Callable[[Scope, int, float], None]


class RequestLog:
    """The layer that writes them (请求日志层), and tells `seen` of each: scope, status, seconds."""

    def __init__(self, app: ASGIApp, seen: Seen) -> None:
        self.app = app
        self.seen = seen

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand the request on, and write its line when it is over."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        status, sent, begun = 0, 0, time.perf_counter()

        async def watched(message: Message) -> None:
            nonlocal status, sent
            if message["type"] == "http.response.start":
                status = message["status"]
            elif message["type"] == "http.response.body":
                sent += len(message.get("body", b""))
            await send(message)

        try:
            await self.app(scope, receive, watched)
        finally:
            seconds = time.perf_counter() - begun
            self.seen(scope, status, seconds)
            person = scope.get("state", {}).get("person")
            client = scope.get("client")
            _LOG.info(
                "%s %s %s %s %s %d 毫秒 %d 字节",
                client[0] if client else "-",
                person.id if person else "-",
                scope["method"],
                shown_path(scope["path"]),
                status or "断开",
                round(seconds * 1000),
                sent,
            )


def shown_path(path: str) -> str:
    """The path as the log may have it (日志中的网址): a unit's token is as good as a password."""
    hidden = re.sub(r"^/u/[^/]+", "/u/…", path)
    return re.sub(r"[^\x21-\x7e\u4e00-\u9fff…]", "?", hidden[:300])
