"""How the units stand (各单位反馈情况): who was sent what, who has returned, who is late, whose return has a fault."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum

from reportgen.service.model import Person, ReturnState, UnitLink
from reportgen.service.office.desk import Desk
from reportgen.service.office.reports.periods import visible_period
from reportgen.service.office.units.forms import FormsNow, forms_now
from reportgen.service.office.units.links import links_of
from reportgen.service.office.units.returns import Sent, is_over, newest_sent
from reportgen.service.office.units.unit_tasks import UnitTasks
from reportgen.service.store import returns
from reportgen.service.store.opening import reading


class Standing(Enum):
    """How far a unit is (反馈进度), as the table tells it."""

    WAITING = "未报"
    OVERDUE = "逾期未报"
    DRAFTED = "在填"
    CHECKING = "检查中"
    WRONG = "有问题"
    RETURNED = "已报"
    NOT_ASKED = "只有配合任务，可不报"


_CAME = (Standing.RETURNED, Standing.WRONG, Standing.CHECKING)


class LinkState(Enum):
    """What became of a unit's link (链接状态)."""

    NONE = "没有链接"
    SENT = "未打开"
    OPENED = "已打开"
    EXPIRED = "已过期"
    REVOKED = "已停用"


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitRow:
    """A unit in the table (一个单位的情况); `leads` and `supports` count its tasks."""

    unit: str
    leads: int
    supports: int
    standing: Standing
    link_state: LinkState
    link: UnitLink | None = None
    sent: Sent | None = None
    late: bool = False
    drafted: datetime | None = None
    file: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitTable:
    """All units with a task or a return (各单位反馈情况), in the register's order.

    `nameless` are files of which nobody knows whose they are.
    """

    forms: FormsNow
    rows: tuple[UnitRow, ...]
    nameless: tuple[Sent, ...]
    deadline: date | None

    def shown(self, which: str) -> tuple[UnitRow, ...]:
        """The rows of one kind (筛选): `missing`, `came`, `wrong`, `overdue`; all of them for anything else."""
        chosen: dict[str, Callable[[UnitRow], bool]] = {
            "missing": lambda row: row.leads > 0 and row.standing not in _CAME,
            "came": lambda row: row.standing in _CAME,
            "wrong": lambda row: row.standing is Standing.WRONG,
            "overdue": lambda row: row.standing is Standing.OVERDUE or (row.late and row.leads > 0),
        }
        return tuple(row for row in self.rows if which not in chosen or chosen[which](row))

    def counts(self) -> dict[str, int]:
        """The numbers at the head (数目): only units that lead a task have to return."""
        asked = [row for row in self.rows if row.leads]
        return {
            "asked": len(asked),
            "returned": sum(row.standing in _CAME for row in asked),
            "wrong": sum(row.standing is Standing.WRONG for row in self.rows),
            "overdue": sum(row.standing is Standing.OVERDUE or row.late for row in asked),
            "late": sum(row.late for row in asked),
            "nameless": len(self.nameless),
        }


def unit_table(desk: Desk, person: Person, period: str) -> UnitTable:
    """How all units of a period stand (各单位反馈情况)."""
    with reading(desk.store) as con:
        visible_period(con, person, period)
    forms = forms_now(desk, person, period)
    links = links_of(desk, person, period)
    sent, nameless = newest_sent(desk, person, period)
    deadline = forms.forms.deadline if forms.forms else None
    asked = {each.unit: each for each in forms.forms.units} if forms.forms else {}
    with reading(desk.store) as con:
        drafts = returns.drafted(con, period)
    now, over = desk.store.clock(), is_over(desk, deadline)
    rows = []
    for unit in dict.fromkeys((*asked, *sorted({*sent, *links} - set(asked)))):
        rows.append(_row(unit, asked.get(unit), links.get(unit), sent.get(unit), drafts, deadline, now, over=over))
    return UnitTable(forms=forms, rows=tuple(rows), nameless=tuple(nameless), deadline=deadline)


def _row(
    unit: str,
    tasks: UnitTasks | None,
    link: UnitLink | None,
    sent: Sent | None,
    drafts: Mapping[str, datetime],
    deadline: date | None,
    now: datetime,
    *,
    over: bool,
) -> UnitRow:
    drafted = drafts.get(unit)
    leads = tasks.leads if tasks else 0
    return UnitRow(
        unit=unit,
        leads=leads,
        supports=tasks.supports if tasks else 0,
        standing=_standing(leads, sent, drafted, is_over=over),
        link_state=_link_state(link, now),
        link=link,
        sent=sent,
        late=sent is not None and sent.is_late(deadline),
        drafted=drafted if sent is None or (drafted and drafted > sent.given.at) else None,
        file=tasks.file if tasks else "",
    )


def _standing(leads: int, sent: Sent | None, drafted: datetime | None, *, is_over: bool) -> Standing:
    if sent is not None:
        of_state = {ReturnState.ACCEPTED: Standing.RETURNED, ReturnState.WRONG: Standing.WRONG}
        return of_state.get(sent.state, Standing.CHECKING)
    if not leads:
        return Standing.DRAFTED if drafted else Standing.NOT_ASKED
    if is_over:
        return Standing.OVERDUE
    return Standing.DRAFTED if drafted else Standing.WAITING


def _link_state(link: UnitLink | None, now: datetime) -> LinkState:
    if link is None:
        return LinkState.NONE
    if link.revoked is not None:
        return LinkState.REVOKED
    if link.expires <= now:
        return LinkState.EXPIRED
    return LinkState.OPENED if link.opened else LinkState.SENT
