"""The verdicts that people put instead of the rules' (改判)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, insert, select

from reportgen.service.model import Override, Person
from reportgen.service.store.opening import now
from reportgen.service.store.tables import OVERRIDES

_KEPT = [column for column in OVERRIDES.c if column.name != "serial"]


def put_override(
    con: Connection,
    *,
    period: str,
    sheet: str,
    entry: str,
    judgement: str,
    was: str,
    reason: str,
    ledger: str,
    person: Person | str,
) -> Override:
    """A verdict changed by somebody (记录改判); a name instead of a person is that of whose job did it."""
    values: dict[str, Any] = {
        "period": period,
        "sheet": sheet,
        "entry": entry,
        "judgement": judgement,
        "was": was,
        "reason": reason,
        "ledger": ledger,
        "author": person if isinstance(person, str) else person.name,
        "at": now(con),
    }
    con.execute(insert(OVERRIDES).values(values))
    return Override(**values)


def of_period(con: Connection, period: str) -> list[Override]:
    """All of them, oldest first (某期改判)."""
    query = select(*_KEPT).where(OVERRIDES.c.period == period).order_by(OVERRIDES.c.serial)
    return [Override(**row._mapping) for row in con.execute(query)]


def standing(con: Connection, period: str) -> dict[tuple[str, str], Override]:
    """The last one of each entry (现用改判), by sheet and entry."""
    return {(each.sheet, each.entry): each for each in of_period(con, period)}
