"""Telling other systems that a job has ended (完成通知): signed, to listed addresses only, again if nobody answers."""

from __future__ import annotations

import hashlib
import hmac
import http.client
import json
import socket
import ssl
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import SplitResult, urlsplit

from sqlalchemy import Connection

import reportgen
from reportgen.service.model import JobState
from reportgen.service.settings import Settings
from reportgen.service.store import jobs
from reportgen.service.store import webhooks as rows
from reportgen.service.store.opening import Store, reading, writing

EVENTS = {JobState.DONE: "job.done", JobState.FAILED: "job.failed", JobState.CANCELLED: "job.cancelled"}
"""What is told (事件)."""

# When it is tried again after each attempt that failed; then it is given up.
_AGAIN = (60, 300, 1800, 7200, 21600)
_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one attempt (送达结果)."""

    arrived: bool
    said: str


def owe(con: Connection, job: str) -> None:
    """Note who is to be told of a job (登记待发通知), in the transaction in which it ended."""
    hooks = [hook for hook in rows.all_webhooks(con) if not hook.disabled]
    ended = jobs.job(con, job) if hooks else None
    if ended is None or ended.state not in EVENTS:
        return
    told = {
        "event": EVENTS[ended.state],
        "job": {
            "id": ended.id,
            "kind": ended.kind.name.lower(),
            "state": ended.state.name.lower(),
            "period": ended.period,
            "ended": ended.ended.isoformat() if ended.ended else None,
        },
    }
    for hook in hooks:
        # Of what nobody has asked for only those are told that ask for it.
        if ended.kind in hook.kinds or (not hook.kinds and not ended.kind.is_unasked):
            rows.put_delivery(con, hook.id, ended.id, json.dumps(told, sort_keys=True))


def is_allowed(url: str, beginnings: Sequence[str]) -> bool:
    """Whether an address is among those that IT has listed (地址是否允许): by its parts, not by its letters.

    `http://oa.local` lets neither `http://oa.local.example` nor `http://oa.local@example` in.
    """
    parts = _parts(url)
    if parts is None or "/../" in f"{parts.path}/" or "@" in parts.netloc:
        return False
    for beginning in beginnings:
        known = _parts(beginning)
        if known is None or _place(known) != _place(parts):
            continue
        top = known.path.rstrip("/")
        if parts.path == top or parts.path.startswith(f"{top}/") or not top:
            return True
    return False


def _parts(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018  # may be no number
    except ValueError:
        return None
    printable = url.isascii() and url.isprintable() and " " not in url and "\\" not in url
    return parts if parts.scheme in _PORTS and parts.hostname and printable else None


_PORTS = {"http": 80, "https": 443}


def _place(parts: SplitResult) -> tuple[str, str | None, int]:
    return parts.scheme, parts.hostname, parts.port or _PORTS[parts.scheme]


def signature(secret: str, body: bytes) -> str:
    """What a message is signed with (签名), as its header has it."""
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def deliver_due(store: Store, settings: Settings) -> int:
    """Send what is due (发送到期通知); how many messages were tried."""
    with reading(store) as con:
        due = rows.due_deliveries(con)
        hooks = {each.webhook: (rows.webhook(con, each.webhook), rows.secret_of(con, each.webhook)) for each in due}
    for each in due:
        hook, secret = hooks[each.webhook]
        if hook is None or secret is None:
            continue
        answer = send(hook.url, each.id, each.body.encode(), secret, settings.webhooks)
        with writing(store) as con:
            if answer.arrived:
                rows.delivered(con, each.id, answer.said)
            else:
                later = _AGAIN[each.attempts] if each.attempts < len(_AGAIN) else None
                again = store.clock() + timedelta(seconds=later) if later is not None else None
                rows.not_delivered(con, each.id, answer.said, again)
    return len(due)


def send(url: str, id: str, body: bytes, secret: str, beginnings: Sequence[str]) -> Answer:
    """One attempt (发送一次): ten seconds in all, no other address than this one."""
    parts = _parts(url)
    if parts is None or not is_allowed(url, beginnings):
        return Answer(False, "地址不在允许的范围内")
    connection = _connection(parts)
    late = threading.Timer(_SECONDS, _cut, (connection,))
    late.start()
    try:
        headers = {
            "Content-Type": "application/json",
            "User-Agent": f"reportgen/{reportgen.__version__}",
            "X-Reportgen-Delivery": id,
            "X-Reportgen-Signature": signature(secret, body),
        }
        connection.request("POST", (parts.path or "/") + (f"?{parts.query}" if parts.query else ""), body, headers)
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException, ValueError):
        return Answer(False, "没有连上或没有应答")
    finally:
        late.cancel()
        connection.close()
    if 300 <= status < 400:
        return Answer(False, f"应答 {status}：要求改投别处，不照办")
    return Answer(200 <= status < 300, f"应答 {status}")


def _connection(parts: SplitResult) -> http.client.HTTPConnection:
    _, host, port = _place(parts)
    assert host is not None
    if parts.scheme == "https":
        return http.client.HTTPSConnection(host, port, timeout=_SECONDS, context=ssl.create_default_context())
    return http.client.HTTPConnection(host, port, timeout=_SECONDS)


def _cut(connection: http.client.HTTPConnection) -> None:
    """Ends one that answers a letter at a time."""
    with suppress(OSError, AttributeError):
        connection.sock.shutdown(socket.SHUT_RDWR)
