"""The report periods (期次)."""

from __future__ import annotations

from sqlalchemy import Connection, Row, insert, select, update

from reportgen.service.model import Period, Person
from reportgen.service.store.ids import new_id
from reportgen.service.store.opening import now
from reportgen.service.store.tables import PERIODS


def add(con: Connection, title: str, config: str, person: Person) -> Period:
    """A new period (新建期次); `config` names the setting file that will be its configuration."""
    made = Period(id=new_id(), title=title, config=config, author=person.name, at=now(con))
    con.execute(
        insert(PERIODS).values(id=made.id, title=title, config=config, author=made.author, at=made.at, archived=False)
    )
    return made


def period(con: Connection, id: str) -> Period | None:
    """The period of that id (期次)."""
    row = con.execute(select(PERIODS).where(PERIODS.c.id == id)).one_or_none()
    return None if row is None else _period(row)


def all_periods(con: Connection, *, archived: bool = False) -> list[Period]:
    """All periods, newest first (全部期次); archived ones only when asked for."""
    query = select(PERIODS).order_by(PERIODS.c.at.desc(), PERIODS.c.id)
    if not archived:
        query = query.where(PERIODS.c.archived.is_(False))
    return [_period(row) for row in con.execute(query)]


def change(
    con: Connection, id: str, *, title: str | None = None, config: str | None = None, archived: bool | None = None
) -> None:
    """What is said of a period, changed (修改期次); what is not named stays."""
    given = {"title": title, "config": config, "archived": archived}
    if values := {name: value for name, value in given.items() if value is not None}:
        con.execute(update(PERIODS).where(PERIODS.c.id == id).values(values))


def _period(row: Row[tuple[object, ...]]) -> Period:
    return Period(**row._mapping)
