"""Whether a request comes from our own pages (同源核对): another site's form must not act in somebody's name.

Whoever shows a token in `Authorization: Bearer` has no such worry: no browser sends that by itself, and cookie and
proxy then count for nothing.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from reportgen.problems import error
from reportgen.service.doors.limits import Answer
from reportgen.service.doors.who import bearer
from reportgen.service.refusals import Forbidden
from reportgen.service.settings import Mode, Settings

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def is_foreign(scope: Scope, settings: Settings) -> bool:
    """Whether an unsafe request comes from elsewhere, or does not say from where (来自别处的请求)."""
    headers = Headers(scope=scope)
    if scope["method"] in _SAFE or bearer(headers) is not None:
        return False
    # A program without any sign of who it is has nothing that could be misused; it is told that it needs a token.
    if scope["path"].startswith("/api/") and "cookie" not in headers and settings.mode is not Mode.PROXY:
        return False
    said = headers.getlist("origin") or headers.getlist("referer")
    own = {headers.get("host", "").lower(), urlsplit(settings.public_url).netloc.lower()} - {""}
    return len(said) != 1 or _host(said[0]) not in own


def _host(url: str) -> str:
    try:
        parts = urlsplit(url)
    except ValueError:
        return "?"
    return parts.netloc.lower() if parts.scheme in ("http", "https") else "?"


class OriginCheck:
    """The layer that refuses them (同源核对层)."""

    def __init__(self, app: ASGIApp, settings: Settings, answer: Answer) -> None:
        self.app = app
        self.settings = settings
        self.answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand on what comes from our own pages."""
        if scope["type"] == "http" and is_foreign(scope, self.settings):
            fix = "请在本系统的网页里操作；用接口的请带上令牌（Authorization: Bearer …）"
            fault = Forbidden([error("service.foreign", "这个操作不是从本系统的网页发来的，没有执行", fix)])
            await self.answer(scope, fault)(scope, receive, send)
            return
        await self.app(scope, receive, send)
