"""The findings that the office has accepted as they are (认可的问题), each with the reason."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, delete, insert, select

from reportgen.service.model import Acceptance, Person
from reportgen.service.store.opening import now
from reportgen.service.store.tables import ACCEPTANCES


def accept(con: Connection, period: str, finding: str, reason: str, person: Person) -> Acceptance:
    """A finding stays as it is (认可); `finding` is the same for the same finding of a later check."""
    withdraw(con, period, finding)
    values: dict[str, Any] = {
        "period": period,
        "finding": finding,
        "reason": reason,
        "author": person.name,
        "at": now(con),
    }
    con.execute(insert(ACCEPTANCES).values(values))
    return Acceptance(**values)


def withdraw(con: Connection, period: str, finding: str) -> None:
    """It is to be mended after all (取消认可)."""
    con.execute(delete(ACCEPTANCES).where(ACCEPTANCES.c.period == period, ACCEPTANCES.c.finding == finding))


def of_period(con: Connection, period: str) -> dict[str, Acceptance]:
    """All of a period (某期认可的问题), by finding."""
    query = select(ACCEPTANCES).where(ACCEPTANCES.c.period == period).order_by(ACCEPTANCES.c.finding)
    return {row.finding: Acceptance(**row._mapping) for row in con.execute(query)}
