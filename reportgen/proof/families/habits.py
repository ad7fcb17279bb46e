"""How a report reckons (算法惯例): with its figures as they are written, or with exacter ones behind them.

2.1亿元 of 4亿元 are 52.5%; 53.5% may come from 2.14. Where all others come from what is written, that one is a slip.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from reportgen.proof.findings import Finding

# So many that come from what is written are needed for one that does not: fewer may do so by chance.
_FOR_ONE = 4


@dataclass(slots=True)
class Habit:
    """What a report's rounded figures give (算法惯例): how often just what is written, and where not."""

    as_written: int = 0
    otherwise: list[Finding] = field(default_factory=list)

    def against(self, findings: Iterator[Finding]) -> None:
        """Keeps findings (暂存) that only rounding explains."""
        self.otherwise += findings

    def findings(self) -> Iterator[Finding]:
        """Those that do not follow what nearly all the others do (不合惯例的)."""
        if len(self.otherwise) * _FOR_ONE <= self.as_written:
            yield from self.otherwise
