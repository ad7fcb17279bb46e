"""Asking for a job (下任务): equal orders are one job, and nobody fills the queue for all."""

from __future__ import annotations

import hashlib
import json

from sqlalchemy import Connection

import reportgen
from reportgen.problems import error
from reportgen.service.model import Job, Order, Person
from reportgen.service.office.desk import Desk
from reportgen.service.refusals import TooMany
from reportgen.service.store import jobs


def ask(con: Connection, desk: Desk, person: Person, order: Order, period: str) -> Job:
    """The job for an order (下任务): the one that stands already, or a new one; `TooMany` where too much waits.

    `con` is writing: 50 people who press the same button at once get one job. What failed or was cancelled is asked
    for anew.
    """
    key = key_of(order, period)
    if known := jobs.by_key(con, period, key):
        return known
    _refuse_too_many(con, desk, person)
    job, _ = jobs.ask(con, order, key, period, person)
    return job


def key_of(order: Order, period: str) -> str:
    """What is the same for equal orders of a period (任务标识), made by the same version of the program."""
    parts = [reportgen.__version__, period, order.kind.name, dict(order.files), dict(order.options)]
    text = json.dumps(parts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _refuse_too_many(con: Connection, desk: Desk, person: Person) -> None:
    queue, own = desk.settings.queue, desk.settings.queue_per_person
    waiting = jobs.in_queue(con)
    if waiting >= queue:
        what = f"现在排队的太多（{waiting} 份），暂时不收"
        raise TooMany([error("service.queue-full", what, "请过一会儿再试")], retry_after=_seconds(waiting))
    if jobs.under_way(con, person.id) >= own:
        what = f"您已有 {own} 份正在排队或进行"
        raise TooMany(
            [error("service.queue-own", what, "请等其中一份做完再试，或取消不要的")], retry_after=_seconds(own)
        )


def _seconds(waiting: int) -> int:
    """About as long as it takes until there is a place again."""
    return min(60, 5 + waiting // 2)
