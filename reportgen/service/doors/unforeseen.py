"""What nobody foresaw (意外错误): into the log with a number, the number to whoever asked, and on goes the service."""

from __future__ import annotations

from collections.abc import Callable

from starlette.types import ASGIApp, Message, Receive, Scope, Send


class Unforeseen:
    """The layer that catches it (意外错误层), in whichever layer or route it happened."""

    def __init__(self, app: ASGIApp, answer: Callable[[Scope, Exception], ASGIApp]) -> None:
        self.app = app
        self.answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand the request on; an answer that has begun can only be broken off."""
        begun = False

        async def watched(message: Message) -> None:
            nonlocal begun
            begun = begun or message["type"] == "http.response.start"
            await send(message)

        try:
            await self.app(scope, receive, watched)
        except Exception as fault:
            if scope["type"] != "http":
                raise
            answer = self.answer(scope, fault)  # writes the log, too
            if not begun:
                await answer(scope, receive, send)
