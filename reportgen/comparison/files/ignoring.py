"""What is not told of two files (不计的差异): an office's rules with their reasons, and what is taken for equal."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from functools import cache

from reportgen.comparison.model import Difference, Layer, Spot, Tolerance
from reportgen.problems import Location, Problem, warning
from reportgen.template.hints import shown


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


NOTHING_IGNORED = Ignoring()
"""No rule at all (没有忽略规则)."""


@dataclass(frozen=True, slots=True)
class Ignored:
    """A difference that a rule leaves out (不计的一处差异), and which one, from 0."""

    difference: Difference
    rule: int


# ---- which differences


def sorted_out(
    differences: Sequence[Difference], rules: Sequence[IgnoreRule], names: Collection[str]
) -> tuple[list[Difference], list[Ignored]]:
    """The differences that are told (计入的), and those that a rule leaves out (不计的); `names` are the files'."""
    told: list[Difference] = []
    ignored: list[Ignored] = []
    for each in differences:
        by = next((i for i, rule in enumerate(rules) if not rule.text and _fits(rule, each, names)), None)
        if by is None:
            told.append(each)
        else:
            ignored.append(Ignored(each, by))
    return told, ignored


def fits_name(rule: IgnoreRule, names: Collection[str]) -> bool:
    """Whether a rule is for files of one of these names (适用的文件)."""
    return not rule.file or any(like(rule.file, name) for name in names if name)


def _fits(rule: IgnoreRule, difference: Difference, names: Collection[str]) -> bool:
    spots = [spot for spot in (difference.first, difference.second) if spot]
    return (
        rule.layer in (None, difference.layer)
        and fits_name(rule, names)
        and like(rule.kind, difference.kind)
        and like(rule.subject, difference.subject)
        and _at(rule.part, [spot.part for spot in spots])
        and _at(rule.column, _columns(spots))
    )


def _columns(spots: Sequence[Spot]) -> list[str]:
    return [spot.column for spot in spots]


def _at(wanted: str, found: Sequence[str]) -> bool:
    return not wanted or any(like(wanted, each) for each in found)


def like(wanted: str, text: str) -> bool:
    """Whether a text is what a rule names (符合写法), `*` and `?` as in file names; blanks do not count."""
    return not wanted or bool(_pattern(wanted).fullmatch("".join(text.split())))


@cache
def _pattern(wanted: str) -> re.Pattern[str]:
    written = re.escape("".join(wanted.split())).replace(r"\*", ".*").replace(r"\?", ".")
    return re.compile(written, re.IGNORECASE | re.DOTALL)


# ---- what is told of the rules


def unused(rules: Sequence[IgnoreRule], used: Collection[int]) -> tuple[Problem, ...]:
    """A warning for each rule that nothing came under (没有用上的规则)."""
    return tuple(
        warning(
            "compare.unused-rule",
            f"第 {i + 1} 条忽略规则没有用上（理由：{shown(rule.reason)}）",
            "请核对写法；已经用不着的，请删去",
            rule.where,
        )
        for i, rule in enumerate(rules)
        if i not in used
    )
