"""How the service says no (拒绝): each refusal has its HTTP status and says what is wrong and what to do.

A `ReportError` of the floors below is a refusal, too: 422 for wrong inputs, 503 where this machine cannot.
"""

from __future__ import annotations

from reportgen.problems import Problem, ReportError, error


class Refusal(ReportError):
    """A request that is not carried out (拒绝的请求)."""

    status = 400

    def __init__(self, problems: tuple[Problem, ...] | list[Problem], retry_after: int | None = None) -> None:
        super().__init__(problems)
        self.retry_after = retry_after


class NotSignedIn(Refusal):
    """Nobody is known to ask (未登录)."""

    status = 401


class Forbidden(Refusal):
    """Known, and not allowed (无权)."""

    status = 403


class NotFound(Refusal):
    """No such thing, or none that this person may know of (找不到)."""

    status = 404


class Conflict(Refusal):
    """Somebody else was quicker, or it is not the time for it (冲突)."""

    status = 409


class TooLarge(Refusal):
    """More was sent than is taken (过大)."""

    status = 413


class TooMany(Refusal):
    """Too much is waiting already; `retry_after` says in how many seconds to try again (过忙)."""

    status = 429


class DiskFull(Refusal):
    """The disk is full; nothing was lost, and it goes on when there is room again (磁盘已满)."""

    status = 507


def not_found(what: str) -> NotFound:
    """The same words for what is not there and for what is not this person's (找不到)."""
    return NotFound([error("service.not-found", f"找不到{what}", "请从首页重新进入；也可能已被删除，或不归本单位查看")])
