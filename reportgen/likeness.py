"""How alike two tasks' texts are (相近程度), and the form in which names and texts are compared.

Measured with the tasks of three ledgers (131, 141 and 206; `tests/test_matching.py`): 26,290 texts with a fifth of the
letters dropped, letters misread, clauses reordered or cut off, endings added, figures and punctuation changed. No text
found another task, but for one clause that is a task of its own word for word; of the eight ordinary changes 95 % and
more found their own (misread letters, every second likely one: 83 %). The two most alike tasks that differ in more
than a word have 0.70 (next 0.63), those that differ in one word 0.91, which is what the figures below stand on.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from reportgen.source import clean_text

ALIKE = 0.70
"""The least likeness by which two texts are taken for one (相近), if no other is as alike."""
MARGIN = 0.08
"""By so much the best text must be better than the next one (领先)."""
OTHER_WORD = 0.92
"""Texts that differ in a whole word (重点项目, 重点企业) are one task only if they are as alike as this (换词)."""
LEAST_WORTH_TELLING = 0.30
"""Less likeness than this is none (最低相近程度)."""
MOST_LETTERS = 2_000
"""No task is described at such length (最多字数; the longest of three ledgers has 151 letters): no likeness is looked
for."""
# A text that is the beginning of another: so many letters, written so alike; its score is at least this.
_BEGINNING_LETTERS = 6
_BEGINNING_ALIKE = 0.90
_BEGINNING_SCORE = 0.80

# Marks that choose a shape of the character before them; the character is the same.
_VARIANTS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")


@lru_cache(maxsize=32768)
def plain_key(text: str) -> str:
    """The form in which names are compared (比较用): NFKC, no white space, nothing invisible."""
    return _VARIANTS.sub("", "".join(unicodedata.normalize("NFKC", clean_text(text)[0]).split()))


def likeness(first: str, second: str) -> float:
    """How alike two tasks' texts are (相近程度), 0 to 1: as they stand, reordered, or one beginning the other."""
    return scores(first, [letters_of(second)], [sorted_letters_of(second)])[0]


def stated(score: float) -> float:
    """A likeness as a reader is told it (相近程度): 1.00 is kept for texts that are the same, 0.996 is not."""
    return 1.0 if score >= 1 else min(0.99, round(score, 2))


_CLAUSE = re.compile(r"[,，、;；。:：\n]")
# `1.` and `（一）` before a task, `①` before its parts.
_ORDINAL = re.compile(r"^(?:\(?[0-9一二三四五六七八九十]{1,3}[.、)](?!\d))+")


@lru_cache(maxsize=32768)
def letters_of(text: str) -> str:
    """The text as it is compared (比较用文字): without spaces, punctuation and a number before it."""
    key = _ORDINAL.sub("", plain_key(text))
    return "".join(c for c in key if c.isalnum() or c in "%.+-").rstrip(".")


@lru_cache(maxsize=32768)
def sorted_letters_of(text: str) -> str:
    """The same (比较用文字) with the clauses in an order that does not depend on how they were typed."""
    parts = _CLAUSE.split(_ORDINAL.sub("", plain_key(text)))
    return "".join(sorted(map(letters_of, parts)))


def scores(text: str, letters: Sequence[str], sorted_letters: Sequence[str]) -> list[float]:
    """The likeness of a text to each of the others (相近程度), of which the letters are given."""
    from rapidfuzz import fuzz, process

    mine = letters_of(text)
    found = [0.0] * len(letters)
    if not mine:
        return found
    pairs = () if _is_beyond(len(mine), letters) else ((mine, letters), (sorted_letters_of(text), sorted_letters))
    for one, many in pairs:
        # Scored in one call: pair by pair from here, fifty returns would take three times as long.
        for _, score, i in process.extract(
            one, many, scorer=fuzz.ratio, limit=None, score_cutoff=100 * LEAST_WORTH_TELLING
        ):
            found[i] = max(found[i], score / 100)
    for i, other in enumerate(letters):
        if other[:2] == mine[:2]:
            found[i] = max(found[i], _as_beginning(mine, other))
    return found


def _is_beyond(length: int, others: Sequence[str]) -> bool:
    """Whether a text is so much longer than all others that by the lengths alone no likeness is worth telling."""
    longest = max(map(len, others), default=0)
    return 2 * longest < LEAST_WORTH_TELLING * (longest + length)


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


def has_other_word(first: str, second: str) -> bool:
    """Whether two letters or more (换词) stand in the place of others; another figure is no other word."""
    from rapidfuzz.distance import Levenshtein

    mine, theirs = letters_of(first), letters_of(second)
    for step in Levenshtein.opcodes(mine, theirs):
        old, new = mine[step.src_start : step.src_end], theirs[step.dest_start : step.dest_end]
        if step.tag == "replace" and min(len(old), len(new)) > 1 and not any(c.isdigit() for c in old + new):
            return True
    return False
