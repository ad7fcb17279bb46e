"""Which entry became which (对应): by id, then by the same text, then by likeness with a stated score, one to one.

Nothing is paired on weak evidence. What is not paired and still rather alike is told to be looked at (待核对).
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from reportgen.changes.candidates import Candidate, candidates
from reportgen.changes.model import Pairing
from reportgen.ledger.ids import id_key
from reportgen.ledger.model import Entry
from reportgen.likeness import ALIKE, MARGIN, OTHER_WORD, has_other_word, likeness, plain_key, stated

ID_AGREES = 0.50
"""Two entries with one id whose texts are less alike than this are two (编号被另一项用了)."""
WORTH_A_LOOK = 0.60
"""From this likeness on two entries that were not paired are told to be looked at (待核对)."""
# So many entries with the same text and other ids show that ids are given anew in each period, if they are most.
_LEAST_CONTRARY = 3

UnitsOf = Callable[[Entry], frozenset[str]]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two entries taken for one (对应的两项), by their places in the old and in the new list."""

    old: int
    new: int
    by: Pairing
    score: float


@dataclass(slots=True)
class Paired:
    """All that is known of which entry became which (对应结果).

    `reused` are pairs of places that share an id and speak of two things; `twice` the places of entries whose id stands
    more than once in their list, for the old one and for the new one.
    """

    pairs: list[Pair] = field(default_factory=list)
    unsure: list[Candidate] = field(default_factory=list)
    reused: list[tuple[int, int]] = field(default_factory=list)
    twice: tuple[list[int], list[int]] = field(default_factory=lambda: ([], []))
    ids_given_anew: bool = False


def paired(old: Sequence[Entry], new: Sequence[Entry], units_of: UnitsOf) -> Paired:
    """Which entry of one sheet became which (对应), in the new list's order."""
    course = _Course(old, new, units_of)
    course.by_id()
    course.by_text()
    course.by_likeness()
    course.found.pairs.sort(key=lambda pair: pair.new)
    return course.found


class _Course:
    """The pairing of two lists of entries while it goes on: what is left, and what was found."""

    def __init__(self, old: Sequence[Entry], new: Sequence[Entry], units_of: UnitsOf) -> None:
        self._old, self._new, self._units_of = old, new, units_of
        self._left_old = dict.fromkeys(range(len(old)))
        self._left_new = dict.fromkeys(range(len(new)))
        self._old_keys = [plain_key(entry.text) for entry in old]
        self._new_keys = [plain_key(entry.text) for entry in new]
        self._new_of: dict[int, int] = {}
        self.found = Paired()

    def _take(self, old: int, new: int, by: Pairing, score: float) -> None:
        self.found.pairs.append(Pair(old, new, by, stated(score)))
        self._new_of[old] = new
        del self._left_old[old], self._left_new[new]

    def by_id(self) -> None:
        """Entries with the same id and texts that can be one; an id that stands twice in a list names nothing."""
        old_ids, twice_old = _by_single_id(self._old)
        new_ids, twice_new = _by_single_id(self._new)
        self.found.twice = (twice_old, twice_new)
        shared = [(old_ids[key], place) for key, place in new_ids.items() if key in old_ids]
        agreeing = sum(self._old_keys[old] == self._new_keys[new] for old, new in shared)
        if contrary := self._contrary(old_ids, new_ids):
            self.found.ids_given_anew = contrary >= _LEAST_CONTRARY and contrary > agreeing
        if self.found.ids_given_anew:
            return
        old_texts, new_texts = set(self._old_keys), set(self._new_keys)
        for old, new in shared:
            one, other = self._old_keys[old], self._new_keys[new]
            score = 1.0 if one == other else likeness(self._old[old].text, self._new[new].text)
            # Each says word for word what another one says in the other ledger: the id was moved to another row.
            stands_elsewhere = one != other and (one in new_texts or other in old_texts)
            if score >= ID_AGREES and not stands_elsewhere:
                self._take(old, new, Pairing.ID, score)
            else:
                self.found.reused.append((old, new))

    def _contrary(self, old_ids: dict[str, int], new_ids: dict[str, int]) -> int:
        """How many entries with a text of their own have another id now."""
        old_by_text = _single({place: self._old_keys[place] for place in old_ids.values()})
        new_by_text = _single({place: self._new_keys[place] for place in new_ids.values()})
        both = [(old_by_text[key], new_by_text[key]) for key in new_by_text if key in old_by_text]
        return sum(id_key(self._old[old].id) != id_key(self._new[new].id) for old, new in both)

    def by_text(self) -> None:
        """Entries that say the same word for word; of several such those with the same units, category, number."""
        by_key: dict[str, tuple[list[int], list[int]]] = {}
        for side, keys in ((0, self._old_keys), (1, self._new_keys)):
            for place in self._left_old if side == 0 else self._left_new:
                by_key.setdefault(keys[place], ([], []))[side].append(place)
        for key, (old, new) in by_key.items():
            if key and old and new:
                for one, other in self._closest(old, new):
                    self._take(one, other, Pairing.SAME_TEXT, 1.0)

    def _closest(self, old: Sequence[int], new: Sequence[int]) -> Iterator[tuple[int, int]]:
        """Entries with the same text, first those that have all else in common, then those that have less."""
        left_old, left_new = list(old), list(new)
        for told in (self._all_of, self._units_and_category, self._units, self._category, self._nothing):
            groups: dict[Hashable, tuple[list[int], list[int]]] = {}
            for place in left_old:
                groups.setdefault(told(self._old[place]), ([], []))[0].append(place)
            for place in left_new:
                groups.setdefault(told(self._new[place]), ([], []))[1].append(place)
            both = [each for group in groups.values() for each in zip(*group, strict=False)]
            yield from both
            taken_old, taken_new = {one for one, _ in both}, {other for _, other in both}
            left_old = [place for place in left_old if place not in taken_old]
            left_new = [place for place in left_new if place not in taken_new]

    def _units(self, entry: Entry) -> Hashable:
        return self._units_of(entry)

    def _category(self, entry: Entry) -> Hashable:
        return plain_key(entry.category)

    def _units_and_category(self, entry: Entry) -> Hashable:
        return self._units_of(entry), plain_key(entry.category)

    def _all_of(self, entry: Entry) -> Hashable:
        return self._units_of(entry), plain_key(entry.category), plain_key(entry.given_no)

    def _nothing(self, entry: Entry) -> Hashable:
        return None

    def by_likeness(self) -> None:
        """The rest by their texts: the most alike first, each once, none of two that are nearly as alike."""
        old, new = list(self._left_old), list(self._left_new)
        told = candidates([self._old[i].text for i in old], [self._new[i].text for i in new])
        found = [Candidate(old[each.old], new[each.new], each.score) for each in told]
        found.sort(key=lambda each: (-each.score, not self._has_same_units(each), each.new, each.old))
        rivals_of = _Rivals(found)
        for each in found:
            if self._is_sure(each):
                self._try(each, rivals_of)
        at = {(each.old, each.new): each for each in found}
        waiting = deque(found)
        while waiting:
            each = waiting.popleft()
            if self._stands_alike(each) and self._try(each, rivals_of):
                # What was paired is a neighbour that speaks for those beside it.
                beside = ((each.old + step, each.new + step) for step in (-1, 1))
                waiting.extend(at[place] for place in beside if place in at)
        told_old: set[int] = set()
        told_new: set[int] = set()
        for each in found:
            free = each.old in self._left_old and each.new in self._left_new
            if free and each.score >= WORTH_A_LOOK and each.old not in told_old and each.new not in told_new:
                told_old.add(each.old)
                told_new.add(each.new)
                self.found.unsure.append(Candidate(each.old, each.new, stated(each.score)))

    def _try(self, each: Candidate, rivals_of: _Rivals) -> bool:
        """Pair two entries if they are free, alike enough and without a rival; whether they were."""
        free = each.old in self._left_old and each.new in self._left_new
        if not free or each.score < ALIKE or self._is_rivalled(each, rivals_of):
            return False
        self._take(each.old, each.new, Pairing.ALIKE, each.score)
        return True

    def _has_same_units(self, each: Candidate) -> bool:
        return self._units_of(self._old[each.old]) == self._units_of(self._new[each.new])

    def _is_sure(self, each: Candidate) -> bool:
        """Whether the texts alone show that both are one."""
        if each.score < ALIKE or each.old not in self._left_old or each.new not in self._left_new:
            return False
        return each.score >= OTHER_WORD or not has_other_word(self._old[each.old].text, self._new[each.new].text)

    def _stands_alike(self, each: Candidate) -> bool:
        """Whether an entry beside is the same one, none is another one, and the units are the same: it was reworded."""
        before = self._is_same_place(each.old - 1, each.new - 1, -1, -1)
        behind = self._is_same_place(each.old + 1, each.new + 1, len(self._old), len(self._new))
        return (before or behind) is True and False not in (before, behind) and self._has_same_units(each)

    def _is_same_place(self, old: int, new: int, last_old: int, last_new: int) -> bool | None:
        """Whether two places hold the same entry, or are the ends of both lists; None if neither is paired yet."""
        if old == last_old or new == last_new:
            return old == last_old and new == last_new
        if old in self._left_old and new in self._left_new:
            return None
        return self._new_of.get(old) == new

    def _is_rivalled(self, each: Candidate, rivals_of: _Rivals) -> bool:
        """Whether another one that is still free is nearly as alike, and nothing else speaks for this one."""
        rivals = [
            other
            for other in rivals_of(each)
            if other.old in self._left_old and other.new in self._left_new and each.score - other.score < MARGIN
            # Of entries that say the same it does not matter which: they are taken in their order.
            if self._texts(other) != self._texts(each)
        ]
        if not rivals:
            return False
        told = (self._units_and_category, self._units)
        return not any(
            self._alike_in(each, form) and not any(self._alike_in(other, form) for other in rivals) for form in told
        )

    def _texts(self, each: Candidate) -> tuple[str, str]:
        return self._old_keys[each.old], self._new_keys[each.new]

    def _alike_in(self, each: Candidate, form: Callable[[Entry], Hashable]) -> bool:
        return form(self._old[each.old]) == form(self._new[each.new])


class _Rivals:
    """The other pairs that want the same old entry or the same new one."""

    def __init__(self, found: Iterable[Candidate]) -> None:
        self._by_old: dict[int, list[Candidate]] = {}
        self._by_new: dict[int, list[Candidate]] = {}
        for each in found:
            self._by_old.setdefault(each.old, []).append(each)
            self._by_new.setdefault(each.new, []).append(each)

    def __call__(self, each: Candidate) -> Iterator[Candidate]:
        for other in (*self._by_old[each.old], *self._by_new[each.new]):
            if (other.old, other.new) != (each.old, each.new):
                yield other


def _by_single_id(entries: Sequence[Entry]) -> tuple[dict[str, int], list[int]]:
    """The place of each id that stands once, and the places of the entries whose ids stand more than once."""
    keys = {place: id_key(entry.id) for place, entry in enumerate(entries) if entry.id}
    counts = Counter(keys.values())
    return _single(keys), [place for place, key in keys.items() if counts[key] > 1]


def _single(keys: dict[int, str]) -> dict[str, int]:
    counts = Counter(keys.values())
    return {key: place for place, key in keys.items() if counts[key] == 1}
