"""The units' returns (部门反馈), and what a unit has filled in on its page and not sent yet (草稿)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from reportgen.service.model import Draft, Person, ReturnState, UnitReturn
from reportgen.service.store.ids import new_id
from reportgen.service.store.opening import now
from reportgen.service.store.tables import DRAFTS, RETURNS

_KEPT = [column for column in RETURNS.c if column.name != "serial"]


def put_return(
    con: Connection, period: str, unit: str, name: str, sha256: str, size: int, job: str, person: Person
) -> UnitReturn:
    """A return that came in (收到反馈); `job` checks it."""
    made = UnitReturn(
        id=new_id(),
        period=period,
        unit=unit,
        name=name,
        sha256=sha256,
        size=size,
        job=job,
        state=ReturnState.CHECKING,
        author=person.name,
        at=now(con),
    )
    con.execute(
        insert(RETURNS).values(
            id=made.id,
            period=period,
            unit=unit,
            name=name,
            sha256=sha256,
            size=size,
            job=job,
            state=made.state,
            author=made.author,
            at=made.at,
        )
    )
    return made


def unit_return(con: Connection, id: str) -> UnitReturn | None:
    """The return of that id (反馈)."""
    row = con.execute(select(*_KEPT).where(RETURNS.c.id == id)).one_or_none()
    return None if row is None else _return(row)


def by_job(con: Connection, job: str) -> list[UnitReturn]:
    """The returns that this job checks (任务所查的反馈)."""
    return [_return(row) for row in con.execute(select(*_KEPT).where(RETURNS.c.job == job).order_by(RETURNS.c.serial))]


def of_unit(con: Connection, period: str, unit: str) -> list[UnitReturn]:
    """All returns of a unit, newest first (某单位反馈)."""
    query = select(*_KEPT).where(RETURNS.c.period == period, RETURNS.c.unit == unit)
    return [_return(row) for row in con.execute(query.order_by(RETURNS.c.serial.desc()))]


def of_period(con: Connection, period: str) -> list[UnitReturn]:
    """All returns of a period, newest first (某期全部反馈)."""
    query = select(*_KEPT).where(RETURNS.c.period == period).order_by(RETURNS.c.serial.desc())
    return [_return(row) for row in con.execute(query)]


def newest(con: Connection, period: str) -> dict[str, UnitReturn]:
    """The return of each unit that counts (现用反馈), by unit: its newest one."""
    last = select(func.max(RETURNS.c.serial)).where(RETURNS.c.period == period).group_by(RETURNS.c.unit)
    query = select(*_KEPT).where(RETURNS.c.serial.in_(last)).order_by(RETURNS.c.unit)
    return {found.unit: found for found in map(_return, con.execute(query))}


def set_state(con: Connection, id: str, state: ReturnState) -> None:
    """What became of a return (反馈状态)."""
    con.execute(update(RETURNS).where(RETURNS.c.id == id).values(state=state))


def set_unit(con: Connection, id: str, unit: str) -> None:
    """Whose return it is (反馈的单位), where that was not known when it came in."""
    con.execute(update(RETURNS).where(RETURNS.c.id == id).values(unit=unit))


def check_again(con: Connection, id: str, job: str) -> None:
    """Another job looks at a return (重新检查)."""
    con.execute(update(RETURNS).where(RETURNS.c.id == id).values(job=job, state=ReturnState.CHECKING))


def set_content(con: Connection, id: str, name: str, sha256: str, size: int) -> None:
    """The workbook that a job made of what was typed in (填报成表)."""
    con.execute(update(RETURNS).where(RETURNS.c.id == id).values(name=name, sha256=sha256, size=size))


def draft(con: Connection, period: str, unit: str) -> Draft | None:
    """What a unit has filled in so far (草稿)."""
    row = con.execute(select(DRAFTS).where(DRAFTS.c.period == period, DRAFTS.c.unit == unit)).one_or_none()
    return None if row is None else Draft(**row._mapping)


def drafted(con: Connection, period: str) -> dict[str, datetime]:
    """When each unit has last saved what it fills in (各单位存草稿的时间)."""
    query = select(DRAFTS.c.unit, DRAFTS.c.at).where(DRAFTS.c.period == period).order_by(DRAFTS.c.unit)
    return {row.unit: row.at for row in con.execute(query)}


def save_draft(
    con: Connection, period: str, unit: str, filled: Mapping[str, Any], seen: int, person: Person
) -> Draft | None:
    """Keep what was filled in (存草稿); None when it is not version `seen` (0: none) any more that stands there."""
    before = draft(con, period, unit)
    if (before.version if before else 0) != seen:
        return None
    made = Draft(period=period, unit=unit, version=seen + 1, filled=dict(filled), author=person.name, at=now(con))
    con.execute(delete(DRAFTS).where(DRAFTS.c.period == period, DRAFTS.c.unit == unit))
    con.execute(
        insert(DRAFTS).values(
            period=period, unit=unit, version=made.version, filled=dict(filled), author=made.author, at=made.at
        )
    )
    return made


def _return(row: Row[Any]) -> UnitReturn:
    return UnitReturn(**row._mapping)
