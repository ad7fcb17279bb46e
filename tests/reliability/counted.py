"""What the tests of a row counted (合计): inputs tried, and what became of them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Counted:
    """What the tests of a row counted (一行的合计); `skipped` are tests that could not run on this machine."""

    survived: int = 0
    refused: int = 0
    lost: int = 0
    skipped: int = 0
    seconds: float = 0

    def __add__(self, other: Counted) -> Counted:
        return Counted(
            self.survived + other.survived,
            self.refused + other.refused,
            self.lost + other.lost,
            self.skipped + other.skipped,
            self.seconds + other.seconds,
        )

    @property
    def tried(self) -> int:
        """All inputs (试过)."""
        return self.survived + self.refused + self.lost
