"""Which texts of two lists are alike enough to be one (可能的对应): all against all, or those that share rare words.

Every text of a hundred against every other of a hundred is nothing; of 10,000 and 10,000 it would take a minute. There
a text is held against those only that share the most of its rare runs of letters.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from heapq import nsmallest

from reportgen.likeness import MOST_LETTERS, letters_of, scores, sorted_letters_of

LEAST = 0.50
"""Less alike than this, no two texts are told to be one (可能的对应)."""
# So many letters are held against each other, pair by pair (about a second); of more texts only the likely pairs. To
# compare two texts costs something, however short they are.
_MOST_LETTER_PAIRS = 2_000_000_000
_LETTERS_FOR_A_TEXT = 50
_RUN = 2
# A run that stands in more texts than this tells nothing of any of them.
_COMMON = 60
_MOST_LIKELY = 12


@dataclass(frozen=True, slots=True)
class Candidate:
    """Two places that may hold the same entry (可能的对应), and how alike their texts are."""

    old: int
    new: int
    score: float


def candidates(old: Sequence[str], new: Sequence[str], most: int = _MOST_LETTER_PAIRS) -> list[Candidate]:
    """The pairs of texts that are alike (可能的对应), the score of each at least `LEAST`."""
    fit_old = [place for place, text in enumerate(old) if 0 < len(text) <= MOST_LETTERS]
    fit_new = [place for place, text in enumerate(new) if 0 < len(text) <= MOST_LETTERS]
    letters = {place: letters_of(old[place]) for place in fit_old}
    ordered = {place: sorted_letters_of(old[place]) for place in fit_old}
    size = _size(letters.values()) * _size([new[place] for place in fit_new])
    likely = _all(fit_old, fit_new) if size <= most else _likely(letters, fit_new, new)
    found: list[Candidate] = []
    for place, others in likely:
        if not others:
            continue
        likenesses = scores(new[place], [letters[each] for each in others], [ordered[each] for each in others])
        alike = [
            Candidate(other, place, score) for other, score in zip(others, likenesses, strict=True) if score >= LEAST
        ]
        found += nsmallest(_MOST_LIKELY, alike, key=lambda each: (-each.score, each.old))
    return found


def _size(texts: Collection[str]) -> int:
    return sum(map(len, texts)) + _LETTERS_FOR_A_TEXT * len(texts)


def _all(old: Sequence[int], new: Sequence[int]) -> Iterator[tuple[int, Sequence[int]]]:
    for place in new:
        yield place, old


def _likely(letters: dict[int, str], new: Sequence[int], texts: Sequence[str]) -> Iterator[tuple[int, Sequence[int]]]:
    """For each new text the old ones that share the most runs with it, rare ones above all."""
    holders: dict[str, list[int]] = {}
    for place, said in letters.items():
        for run in _runs(said):
            holders.setdefault(run, []).append(place)
    for place in new:
        shared: Counter[int] = Counter()
        for run in _runs(letters_of(texts[place])):
            if len(found := holders.get(run, ())) <= _COMMON:
                shared.update(found)
        best = nsmallest(_MOST_LIKELY, shared.items(), key=lambda item: (-item[1], item[0]))
        yield place, [other for other, _ in best]


def _runs(said: str) -> set[str]:
    return {said[at : at + _RUN] for at in range(len(said) - _RUN + 1)}
