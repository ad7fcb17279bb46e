"""The addresses that are told when a job has ended (完成通知), and what was sent to them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Row, delete, insert, select, update

from reportgen.service.model import JobKind, Person, Webhook
from reportgen.service.store.ids import new_id, new_token
from reportgen.service.store.opening import now, ring
from reportgen.service.store.tables import DELIVERIES, WEBHOOKS


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """A message to one address (通知记录): `due` says when to try next, None when it is delivered or given up."""

    id: str
    webhook: str
    job: str
    body: str
    at: datetime
    attempts: int = 0
    due: datetime | None = None
    delivered: datetime | None = None
    answer: str = ""


def add_webhook(con: Connection, url: str, kinds: Iterable[JobKind], person: Person) -> tuple[Webhook, str]:
    """A new address (登记通知地址), and the secret by which its messages are signed; no kinds: all kinds."""
    secret = new_token()
    made = Webhook(id=new_id(), url=url, kinds=tuple(kinds), author=person.name, at=now(con))
    con.execute(
        insert(WEBHOOKS).values(
            id=made.id,
            url=url,
            kinds=[kind.name for kind in made.kinds],
            secret=secret,
            author=made.author,
            at=made.at,
            disabled=False,
        )
    )
    return made, secret


def webhook(con: Connection, id: str) -> Webhook | None:
    """The address of that id (通知地址)."""
    row = con.execute(select(WEBHOOKS).where(WEBHOOKS.c.id == id)).one_or_none()
    return None if row is None else _webhook(row)


def secret_of(con: Connection, id: str) -> str | None:
    """What its messages are signed with (签名密钥)."""
    return con.execute(select(WEBHOOKS.c.secret).where(WEBHOOKS.c.id == id)).scalar()


def all_webhooks(con: Connection) -> list[Webhook]:
    """All addresses, oldest first (全部通知地址)."""
    return [_webhook(row) for row in con.execute(select(WEBHOOKS).order_by(WEBHOOKS.c.at, WEBHOOKS.c.id))]


def disable_webhook(con: Connection, id: str, disabled: bool = True) -> None:
    """An address is told no more (停用), or again."""
    con.execute(update(WEBHOOKS).where(WEBHOOKS.c.id == id).values(disabled=disabled))


def remove_webhook(con: Connection, id: str) -> bool:
    """An address is gone (删除通知地址), with what was sent to it; whether it was there."""
    con.execute(delete(DELIVERIES).where(DELIVERIES.c.webhook == id))
    return bool(con.execute(delete(WEBHOOKS).where(WEBHOOKS.c.id == id)).rowcount)


def put_delivery(con: Connection, webhook: str, job: str, body: str) -> None:
    """A message to be sent now (待发通知); one for each job and address."""
    known = select(DELIVERIES.c.id).where(DELIVERIES.c.webhook == webhook, DELIVERIES.c.job == job)
    if con.execute(known).first() is None:
        con.execute(
            insert(DELIVERIES).values(id=new_id(), webhook=webhook, job=job, body=body, at=now(con), due=now(con))
        )
        ring(con)


def due_deliveries(con: Connection, limit: int = 20) -> list[Delivery]:
    """The messages whose time has come (到期通知), of addresses that are told."""
    query = (
        select(DELIVERIES)
        .join(WEBHOOKS, WEBHOOKS.c.id == DELIVERIES.c.webhook)
        .where(DELIVERIES.c.due <= now(con), WEBHOOKS.c.disabled.is_(False))
        .order_by(DELIVERIES.c.due, DELIVERIES.c.id)
    )
    return [_delivery(row) for row in con.execute(query.limit(limit))]


def next_due(con: Connection) -> datetime | None:
    """When the next message is to be sent (下次发送时间)."""
    query = select(DELIVERIES.c.due).join(WEBHOOKS, WEBHOOKS.c.id == DELIVERIES.c.webhook)
    query = query.where(DELIVERIES.c.due.is_not(None), WEBHOOKS.c.disabled.is_(False)).order_by(DELIVERIES.c.due)
    return con.execute(query.limit(1)).scalar()


def delivered(con: Connection, id: str, answer: str) -> None:
    """It has arrived (已送达)."""
    con.execute(
        update(DELIVERIES)
        .where(DELIVERIES.c.id == id)
        .values(attempts=DELIVERIES.c.attempts + 1, due=None, delivered=now(con), answer=answer)
    )


def not_delivered(con: Connection, id: str, answer: str, again: datetime | None) -> None:
    """It has not (未送达), for this reason; it is tried again then, or given up."""
    con.execute(
        update(DELIVERIES)
        .where(DELIVERIES.c.id == id)
        .values(attempts=DELIVERIES.c.attempts + 1, due=again, answer=answer)
    )


def deliveries_of(con: Connection, webhook: str, limit: int = 50) -> list[Delivery]:
    """What was sent to an address, newest first (某地址的通知)."""
    query = select(DELIVERIES).where(DELIVERIES.c.webhook == webhook)
    return [_delivery(row) for row in con.execute(query.order_by(DELIVERIES.c.at.desc(), DELIVERIES.c.id).limit(limit))]


def drop_deliveries(con: Connection, before: datetime) -> None:
    """Old messages that are over are kept no longer (清理旧通知)."""
    con.execute(delete(DELIVERIES).where(DELIVERIES.c.due.is_(None), DELIVERIES.c.at < before))


def _webhook(row: Row[tuple[object, ...]]) -> Webhook:
    given = dict(row._mapping)
    del given["secret"]
    return Webhook(**given | {"kinds": tuple(JobKind[name] for name in given["kinds"])})


def _delivery(row: Row[tuple[object, ...]]) -> Delivery:
    return Delivery(**row._mapping)
