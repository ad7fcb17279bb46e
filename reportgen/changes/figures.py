"""Which figures of a progress text changed (数字变化): of what, from, to.

Two figures are one where both texts say the same of them: the same indicator, or the same words around a figure of the
same unit. Figures that stand in one text only are no change of a figure, nor are periods, dates and other spellings of
the same value (1.5亿元, 15000万元).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterator
from itertools import product

from reportgen.changes.mentions import Mention, mentions
from reportgen.changes.model import Figure
from reportgen.likeness import letters_of

# Words around two figures that are so alike are the same words, if no other ones are nearly as alike.
_ALIKE = 0.80
_MARGIN = 0.10
_LEAST_WORDS = 4
_MOST_LEFT = 100
# A pair stands once among those of its old figure, and once among those of its new one.
_BOTH = 2
_DONE = re.compile("已|累计|完成|实现|仅")
# 高于年度目标 and 低于年度目标 are nearly the same words.
_OPPOSITES = (
    ("高", "低"), ("多", "少"), ("快", "慢"), ("升", "降"), ("增", "减"), ("前", "后"), ("上", "下"), ("内", "外"),
    ("东", "西"), ("南", "北"), ("男", "女"), ("城", "乡"), ("已", "未"),
)  # fmt: skip

_Told = tuple[Mention, Mention]


def changed_figures(before: str, after: str) -> tuple[Figure, ...]:
    """The figures that have another value now (数字变化), in the order of the new text."""
    found = sorted(_same_things(list(mentions(before)), list(mentions(after))), key=lambda pair: pair[1].start)
    return tuple(
        Figure(of=other.of, before=one.written, after=other.written) for one, other in found if one.value != other.value
    )


def _same_things(old: list[Mention], new: list[Mention]) -> Iterator[_Told]:
    """Pairs of figures of the same thing: the plainest evidence first, no figure twice."""
    for form, is_plain in _FORMS:
        for one, other in _by(form, old, new, is_plain=is_plain):
            old.remove(one)
            new.remove(other)
            yield one, other
    yield from _by_likeness(old, new)


def _by(form: Callable[[Mention], Hashable], old: list[Mention], new: list[Mention], *, is_plain: bool) -> list[_Told]:
    groups: dict[Hashable, tuple[list[Mention], list[Mention]]] = {}
    for side, told in ((0, old), (1, new)):
        for each in told:
            if (key := form(each)) is not None:
                groups.setdefault((each.measure, key), ([], []))[side].append(each)
    found: list[_Told] = []
    for one, other in groups.values():
        if len(one) != len(other) and not is_plain:
            # Nothing says which of them came or went but that some stayed as they were.
            one, other = _without_equal(one, other)
            if len(one) != 1 or len(other) != 1:
                continue
        found += zip(one, other, strict=False)
    return found


def _without_equal(old: list[Mention], new: list[Mention]) -> tuple[list[Mention], list[Mention]]:
    left, gone = list(new), []
    for each in old:
        same = next((other for other in left if other.value == each.value), None)
        if same is None:
            gone.append(each)
        else:
            left.remove(same)
    return gone, left


def _of_indicator_and_heading(each: Mention) -> Hashable:
    return each.indicator and (each.indicator, each.heading)


def _of_indicator(each: Mention) -> Hashable:
    return each.indicator


def _of_words_and_heading(each: Mention) -> Hashable:
    return (each.lead, each.tail, each.heading) if each.lead or each.tail or each.heading else None


def _of_words(each: Mention) -> Hashable:
    return (each.lead, each.tail) if each.lead or each.tail else None


def _of_lead_and_heading(each: Mention) -> Hashable:
    return (each.lead, each.heading) if len(each.lead) >= _LEAST_WORDS else None


def _of_heading_with_lead(each: Mention) -> Hashable:
    """中医院新院区装修工程完成61% and ①中医院新院区：装修工程完成88%."""
    said = each.heading + each.lead
    return (said, each.tail) if len(said) >= _LEAST_WORDS else None


def _of_name(each: Mention) -> Hashable:
    said = _DONE.sub("", letters_of(each.of))
    return said if len(said) >= _LEAST_WORDS else None


# By what two figures are one, and whether it is enough where one text says it oftener than the other: the first is it.
_FORMS: tuple[tuple[Callable[[Mention], Hashable], bool], ...] = (
    (_of_indicator_and_heading, True),
    (_of_indicator, True),
    (_of_words_and_heading, False),
    (_of_words, False),
    (_of_lead_and_heading, False),
    (_of_heading_with_lead, False),
    (_of_name, False),
)


def _by_likeness(old: list[Mention], new: list[Mention]) -> Iterator[_Told]:
    """What is left, by words around it that are nearly the same."""
    from rapidfuzz import fuzz

    found = []
    for one, other in product(old[:_MOST_LEFT], new[:_MOST_LEFT]):
        mine, theirs = one.lead + one.tail, other.lead + other.tail
        # What stands right before a figure says what was done: 建成2个 is not 在建2个.
        if one.measure != other.measure or one.lead[-2:] != other.lead[-2:] or _are_opposite(mine, theirs):
            continue
        if min(len(mine), len(theirs)) >= _LEAST_WORDS:
            score = fuzz.ratio(mine, theirs) / 100
            if score >= _ALIKE - _MARGIN:
                found.append((score, one, other))
    of_old: dict[Mention, list[float]] = {}
    of_new: dict[Mention, list[float]] = {}
    for score, one, other in found:
        of_old.setdefault(one, []).append(score)
        of_new.setdefault(other, []).append(score)
    for score, one, other in found:
        # Itself, and no other one that is nearly as alike.
        near = [each for each in (*of_old[one], *of_new[other]) if score - each < _MARGIN]
        if score >= _ALIKE and len(near) == _BOTH:
            yield one, other


def _are_opposite(one: str, other: str) -> bool:
    """Whether one text says 高 where the other says 低."""
    return any(
        (a in one, b in one, a in other, b in other) in ((True, False, False, True), (False, True, True, False))
        for a, b in _OPPOSITES
    )
