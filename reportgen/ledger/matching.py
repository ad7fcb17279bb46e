"""Which entry of the ledger a returned row speaks of (对号入座): by number, else by 序号 and text, with a score."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from reportgen.ledger.model import Entry
from reportgen.ledger.returns import ReturnRow


class How(Enum):
    """By what a row was placed (依据); the value is what a reader is told."""

    ID = "编号"
    SAME_TEXT = "文字相同"
    ALIKE = "文字相近"
    NUMBER_AND_TEXT = "序号相同、文字相近"
    NOT = "未能对上"


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A row and its entry (对应): None with `How.NOT`.

    `score` is the likeness of both texts from 0 to 1; `nearest` are the entries that came next, best first.
    """

    row: ReturnRow
    entry: Entry | None
    how: How
    score: float
    nearest: tuple[tuple[Entry, float], ...] = ()
