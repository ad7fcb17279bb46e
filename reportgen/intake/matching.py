"""Which entry of the ledger a returned row speaks of (对号入座): by number, else by 序号 and text, with a score.

Measured with the tasks of three ledgers (131, 141 and 206; `tests/test_matching.py`): 26,290 texts with a fifth of the
letters dropped, letters misread, clauses reordered or cut off, endings added, figures and punctuation changed. No text
found another task, but for one clause that is a task of its own word for word; of the eight ordinary changes 95 % and
more found their own (misread letters, every second likely one: 83 %). The two most alike tasks that differ in more
than a word have 0.70 (next 0.63), those that differ in one word 0.91, which is what the first three figures stand on.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

from reportgen.intake.answering import Answering
from reportgen.intake.returned import Return, ReturnRow
from reportgen.ledger.ids import id_key
from reportgen.ledger.model import Entry, Ledger
from reportgen.ledger.words import plain_key
from reportgen.package import short
from reportgen.problems import Problem, error, warning

# The least likeness with which a row is placed, alone and with the same 序号 beside it.
ALIKE = 0.70
ALIKE_WITH_NUMBER = 0.64
# By so much the best entry must be better than the next one.
MARGIN = 0.08
# Texts that differ in a whole word (重点项目, 重点企业) are one task only if they are as alike as this.
OTHER_WORD = 0.92
# A known number whose task's text is less alike than this was copied into another row.
ID_AGREES = 0.50
# A text that is the beginning of another: so many letters, written so alike; its score is at least this.
_BEGINNING_LETTERS = 6
_BEGINNING_ALIKE = 0.90
_BEGINNING_SCORE = 0.80
# How many entries a row that found none is shown.
_MOST_NEAREST = 3
_LEAST_NEAREST = 0.30
# No task is described at such length (the longest of three ledgers has 151 letters): likeness is not looked for.
MOST_LETTERS = 2_000


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
    candidates = _Candidates(entries, own, by_key, [*map(_letters, texts)], [*map(_sorted_letters, texts)])
    return tuple(_match(row, by_id, candidates) for row in found.rows)


def likeness(first: str, second: str) -> float:
    """How alike two tasks' texts are (相近程度), 0 to 1: as they stand, reordered, or one beginning the other."""
    return _scores(first, [_letters(second)], [_sorted_letters(second)])[0]


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
        return Match(row=row, entry=entry, how=How.ID, score=_stated(score))
    what = f"编号「{short(row.id, 20)}」在台账里是「{short(entry.text, 40)}」，这一行写的却是「{short(row.text, 40)}」"
    where = row.cells.get("id") or row.where
    if by_text.how is How.SAME_TEXT and by_text.entry is not None:
        fix = "编号可能抄错了行：已按任务文字对上，请核对"
        return _with_problem(by_text, warning("return.id-text-differs", what, fix, where))
    fix = "编号可能抄错了行，这一行没有收入；请改正编号或任务文字后重新汇总"
    better = [by_text.entry] if by_text.entry else []
    listed = [*((e, by_text.score) for e in better), *by_text.nearest]
    nearest = [(e, s) for e, s in listed if e is not entry]
    shown = (*nearest[: _MOST_NEAREST - 1], (entry, _stated(score)))
    problem = error("return.id-text-differs", what, fix, where)
    return Match(row=row, entry=None, how=How.NOT, score=_stated(score), nearest=shown, problems=(problem,))


def _with_problem(match: Match, problem: Problem) -> Match:
    return Match(
        row=match.row,
        entry=match.entry,
        how=match.how,
        score=match.score,
        nearest=match.nearest,
        problems=(*match.problems, problem),
    )


def _stated(score: float) -> float:
    # 1.00 is kept for texts that are the same: 0.996 is not.
    return 1.0 if score >= 1 else min(0.99, round(score, 2))


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
    scores = _scores(row.text, candidates.letters, candidates.sorted_letters)
    # Of two that are equally alike the one that the unit answers for, and of its sheet, comes first.
    order = sorted(range(len(scores)), key=lambda i: (-round(scores[i], 4), *_remoteness(row, i, candidates), i))
    best = order[0] if order else None
    if best is None or scores[best] < _LEAST_NEAREST:
        return Match(row=row, entry=None, how=How.NOT, score=_stated(scores[best]) if best is not None else 0.0)
    rivals = [i for i in order if scores[best] - scores[i] < MARGIN]
    listed = [i for i in order if scores[i] >= _LEAST_NEAREST]
    equal = [i for i in rivals if scores[best] - scores[i] < 0.005]
    meant = _meant(row, equal, candidates) if len(equal) == len(rivals) else rivals
    entry = candidates.entries[meant[0]]
    numbered = bool(row.given_no) and _number(row.given_no) == _number(entry.given_no)
    least = ALIKE_WITH_NUMBER if numbered else ALIKE
    sure = scores[best] >= OTHER_WORD or not _has_other_word(row.text, entry.text)
    if len(meant) == 1 and scores[meant[0]] >= least and sure:
        how = How.NUMBER_AND_TEXT if numbered else How.ALIKE
        return Match(
            row=row,
            entry=entry,
            how=how,
            score=_stated(scores[meant[0]]),
            nearest=_shown([i for i in listed if i != meant[0]], scores, candidates),
        )
    return Match(
        row=row,
        entry=None,
        how=How.NOT,
        score=_stated(scores[best]),
        nearest=_shown(listed, scores, candidates),
    )


def _shown(places: Sequence[int], scores: Sequence[float], candidates: _Candidates) -> tuple[tuple[Entry, float], ...]:
    return tuple((candidates.entries[i], _stated(scores[i])) for i in places[:_MOST_NEAREST])


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


# ---- likeness -----------------------------------------------------------------------

_CLAUSE = re.compile(r"[,，、;；。:：\n]")
# `1.` and `（一）` before a task, `①` before its parts.
_ORDINAL = re.compile(r"^(?:\(?[0-9一二三四五六七八九十]{1,3}[.、)](?!\d))+")


@lru_cache(maxsize=8192)
def _letters(text: str) -> str:
    """The text without what is typed now this way, now that: spaces, punctuation, a number before it."""
    key = _ORDINAL.sub("", plain_key(text))
    return "".join(c for c in key if c.isalnum() or c in "%.+-").rstrip(".")


@lru_cache(maxsize=8192)
def _sorted_letters(text: str) -> str:
    """The same with the clauses in an order that does not depend on how they were typed."""
    parts = _CLAUSE.split(_ORDINAL.sub("", plain_key(text)))
    return "".join(sorted(map(_letters, parts)))


def _scores(text: str, letters: Sequence[str], sorted_letters: Sequence[str]) -> list[float]:
    """The likeness of a text to each of the others, of which the letters are given."""
    from rapidfuzz import fuzz, process

    mine = _letters(text)
    scores = [0.0] * len(letters)
    if not mine:
        return scores
    pairs = () if _is_beyond(len(mine), letters) else ((mine, letters), (_sorted_letters(text), sorted_letters))
    for one, many in pairs:
        # Scored in one call: pair by pair from here, fifty returns would take three times as long.
        for _, score, i in process.extract(one, many, scorer=fuzz.ratio, limit=None, score_cutoff=100 * _LEAST_NEAREST):
            scores[i] = max(scores[i], score / 100)
    for i, other in enumerate(letters):
        if other[:2] == mine[:2]:
            scores[i] = max(scores[i], _as_beginning(mine, other))
    return scores


def _is_beyond(length: int, others: Sequence[str]) -> bool:
    """Whether a text is so much longer than all others that by the lengths alone no likeness is worth telling."""
    longest = max(map(len, others), default=0)
    return 2 * longest < _LEAST_NEAREST * (longest + length)


def _as_beginning(first: str, second: str) -> float:
    """The score of a text that another one begins with; 0 if it does not."""
    from rapidfuzz import fuzz

    less, more = sorted((first, second), key=len)
    if len(less) < _BEGINNING_LETTERS:
        return 0.0
    begins = fuzz.ratio(less, more[: len(less)]) / 100
    if begins < _BEGINNING_ALIKE:
        return 0.0
    return begins * (_BEGINNING_SCORE + (1 - _BEGINNING_SCORE) * len(less) / len(more))


def _has_other_word(first: str, second: str) -> bool:
    """Whether two letters or more stand in the place of others; another figure is no other word."""
    from rapidfuzz.distance import Levenshtein

    mine, theirs = _letters(first), _letters(second)
    for step in Levenshtein.opcodes(mine, theirs):
        old, new = mine[step.src_start : step.src_end], theirs[step.dest_start : step.dest_end]
        if step.tag == "replace" and min(len(old), len(new)) > 1 and not any(c.isdigit() for c in old + new):
            return True
    return False
