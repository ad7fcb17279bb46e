"""The verdicts on a period's entries (看研判): what the rules and the ledger say, and a person's word over both."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from reportgen.judging.verdicts import Standing
from reportgen.ledger.model import Sheet
from reportgen.ledger.words import JUDGEMENTS
from reportgen.problems import InputError, error
from reportgen.service.model import Job, JobKind, JobState, Override, Person
from reportgen.service.office.asking import ask
from reportgen.service.office.desk import Desk
from reportgen.service.office.orders import override_order
from reportgen.service.office.reports.examining import Looked, fit_reason, the_look
from reportgen.service.office.reports.periods import visible_period
from reportgen.service.refusals import Conflict, not_found
from reportgen.service.store import audit, jobs, ledgers, overrides
from reportgen.service.store.opening import reading, writing
from reportgen.template.figures import BEHIND, plain_unit


class Show(Enum):
    """Which verdicts are shown (筛选), by the word in the address."""

    DIFFERS = "differs"
    BEHIND = "behind"
    EMPTY = "empty"
    UNDECIDED = "undecided"
    ALL = "all"


SHOW_NAMES = {
    Show.DIFFERS: "与台账不一致",
    Show.BEHIND: "滞后、不达预期",
    Show.EMPTY: "台账空着",
    Show.UNDECIDED: "规则没有结论",
    Show.ALL: "全部",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """An entry with what the rules say of it (一条研判), and the last word that a person put over it."""

    entry: Mapping[str, Any]
    verdict: Mapping[str, Any]
    override: Override | None = None

    @property
    def standing(self) -> Standing:
        """How the verdict stands to the ledger."""
        return Standing(self.verdict["standing"])

    @property
    def number(self) -> int:
        """The entry's place in the ledger, from 0."""
        number: int = self.entry["number"]
        return number

    @property
    def choices(self) -> tuple[str, ...]:
        """The words that a person may put."""
        return tuple(JUDGEMENTS[Sheet(self.entry["sheet"])])


def rows_of(look: Looked, standing: Mapping[tuple[str, str], Override]) -> list[Row]:
    """Every entry with its verdict, in the ledger's order (各条研判)."""
    result = look.result or {}
    judged = result.get("judged")
    if not judged:
        return []
    return [
        Row(entry=entry, verdict=verdict, override=standing.get((entry["sheet"], entry["id"])))
        for entry, verdict in zip(result["entries"], judged["verdicts"], strict=True)
    ]


def matches(row: Row, show: Show, unit: str = "", category: str = "", *, lead: bool = False) -> bool:
    """Whether a row is among those asked for (筛选); `lead` leaves out where the unit only helps."""
    leads, helps = row.entry["lead_units"], row.entry["support_units"]
    if unit and unit not in (map(plain_unit, leads) if lead else (*leads, *helps)):
        return False
    if category and category != row.entry["category"].replace("\n", ""):
        return False
    match show:
        case Show.DIFFERS:
            return row.standing is Standing.DIFFERS
        case Show.BEHIND:
            # As the overview counts: the ledger's word, and where it has none the rules'.
            return (row.entry["judgement"] or row.verdict["judgement"]) in BEHIND
        case Show.EMPTY:
            return not row.entry["judgement"]
        case Show.UNDECIDED:
            return row.standing is Standing.UNDECIDED
    return True


def overridden(desk: Desk, person: Person, period: str) -> dict[tuple[str, str], Override]:
    """The last override of each entry (现用改判)."""
    with reading(desk.store) as con:
        visible_period(con, person, period)
        return overrides.standing(con, period)


def override(desk: Desk, person: Person, period: str, number: int, judgement: str, reason: str) -> Job:
    """A person's word instead of the rules' or the ledger's (改判): written into the ledger's cell by a job.

    Refused while another one is being written: both would begin from the same version, and one would be lost.
    """
    look = the_look(desk, person, period)
    row = next((each for each in rows_of(look, {}) if each.number == number), None)
    if row is None:
        raise not_found("这一条研判")
    if look.ledger is None or not look.is_current:
        raise _moved()
    if judgement not in row.choices:
        what, fix = "改判没有选结论", f"请选一个：{'、'.join(row.choices)}"
        raise InputError([error("service.wrong-judgement", what, fix)])
    if judgement == row.entry["judgement"]:
        what = f"台账里已经是「{judgement}」"
        raise InputError([error("service.wrong-judgement", what, "不用改判；要改成别的，请另选一个")])
    text = fit_reason(reason, "改判")
    with writing(desk.store) as con:
        found = visible_period(con, person, period)
        newest = ledgers.newest(con, period)
        if newest is None or newest.id != look.ledger.id:
            raise _moved()
        if jobs.jobs_of(con, period, [JobKind.OVERRIDE, JobKind.COLLECT], [JobState.WAITING, JobState.RUNNING]):
            what = "上一处改动还在写进台账"
            raise Conflict([error("service.ledger-busy", what, "过几秒刷新这一页，再改这一条")])
        entry = row.entry
        told = {"sheet": entry["sheet"], "id": entry["id"], "judgement": judgement, "reason": text}
        audit.note(con, person, "改判", period, f"{entry['sheet']} {entry['text'][:60]}：{judgement}（{text}）")
        return ask(con, desk, person, override_order(con, found, [told]), period)


def _moved() -> Conflict:
    what = "台账或设置刚有新的一版，这里看的是旧的"
    return Conflict([error("service.ledger-moved", what, "请刷新这一页，等检查完新的一版再改判")])
