"""Which entry of the ledger a returned row speaks of (对号入座): by number, else by 序号 and text, with a score."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from reportgen.intake.answering import Answering
from reportgen.intake.returned import Return, ReturnRow
from reportgen.ledger.ids import id_key
from reportgen.ledger.model import Entry, Ledger
from reportgen.ledger.words import plain_key
from reportgen.likeness import (
    ALIKE,
    LEAST_WORTH_TELLING,
    MARGIN,
    MOST_LETTERS,
    OTHER_WORD,
    has_other_word,
    letters_of,
    likeness,
    scores,
    sorted_letters_of,
    stated,
)
from reportgen.package import short
from reportgen.problems import Problem, error, warning

# The least likeness with which a row is placed that has the same 序号.
ALIKE_WITH_NUMBER = 0.64
# A known number whose task's text is less alike than this was copied into another row.
ID_AGREES = 0.50
# How many entries a row that found none is shown.
_MOST_NEAREST = 3


class How(Enum):
    """By what a row was placed (依据); the value is what a reader is told."""

    ID = "编号"
    SAME_TEXT = "文字相同"
    ALIKE = "文字相近"
    NUMBER_AND_TEXT = "序号相同、文字相近"
    NOT = "未能对上"


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A row and its entry (对应): None with `How.NOT`.

    `score` is the likeness of both texts from 0 to 1, and 1 if the row has a number and no text; `nearest` are the
    entries that came next, best first. `problems` tell what speaks against the row's number (编号).
    """

    row: ReturnRow
    entry: Entry | None
    how: How
    score: float
    nearest: tuple[tuple[Entry, float], ...] = ()
    problems: tuple[Problem, ...] = ()


def match_rows(found: Return, ledger: Ledger, answering: Answering) -> tuple[Match, ...]:
    """For each row of a return the entry that it speaks of (对号入座), in the rows' order.

    The ledger's entries have numbers (`ids.with_ids`). Of entries with equal texts that one is meant for which the
    returning unit answers, itself or as a member of a group.
    """
    entries = tuple(ledger)
    by_id: dict[str, list[Entry]] = {}
    for entry in entries:
        if entry.id:
            by_id.setdefault(id_key(entry.id), []).append(entry)
    unit = answering.own(found.unit)
    own = frozenset(i for i, entry in enumerate(entries) if unit and unit in answering.roles(entry))
    by_key: dict[str, list[int]] = {}
    for i, entry in enumerate(entries):
        by_key.setdefault(plain_key(entry.text), []).append(i)
    texts = [entry.text for entry in entries]
    candidates = _Candidates(entries, own, by_key, [*map(letters_of, texts)], [*map(sorted_letters_of, texts)])
    return tuple(_match(row, by_id, candidates) for row in found.rows)


@dataclass(frozen=True, slots=True)
class _Candidates:
    """The entries of a ledger (可选条目), with what is compared of each, and those that the unit answers for."""

    entries: tuple[Entry, ...]
    own: frozenset[int]
    by_key: dict[str, list[int]]
    letters: list[str]
    sorted_letters: list[str]


def _match(row: ReturnRow, by_id: dict[str, list[Entry]], candidates: _Candidates) -> Match:
    by_text = _by_text(row, candidates)
    if not row.id:
        return by_text
    named = by_id.get(id_key(row.id), [])
    if not named:
        what = f"台账里没有编号「{short(row.id)}」"
        fix = "编号请照发出的填报表，不要改动；这一行已按文字查找，请核对"
        return _with_problem(by_text, warning("return.unknown-id", what, fix, row.cells.get("id") or row.where))
    if len(named) > 1:
        # Whoever wrote a number twice into the ledger is told by those who read it.
        return by_text
    entry = named[0]
    if not row.text:
        return Match(row=row, entry=entry, how=How.ID, score=1.0)
    score = likeness(row.text, entry.text) if len(row.text) <= MOST_LETTERS else 0.0
    if plain_key(row.text) == plain_key(entry.text):
        score = 1.0
    other = by_text.entry is not None and by_text.entry is not entry
    if score >= ID_AGREES and not other:
        return Match(row=row, entry=entry, how=How.ID, score=stated(score))
    what = f"编号「{short(row.id, 20)}」在台账里是「{short(entry.text, 40)}」，这一行写的却是「{short(row.text, 40)}」"
    where = row.cells.get("id") or row.where
    if by_text.how is How.SAME_TEXT and by_text.entry is not None:
        fix = "编号可能抄错了行：已按任务文字对上，请核对"
        return _with_problem(by_text, warning("return.id-text-differs", what, fix, where))
    fix = "编号可能抄错了行，这一行没有收入；请改正编号或任务文字后重新汇总"
    better = [by_text.entry] if by_text.entry else []
    listed = [*((e, by_text.score) for e in better), *by_text.nearest]
    nearest = [(e, s) for e, s in listed if e is not entry]
    shown = (*nearest[: _MOST_NEAREST - 1], (entry, stated(score)))
    problem = error("return.id-text-differs", what, fix, where)
    return Match(row=row, entry=None, how=How.NOT, score=stated(score), nearest=shown, problems=(problem,))


def _with_problem(match: Match, problem: Problem) -> Match:
    return Match(
        row=match.row,
        entry=match.entry,
        how=match.how,
        score=match.score,
        nearest=match.nearest,
        problems=(*match.problems, problem),
    )


def _by_text(row: ReturnRow, candidates: _Candidates) -> Match:
    if not row.text:
        return Match(row=row, entry=None, how=How.NOT, score=0.0)
    if same := candidates.by_key.get(plain_key(row.text)):
        meant = _meant(row, same, candidates)
        if len(meant) == 1:
            return Match(row=row, entry=candidates.entries[meant[0]], how=How.SAME_TEXT, score=1.0)
        nearest = tuple((candidates.entries[i], 1.0) for i in meant[:_MOST_NEAREST])
        return Match(row=row, entry=None, how=How.NOT, score=1.0, nearest=nearest)
    if len(row.text) > MOST_LETTERS:
        what = f"「{short(row.text)}」有 {len(row.text)} 个字，不像任务的名称，没有按文字查找"
        fix = f"任务名称最多 {MOST_LETTERS} 字；请检查是不是把别的内容填进了任务一栏"
        problem = warning("return.long-text", what, fix, row.cells.get("text") or row.where)
        return Match(row=row, entry=None, how=How.NOT, score=0.0, problems=(problem,))
    found = scores(row.text, candidates.letters, candidates.sorted_letters)
    # Of two that are equally alike the one that the unit answers for, and of its sheet, comes first.
    order = sorted(range(len(found)), key=lambda i: (-round(found[i], 4), *_remoteness(row, i, candidates), i))
    best = order[0] if order else None
    if best is None or found[best] < LEAST_WORTH_TELLING:
        return Match(row=row, entry=None, how=How.NOT, score=stated(found[best]) if best is not None else 0.0)
    rivals = [i for i in order if found[best] - found[i] < MARGIN]
    listed = [i for i in order if found[i] >= LEAST_WORTH_TELLING]
    equal = [i for i in rivals if found[best] - found[i] < 0.005]
    meant = _meant(row, equal, candidates) if len(equal) == len(rivals) else rivals
    entry = candidates.entries[meant[0]]
    numbered = bool(row.given_no) and _number(row.given_no) == _number(entry.given_no)
    least = ALIKE_WITH_NUMBER if numbered else ALIKE
    sure = found[best] >= OTHER_WORD or not has_other_word(row.text, entry.text)
    if len(meant) == 1 and found[meant[0]] >= least and sure:
        how = How.NUMBER_AND_TEXT if numbered else How.ALIKE
        return Match(
            row=row,
            entry=entry,
            how=how,
            score=stated(found[meant[0]]),
            nearest=_shown([i for i in listed if i != meant[0]], found, candidates),
        )
    return Match(
        row=row,
        entry=None,
        how=How.NOT,
        score=stated(found[best]),
        nearest=_shown(listed, found, candidates),
    )


def _shown(places: Sequence[int], scores: Sequence[float], candidates: _Candidates) -> tuple[tuple[Entry, float], ...]:
    return tuple((candidates.entries[i], stated(scores[i])) for i in places[:_MOST_NEAREST])


def _remoteness(row: ReturnRow, i: int, candidates: _Candidates) -> tuple[bool, bool]:
    entry = candidates.entries[i]
    return i not in candidates.own, row.sheet is not None and entry.sheet is not row.sheet


def _meant(row: ReturnRow, places: Sequence[int], candidates: _Candidates) -> list[int]:
    """Of entries that are equally alike those that the row means, by sheet, units, category and 序号."""
    left = list(places)
    category, number = plain_key(row.category), _number(row.given_no)
    units = frozenset(map(plain_key, row.lead_units))
    tests = [
        [i for i in left if row.sheet is not None and candidates.entries[i].sheet is row.sheet],
        [i for i in left if i in candidates.own],
        [i for i in left if units and units == frozenset(map(plain_key, candidates.entries[i].lead_units))],
        [i for i in left if category and plain_key(candidates.entries[i].category) == category],
        [i for i in left if number and _number(candidates.entries[i].given_no) == number],
    ]
    for passed in tests:
        if len(left) > 1 and (both := [i for i in left if i in passed]):
            left = both
    return left


def _number(text: str) -> str:
    """A 序号 as it is compared: without the stops and brackets around it and leading noughts."""
    return plain_key(text).strip("().、").lstrip("0")
