"""Proofreading of one manuscript (校核一份文稿): every family of rules, in the reader's order, nothing told twice."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from reportgen.judging.rules import Rules
from reportgen.ledger.words import plain_key
from reportgen.proof.families import (
    annexes,
    completion,
    counts,
    enumerations,
    judgements,
    near_duplicates,
    negative_growth,
    ordinals,
    progress,
    punctuation,
    rates,
    repeated_words,
    sums,
    times,
    units,
    values,
)
from reportgen.proof.families.gathering import gathered
from reportgen.proof.findings import Finding, Mark, in_order
from reportgen.proof.manuscript import Manuscript
from reportgen.proof.settings import Settings

Family = Callable[[Manuscript, Settings], Iterator[Finding]]

FAMILIES: tuple[Family, ...] = (
    counts.examine,
    annexes.examine,
    ordinals.examine,
    units.examine,
    values.examine,
    rates.examine,
    sums.examine,
    completion.examine,
    negative_growth.examine,
    times.examine,
    enumerations.examine,
    repeated_words.examine,
    punctuation.examine,
    progress.examine,
    near_duplicates.examine,
)
"""All families of rules (各类规则) but that of the judgements, which needs rules of its own."""


def proofread(manuscript: Manuscript, settings: Settings, judging: Rules) -> tuple[Finding, ...]:
    """All findings (校核意见) in the order in which a reader meets their places.

    By `judging` its judgements are held against what it says of the progress.
    """
    found = [finding for examine in FAMILIES for finding in examine(manuscript, settings)]
    found += judgements.examine(manuscript, settings, judging)
    return in_order([*_together(_bounded(found))], list(manuscript.every_text()))


def _together(found: Iterable[Finding]) -> Iterator[Finding]:
    """Each finding once; those that say the same of equal sentences are one with all their places."""
    firsts: dict[str, Finding] = {}
    places: dict[str, dict[tuple[object, ...], Mark]] = {}
    for finding in found:
        key = finding.key
        firsts.setdefault(key, finding)
        known = places.setdefault(key, {})
        for mark in finding.marks:
            known.setdefault((id(mark.text), mark.start, mark.end), mark)
    yield from (replace(finding, marks=tuple(places[key].values())) for key, finding in firsts.items())


# No text that a person wrote has so many faults of one rule.
_MOST_OF_A_TEXT = 50


def _bounded(findings: Iterable[Finding]) -> Iterator[Finding]:
    """The findings, those of one rule in one text as one where they are far too many to be read."""
    groups: dict[tuple[object, ...], list[Finding]] = {}
    for finding in findings:
        groups.setdefault((finding.rule, id(finding.marks[0].text)), []).append(finding)
    for group in groups.values():
        yield from gathered(group, _MOST_OF_A_TEXT)


def not_yet_told(findings: Sequence[Finding], told: Sequence[Finding]) -> tuple[Finding, ...]:
    """The findings without those that were told already (去重): of the same sentences, or of the same ledger cells.

    What is wrong in a ledger is wrong in the report that is made of it: with the same words, and one cell at least or
    the whole text of a cell in it.
    """
    keys = {finding.key for finding in told}
    known: dict[tuple[object, ...], list[Finding]] = {}
    for finding in told:
        known.setdefault(_said(finding), []).append(finding)
    return tuple(
        finding
        for finding in findings
        if finding.key not in keys
        and not any(_places(finding) & _places(each) or _holds(finding, each) for each in known.get(_said(finding), ()))
    )


def _holds(finding: Finding, other: Finding) -> bool:
    """Whether each text of the finding holds a whole text of the other one, as the body holds 报告用语."""
    return all(
        any(whole in mark.text.content for each in other.marks if (whole := each.text.content.strip().rstrip("。；")))
        for mark in finding.marks
    )


def _said(finding: Finding) -> tuple[object, ...]:
    return finding.rule, *sorted(plain_key(mark.quote) for mark in finding.marks)


def _places(finding: Finding) -> frozenset[object]:
    return frozenset(mark.text.spot.where for mark in finding.marks if mark.text.spot.where)
