"""The units' links (部门链接): whoever holds one speaks for the unit in one period, until it expires or is revoked.

A link's secret is told once, when it is made; only its hash is kept. Making one anew revokes the unit's older ones.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta

from reportgen.package import short
from reportgen.problems import error
from reportgen.service.model import Person, Role, UnitLink
from reportgen.service.office.desk import Desk, need_office
from reportgen.service.office.reports.periods import known_period
from reportgen.service.refusals import DiskFull, Refusal, TooMany, not_found
from reportgen.service.store import audit, links, periods
from reportgen.service.store.opening import reading, writing

MOST_DAYS = 365
# What `secrets.token_urlsafe(32)` looks like: nothing else is looked up.
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")


@dataclass(frozen=True, slots=True)
class NewLink:
    """A link that was just made (新链接), with its secret; nobody can read it later."""

    link: UnitLink
    token: str


def make_links(
    desk: Desk, person: Person, period: str, units: Sequence[str], days: int | None = None
) -> tuple[NewLink, ...]:
    """A new link for each unit (生成链接), good for so many days; the older ones of these units work no more."""
    need_office(person)
    days = desk.settings.link_days if days is None else days
    if not 1 <= days <= MOST_DAYS:
        fix = f"请写 1 到 {MOST_DAYS} 之间的整数"
        raise Refusal([error("service.link-days", f"链接的有效天数是 {days}", fix)])
    if not units:
        raise Refusal([error("service.no-unit", "没有选单位", "请选要发链接的单位")])
    with writing(desk.store) as con:
        known_period(con, period)
        expires = desk.store.clock() + timedelta(days=days)
        made = []
        for unit in dict.fromkeys(units):
            links.revoke(con, period, unit=unit)
            made.append(NewLink(*links.add(con, period, unit, expires, person)))
        audit.note(con, person, "生成部门链接", period, short("、".join(dict.fromkeys(units)), 200))
    return tuple(made)


def revoke_links(desk: Desk, person: Person, period: str, unit: str) -> int:
    """The links of a unit work no more (停用链接); how many they were."""
    need_office(person)
    with writing(desk.store) as con:
        known_period(con, period)
        count = links.revoke(con, period, unit=unit)
        if count:
            audit.note(con, person, "停用部门链接", period, unit)
    return count


def links_of(desk: Desk, person: Person, period: str) -> dict[str, UnitLink]:
    """The newest link of each unit (各单位链接), whether it still works or not."""
    need_office(person)
    with reading(desk.store) as con:
        known_period(con, period)
        found = links.of_period(con, period)
    newest: dict[str, UnitLink] = {}
    for each in sorted(found, key=lambda link: (link.revoked is not None, -link.at.timestamp())):
        newest.setdefault(each.unit, each)
    return newest


def holder_or_none(desk: Desk, token: str) -> Person | None:
    """Whoever holds this link (链接持有人); None for a secret that never was as for one that is no more."""
    if not _TOKEN.fullmatch(token):
        return None
    with reading(desk.store) as con:
        link = links.by_token(con, token)
        period = periods.period(con, link.period) if link else None
    if link is None or period is None or period.archived:
        return None
    return Person(id=link.id, name=f"{link.unit}（链接）", role=Role.UNIT, unit=link.unit, period=link.period)


def note_opened(desk: Desk, token: str) -> None:
    """The unit has opened its link (首次打开); written down once."""
    with reading(desk.store) as con:
        link = links.by_token(con, token)
    if link and link.opened is None:
        # A full disk or a crowd keeps nobody from looking at the tasks; the next time it is written down.
        with suppress(DiskFull, TooMany), writing(desk.store) as con:
            links.opened(con, link.id)


def for_period(person: Person, period: str) -> Person:
    """The person as one who speaks in this period (本期的部门人员); `not_found` where that is not so."""
    if person.role is not Role.UNIT or not person.unit or person.period not in ("", period):
        raise not_found("这一期的填报任务")
    return replace(person, period=period)
