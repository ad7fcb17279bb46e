"""Who did what, when (操作记录)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from reportgen.service.model import AuditEntry, Person
from reportgen.service.store.opening import now
from reportgen.service.store.tables import AUDIT

_KEPT = [column for column in AUDIT.c if column.name != "serial"]


def note(con: Connection, person: Person, what: str, period: str = "", about: str = "") -> None:
    """Note it, in the transaction that does it (记下操作)."""
    con.execute(
        insert(AUDIT).values(at=now(con), person=person.id, name=person.name, what=what, period=period, about=about)
    )


def entries(con: Connection, period: str | None = None, limit: int = 100, offset: int = 0) -> list[AuditEntry]:
    """What was done, newest first (操作记录), in a period or in all."""
    query = select(*_KEPT).order_by(AUDIT.c.serial.desc()).limit(limit).offset(offset)
    if period is not None:
        query = query.where(AUDIT.c.period == period)
    return [AuditEntry(**row._mapping) for row in con.execute(query)]


def drop(con: Connection, before: datetime) -> None:
    """Entries as old as that are kept no longer (清理旧记录)."""
    con.execute(delete(AUDIT).where(AUDIT.c.at < before))
