"""What the format check finds (检查结果): one breach of a rule each, with its place, found against wanted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from reportgen.rules import Rule
from reportgen.styles import Check, Level


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where on paper (所在处): the page from 1 (None where a file has no pages), and the spot in words."""

    page: int | None = None
    spot: str = ""

    def __str__(self) -> str:
        return "，".join(part for part in (f"第{self.page}页" if self.page else "", self.spot) if part)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One breach of a rule (不合格项): `found` against `wanted`, both as an office would say them."""

    rule: Rule
    clause: str
    level: Level
    place: Place
    what: str
    found: str
    wanted: str

    def __str__(self) -> str:
        where = f"{self.place}：" if str(self.place) else ""
        clause = f"GB/T 9704—2012 {self.clause}" if self.clause[:1].isdigit() else self.clause
        return f"{where}{self.level.value} [{self.rule.value}] {self.what}为{self.found}，应为{self.wanted}（{clause}）"

    def as_json(self) -> dict[str, Any]:
        """The finding as plain data."""
        return {
            "rule": self.rule.value,
            "clause": self.clause,
            "severity": "error" if self.level is Level.ERROR else "warning",
            "page": self.place.page,
            "place": self.place.spot,
            "what": self.what,
            "found": self.found,
            "wanted": self.wanted,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """One thing that was measured (实测), right or wrong: `found` and `wanted` in `unit`, None without a number."""

    rule: Rule
    place: Place
    what: str
    found: float
    wanted: float
    unit: str


def _shown(number: float) -> str:
    """A number as one says it: two places, no noise, no minus zero."""
    return f"{round(number, 2) + 0.0:g}"


class Examiner:
    """Compares found with wanted by the style sheet's checks (检查员), and keeps what it found and measured."""

    def __init__(self, checks: Mapping[Rule, Check]) -> None:
        self._checks = checks
        self.findings: list[Finding] = []
        self.measures: list[Measure] = []

    def within(self, rule: Rule) -> float:
        """How far off is still right, in the rule's unit."""
        return self._checks[rule].within if rule in self._checks else 0.0

    def number(self, rule: Rule, place: Place, what: str, found: float, wanted: float, unit: str) -> None:
        """A finding unless `found` is as near to `wanted` as the rule allows."""
        self.measures.append(Measure(rule=rule, place=place, what=what, found=found, wanted=wanted, unit=unit))
        if abs(found - wanted) > self.within(rule) + 1e-6:
            self.breach(rule, place, what, f"{_shown(found)}{unit}", f"{_shown(wanted)}{unit}")

    def breach(self, rule: Rule, place: Place, what: str, found: str, wanted: str) -> None:
        """A finding, unless the style sheet does not look at the rule."""
        check = self._checks.get(rule)
        if check and check.level is not Level.OFF:
            self.findings.append(
                Finding(
                    rule=rule,
                    clause=check.clause,
                    level=check.level,
                    place=place,
                    what=what,
                    found=found,
                    wanted=wanted,
                )
            )
