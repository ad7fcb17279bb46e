"""Sentences and the figures in them (句子与句中的数): what stands together, and how a figure is shown to a reader."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from reportgen.proof.manuscript import Manuscript, Row, Text
from reportgen.quantities.amounts import amounts
from reportgen.quantities.model import Amount

_SENTENCE = re.compile(r"[^。！？；;\n]+")
# An item of its own within a cell: figures of one do not belong to another's.
_ITEM = re.compile(r"[①-⑳㉑-㉟]|(?<![一二三四五六七八九十第])[一二三四五六七八九十]{1,2}是")
_BOUND = re.compile(r"(?:左右|以上|以下|以内|之间|多|余|有余)$")
_OPENING, _CLOSING = "（(", "）)"
# More than that is no sentence that says what belongs to what; it would only take time.
_MOST_FIGURES = 60
_LONGEST = 2000


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence (句子), `content[start:end]` without its full stop, and the amounts in it in reading order."""

    content: str
    start: int
    end: int
    amounts: tuple[Amount, ...]

    def between(self, left: Amount, right: Amount) -> str:
        """The words between two figures."""
        return self.content[left.end : right.start]

    def before(self, amount: Amount) -> str:
        """The words of the sentence before a figure."""
        return self.content[self.start : amount.start]


@lru_cache(maxsize=32768)
def figures(content: str) -> tuple[Amount, ...]:
    """The amounts of a text that can be reckoned with (可计算的数): no rank (第3名), no range (3—5个)."""
    return tuple(each for each in amounts(content) if not each.ordinal and each.upper is None)


@lru_cache(maxsize=32768)
def sentences(content: str) -> tuple[Sentence, ...]:
    """The sentences of a text that hold a figure, each numbered item (①, 一是) by itself (分句)."""
    found = figures(content)
    if not found:
        return ()
    result: list[Sentence] = []
    at = 0
    for start, end in _pieces(content):
        while at < len(found) and found[at].start < start:
            at += 1
        first = at
        while at < len(found) and found[at].start < end:
            at += 1
        if 0 < at - first <= _MOST_FIGURES and end - start <= _LONGEST:
            result.append(Sentence(content, start, end, found[first:at]))
    return tuple(result)


def _pieces(content: str) -> Iterator[tuple[int, int]]:
    for sentence in _SENTENCE.finditer(content):
        starts = [sentence.start()]
        starts += [item.start() for item in _ITEM.finditer(content, *sentence.span()) if item.start() > starts[0]]
        yield from zip(starts, [*starts[1:], sentence.end()], strict=True)


def shown(content: str, amount: Amount) -> str:
    """A figure as it is written, without 约 before and 左右 behind it (数的写法)."""
    written = content[amount.start : amount.end]
    at = written.find(amount.number)
    return _BOUND.sub("", written[at:] if at >= 0 else written).strip()


def in_brackets(sentence: Sentence, amount: Amount) -> bool:
    """Whether a figure stands in brackets that opened in its sentence (括注中的数)."""
    depth = 0
    for char in sentence.content[sentence.start : amount.start]:
        depth += (char in _OPENING) - (char in _CLOSING)
        depth = max(depth, 0)
    return depth > 0


def told_here(manuscript: Manuscript) -> Iterator[tuple[Text, Row | None]]:
    """Every text that is to be looked at by itself, with its row if it is a cell (逐段)."""
    rows = {id(text): row for listing in manuscript.listings for row in listing.rows for text in row.texts.values()}
    for text in manuscript.every_text():
        if not text.stands_elsewhere and text.content:
            yield text, rows.get(id(text))


def shares_half(one: str, two: str) -> bool:
    """Whether two wordings are made of the same words (用词相近): 违法建筑整治 and 违建整治."""
    first, second = ({each[at : at + 2] for at in range(len(each) - 1)} for each in (one, two))
    shared = len(first & second)
    return shared > 0 and shared * 2 >= min(len(first), len(second))
