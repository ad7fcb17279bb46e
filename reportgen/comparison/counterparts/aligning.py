"""Which item of one row of items belongs to which of the other (对位): paragraphs, tables, rows of a table.

Equal ones first, then the most alike between them. Never by all pairs where that would take long: what is left then is
gone and added, and `coarse` says that it was not looked at one by one.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

# So many letters' pairs are held against each other at once (0.4 s), so many pairs of items, so many pairs of keys.
_MOST_LETTER_PAIRS = 5e9
_MOST_PAIRS = 300_000
_MOST_KEY_PAIRS = 4e8
_MOST_LETTERS = 3_000
# The least likeness of two texts that are one text changed, and of one that also stands elsewhere.
ALIKE = 0.5
_MOVED_ALIKE = 0.75
_MOVED_LETTERS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """An item (待对位的一项) by its keys from the strictest to the loosest, its text, and marks it is known again by.

    Items without text (blank paragraphs, empty rows) belong together only where nothing else is left between. Those of
    different `sort` (a paragraph, a table) are never one; `by_marks`: likeness is that of the marks, not of the text,
    and one in place of one other is the same only where they have one of `kin` in common.
    """

    keys: tuple[Hashable, ...]
    text: str
    marks: tuple[str, ...] = ()
    sort: str = ""
    by_marks: bool = False
    kin: frozenset[Hashable] = frozenset()


@dataclass(frozen=True, slots=True)
class Alignment:
    """What belongs together (对位结果): pairs in order, moved ones apart; indices of those left on each side."""

    pairs: tuple[tuple[int, int], ...]
    moved: tuple[tuple[int, int], ...] = ()
    gone: tuple[int, ...] = ()
    added: tuple[int, ...] = ()
    coarse: bool = False

    def mirrored(self) -> Alignment:
        """The same seen from the other side."""
        pairs, moved = (tuple(sorted((j, i) for i, j in each)) for each in (self.pairs, self.moved))
        return Alignment(pairs, moved, self.added, self.gone, self.coarse)


def align(first: Sequence[Item], second: Sequence[Item]) -> Alignment:
    """What of two rows of items belongs together (对位); the same whichever of them comes first."""
    return _align(second, first).mirrored() if comes_before(second, first) else _align(first, second)


def comes_before(first: Sequence[Item], second: Sequence[Item]) -> bool:
    """Whether one row of items is taken before another (先后): by itself alone, not by which file it is of."""
    if len(first) != len(second):
        return len(first) < len(second)
    # Most differ in a text, and early: keys of a long table are as long as the table.
    for form in (_text, _rank):
        unlike = ((form(a), form(b)) for a, b in zip(first, second, strict=True))
        if (pair := next((pair for pair in unlike if pair[0] != pair[1]), None)) is not None:
            return pair[0] < pair[1]
    return False


def _text(item: Item) -> tuple[Any, ...]:
    return (item.text,)


def _rank(item: Item) -> tuple[Any, ...]:
    # Keys of one sort have one form, so that any two are told apart by what they hold.
    return item.sort, *item.keys


@dataclass(slots=True)
class _Run:
    first: Sequence[Item]
    second: Sequence[Item]
    pairs: list[tuple[int, int]] = field(default_factory=list)
    moved: list[tuple[int, int]] = field(default_factory=list)
    coarse: bool = False

    def gaps(self) -> Iterator[tuple[list[int], list[int]]]:
        """The items between the pairs found so far, where both sides have some."""
        self.pairs.sort()
        moved = {i for i, _ in self.moved}, {j for _, j in self.moved}
        i0 = j0 = 0
        for i, j in [*self.pairs, (len(self.first), len(self.second))]:
            ones = [n for n in range(i0, i) if n not in moved[0]]
            twos = [n for n in range(j0, j) if n not in moved[1]]
            if ones and twos:
                yield ones, twos
            i0, j0 = i + 1, j + 1


def _align(first: Sequence[Item], second: Sequence[Item]) -> Alignment:
    run = _Run(first, second)
    run.pairs = _by_keys(first, second)
    run.moved = _elsewhere(run)
    for gap in list(run.gaps()):
        run.pairs += _by_likeness(run, *gap)
    for ones, twos in list(run.gaps()):
        run.pairs += _left_over(run, ones, twos)
    done = [*run.pairs, *run.moved]
    paired_first, paired_second = {i for i, _ in done}, {j for _, j in done}
    gone = [i for i in range(len(first)) if i not in paired_first]
    added = [j for j in range(len(second)) if j not in paired_second]
    moved = run.moved + _moved(run, gone, added)
    moved_first, moved_second = {i for i, _ in moved}, {j for _, j in moved}
    return Alignment(
        tuple(sorted(run.pairs)),
        tuple(sorted(moved)),
        tuple(i for i in gone if i not in moved_first),
        tuple(j for j in added if j not in moved_second),
        run.coarse,
    )


# ---- equal ones


def _by_keys(first: Sequence[Item], second: Sequence[Item]) -> list[tuple[int, int]]:
    """Pairs of equal keys, strictest first, unless a looser key puts more together (every ordinal behind shifted)."""
    strict = _in_gaps(first, second, [], 0)
    depth = max((len(item.keys) for item in (*first[:1], *second[:1])), default=1)
    if depth > 1:
        strict = _in_gaps(first, second, strict, 1)
        loose = _in_gaps(first, second, [], 1)
        strict = loose if len(loose) > len(strict) else strict
    for level in range(2, depth):
        strict = _in_gaps(first, second, strict, level)
    return strict


def _in_gaps(
    first: Sequence[Item], second: Sequence[Item], known: list[tuple[int, int]], level: int
) -> list[tuple[int, int]]:
    found = list(known)
    for ones, twos in list(_Run(first, second, list(known)).gaps()):
        ones = [i for i in ones if first[i].text]
        twos = [j for j in twos if second[j].text]
        same = common([first[i].keys[level] for i in ones], [second[j].keys[level] for j in twos])
        found += [(ones[a], twos[b]) for a, b in same]
    return sorted(found)


def common(first: Sequence[Hashable], second: Sequence[Hashable]) -> list[tuple[int, int]]:
    """A longest common subsequence (最长公共子序列) as pairs of indices; a shorter one where it would take too long."""
    numbers: dict[Hashable, int] = {}
    ones = [numbers.setdefault(key, len(numbers)) for key in first]
    twos = [numbers.setdefault(key, len(numbers)) for key in second]
    return list(_common(ones, twos, 0, 0))


def _common(ones: Sequence[int], twos: Sequence[int], i0: int, j0: int) -> Iterator[tuple[int, int]]:
    from rapidfuzz.distance import Indel

    start = 0
    while start < min(len(ones), len(twos)) and ones[start] == twos[start]:
        yield i0 + start, j0 + start
        start += 1
    end = 0
    while end < min(len(ones), len(twos)) - start and ones[-1 - end] == twos[-1 - end]:
        end += 1
    tail = [(i0 + len(ones) - k, j0 + len(twos) - k) for k in range(end, 0, -1)]
    ones, twos = ones[start : len(ones) - end], twos[start : len(twos) - end]
    i0, j0 = i0 + start, j0 + start
    if ones and twos:
        if len(ones) * len(twos) <= _MOST_KEY_PAIRS:
            for code in Indel.opcodes(ones, twos):
                if code.tag == "equal":
                    for k in range(code.src_end - code.src_start):
                        yield i0 + code.src_start + k, j0 + code.dest_start + k
        else:
            a0 = b0 = 0
            anchors = _unique_anchors(ones, twos)
            for a, b in [*anchors, (len(ones), len(twos))]:
                # Without an anchor nothing gets smaller: what is left is told as gone and added.
                if anchors:
                    yield from _common(ones[a0:a], twos[b0:b], i0 + a0, j0 + b0)
                if a < len(ones):
                    yield i0 + a, j0 + b
                a0, b0 = a + 1, b + 1
    yield from tail


def _unique_anchors(ones: Sequence[int], twos: Sequence[int]) -> list[tuple[int, int]]:
    counts = Counter(ones), Counter(twos)
    where = {key: j for j, key in enumerate(twos) if counts[1][key] == 1}
    return rising([(i, where[key]) for i, key in enumerate(ones) if counts[0][key] == 1 and key in where])


def rising(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The most of these pairs, ordered by their first, whose seconds rise too (最长上升子序列)."""
    ends: list[int] = []
    at: list[int] = []
    before: list[int] = []
    for number, (_, j) in enumerate(pairs):
        k = bisect_left(ends, j)
        ends[k : k + 1], at[k : k + 1] = [j], [number]
        before.append(at[k - 1] if k else -1)
    found: list[tuple[int, int]] = []
    number = at[-1] if at else -1
    while number >= 0:
        found.append(pairs[number])
        number = before[number]
    return found[::-1]


# ---- alike ones


def _by_likeness(run: _Run, ones: list[int], twos: list[int]) -> list[tuple[int, int]]:
    """Of a gap the pairs that are most alike together, in order; by rare marks first where there are too many."""
    ones = [i for i in ones if run.first[i].text]
    twos = [j for j in twos if run.second[j].text]
    if not ones or not twos:
        return []
    if _is_small(run, ones, twos):
        return _best(run, ones, twos)
    anchors = _by_rare_marks(run, ones, twos)
    if not anchors:
        run.coarse = True
        return []
    found = list(anchors)
    a0 = b0 = 0
    where_first, where_second = {i: a for a, i in enumerate(ones)}, {j: b for b, j in enumerate(twos)}
    for a, b in [*((where_first[i], where_second[j]) for i, j in anchors), (len(ones), len(twos))]:
        left, right = ones[a0:a], twos[b0:b]
        if left and right:
            if _is_small(run, left, right):
                found += _best(run, left, right)
            else:
                run.coarse = True
        a0, b0 = a + 1, b + 1
    return found


def _is_small(run: _Run, ones: list[int], twos: list[int]) -> bool:
    letters = [
        sum(min(len(items[n].text), _MOST_LETTERS) for n in numbers) for items, numbers in _sides(run, ones, twos)
    ]
    return len(ones) * len(twos) <= _MOST_PAIRS and letters[0] * letters[1] <= _MOST_LETTER_PAIRS


def _sides(run: _Run, ones: list[int], twos: list[int]) -> tuple[tuple[Sequence[Item], list[int]], ...]:
    return (run.first, ones), (run.second, twos)


def _by_rare_marks(run: _Run, ones: list[int], twos: list[int]) -> list[tuple[int, int]]:
    places = []
    for items, numbers in _sides(run, ones, twos):
        seen: dict[tuple[str, str], int] = {}
        for n in numbers:
            for mark in set(items[n].marks):
                key = items[n].sort, mark
                seen[key] = -1 if key in seen else n
        places.append(seen)
    votes: Counter[tuple[int, int]] = Counter()
    for known, i in places[0].items():
        j = places[1].get(known, -1)
        if i >= 0 and j >= 0:
            votes[i, j] += 1
    best: dict[int, int] = {}
    for (i, j), _ in sorted(votes.items(), key=lambda each: (-each[1], each[0])):
        best.setdefault(i, j)
    taken: dict[int, int] = {}
    for i, j in best.items():
        taken.setdefault(j, i)
    return rising(sorted((i, j) for j, i in taken.items()))


def _best(run: _Run, ones: list[int], twos: list[int]) -> list[tuple[int, int]]:
    import numpy

    scores = _scores(run, ones, twos)
    # Cubed: one pair that is nearly equal weighs more than two that are so-so.
    weights = numpy.where(scores >= ALIKE, scores.astype(float) ** 3, 0.0)
    sums = numpy.zeros((len(ones) + 1, len(twos) + 1))
    for a in range(len(ones)):
        taken = numpy.maximum(sums[a, 1:], sums[a, :-1] + weights[a])
        sums[a + 1, 1:] = numpy.maximum.accumulate(taken)
    found = []
    a, b = len(ones), len(twos)
    while a and b:
        weight = weights[a - 1, b - 1]
        if weight and sums[a, b] == sums[a - 1, b - 1] + weight:
            found.append((ones[a - 1], twos[b - 1]))
            a, b = a - 1, b - 1
        elif sums[a, b] == sums[a - 1, b]:
            a -= 1
        else:
            b -= 1
    return found


def _scores(run: _Run, ones: list[int], twos: list[int]):  # type: ignore[no-untyped-def]  # a numpy array
    import numpy
    from rapidfuzz import process
    from rapidfuzz.distance import Indel

    texts = [[items[n].text[:_MOST_LETTERS] for n in numbers] for items, numbers in _sides(run, ones, twos)]
    scores = process.cdist(*texts, scorer=Indel.normalized_similarity, score_cutoff=ALIKE)
    first, second = ([items[n] for n in numbers] for items, numbers in _sides(run, ones, twos))
    sorts = numpy.array([item.sort for item in first])[:, None] == numpy.array([item.sort for item in second])[None, :]
    scores = numpy.where(sorts, scores, 0.0)
    marked = [(a, b) for a, one in enumerate(first) for b, two in enumerate(second) if one.by_marks and two.by_marks]
    if marked:
        counts = [Counter(item.marks) for item in first], [Counter(item.marks) for item in second]
        for a, b in marked:
            scores[a, b] = likeness_of_marks(counts[0][a], counts[1][b])
    return scores


_PART_OF = 0.75
_FEW_MARKS = 6


def likeness_of_marks(first: Counter[str], second: Counter[str]) -> float:
    """How much two bags of marks have in common (共有部分), 0 to 1; a part of the other is like it, too."""
    both, fewer = (first & second).total(), min(first.total(), second.total())
    total = first.total() + second.total()
    return max(2 * both / total, _PART_OF * both / fewer if fewer >= _FEW_MARKS else 0.0) if both else 0.0


# ---- what is left


# A text of a few letters has changed where it stands, however little is left of it.
_SHORT = 12


def _left_over(run: _Run, ones: list[int], twos: list[int]) -> list[tuple[int, int]]:
    """Of what is left between two pairs: blank ones in order, one text in place of one other."""
    found: list[tuple[int, int]] = []
    blank = [[n for n in numbers if not items[n].text] for items, numbers in _sides(run, ones, twos)]
    full = [[n for n in numbers if items[n].text] for items, numbers in _sides(run, ones, twos)]
    for sort in dict.fromkeys(run.first[i].sort for i in full[0]):
        left = [i for i in full[0] if run.first[i].sort == sort], [j for j in full[1] if run.second[j].sort == sort]
        if len(left[0]) != len(left[1]):
            continue
        pairs = list(zip(*left, strict=True))
        kin = all(not run.first[i].by_marks or run.first[i].kin & run.second[j].kin for i, j in pairs)
        short = all(len(run.first[i].text) <= _SHORT and len(run.second[j].text) <= _SHORT for i, j in pairs)
        if kin and (len(pairs) == 1 or short):
            found += pairs
    for i, j in common([run.first[i].keys[0] for i in blank[0]], [run.second[j].keys[0] for j in blank[1]]):
        found.append((blank[0][i], blank[1][j]))
    # Blank rows that only differ in their ordinals, those of a table that is blank all through: by place.
    taken = {i for i, _ in found}, {j for _, j in found}
    bare = [[n for n in side if n not in taken[k]] for k, side in enumerate(blank)]
    found += [(i, j) for i, j in zip(*bare, strict=False) if run.first[i].sort == run.second[j].sort]
    bare = [[n for n in side if n not in {pair[k] for pair in found}] for k, side in enumerate((ones, twos))]
    if len(bare[0]) == len(bare[1]) == 1:
        # What was emptied, or filled, stands where it stood.
        ((i,), (j,)) = bare
        one, two = run.first[i], run.second[j]
        found += [(i, j)] if one.sort == two.sort and bool(one.text) != bool(two.text) else []
    return rising(sorted(found))


def _elsewhere(run: _Run) -> list[tuple[int, int]]:
    """Those that stand once here, once there, word for word, though not in order: what took their place is another."""
    done = {i for i, _ in run.pairs}, {j for _, j in run.pairs}
    found: list[tuple[int, int]] = []
    for level in range(2):
        places: list[dict[Hashable, int]] = []
        for side, items in enumerate((run.first, run.second)):
            seen: dict[Hashable, int] = {}
            for n, item in enumerate(items):
                if n not in done[side] and len(item.text) > _SHORT and level < len(item.keys):
                    seen[item.keys[level]] = -1 if item.keys[level] in seen else n
            places.append(seen)
        same = [(i, places[1][key]) for key, i in places[0].items() if i >= 0 and places[1].get(key, -1) >= 0]
        found += same
        done[0].update(i for i, _ in same)
        done[1].update(j for _, j in same)
    return found


def _moved(run: _Run, gone: list[int], added: list[int]) -> list[tuple[int, int]]:
    """Those that are gone here and come there: by their keys, then by likeness of longer texts."""
    found: list[tuple[int, int]] = []
    gone = [i for i in gone if run.first[i].text]
    added = [j for j in added if run.second[j].text]
    for level in range(2):
        waiting: dict[Hashable, list[int]] = {}
        for j in reversed(added):
            item = run.second[j]
            waiting.setdefault(item.keys[min(level, len(item.keys) - 1)], []).append(j)
        for i in gone:
            item = run.first[i]
            if places := waiting.get(item.keys[min(level, len(item.keys) - 1)]):
                found.append((i, places.pop()))
        here, there = {i for i, _ in found}, {j for _, j in found}
        gone = [i for i in gone if i not in here]
        added = [j for j in added if j not in there]
    long = [i for i in gone if _is_long(run.first[i])], [j for j in added if _is_long(run.second[j])]
    if long[0] and long[1] and _is_small(run, *long):
        scores = _scores(run, *long)
        best = sorted((-scores[a, b], i, j) for a, i in enumerate(long[0]) for b, j in enumerate(long[1]))
        taken: tuple[set[int], set[int]] = set(), set()
        for score, i, j in best:
            if -score >= _MOVED_ALIKE and i not in taken[0] and j not in taken[1]:
                found.append((i, j))
                taken[0].add(i)
                taken[1].add(j)
    return found


def _is_long(item: Item) -> bool:
    return len(item.text) >= _MOVED_LETTERS and not item.by_marks
