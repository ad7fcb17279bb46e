"""The versions of a period's ledger (台账各版)."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, Row, insert, select

from reportgen.service.model import LedgerOrigin, LedgerVersion, Person
from reportgen.service.store.ids import new_id
from reportgen.service.store.opening import now
from reportgen.service.store.tables import LEDGERS


def put_ledger(
    con: Connection,
    period: str,
    name: str,
    sha256: str,
    size: int,
    origin: LedgerOrigin,
    person: Person | str,
    *,
    note: str = "",
) -> LedgerVersion:
    """A new version of the ledger (存为新版); a name instead of a person is that of whose job made it."""
    before = newest(con, period)
    made = LedgerVersion(
        id=new_id(),
        period=period,
        version=before.version + 1 if before else 1,
        name=name,
        sha256=sha256,
        size=size,
        origin=origin,
        author=person if isinstance(person, str) else person.name,
        at=now(con),
        note=note,
    )
    con.execute(
        insert(LEDGERS).values(
            id=made.id,
            period=period,
            version=made.version,
            name=name,
            sha256=sha256,
            size=size,
            origin=origin,
            author=made.author,
            at=made.at,
            note=note,
        )
    )
    return made


def newest(con: Connection, period: str) -> LedgerVersion | None:
    """The version that counts (现用台账)."""
    query = select(LEDGERS).where(LEDGERS.c.period == period).order_by(LEDGERS.c.version.desc()).limit(1)
    row = con.execute(query).one_or_none()
    return None if row is None else _ledger(row)


def ledger(con: Connection, id: str) -> LedgerVersion | None:
    """The version of that id (某一版)."""
    row = con.execute(select(LEDGERS).where(LEDGERS.c.id == id)).one_or_none()
    return None if row is None else _ledger(row)


def ledgers_by_id(con: Connection, ids: Iterable[str]) -> dict[str, LedgerVersion]:
    """These versions at once, by id (若干版)."""
    return {row.id: _ledger(row) for row in con.execute(select(LEDGERS).where(LEDGERS.c.id.in_(set(ids))))}


def versions(con: Connection, period: str) -> list[LedgerVersion]:
    """All versions, newest first (历史版本)."""
    query = select(LEDGERS).where(LEDGERS.c.period == period).order_by(LEDGERS.c.version.desc())
    return [_ledger(row) for row in con.execute(query)]


def _ledger(row: Row[tuple[object, ...]]) -> LedgerVersion:
    return LedgerVersion(**row._mapping)
