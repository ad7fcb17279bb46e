"""What the rules say of an entry (研判结论): the judgement, by which rule, and all that it rests on."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import Enum
from typing import Any

from reportgen.judging.rules import Rule
from reportgen.ledger.model import Entry
from reportgen.problems import Location


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """The words that decide (所据字句): `start` to `end` of one field of the entry."""

    field: str
    start: int
    end: int

    def quote(self, entry: Entry) -> str:
        """The words themselves."""
        return str(getattr(entry, self.field))[self.start : self.end]

    def where(self, entry: Entry) -> Location | None:
        """The cell that they stand in."""
        return entry.where(self.field)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Two figures held against each other (所比的数): the target and what was reached of it, in one unit.

    `share` and `expected` (what is reached, and what should be by now, as parts of one) are there where a quantity
    grows over the year; a rate is compared as it is.
    """

    target: Decimal
    actual: Decimal
    unit: str
    share: Decimal | None = None
    expected: Decimal | None = None

    def as_json(self) -> dict[str, Any]:
        """The figures as plain data; numbers as texts, so that nothing is rounded."""
        told: dict[str, Any] = {"target": plain(self.target), "actual": plain(self.actual), "unit": self.unit}
        if self.share is not None and self.expected is not None:
            told |= {"share": percent(self.share), "expected": percent(self.expected)}
        return told


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion:
    """What one rule says of an entry (一条规则的结论), with its reason in one sentence and what that rests on.

    `falls_short` tells the adverse verdicts (不达预期, 推进较为滞后). `rests_on` names the deciding words, those of
    the target first.
    """

    rule: Rule
    judgement: str
    falls_short: bool
    reason: str
    rests_on: tuple[Passage, ...]
    figures: tuple[Figures, ...] = ()


class Standing(Enum):
    """How a verdict stands to what a person wrote into the ledger (与台账相比)."""

    DIFFERS = "不一致"
    EMPTY = "台账为空"
    SAME = "一致"
    UNDECIDED = "未下结论"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The verdict (研判) on one entry: `decided` by one rule, or by none, then `reason` says why.

    `others` are what the other rules say, in their order.
    """

    entry: Entry
    reason: str
    decided: Opinion | None = None
    others: tuple[Opinion, ...] = ()

    @property
    def judgement(self) -> str:
        """The standard word, empty where no rule decides."""
        return self.decided.judgement if self.decided else ""

    @property
    def standing(self) -> Standing:
        """How it stands to the ledger; a person's entry wins in any case."""
        if self.decided is None:
            return Standing.UNDECIDED
        if not self.entry.judgement:
            return Standing.EMPTY
        return Standing.SAME if self.entry.judgement == self.judgement else Standing.DIFFERS


def plain(number: Decimal) -> str:
    """A number as people write it (数字写法): without needless noughts, never as 1E+3."""
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def percent(share: Decimal) -> str:
    """A part of one as 31.8% (百分比), one place behind the point, rounded half up as an office rounds."""
    return plain((share * 100).quantize(Decimal("0.1"), ROUND_HALF_UP)) + "%"
