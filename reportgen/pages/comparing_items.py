"""The list of a comparison page (差异清单): differences with their numbers, by layer, and how many are left out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from reportgen.comparison.model import LAYER_NAMES, Difference, Layer
from reportgen.package import short
from reportgen.pages.comparing_words import safe

MOST_OF_LAYER = 200
"""Of one layer of a pair of files so many differences are listed and shown (每层列出的差异); the rest is counted."""
_LONGEST_SAID = 400
# A mark for those who do not see the colours.
_MARKS = {Layer.TEXT: "文", Layer.STRUCTURE: "构", Layer.STYLE: "样", Layer.PAGE: "版"}
# What there is on one side alone, or at two places, by the first half of its kind.
_WHOLE = ("paragraph", "blank", "table", "row", "column", "page")


@dataclass(frozen=True, slots=True)
class Item:
    """One difference in the list (一处差异): its number within the pair of files, from 1, and its anchor."""

    number: int
    anchor: str
    difference: Difference

    @property
    def layer(self) -> str:
        """The layer's value, by which it is coloured."""
        return self.difference.layer.value

    @property
    def mark(self) -> str:
        """The layer in one letter (层次标记)."""
        return _MARKS[self.difference.layer]

    @property
    def said(self) -> str:
        """The whole sentence."""
        return short(safe(self.difference.said), _LONGEST_SAID)

    @property
    def note(self) -> str:
        """What changed, in a few words for the margin (旁注)."""
        told = self.difference
        words = [safe(short(words, 60)) or "无" for words in (told.before, told.after)]
        return f"{safe(told.subject)}：{words[0]} → {words[1]}"

    @property
    def of(self) -> str:
        """What comes, goes or changes (对象): row, paragraph, merge, …"""
        return self.difference.kind.partition(".")[0]

    @property
    def adds(self) -> bool:
        """Whether it is about what only the new file has (新增)."""
        return self.of in _WHOLE and self.difference.kind.endswith(".added")

    @property
    def drops(self) -> bool:
        """Whether it is about what only the former file has (删去)."""
        return self.of in _WHOLE and self.difference.kind.endswith(".gone")

    @property
    def is_whole(self) -> bool:
        """Whether a paragraph, row, column or table is different as a whole, not something of it."""
        return self.adds or self.drops or (self.of in _WHOLE and self.difference.kind.endswith(".moved"))


@dataclass(frozen=True, slots=True)
class Group:
    """The differences of one layer (一个层次): those that are listed, and how many more there are."""

    layer: Layer
    items: tuple[Item, ...]
    more: int

    @property
    def name(self) -> str:
        """The layer as a person calls it."""
        return LAYER_NAMES[self.layer]

    @property
    def mark(self) -> str:
        """The layer in one letter."""
        return _MARKS[self.layer]

    @property
    def count(self) -> int:
        """All of them."""
        return len(self.items) + self.more


def groups(differences: Sequence[Difference], anchor: str, room: int) -> tuple[Group, ...]:
    """The differences by layer (按层次分组), numbered through; no more than `room` are listed."""
    return tuple(_groups(differences, anchor, room))


def _groups(differences: Sequence[Difference], anchor: str, room: int) -> Iterator[Group]:
    number = 0
    for layer in Layer:
        found = [each for each in differences if each.layer is layer]
        listed = found[: min(MOST_OF_LAYER, room - number)]
        items = tuple(Item(number + i, f"{anchor}-d{number + i}", each) for i, each in enumerate(listed, 1))
        number += len(items)
        if found:
            yield Group(layer, items, len(found) - len(listed))
