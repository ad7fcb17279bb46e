"""What changed between two ledgers (两期变化), as values; a template may read them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum

from reportgen.ledger.model import STATUSES, Entry, Sheet


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


class Progress(Enum):
    """What became of a progress text (进展更新情况); the value is what a reader is told.

    The first three are `Change.UNCHANGED_PROGRESS`: white space and width never count, and a text of which only the
    period moved on (1—3月 → 1—6月, 截至6月底 → 截至9月底) says nothing new. A day by which something is to be done, or
    on which it was done, does say something.
    """

    SAME = "一字未改"
    ONLY_MARKS = "只改了标点"
    ONLY_PERIOD = "只改了统计时间"
    UPDATED = "有更新"
    ADDED = "上期没有填写"
    MISSING = "本期没有填写"


class Move(Enum):
    """In what an entry stands elsewhere (位置变化): under another category, or at another place in its category."""

    CATEGORY = "分类"
    ORDER = "顺序"


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A figure of a progress text that changed (数字变化): of what, from, to, both as written with their units."""

    of: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rewording:
    """Letters of an entry's text that changed (表述变化): gone, come, and the few that stand before and behind both."""

    before: str
    after: str
    lead: str = ""
    tail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitPart:
    """A unit and its part in an entry (单位和职责): `role` is 牵头 or 配合, `name` as the ledger writes it."""

    name: str
    role: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryChange:
    """What became of one entry (一项的变化): `before` is None for a new one, `after` for a dropped one.

    `score` is the likeness of both texts, 1 where they are equal. `kinds` may be empty: nothing changed that is told.
    A new entry that lags is newly lagging, too, so that those now lagging are the newly and the still lagging ones.

    `finished_by` are the words that say that the task is finished; Change.FINISHED only if they did not stand there
    before. `came_from` is the old entry whose words a new one takes over (拆分), though another is its successor;
    `went_into` the new entry that holds the words of a dropped one (合并). Places count from 1 in the sheet, 0 is none.
    """

    sheet: Sheet
    before: Entry | None
    after: Entry | None
    pairing: Pairing
    score: float
    kinds: tuple[Change, ...] = ()
    figures: tuple[Figure, ...] = ()
    units_gone: tuple[UnitPart, ...] = ()
    units_come: tuple[UnitPart, ...] = ()
    rewordings: tuple[Rewording, ...] = ()
    progress: Progress | None = None
    moves: tuple[Move, ...] = ()
    finished_by: str = ""
    came_from: Entry | None = None
    went_into: Entry | None = None
    place_before: int = 0
    place_after: int = 0

    @property
    def entry(self) -> Entry:
        """The entry as it stands now, or as it stood if it is gone."""
        found = self.after or self.before
        assert found is not None
        return found

    @property
    def was_lagging(self) -> bool:
        """Whether it lagged in the former period (上期滞后)."""
        return self.before is not None and self.before.judgement == STATUSES[1]

    @property
    def is_lagging(self) -> bool:
        """Whether it lags now (本期滞后)."""
        return self.after is not None and self.after.judgement == STATUSES[1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsure:
    """Two entries that may be one (待核对), not paired: `before` counts as dropped and `after` as new."""

    sheet: Sheet
    before: Entry
    after: Entry
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerChanges:
    """The changes between two ledgers (两期变化), in the new ledger's order, the dropped ones where they stood.

    `renamed` are categories that have another name now (from, to); their entries did not move. A sheet that one of the
    ledgers lacks is not compared: it has no entries here.
    """

    old: str
    new: str
    old_period: str = ""
    new_period: str = ""
    entries: tuple[EntryChange, ...] = field(default=())
    unsure: tuple[Unsure, ...] = ()
    renamed: tuple[tuple[str, str], ...] = ()

    def of(self, kind: Change, sheet: Sheet | None = None) -> Iterator[EntryChange]:
        """The entries with that change (某种变化的各项), of one sheet or of both."""
        return (each for each in self.entries if kind in each.kinds and sheet in (None, each.sheet))
