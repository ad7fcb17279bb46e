"""What proofreading finds (校核意见): the rule, the places that disagree, what is wrong, how to mend it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from reportgen.ledger.words import plain_key
from reportgen.proof.manuscript import Text
from reportgen.proof.rules import Rule
from reportgen.quantities.stops import sentence_around
from reportgen.styles import Level

# Of 10,000 findings two have the same number once in 20,000 times; with eight digits once in 90 times.
_KEY_LENGTH = 10
_LETTERS = str.maketrans("0123456789", "ghijklmnop")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Mark:
    """A place in a text (标记处): what is wrong or disagrees is `text.content[start:end]`; all of it by default."""

    text: Text
    start: int = 0
    end: int | None = None

    @property
    def quote(self) -> str:
        """The words that are meant (摘录)."""
        return self.text.content[self.start : self.end]

    @property
    def sentence(self) -> str:
        """The sentence around them: where it is changed, what was said of it holds no more."""
        return self.text.content[slice(*sentence_around(self.text.content, self.start, self.end))]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Finding:
    """One finding (校核意见). The first mark is the place, the others what it disagrees with or repeats.

    `what` is one sentence without places (they stand in the marks): what was accepted stays so though rows move.
    """

    rule: Rule
    level: Level
    what: str
    fix: str
    marks: tuple[Mark, ...]

    @property
    def by_text(self) -> tuple[tuple[Mark, ...], ...]:
        """The marks of each text (按所在的文字): of one cell together, that of the place first."""
        found: dict[int, list[Mark]] = {}
        for mark in self.marks:
            found.setdefault(id(mark.text), []).append(mark)
        return tuple(map(tuple, found.values()))

    @property
    def key(self) -> str:
        """The finding's number (意见编号): the same as long as its rule and the sentences it speaks of are the same."""
        # Of equal sentences one: whether a slip was copied once more does not matter.
        places = dict.fromkeys(f"{mark.sentence}\0{mark.quote}" for mark in self.marks)
        said = (self.rule.value, self.what, *places)
        folded = "\0\0".join(re.sub(r"\s+", "", plain_key(part)) for part in said)
        digits = hashlib.sha256(folded.encode()).hexdigest()[:_KEY_LENGTH]
        # It begins with a letter: a list that Excel saves as CSV would make a number of 12345678 or 1e234567.
        return digits[0].translate(_LETTERS) + digits[1:]

    def as_json(self) -> dict[str, Any]:
        """The finding as plain data."""
        return {
            "key": self.key,
            "rule": self.rule.value,
            "severity": "error" if self.level is Level.ERROR else "warning",
            "what": self.what,
            "fix": self.fix,
            "places": [place_json(mark) for mark in self.marks],
        }


def place_json(mark: Mark) -> dict[str, Any]:
    """One place of a finding as plain data."""
    spot = mark.text.spot
    return {
        "spot": spot.words,
        "page": spot.page,
        "where": spot.where.as_json() if spot.where else None,
        "quote": mark.quote,
    }


def in_order(findings: Sequence[Finding], order: Sequence[Text]) -> tuple[Finding, ...]:
    """The findings as the reader meets them (按文中次序): by text, then by place in it, then by rule."""
    rank = {id(text): number for number, text in enumerate(order)}
    return tuple(
        sorted(
            findings,
            key=lambda each: (rank.get(id(each.marks[0].text), len(rank)), each.marks[0].start, each.rule.value),
        )
    )
