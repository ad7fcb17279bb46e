"""What changed between two ledgers (两期变化), as values; a template may read them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum

from reportgen.ledger.model import Entry, Sheet


class Change(Enum):
    """A kind of change (变化种类); the value is what an office calls it. An entry may have several."""

    NEWLY_LAGGING = "新增滞后"
    STILL_LAGGING = "持续滞后"
    RECOVERED = "转为正常"
    FINISHED = "已完成"
    NEW = "新增"
    DROPPED = "不再列入"
    UNCHANGED_PROGRESS = "进展未更新"
    FIGURE = "数字变化"
    UNITS = "责任单位变化"
    VERDICT = "评价变化"
    REWORDED = "表述调整"
    MOVED = "位置调整"


class Pairing(Enum):
    """By what two entries are taken for one (对应依据); the value is what a reader is told."""

    ID = "编号"
    SAME_TEXT = "文字相同"
    ALIKE = "文字相近"
    NONE = "没有对应"


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A figure of a progress text that changed (数字变化): of what, from, to, both as written with their units."""

    of: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryChange:
    """What became of one entry (一项的变化): `before` is None for a new one, `after` for a dropped one.

    `score` is the likeness of both texts, 1 where they are equal. `kinds` may be empty: nothing changed that is told.
    `units_gone` and `units_come` carry the role: 牵头单位 区教委.
    """

    sheet: Sheet
    before: Entry | None
    after: Entry | None
    pairing: Pairing
    score: float
    kinds: tuple[Change, ...] = ()
    figures: tuple[Figure, ...] = ()
    units_gone: tuple[str, ...] = ()
    units_come: tuple[str, ...] = ()

    @property
    def entry(self) -> Entry:
        """The entry as it stands now, or as it stood if it is gone."""
        found = self.after or self.before
        assert found is not None
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerChanges:
    """The changes between two ledgers (两期变化), in the new ledger's order, the dropped ones where they stood."""

    old: str
    new: str
    old_period: str = ""
    new_period: str = ""
    entries: tuple[EntryChange, ...] = field(default=())

    def of(self, kind: Change, sheet: Sheet | None = None) -> Iterator[EntryChange]:
        """The entries with that change (某种变化的各项), of one sheet or of both."""
        return (each for each in self.entries if kind in each.kinds and sheet in (None, each.sheet))
