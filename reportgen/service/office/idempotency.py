"""A request that is sent again is carried out once (幂等): the same key brings the same answer.

A key is taken before anything is done, so that of two equal requests at the same moment one is done and the other
told to wait. What was refused is not kept: with the cause mended the same key may be used again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from reportgen.problems import error
from reportgen.service.model import Person
from reportgen.service.office.desk import Desk
from reportgen.service.refusals import Conflict
from reportgen.service.store import idempotency
from reportgen.service.store.opening import now, writing

KEPT = timedelta(hours=24)
"""How long an answer is given again (答复保留多久)."""
# Nothing that a request does takes as long: whoever has taken the key is gone.
_ABANDONED = timedelta(minutes=2)
_SOON = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What is answered to a request (答复)."""

    status: int
    body: str
    headers: Mapping[str, str]


def fingerprint(*parts: Any) -> str:
    """The same for the same request (请求指纹): method, path, and what was sent, files by their SHA-256."""
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def once(desk: Desk, person: Person, key: str, request: str, act: Callable[[], Answer]) -> tuple[Answer, bool]:
    """What `act` answers, or has answered to this key (只办一次), and whether it is an older answer.

    `request` is the fingerprint of all that was asked: another one under the same key is refused.
    """
    known = _take(desk, person, key, request)
    if known is not None:
        return known, True
    try:
        answer = act()
    except BaseException:
        with writing(desk.store) as con:
            idempotency.release(con, person.id, key)
        raise
    with writing(desk.store) as con:
        idempotency.settle(con, person.id, key, answer.status, answer.headers, answer.body)
    return answer, False


def _take(desk: Desk, person: Person, key: str, request: str) -> Answer | None:
    """The answer that this key has; None if it is free, and from now on is taken."""
    with writing(desk.store) as con:
        idempotency.forget(con, now(con) - KEPT)
        known = idempotency.answered(con, person.id, key)
        if known is not None and known.status == 0 and known.at < now(con) - _ABANDONED:
            idempotency.release(con, person.id, key)
            known = None
        if known is None:
            idempotency.remember(con, person.id, key, request, 0, {}, "")
            return None
    if known.request != request:
        what = "这个 Idempotency-Key 已经用在另一个请求上"
        raise Conflict([error("service.key-taken", what, "内容不同的请求要用不同的编号，请换一个再发")])
    if known.status == 0:
        what = "同一个请求正在办理，还没有结果"
        raise Conflict([error("service.under-way", what, f"请过 {_SOON} 秒用同一编号再问")], retry_after=_SOON)
    return Answer(status=known.status, body=known.body, headers=known.headers)
