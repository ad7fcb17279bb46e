"""Lines with a place of their own (定位行): several texts on one line, exact room above, a rule below.

What stands where is worked out once, in points from the type area's left edge; the layouts only draw it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from reportgen.styles import Align, TextRole

Edges: TypeAlias = Callable[[float, float], tuple[float, float]]
"""Of a pitch and a size: the room of a line above and below its letters (字上字下), which each layout has its own."""


def middle_edges(pitch: float, size: float) -> tuple[float, float]:
    """Letters in the middle of their line (字在行中), as a PDF has them, whichever engine lays it out."""
    return (pitch - size) / 2, (pitch - size) / 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A text on a line (行内文字): at `x` stands its left edge, its middle or its right edge, as `align` says.

    Without an `x` it is the only one of its line and stands as its role's style says. `spread_pt` is added between
    its letters, `size_pt` is its size where that is not the style's. `follows` tells that it stands right behind the
    piece before it.
    """

    role: TextRole
    text: str
    x: float | None = None
    align: Align = Align.LEFT
    spread_pt: float = 0.0
    size_pt: float | None = None
    follows: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A rule (线) across the type area, `away_pt` from the line's edge."""

    away_pt: float
    width_pt: float
    color: str = "000000"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line (行): `pieces` from left to right but for those read in another order, `before_pt` above
    and `after_pt` below it.

    Its paragraph has the style of `role`. `left_pt` and `first_pt` are the indents of a text that may take more lines.
    """

    role: TextRole
    pieces: tuple[Piece, ...]
    before_pt: float
    pitch_pt: float
    after_pt: float = 0.0
    above: Rule | None = None
    below: Rule | None = None
    left_pt: float = 0.0
    first_pt: float = 0.0
    right_pt: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Floating:
    """A text out of the flow (浮动文字): its line box begins at `x` and `y` from the type area's upper left corner."""

    piece: Piece
    x: float
    y: float
    width: float
    pitch_pt: float
