"""The page of a check (校核意见网页): each finding with its words in their sentence and what it disagrees with.

Accepted ones are folded, with their reasons.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from reportgen.pages import page
from reportgen.problems import Problem
from reportgen.proof.findings import Finding, Mark, sentence_around
from reportgen.proof.notes import LEVEL_NAMES, told_spot
from reportgen.proof.rules import Rule
from reportgen.proof.settings import Settings
from reportgen.styles import Level

# So many letters of a sentence stand around the words that are meant, and so many of these.
_AROUND, _WORDS = 120, 240
_OTHERS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One place as the page shows it (一处): where it is, its words, and what of their sentence stands around them."""

    spot: str
    before: str
    words: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One finding as the page shows it (一条意见); `number` is its place among those that are left, from 1.

    `anchor` is what an address of it ends with: its key, of several with one key each its own. `more` are places that
    are counted only; an accepted one has a `reason`.
    """

    number: int
    key: str
    anchor: str
    error: bool
    level: str
    rule: str
    what: str
    fix: str
    place: Shown
    others: tuple[Shown, ...]
    more: int
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleCount:
    """How often one rule has found something (一条规则的意见): the numbers of the findings."""

    name: str
    level: str
    error: bool
    points: tuple[Point, ...]


def proof_page(
    findings: Sequence[Finding],
    settings: Settings,
    *,
    file: str,
    kind: str = "",
    period: str = "",
    accepted: Mapping[str, str] | None = None,
    problems: Sequence[Problem] = (),
    accept_in: str = "",
) -> bytes:
    """The page (网页) of what was found in `file`, as UTF-8.

    `accepted` are the reasons by the findings' keys, `problems` the warnings of reading the file, `accept_in` what a
    reader is told to keep accepted findings in (「校核意见」表, 旁边的 CSV).
    """
    reasons = accepted or {}
    points = tuple(_points(findings, settings, reasons, file))
    left = [point for point in points if not point.reason]
    return page(
        "proof",
        {
            "file": file,
            "kind": kind,
            "period": period,
            "rules": sum(settings.looks_at(rule) for rule in Rule),
            "left": left,
            "errors": sum(point.error for point in left),
            "warnings": sum(not point.error for point in left),
            "by_rule": tuple(_by_rule(left)),
            "accepted": [point for point in points if point.reason],
            "problems": problems,
            "accept_in": accept_in,
        },
    )


def _points(findings: Sequence[Finding], settings: Settings, reasons: Mapping[str, str], file: str) -> Iterator[Point]:
    number = 0
    seen: Counter[str] = Counter()
    for each in findings:
        reason = reasons.get(each.key, "")
        number += not reason
        seen[each.key] += 1
        anchor = each.key if seen[each.key] == 1 else f"{each.key}-{seen[each.key]}"
        yield _point(each, settings, reason, number, anchor, file)


def _point(finding: Finding, settings: Settings, reason: str, number: int, anchor: str, file: str) -> Point:
    setting = settings.rules.get(finding.rule)
    first, *others = finding.marks
    return Point(
        number=number,
        key=finding.key,
        anchor=anchor,
        error=finding.level is Level.ERROR,
        level=LEVEL_NAMES[finding.level],
        rule=setting.name if setting else finding.rule.value,
        what=finding.what,
        fix=finding.fix,
        place=_shown(first, file),
        others=tuple(_shown(mark, file) for mark in others[:_OTHERS]),
        more=max(0, len(others) - _OTHERS),
        reason=reason,
    )


def _shown(mark: Mark, file: str) -> Shown:
    content, start = mark.text.content, mark.start
    end = len(content) if mark.end is None else mark.end
    first, last = sentence_around(content, start, end)
    # With the stop at its end.
    last = min(last + 1, len(content))
    before, words, after = content[first:start], content[start:end], content[end:last]
    if len(before) > _AROUND:
        before = "……" + before[-_AROUND:]
    if len(after) > _AROUND:
        after = after[:_AROUND] + "……"
    if len(words) > _WORDS:
        words = words[: _WORDS // 2] + "……" + words[-_WORDS // 2 :]
    return Shown(spot=told_spot(mark.text.spot, file), before=before.lstrip(), words=words, after=after.rstrip())


def _by_rule(points: Sequence[Point]) -> Iterator[RuleCount]:
    """The rules that found something: errors first, then by how often."""
    found: dict[tuple[str, str, bool], list[Point]] = {}
    for point in points:
        found.setdefault((point.rule, point.level, point.error), []).append(point)
    order = sorted(found.items(), key=lambda item: (not item[0][2], -len(item[1])))
    for (name, level, error), of_rule in order:
        yield RuleCount(name=name, level=level, error=error, points=tuple(of_rule))
