"""The editions of a report (报告各版)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from reportgen.service.model import Edition
from reportgen.service.store.ids import new_id
from reportgen.service.store.opening import now
from reportgen.service.store.tables import EDITIONS


def put_edition(
    con: Connection,
    *,
    period: str,
    job: str,
    ledger: str,
    settings: Mapping[str, int],
    hashes: Mapping[str, str],
    template: str,
    program: str,
    author: str,
    note: str = "",
) -> Edition:
    """A new edition (存为新版), with all that it was made of; a job makes one edition only."""
    if known := by_job(con, job):
        return known
    last = con.execute(select(func.max(EDITIONS.c.number)).where(EDITIONS.c.period == period)).scalar() or 0
    values: dict[str, Any] = {
        "id": new_id(),
        "period": period,
        "number": last + 1,
        "job": job,
        "ledger": ledger,
        "settings": dict(settings),
        "hashes": dict(hashes),
        "template": template,
        "program": program,
        "author": author,
        "at": now(con),
        "note": note,
    }
    con.execute(insert(EDITIONS).values(values))
    return Edition(**values)


def edition(con: Connection, id: str) -> Edition | None:
    """The edition of that id (某一版)."""
    row = con.execute(select(EDITIONS).where(EDITIONS.c.id == id)).one_or_none()
    return None if row is None else _edition(row)


def numbered(con: Connection, period: str, number: int) -> Edition | None:
    """The edition of that number (第几版)."""
    row = con.execute(select(EDITIONS).where(EDITIONS.c.period == period, EDITIONS.c.number == number)).one_or_none()
    return None if row is None else _edition(row)


def count(con: Connection, period: str) -> int:
    """How many editions a period has (版数)."""
    return int(con.execute(select(func.count()).where(EDITIONS.c.period == period)).scalar_one())


def by_job(con: Connection, job: str) -> Edition | None:
    """The edition that this job made (任务所成的版)."""
    row = con.execute(select(EDITIONS).where(EDITIONS.c.job == job)).one_or_none()
    return None if row is None else _edition(row)


def editions_of(con: Connection, period: str, limit: int | None = None, offset: int = 0) -> list[Edition]:
    """The editions of a period, newest first (某期各版)."""
    query = select(EDITIONS).where(EDITIONS.c.period == period).order_by(EDITIONS.c.number.desc())
    return [_edition(row) for row in con.execute(query.limit(limit).offset(offset))]


def set_note(con: Connection, id: str, note: str) -> None:
    """What the office says of an edition (批注), such as 送审稿."""
    con.execute(update(EDITIONS).where(EDITIONS.c.id == id).values(note=note))


def _edition(row: Row[tuple[object, ...]]) -> Edition:
    return Edition(**row._mapping)
