"""The units' links (部门链接); only the hash of each link's token is kept."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, Row, insert, select, update

from reportgen.service.model import Person, UnitLink
from reportgen.service.store.ids import hash_of, new_id, new_token
from reportgen.service.store.opening import now
from reportgen.service.store.tables import LINKS

_KEPT = [column for column in LINKS.c if column.name != "token"]


def add(con: Connection, period: str, unit: str, expires: datetime, person: Person) -> tuple[UnitLink, str]:
    """A new link (新建链接), and its token, which is shown once; older links of the unit go on working."""
    token = new_token()
    made = UnitLink(id=new_id(), period=period, unit=unit, author=person.name, at=now(con), expires=expires)
    con.execute(
        insert(LINKS).values(
            id=made.id,
            token=hash_of(token),
            period=period,
            unit=unit,
            author=made.author,
            at=made.at,
            expires=expires,
        )
    )
    return made, token


def by_token(con: Connection, token: str) -> UnitLink | None:
    """The link of that token (按令牌找链接); None when it has expired or was revoked."""
    query = select(*_KEPT).where(LINKS.c.token == hash_of(token), LINKS.c.expires > now(con), LINKS.c.revoked.is_(None))
    row = con.execute(query).one_or_none()
    return None if row is None else _link(row)


def link(con: Connection, id: str) -> UnitLink | None:
    """The link of that id (链接)."""
    row = con.execute(select(*_KEPT).where(LINKS.c.id == id)).one_or_none()
    return None if row is None else _link(row)


def of_period(con: Connection, period: str) -> list[UnitLink]:
    """All links of a period, newest first (某期链接)."""
    query = select(*_KEPT).where(LINKS.c.period == period).order_by(LINKS.c.at.desc(), LINKS.c.unit, LINKS.c.id)
    return [_link(row) for row in con.execute(query)]


def revoke(con: Connection, period: str, unit: str | None = None, id: str | None = None) -> int:
    """Links that work no more (停用链接): one, all of a unit, or all of the period; how many they were."""
    query = update(LINKS).where(LINKS.c.period == period, LINKS.c.revoked.is_(None)).values(revoked=now(con))
    if unit is not None:
        query = query.where(LINKS.c.unit == unit)
    if id is not None:
        query = query.where(LINKS.c.id == id)
    return con.execute(query).rowcount


def opened(con: Connection, id: str) -> None:
    """The unit has opened its link for the first time (首次打开)."""
    con.execute(update(LINKS).where(LINKS.c.id == id, LINKS.c.opened.is_(None)).values(opened=now(con)))


def _link(row: Row[tuple[object, ...]]) -> UnitLink:
    return UnitLink(**row._mapping)
