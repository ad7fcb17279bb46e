"""The page of a check (校核意见网页): each finding with its words in their sentence and what it disagrees with.

Accepted ones are folded, with their reasons.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from reportgen.pages import page
from reportgen.problems import Problem
from reportgen.proof.findings import Finding, Mark
from reportgen.proof.rules import Rule
from reportgen.proof.settings import Settings
from reportgen.proof.telling import told_spot
from reportgen.quantities.stops import SENTENCE_END, sentence_around
from reportgen.styles import Level

# So many letters of a sentence stand around the words that are meant, and so many of these.
_AROUND, _WORDS = 120, 240
_OTHERS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Some words of a place, and whether it is they that are meant (一截文字)."""

    words: str
    meant: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One place as the page shows it (一处): where it is, its words in what of their sentences stands around them."""

    spot: str
    parts: tuple[Part, ...]

    @property
    def is_empty(self) -> bool:
        """Whether there are no words that are meant: a cell with nothing in it."""
        return not any(part.meant for part in self.parts)


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
    first, *others = finding.by_text
    return Point(
        number=number,
        key=finding.key,
        anchor=anchor,
        error=finding.level is Level.ERROR,
        level=finding.level.value,
        rule=setting.name if setting else finding.rule.value,
        what=finding.what,
        fix=finding.fix,
        place=_shown(first, file),
        others=tuple(_shown(marks, file) for marks in others[:_OTHERS]),
        more=max(0, len(others) - _OTHERS),
        reason=reason,
    )


def _shown(marks: Sequence[Mark], file: str) -> Shown:
    """The sentences of the marks of one text; what stands between them is left out."""
    content = marks[0].text.content
    meant = _joined((mark.start, len(content) if mark.end is None else mark.end) for mark in marks)
    windows = _joined(_window(content, *span) for span in meant)
    parts: list[Part] = []
    for first, last in windows:
        at = first
        cut = first > 0 and content[first - 1] not in SENTENCE_END
        parts += [Part(words="……")] * bool(cut or parts)
        for start, end in meant:
            if first <= start and end <= last:
                parts += [Part(words=content[at:start]), Part(words=_shortened(content[start:end]), meant=True)]
                at = end
        cut = last < len(content) and content[last - 1] not in SENTENCE_END
        parts += [Part(words=content[at:last]), *[Part(words="……")] * cut]
    return Shown(spot=told_spot(marks[0].text.spot, file), parts=tuple(part for part in parts if part.words))


def _window(content: str, start: int, end: int) -> tuple[int, int]:
    """The sentence around some words, with the stop at its end; not too much of it."""
    first, last = sentence_around(content, start, end)
    return max(first, start - _AROUND), min(last + 1, end + _AROUND, len(content))


def _joined(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """The spans in order, those that overlap or touch as one."""
    found: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


def _shortened(words: str) -> str:
    return words if len(words) <= _WORDS else words[: _WORDS // 2] + "……" + words[-_WORDS // 2 :]


def _by_rule(points: Sequence[Point]) -> Iterator[RuleCount]:
    """The rules that found something: errors first, then by how often."""
    found: dict[tuple[str, str, bool], list[Point]] = {}
    for point in points:
        found.setdefault((point.rule, point.level, point.error), []).append(point)
    order = sorted(found.items(), key=lambda item: (not item[0][2], -len(item[1])))
    for (name, level, error), of_rule in order:
        yield RuleCount(name=name, level=level, error=error, points=tuple(of_rule))
