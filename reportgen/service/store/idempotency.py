"""Answers that are given again to a request sent again (幂等键)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from reportgen.service.store.opening import now
from reportgen.service.store.tables import IDEMPOTENCY


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What was answered (已答复): `request` is the SHA-256 of method, path and body that it was the answer to."""

    request: str
    status: int
    headers: Mapping[str, str]
    body: str
    at: datetime


def answered(con: Connection, person: str, key: str) -> Answered | None:
    """What this person was answered under this key (查找答复)."""
    table = IDEMPOTENCY.c
    row = con.execute(
        select(table.request, table.status, table.headers, table.body, table.at).where(
            table.person == person, table.key == key
        )
    ).one_or_none()
    return None if row is None else Answered(**row._mapping)


def remember(
    con: Connection, person: str, key: str, request: str, status: int, headers: Mapping[str, str], body: str
) -> None:
    """Keep an answer (记下答复), in the transaction that did what it tells of."""
    con.execute(
        insert(IDEMPOTENCY).values(
            person=person, key=key, request=request, status=status, headers=dict(headers), body=body, at=now(con)
        )
    )


def settle(con: Connection, person: str, key: str, status: int, headers: Mapping[str, str], body: str) -> None:
    """What the request came to, under a key that was remembered for it before it was carried out (补记答复)."""
    con.execute(
        update(IDEMPOTENCY)
        .where(IDEMPOTENCY.c.person == person, IDEMPOTENCY.c.key == key)
        .values(status=status, headers=dict(headers), body=body)
    )


def release(con: Connection, person: str, key: str) -> None:
    """A key is free again (放开幂等键): nothing was done under it."""
    con.execute(delete(IDEMPOTENCY).where(IDEMPOTENCY.c.person == person, IDEMPOTENCY.c.key == key))


def forget(con: Connection, before: datetime) -> None:
    """Answers as old as that are given no more (清理旧答复)."""
    con.execute(delete(IDEMPOTENCY).where(IDEMPOTENCY.c.at < before))
