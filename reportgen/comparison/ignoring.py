"""What is not told of two files (不计的差异): rules of an office with their reasons, and what is taken for equal."""

from __future__ import annotations

from dataclasses import dataclass, field

from reportgen.comparison.model import Difference, Layer, Tolerance
from reportgen.problems import Location


@dataclass(frozen=True, slots=True, kw_only=True)
class IgnoreRule:
    """One rule (忽略规则): a difference that has all that it names is not told, for the reason given.

    With `text`, a regular expression, what it matches is masked on both sides before they are compared, and nothing
    else is left out. `kind`, `part`, `column`, `subject` and `file` may hold `*` and `?`.
    """

    reason: str
    where: Location
    layer: Layer | None = None
    kind: str = ""
    part: str = ""
    column: str = ""
    subject: str = ""
    file: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ignoring:
    """All rules of a file (忽略规则表), and the tolerance that it sets."""

    rules: tuple[IgnoreRule, ...] = ()
    tolerance: Tolerance = field(default_factory=Tolerance)


@dataclass(frozen=True, slots=True)
class Ignored:
    """A difference that a rule leaves out (不计的一处差异), and which one, from 0."""

    difference: Difference
    rule: int
