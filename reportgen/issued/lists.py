"""A list in a sentence (列举) cut into its parts: which words of 「A增长2%，B下降3%」 speak of which entry."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from reportgen.ledger.model import Entry
from reportgen.ledger.words import plain_key

# Between the parts of a list, and before its last.
_SEPARATORS = (("，,", "，,"), ("、", "和"), ("、", "、"), ("、", "及"), ("；;", "；;"), ("，,", "和"))
COMMAS, PAUSES = _SEPARATORS[:2]
"""How our own templates write a list (列举写法): A，B，C and A、B和C."""
_MOST_CUTS = 120
_PREFIX = 8
SURE = 0.4
"""The likeness (相近程度) from which a part certainly speaks of its entry."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a list and the entry that it speaks of (一项用语); `likeness` from 0 to 1."""

    text: str
    entry: Entry
    likeness: float


def likeness(text: str, entry: Entry) -> float:
    """How much of the text stands in the entry (相近程度), by pairs of characters, from 0 to 1."""
    said = _pairs(text)
    known = _known(entry)
    return sum(pair in known for pair in said) / len(said) if said else 0.0


def cut_list(text: str, count: int, entries: Sequence[Entry], usual: tuple[str, str] = COMMAS) -> tuple[Part, ...]:
    """The list in `count` parts, each with an entry; empty if it cannot be cut so.

    A comma inside a part does no harm: of all ways to cut, that is taken whose parts are most like the entries. They
    stand in the entries' order, unless another order is clearly better; so are the `usual` marks preferred to others.
    """
    best: tuple[float, tuple[Part, ...]] = (float("-inf"), ())
    if not 0 < count <= min(len(entries), _MOST_CUTS):
        return ()
    known = [_known(entry) for entry in entries]
    for between, last in (usual, *_SEPARATORS) if count > 1 else (usual,):
        found = _cut(text, count, entries, known, between, last)
        if found and found[0] > best[0] + _BETTER:
            best = found
        free = _cut_freely(text, count, entries, known, between, last)
        if free and free[0] > best[0] + _BETTER:
            best = free
    return best[1]


_BETTER = 8.0


def in_order(lists: Sequence[Sequence[str]], entries: Sequence[Entry]) -> list[tuple[Part, ...]]:
    """The parts of lists that together speak of every entry once, each list in the entries' order (合并对应)."""
    texts = [list(each) for each in lists]
    assert sum(map(len, texts)) == len(entries), "else some entry is in no list"
    scores = {
        (i, j): [_score(_pairs(text), plain_key(text), entry, _known(entry)) for entry in entries]
        for i, each in enumerate(texts)
        for j, text in enumerate(each)
    }
    # How many parts of each list are used up says which entry is next.
    best: dict[tuple[int, ...], tuple[float, tuple[int, ...]]] = {(0,) * len(texts): (0.0, ())}
    for g in range(len(entries)):
        longer: dict[tuple[int, ...], tuple[float, tuple[int, ...]]] = {}
        for used, (score, way) in best.items():
            for i, each in enumerate(texts):
                if used[i] < len(each):
                    state = (*used[:i], used[i] + 1, *used[i + 1 :])
                    value = (score + scores[i, used[i]][g], (*way, i))
                    if state not in longer or value[0] > longer[state][0]:
                        longer[state] = value
        best = longer
    ((_, way),) = best.values()
    said: list[list[Part]] = [[] for _ in texts]
    for entry, i in zip(entries, way, strict=True):
        text = texts[i][len(said[i])]
        said[i].append(Part(text, entry, likeness(text, entry)))
    return [tuple(parts) for parts in said]


def fit(parts: Sequence[Part]) -> float:
    """How well parts fit their entries (合意程度), by the same measure as lists are cut by."""
    return sum(_score(_pairs(part.text), plain_key(part.text), part.entry, _known(part.entry)) for part in parts)


def _cut_freely(
    text: str, count: int, entries: Sequence[Entry], known: Sequence[frozenset[str]], between: str, last: str
) -> tuple[float, tuple[Part, ...]] | None:
    """The list cut at every separator, if that gives as many parts; each part's entry is the most alike one left."""
    places = _places(text, between)
    if last != between:
        places += [place for place in _places(text, last) if not places or place > places[-1]][:1]
    places.sort()
    if len(places) != count - 1:
        return None
    edges = [-1, *places, len(text)]
    pieces = [text[start + 1 : end].strip() for start, end in pairwise(edges)]
    scores = sorted(
        (
            (_score(_pairs(piece), plain_key(piece), entry, known[j]), -i, -j)
            for i, piece in enumerate(pieces)
            for j, entry in enumerate(entries)
        ),
        reverse=True,
    )
    found: dict[int, int] = {}
    total = 0.0
    for score, i, j in scores:
        if -i not in found and -j not in found.values():
            found[-i] = -j
            total += score
    return total, tuple(
        Part(piece, entries[found[i]], likeness(piece, entries[found[i]])) for i, piece in enumerate(pieces)
    )


def is_sure(part: Part, entries: Sequence[Entry]) -> bool:
    """Whether a part clearly speaks of its entry (把握): it is like it, or more like it than like any other."""
    return part.likeness >= SURE or all(
        likeness(part.text, other) < part.likeness for other in entries if other is not part.entry
    )


def may_be_cut_elsewhere(parts: Sequence[Part]) -> bool:
    """Whether a part has marks inside by which the list could as well be cut (另有断法)."""
    marks = "".join(dict.fromkeys("".join(map("".join, _SEPARATORS))))
    return len(parts) > 1 and any(_places(part.text, marks) for part in parts)


def match_scores(scores: Sequence[Sequence[float]], clearly: float) -> list[int | None]:
    """The entry for each text (逐段对应), by a score for each pair of them.

    As many texts as entries are in the same order, unless another order is better by `clearly`.
    """
    pairs = sorted(
        ((score, -i, -j) for i, row in enumerate(scores) for j, score in enumerate(row) if score >= SURE), reverse=True
    )
    found: list[int | None] = [None] * len(scores)
    taken: set[int] = set()
    total = 0.0
    for score, i, j in pairs:
        if found[-i] is None and -j not in taken:
            found[-i] = -j
            taken.add(-j)
            total += score
    if scores and len(scores) == len(scores[0]):
        straight = sum(scores[i][i] for i in range(len(scores)))
        if straight + clearly >= total:
            return list(range(len(scores)))
    return found


def _known(entry: Entry) -> frozenset[str]:
    return _known_pairs(f"{entry.text}\n{entry.progress}\n{entry.phrase}")


@lru_cache(maxsize=4096)
def _known_pairs(text: str) -> frozenset[str]:
    return frozenset(_pairs(text))


def _pairs(text: str) -> list[str]:
    key = re.sub(r"[^\w%]", "", plain_key(text))
    return [key[i : i + 2] for i in range(len(key) - 1)] or ([key] if key else [])


def _cut(
    text: str, count: int, entries: Sequence[Entry], known: Sequence[frozenset[str]], between: str, last: str
) -> tuple[float, tuple[Part, ...]] | None:
    """The best cut at the given separators: each part of it a run of pieces, entries in rising order."""
    inner = _places(text, between)
    final = inner if last == between else _places(text, last)
    cuts = sorted({*inner, *(final if count > 1 else ())})
    if len(cuts) < count - 1 or len(cuts) > _MOST_CUTS:
        return None
    starts = [0, *(place + 1 for place in cuts)]
    ends = [*cuts, len(text)]
    final_starts = {place + 1 for place in final}
    inner_starts = {0, *(place + 1 for place in inner)}
    # best[k][(end piece, entry)]: the best score of k parts up to that piece, the last of them that entry's.
    best: list[dict[tuple[int, int], tuple[float, tuple[int, int] | None, int]]] = [{(-1, -1): (0.0, None, 0)}]
    for k in range(1, count + 1):
        allowed = final_starts if k == count and count > 1 else inner_starts
        best.append(_longer(text, best[-1], starts, ends, allowed, entries, known, k == count))
    done = {state: value for state, value in best[count].items() if state[0] == len(ends) - 1}
    if not done:
        return None
    state = max(done, key=lambda each: (done[each][0], -each[1]))
    score = done[state][0]
    parts: list[Part] = []
    for k in range(count, 0, -1):
        _, above, start = best[k][state]
        piece = text[starts[start] : ends[state[0]]].strip()
        parts.insert(0, Part(piece, entries[state[1]], likeness(piece, entries[state[1]])))
        assert above is not None, "only the empty list has nothing before it"
        state = above
    return score, tuple(parts)


def _longer(
    text: str,
    shorter: dict[tuple[int, int], tuple[float, tuple[int, int] | None, int]],
    starts: Sequence[int],
    ends: Sequence[int],
    allowed: Iterable[int],
    entries: Sequence[Entry],
    known: Sequence[frozenset[str]],
    closes: bool,
) -> dict[tuple[int, int], tuple[float, tuple[int, int] | None, int]]:
    """The states with one part more."""
    found: dict[tuple[int, int], tuple[float, tuple[int, int] | None, int]] = {}
    by_piece: dict[int, list[tuple[int, float, tuple[int, int]]]] = {}
    for state, (score, _, _) in shorter.items():
        by_piece.setdefault(state[0], []).append((state[1], score, state))
    allowed = set(allowed)
    for before, states in by_piece.items():
        start = before + 1
        if start >= len(starts) or starts[start] not in allowed:
            continue
        for end in [len(ends) - 1] if closes else range(start, len(ends) - 1):
            piece = text[starts[start] : ends[end]]
            pairs, key = _pairs(piece), plain_key(piece)
            if not key:
                continue
            for g, entry in enumerate(entries):
                earlier = [(score, state) for above, score, state in states if above < g]
                if not earlier:
                    continue
                score, state = max(earlier, key=lambda each: each[0])
                score += _score(pairs, key, entry, known[g])
                if (end, g) not in found or score > found[end, g][0]:
                    found[end, g] = (score, state, start)
    return found


def _score(pairs: Sequence[str], key: str, entry: Entry, known: frozenset[str]) -> float:
    """How well a part fits: pairs that the entry has, less those it has not; to begin like the entry counts twice."""
    inside = sum(pair in known for pair in pairs)
    name = plain_key(entry.text)
    same = next((i for i in range(_PREFIX) if key[i : i + 1] != name[i : i + 1] or i >= len(key)), _PREFIX)
    return inside - 0.5 * (len(pairs) - inside) + 2 * same


def _places(text: str, marks: str) -> list[int]:
    """Where the marks stand outside brackets; everywhere, if the brackets do not close."""
    depth, places = 0, []
    for i, character in enumerate(text):
        depth += (character in "（(") - (character in "）)")
        if depth < 0:
            break
        if depth == 0 and character in marks:
            places.append(i)
    return places if depth == 0 else [i for i, character in enumerate(text) if character in marks]
