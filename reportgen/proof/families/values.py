"""One thing with two values (同一指标两个数值): in body and annex, in phrase and progress, where a task stands twice.

A figure of the one place that the other does not have, where the other says something else behind the same words.
What is meant by other words is another thing, and stays unsaid: 扣除…后, 同比 and 环比, a target, another period.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from reportgen.proof.families.indicators import differing
from reportgen.proof.families.pairs import Excerpt, Pair, pairs
from reportgen.proof.families.sentences import figures, shares_half, shown
from reportgen.proof.findings import Finding, Mark
from reportgen.proof.manuscript import Manuscript
from reportgen.proof.rules import Rule
from reportgen.proof.settings import Settings
from reportgen.quantities.amounts import amounts
from reportgen.quantities.model import Amount, Bound, Direction, Period, Span
from reportgen.quantities.periods import periods
from reportgen.quantities.stops import sentence_around

_BREAK = "。；，！？：\n（）();:、,"
_FILLING = re.compile(
    r"仅为|仅|只|已经|已|累计|共计|(?<!公)共|约为|约|达到|达(?!标)|为|完成|实现|预计|了|有|同比|目前|我区|全区|全市|近"
)
_TAIL = r"(?:幅度|幅|率|速)?[了仅只约达到为至也均]{0,4}$"
_DIRECTIONS = {
    Direction.UP: re.compile(r"(?:(?<!负)增长|上升|提高|提升|增加|上涨|增)" + _TAIL),
    Direction.DOWN: re.compile(r"(?:下降|减少|降低|回落|下跌|负增长|降)" + _TAIL),
}
# Words that make it another, narrower thing.
_PART = re.compile(r"其中|期|标段|片区|第|另|剩余|其余|[A-Za-z]|号|段$")
# A text with more figures is no report of progress; comparing each with each would only take time.
_MOST = 400
_LEAST = 2
_LEAST_NAME = 4
_NEAR = 80
_LONGEST_SENTENCE = 200
_LONGEST_SUBJECT = 16
_LEAST_SAME = 6


@dataclass(frozen=True, slots=True)
class _Figure:
    """A figure with what it says of what: the words before it, which way, at what time."""

    excerpt: Excerpt
    amount: Amount
    lead: str
    words: str
    direction: Direction
    period: Period | None

    @property
    def size(self) -> Decimal:
        """How much, whichever way."""
        return abs(self.amount.value)

    def mark(self) -> Mark:
        return Mark(text=self.excerpt.text, start=self.amount.start, end=self.amount.end)

    def told(self) -> str:
        return self.excerpt.text.content[self.amount.start : self.amount.end].strip()


def examine(manuscript: Manuscript, settings: Settings) -> Iterator[Finding]:
    """Every figure that says otherwise elsewhere (前后不一致的数)."""
    year = manuscript.period.last.year if manuscript.period and manuscript.period.last else 2000
    for pair in pairs(manuscript):
        if pair.said.text.stands_elsewhere and pair.full.text.stands_elsewhere:
            continue
        if pair.same and _outline(pair.said) == _outline(pair.full):
            yield from _one_by_one(pair, settings)
        elif pair.said.text.content != pair.full.text.content:
            yield from _by_words(pair, year, settings)
    yield from differing(manuscript, year, settings)


def _outline(excerpt: Excerpt) -> str:
    """A text with its figures taken out (去掉数字)."""
    content, at, parts = excerpt.text.content, excerpt.start, []
    for amount in amounts(content):
        parts.append(content[at : amount.start])
        at = amount.end
    return re.sub(r"\s", "", "#".join([*parts, content[at:]]))


def _one_by_one(pair: Pair, settings: Settings) -> Iterator[Finding]:
    """Two texts that are the same but for their figures."""
    said, full = amounts(pair.said.text.content), amounts(pair.full.text.content)
    for here, there in zip(said, full, strict=True):
        if (here.value, here.upper, here.unit, here.bound) == (there.value, there.upper, there.unit, there.bound):
            continue
        one, two = _plain_figure(pair.said, here), _plain_figure(pair.full, there)
        yield from _differ(one, two, "同一任务两处", settings)


def _plain_figure(excerpt: Excerpt, amount: Amount) -> _Figure:
    return _Figure(excerpt, amount, "", "", Direction.LEVEL, None)


def _by_words(pair: Pair, year: int, settings: Settings) -> Iterator[Finding]:
    said, full = _figures(pair.said, year), _figures(pair.full, year)
    if max(len(said), len(full)) > _MOST:
        return
    least = _LEAST_SAME if pair.same else _LEAST
    aims = {(each.unit, each.value) for each in figures(pair.task)}
    # A figure that the other place also has is said of something else there, and an aim was not reached.
    free = [
        each
        for each in full
        if (each.amount.unit, each.amount.value) not in aims and not any(_is_equal(each, other) for other in said)
    ]
    for figure in said:
        equal = [each for each in full if _is_equal(figure, each)]
        if equal:
            yield from _other_way(figure, equal, settings)
            continue
        if (figure.amount.unit, figure.amount.value) in aims:
            continue
        of_unit = [each for each in free if each.amount.unit == figure.amount.unit]
        if len(of_unit) > 1 and sum(each.size for each in of_unit) == figure.size:
            continue
        other = _best(figure, of_unit, least) or _best(
            figure, [each for each in free if each.amount.number == figure.amount.number], least
        )
        if other is None and not pair.same:
            other = _only(figure, of_unit)
        if other and not _opposite(figure, other) and _same_time(figure, other):
            yield from _differ(figure, other, f"「{figure.lead[-_LONGEST_SUBJECT:]}」两处", settings)


def _only(figure: _Figure, of_unit: Sequence[_Figure]) -> _Figure | None:
    """The only figure of the unit, where the sentence before it names the same: 集装箱吞吐量：……1—6月完成3.1万标箱."""
    if len(of_unit) != 1 or len(figure.words) < _LEAST_NAME:
        return None
    content, start = of_unit[0].excerpt.text.content, of_unit[0].amount.start
    before = content[max(0, start - _NEAR) : start]
    return of_unit[0] if figure.words in re.split("[。；\n]", before)[-1] else None


def _best(figure: _Figure, others: Sequence[_Figure], least: int) -> _Figure | None:
    """The one figure that stands behind the same words; none where two do so equally."""
    ranked = sorted(others, key=lambda each: -_alike(figure.words, each.words))
    if not ranked or not _is_same_thing(figure.words, ranked[0].words, least):
        return None
    if len(ranked) > 1 and _alike(figure.words, ranked[1].words) == _alike(figure.words, ranked[0].words):
        return None
    return ranked[0]


def _figures(excerpt: Excerpt, year: int) -> list[_Figure]:
    content = excerpt.text.content
    known = [each for each in figures(content) if excerpt.start <= each.start and each.end <= excerpt.end]
    if len(known) > _MOST:
        return []
    times = periods(content, year)
    result: list[_Figure] = []
    for at, amount in enumerate(known):
        floor = known[at - 1].end if at else excerpt.start
        lead = content[max(floor, amount.start - 40) : amount.start]
        start = max((lead.rfind(mark) for mark in _BREAK), default=-1) + 1
        words = lead[start:]
        direction = next((way for way, form in _DIRECTIONS.items() if form.search(words.rstrip())), Direction.LEVEL)
        if amount.number.startswith(("-", "－", "−")) and direction is Direction.UP:
            direction = Direction.DOWN
        plain = re.sub(r"\s", "", _FILLING.sub("", words))
        result.append(_Figure(excerpt, amount, words.strip(), plain, direction, _time_of(content, amount, times)))
    return result


def _time_of(content: str, amount: Amount, times: Sequence[Period]) -> Period | None:
    """The time that governs a figure: the last one named before it in its sentence or its item."""
    start, _ = sentence_around(content, amount.start, amount.start, "。；\n", _LONGEST_SENTENCE)
    before = [each for each in times if start <= each.start and each.end <= amount.start and not _is_year(each)]
    return before[-1] if before else None


def _is_year(period: Period) -> bool:
    """全年, 2022年度: what a share is taken of, not when something was counted."""
    first, last = period.first, period.last
    return bool(first and last and (first.month, last.month) == (1, 12)) or "年底" in period.words


def _is_equal(one: _Figure, two: _Figure) -> bool:
    return one.amount.unit == two.amount.unit and (one.size == two.size or _is_rounded(one.amount, two.amount))


def _is_rounded(said: Amount, full: Amount) -> bool:
    """Whether a figure is the other with fewer places: 33.3万 or 约33万 for 33.31万. 10% are not 9.7%."""
    shorter = said.scale > full.scale and (said.decimals > 0 or said.bound is Bound.ABOUT)
    return shorter and abs(abs(said.value) - abs(full.value)) * 2 <= said.scale


def _is_same_thing(one: str, two: str, least: int) -> bool:
    """Whether the words before two figures name one thing: 增加值 and 产业增加值, not 投资 and 一期投资."""
    alike = _alike(one, two)
    whole = alike == min(len(one), len(two)) or alike >= _LEAST_NAME
    if alike < least or not (whole or shares_half(one, two)):
        return False
    return not _PART.search(one[: len(one) - alike] + two[: len(two) - alike])


def _alike(one: str, two: str) -> int:
    """How many characters the words before two figures end alike in; all of a shorter one count as enough."""
    count = 0
    for left, right in zip(reversed(one), reversed(two), strict=False):
        if left != right:
            break
        count += 1
    return count


def _other_way(figure: _Figure, equal: Sequence[_Figure], settings: Settings) -> Iterator[Finding]:
    """The same figure with another direction or at another time."""
    same_way = [each for each in equal if not _opposite(figure, each)]
    if not same_way:
        if len(equal) == 1:
            what = f"同一数值升降相反：一处写「{_with_words(figure)}」，一处写「{_with_words(equal[0])}」"
            yield from settings.finding(
                Rule.DIRECTION_DIFFERS, what, "请核对是升是降，改成一致", figure.mark(), equal[0].mark()
            )
        return
    if figure.period and not any(each.period is None or _same_time(figure, each) for each in same_way):
        other = same_way[0]
        if other.period:
            value = shown(figure.excerpt.text.content, figure.amount)
            what = f"同一数值{value}，一处写{figure.period.words}，一处写{other.period.words}"
            here = Mark(text=figure.excerpt.text, start=figure.period.start, end=figure.period.end)
            there = Mark(text=other.excerpt.text, start=other.period.start, end=other.period.end)
            yield from settings.finding(Rule.PERIOD_DIFFERS, what, "请核对统计截止时间，改成一致", here, there)


def _opposite(one: _Figure, two: _Figure) -> bool:
    return {one.direction, two.direction} == {Direction.UP, Direction.DOWN}


def _with_words(figure: _Figure) -> str:
    content = figure.excerpt.text.content
    start = max(figure.excerpt.start, figure.amount.start - 4)
    lead = content[start : figure.amount.start]
    cut = max((lead.rfind(mark) for mark in _BREAK), default=-1) + 1
    return lead[cut:] + figure.told()


def _same_time(one: _Figure, two: _Figure) -> bool:
    """Whether two figures count up to the same day, as far as they tell."""
    if one.period is None or two.period is None or one.period.last is None or two.period.last is None:
        return True
    if Span.POINT in (one.period.span, two.period.span):
        return True
    starts = one.period.first == two.period.first or one.period.first is None or two.period.first is None
    return one.period.last == two.period.last and starts


def _differ(one: _Figure, two: _Figure, lead: str, settings: Settings) -> Iterator[Finding]:
    same_number = one.amount.number == two.amount.number
    bounds = one.size == two.size and one.amount.unit == two.amount.unit
    rule = Rule.UNIT_DIFFERS if same_number and not bounds else Rule.VALUE_DIFFERS
    what = f"{lead}不一致：一处{one.told()}，一处{two.told()}"
    fix = "请核对单位，改成一致" if rule is Rule.UNIT_DIFFERS else "请核对哪一个对，改成一致"
    if bounds and Bound.ABOUT in (one.amount.bound, two.amount.bound):
        fix = "请统一：两处都写「约」或都不写"
    yield from settings.finding(rule, what, fix, one.mark(), two.mark())
