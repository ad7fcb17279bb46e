"""Which entries stand elsewhere (位置变化): under another category, or at another place in it.

An entry put in moves nothing that stands behind it, and a category with another name moves none of its entries.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence

from reportgen.changes.model import Move
from reportgen.ledger.model import Entry
from reportgen.likeness import letters_of

Kept = tuple[int, int]
"""The places of an entry in the old and in the new list (前后位置)."""


def renamed_categories(old: Sequence[Entry], new: Sequence[Entry], kept: Sequence[Kept]) -> dict[str, str]:
    """Categories that have another name now (分类改名), from → to, in their compared form.

    One of the two names stands in one ledger only, and most of the entries under each are those under the other.
    """
    before, after = _names(old), _names(new)
    went: Counter[tuple[str, str]] = Counter((_key(old[one]), _key(new[other])) for one, other in kept)
    left, came = Counter[str](), Counter[str]()
    for (name, other), count in went.items():
        left[name] += count
        came[other] += count
    return {
        name: other
        for (name, other), count in went.items()
        if name and other and name not in after and other not in before
        if 2 * count > left[name] and 2 * count > came[other]
    }


def moves(
    old: Sequence[Entry], new: Sequence[Entry], kept: Sequence[Kept], renamed: dict[str, str]
) -> dict[int, tuple[Move, ...]]:
    """What moved (位置变化), by the place in the new list; the order is looked at within each category."""
    found: dict[int, tuple[Move, ...]] = {}
    groups: dict[str, list[Kept]] = {}
    for one, other in sorted(kept, key=lambda pair: pair[1]):
        before, after = _key(old[one]), _key(new[other])
        if renamed.get(before, before) != after:
            found[other] = (Move.CATEGORY,)
        else:
            groups.setdefault(after, []).append((one, other))
    for group in groups.values():
        stays = _longest_rise([one for one, _ in group])
        for place, (_, other) in enumerate(group):
            if place not in stays:
                found[other] = (Move.ORDER,)
    return found


def category_names(entries: Sequence[Entry]) -> dict[str, str]:
    """The categories (分类) by their compared form, as they are first written."""
    names: dict[str, str] = {}
    for entry in entries:
        names.setdefault(_key(entry), entry.category)
    return names


def _names(entries: Sequence[Entry]) -> set[str]:
    return {_key(entry) for entry in entries}


def _key(entry: Entry) -> str:
    """A category as it is compared: without width, marks and the ordinal before it."""
    return letters_of(entry.category)


def _longest_rise(places: Sequence[int]) -> set[int]:
    """The places in a row of a longest rising part of it: what stands still if as little as can be has moved."""
    tails: list[int] = []
    ends: list[int] = []
    before: list[int] = [-1] * len(places)
    for at, place in enumerate(places):
        rank = bisect_left(tails, place)
        if rank == len(tails):
            tails.append(place)
            ends.append(at)
        else:
            tails[rank] = place
            ends[rank] = at
        before[at] = ends[rank - 1] if rank else -1
    found: set[int] = set()
    at = ends[-1] if ends else -1
    while at >= 0:
        found.add(at)
        at = before[at]
    return found
