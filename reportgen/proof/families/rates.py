"""Rates against their own numbers (比率核算): 33 of 35 are 94.29%, 144 of 330天 43.6%, from 3150 to 2268 is 28.0% less.

Only where the words make sure which numbers belong to the rate: 占全年400亿元的53.7%, 35项已完成33项，完成率94.28%.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import ROUND_HALF_UP, Decimal

from reportgen.proof.families.habits import Habit
from reportgen.proof.families.sentences import Sentence, figures, sentences, shares_half, shown, told_here
from reportgen.proof.findings import Finding, Mark
from reportgen.proof.manuscript import Manuscript, Row, Text
from reportgen.proof.rules import Rule
from reportgen.proof.settings import Settings
from reportgen.quantities.model import Amount, Bound

_PERCENT, _POINTS = "%", "百分点"
_HUNDRED = Decimal(100)

# 占全年400亿元的53.7%, 完成全年任务70亿元的66.51%, 占年度60兆瓦任务的56.7%
_OF_NAMED = re.compile(r"(?:任务|目标|计划|总数|总量|总额)?(?:数|量|额)?的(?:约|达|达到|比例为|比重为)?")
_OPENS = re.compile(r"(?:占|完成|达到|达|为|相当于)[^，。；、（）()]{0,16}$")
# 完成目标任务的43.2%, 占全年的25.8%: the target stands in the task.
_OF_TARGET = re.compile(
    r"[，,（(]?(?:已|仅|约)?(?:占|完成|达到|达)了?(?:到)?"
    r"(?:(?:全年|年度|年内|当年|本年|今年|全部)的?(?:目标任务|任务目标|目标|任务|计划)?|目标任务|任务目标|年度任务|目标|任务)"
    r"(?:数|量|额|总量|总数)?的?(?:约|达|达到)?"
)
# 35项目标已完成33项，完成率达94.28%
_NAMED_RATE = re.compile(r"[，,、]?(?P<stem>[^，。；、（）()\d]{1,14})率(?:高达|达到|约为|达|为|是|约)?")
_SHARE = re.compile(r"[，,、]?占(?:比|其)?(?:重|例)?(?:高达|达到|约为|达|为|约)?")
_OF_WHICH = re.compile(r"其中|中[，,有]|里[，,有]")
# 由3150次降至2268次，下降28.0%
_FROM = re.compile(r"(?:由|从)[^，。；、（）()\d]{0,16}$")
_TO = re.compile(
    r"(?:下降|降低|减少|压减|压缩|缩短|上升|提高|提升|增加|增长|扩大|降|减|缩|升|增|扩)(?:至|到|为)(?:了)?"
)
_CHANGED = re.compile(
    r"[，,]?(?:同比|净|共|累计)?(?:增长|增加|提高|提升|上升|下降|降低|减少|压减|压缩|缩短|增幅|降幅)(?:率)?(?:了|达到|达|为|约)?"
)
# 高于年度目标0.3个百分点, 距60%的目标相差13.2个百分点
_AGAINST_TARGET = re.compile(
    r"[，,]?(?:尚|还|仍|仅)?(?:高于|低于|超过|超出|超|比|较|距离|距|与)(?:年度|全年|年初)?(?:预期)?目标(?:任务|值|要求)?"
    r"(?:低|高|差|相差|还差|尚差|还需提高|还需提升)?了?"
)
_TARGET_NAMED = re.compile(r"[，,]?(?:尚|还|仍)?(?:距离|距|比|较|与|低于|高于|超过)(?:年度|全年)?(?:目标)?")
_AFTER_TARGET = re.compile(
    r"的?(?:年度|全年)?(?:目标)?(?:任务|值|要求)?(?:低|高|差|相差|还差|尚差|尚有|还需|还需提高|还需提升)"
)
_AIM = re.compile(r"全年|年度|年内|目标|任务|计划")
_DOWN = re.compile(r"(?:下降|减少|降低|回落|负增长)(?:了|达|为|约)?$")
_GAP = 24
# 16.4米 of 28公里: lengths and areas can be compared though their units differ.
_MEASURES = {
    "米": ("长度", Decimal(1)),
    "公里": ("长度", Decimal(1000)),
    "平方米": ("面积", Decimal(1)),
    "公顷": ("面积", Decimal(10000)),
    "平方公里": ("面积", Decimal(1000000)),
}


def examine(manuscript: Manuscript, settings: Settings) -> Iterator[Finding]:
    """Every stated rate that its own numbers do not give (比率与所列数字)."""
    if not settings.looks_at(Rule.RATE):
        return
    habit = Habit()
    for text, row in told_here(manuscript):
        if "%" not in text.content and "％" not in text.content and _POINTS not in text.content:
            continue
        targets = _targets(text, row)
        yield from _over_all(text, settings)
        for sentence in sentences(text.content):
            for number, amount in enumerate(sentence.amounts):
                if amount.bound is Bound.EXACT and amount.unit == _PERCENT:
                    yield from _rate(text, sentence, number, row, targets, settings, habit)
                elif amount.bound is Bound.EXACT and amount.unit == _POINTS:
                    yield from _points(text, sentence, number, targets, settings)
    yield from habit.findings()


def _over_all(text: Text, settings: Settings) -> Iterator[Finding]:
    """办结率102%: a rate that cannot be more than all."""
    for amount in figures(text.content):
        if amount.unit != _PERCENT or amount.value <= _HUNDRED:
            continue
        lead = re.sub(r"(?:高达|达到|约为|达|为|是|约)$", "", text.content[max(0, amount.start - 12) : amount.start])
        if lead.endswith(settings.words(Rule.RATE)):
            name = next(word for word in settings.words(Rule.RATE) if lead.endswith(word))
            what = f"{name}写{shown(text.content, amount)}，不会超过100%"
            yield from settings.finding(
                Rule.RATE, what, "请核对这个比率", Mark(text=text, start=amount.start, end=amount.end)
            )


def _targets(text: Text, row: Row | None) -> tuple[Amount, ...]:
    """The figures of the task or goal that a progress speaks of."""
    return figures(row.content("text")) if row and text.field in ("progress", "phrase") else ()


def _rate(
    text: Text,
    sentence: Sentence,
    number: int,
    row: Row | None,
    targets: Sequence[Amount],
    settings: Settings,
    habit: Habit,
) -> Iterator[Finding]:
    rate = sentence.amounts[number]
    earlier = sentence.amounts[:number]
    if not earlier or rate.unit == earlier[-1].unit:
        return
    last = earlier[-1]
    words = sentence.between(last, rate)
    clause = _clause_before(sentence, earlier)
    if _OF_NAMED.fullmatch(words) and _OPENS.search(clause):
        part = _nearest(sentence, earlier[:-1], last)
        if part:
            yield from _finding(text, rate, part, last, settings, habit, aim=_AIM.search(clause) is not None)
    elif _OF_TARGET.fullmatch(words):
        task = row.content("text") if row else ""
        yield from _against_target(text, sentence, rate, earlier, targets, task, settings, habit)
    elif _SHARE.fullmatch(words):
        whole = _whole(sentence, earlier, last)
        if whole and _OF_WHICH.search(sentence.between(whole, last)) and not _otherwise(rate, earlier):
            yield from _finding(text, rate, last, whole, settings, habit)
    elif (named := _NAMED_RATE.fullmatch(words)) and "其中" not in words:
        whole = _whole(sentence, earlier, last)
        if whole and _is_about(named["stem"], sentence.between(whole, last)) and not _otherwise(rate, earlier):
            yield from _finding(text, rate, last, whole, settings, habit)
    elif _CHANGED.fullmatch(words) and len(earlier) > 1:
        yield from _change(text, sentence, rate, earlier[-2], last, settings)


def _clause_before(sentence: Sentence, earlier: Sequence[Amount]) -> str:
    start = earlier[-2].end if len(earlier) > 1 else sentence.start
    return sentence.content[start : earlier[-1].start]


def _nearest(sentence: Sentence, earlier: Sequence[Amount], whole: Amount) -> Amount | None:
    """The figure that is a part of the whole: the last before it, of the same kind, not far away."""
    if not earlier:
        return None
    last = earlier[-1]
    gap = sentence.between(last, whole)
    fits = _same_kind(last, whole) and last.bound is Bound.EXACT and whole.bound is Bound.EXACT
    return last if fits and len(gap) <= _GAP * 2 and "其中" not in gap else None


def _whole(sentence: Sentence, earlier: Sequence[Amount], part: Amount) -> Amount | None:
    """What the part is taken from: the last figure before it in the same unit, with no other rate between.

    Less than its part it can be only by a slip, which is sure where they stand side by side.
    """
    for each in reversed(earlier[:-1]):
        if each.unit == _PERCENT:
            return None
        if each.unit == part.unit:
            gap = len(sentence.between(each, part))
            fits = each.bound is Bound.EXACT and part.bound is Bound.EXACT
            return each if fits and gap <= (_GAP * 2 if each.value >= part.value else _GAP // 2) else None
    return None


def _otherwise(rate: Amount, earlier: Sequence[Amount]) -> bool:
    """Whether the part and other figures before it, or what they are together, give the rate: A5件、B9件，办结7件."""
    part = earlier[-1]
    listed = [each for each in earlier[:-1] if each.unit == part.unit]
    wholes = [*(each.value for each in listed), *_together(listed)]
    return any(whole > 0 and _rounded(part.value / whole * _HUNDRED, rate) == rate.value for whole in wholes)


def _is_about(stem: str, words: str) -> bool:
    """Whether the rate is named for what was done: 完成率 after 已完成, 偿付率 after 已偿还."""
    pairs = {stem[at : at + 2] for at in range(len(stem) - 1)}
    if any(pair in words for pair in pairs):
        return True
    if "已" not in words:
        return False
    near = re.sub(r"[，,、\s]|已经|已", "", words)
    return stem.endswith("完成") or (0 < len(near) <= 4 and bool(set(stem[-2:]) & set(near)))


def _against_target(
    text: Text,
    sentence: Sentence,
    rate: Amount,
    earlier: Sequence[Amount],
    targets: Sequence[Amount],
    task: str,
    settings: Settings,
    habit: Habit,
) -> Iterator[Finding]:
    part = earlier[-1]
    wholes = [each for each in targets if each.unit == part.unit and each.value > 0]
    # Of two targets in one unit nobody can say which is meant; a list of parts may be meant together.
    if len(wholes) != 1 or part.bound is not Bound.EXACT:
        return
    listed = [each for each in earlier if each.unit not in (_PERCENT, _POINTS)]
    parts: list[Amount | Decimal] = [*listed, *_together(listed)]
    wider = [each for each in targets if each.unit not in (_PERCENT, _POINTS) and each.value > 0]
    if not _explained(rate, parts, wider) and _is_of_target(text, sentence, rate, part, wholes[0], task):
        yield from _finding(text, rate, part, wholes[0], settings, habit, aim=True)


def _is_of_target(text: Text, sentence: Sentence, rate: Amount, part: Amount, whole: Amount, task: str) -> bool:
    """Whether the figure is what the target asks for: by its words, or nearly so and by the rate's own size."""
    own = re.split(r"[，,。；、：:（(]", text.content[sentence.start : part.start])[-1]
    asked = re.split(r"[，,。；、：:（(]", task[: whole.start])[-1]
    if shares_half(re.sub(r"[已达到完成实现仅约]", "", own), asked):
        return True
    exact = part.value / whole.value * _HUNDRED
    return exact <= rate.value * 2 <= exact * 4


def _together(listed: Sequence[Amount]) -> list[Decimal]:
    return [sum((each.value for each in listed[at:]), Decimal(0)) for at in range(len(listed))]


def _change(
    text: Text, sentence: Sentence, rate: Amount, before: Amount, after: Amount, settings: Settings
) -> Iterator[Finding]:
    if not _TO.fullmatch(sentence.between(before, after)) or before.unit != after.unit or not before.value:
        return
    start = max((each.end for each in sentence.amounts if each.end <= before.start), default=sentence.start)
    if not _FROM.search(sentence.content[start : before.start]) or Bound.EXACT is not before.bound:
        return
    stated = abs(rate.value)
    exact = abs(after.value - before.value) / abs(before.value) * _HUNDRED
    if not _fits(stated, rate, exact, settings) and not _coarse(rate, before, after, stated, exact):
        told = _told(exact, rate)
        numbers = f"{shown(text.content, before)}到{shown(text.content, after)}"
        what = f"变动幅度写{shown(text.content, rate)}，按{numbers}应为{told}"
        yield from settings.finding(
            Rule.RATE, what, f"请核对：数字无误的，改为{told}", Mark(text=text, start=rate.start, end=rate.end)
        )


def _points(
    text: Text, sentence: Sentence, number: int, targets: Sequence[Amount], settings: Settings
) -> Iterator[Finding]:
    """高于年度目标0.3个百分点, 由52.3%提高至55.6%，提高3.3个百分点."""
    gap = sentence.amounts[number]
    earlier = sentence.amounts[:number]
    if not earlier or earlier[-1].unit != _PERCENT:
        return
    last = earlier[-1]
    words = sentence.between(last, gap)
    if _CHANGED.fullmatch(words) and len(earlier) > 1 and earlier[-2].unit == _PERCENT:
        if _TO.fullmatch(sentence.between(earlier[-2], last)) and last.bound is Bound.EXACT:
            yield from _difference(text, gap, earlier[-2], last, settings)
    elif _AGAINST_TARGET.fullmatch(words):
        rates = [each for each in targets if each.unit == _PERCENT]
        if len(rates) == 1:
            yield from _difference(text, gap, rates[0], _signed(sentence, last), settings, target=True)
    elif _AFTER_TARGET.fullmatch(words) and len(earlier) > 1:
        actual = next((each for each in reversed(earlier[:-1]) if each.unit == _PERCENT), None)
        lead = sentence.between(earlier[-2], last)
        if actual and _TARGET_NAMED.search(lead) and _TARGET_NAMED.fullmatch(lead[lead.rfind("，") :]):
            yield from _difference(text, gap, last, _signed(sentence, actual), settings, target=True)


def _signed(sentence: Sentence, amount: Amount) -> Decimal:
    down = amount.value > 0 and _DOWN.search(sentence.before(amount)[-8:])
    return -amount.value if down else amount.value


def _difference(
    text: Text, gap: Amount, base: Amount, actual: Amount | Decimal, settings: Settings, target: bool = False
) -> Iterator[Finding]:
    value = actual if isinstance(actual, Decimal) else actual.value
    exact = abs(value - base.value)
    if _fits(abs(gap.value), gap, exact, settings):
        return
    told = f"{_rounded(exact, gap)}个百分点"
    against = f"与目标{_plain(base.value)}%" if target else f"由{_plain(base.value)}%到"
    numbers = f"{_plain(value)}%{against}相差" if target else f"{against}{_plain(value)}%"
    what = f"写的是{shown(text.content, gap)}，按{numbers}应为{told}"
    yield from settings.finding(
        Rule.RATE, what, f"请核对：数字无误的，改为{told}", Mark(text=text, start=gap.start, end=gap.end)
    )


def _finding(
    text: Text, rate: Amount, part: Amount, whole: Amount, settings: Settings, habit: Habit, aim: bool = False
) -> Iterator[Finding]:
    """The rate, if its part and its whole do not give it; an aim is exact as it is written."""
    if whole.value <= 0 or part.value < 0:
        return
    factor = _factor(part, whole)
    exact = part.value / whole.value * factor * _HUNDRED
    coarse = _coarse_share(rate, part, whole, factor, aim)
    if _fits(rate.value, rate, exact, settings):
        habit.as_written += coarse
        return
    told = _told(exact, rate)
    what = f"比率写{shown(text.content, rate)}，按{_figure(part)}÷{_figure(whole)}应为{told}"
    mark = Mark(text=text, start=rate.start, end=rate.end)
    if coarse:
        fix = f"本报告别的比率都按所写的数字算，请核对：数字无误的，改为{told}"
        habit.against(settings.finding(Rule.RATE, what, fix, mark))
    else:
        yield from settings.finding(Rule.RATE, what, f"请核对：数字无误的，改为{told}", mark)


def _factor(part: Amount, whole: Amount) -> Decimal:
    """How many of the whole's unit one of the part's is."""
    if part.unit == whole.unit:
        return Decimal(1)
    return _MEASURES[part.unit][1] / _MEASURES[whole.unit][1]


def _same_kind(part: Amount, whole: Amount) -> bool:
    kinds = [_MEASURES.get(each.unit, (each.unit, 1))[0] for each in (part, whole)]
    return kinds[0] == kinds[1]


def _figure(amount: Amount) -> str:
    size = {Decimal(10000): "万", Decimal(100000000): "亿"}.get(_size(amount), "")
    return f"{amount.number}{size}{amount.unit}"


def _size(amount: Amount) -> Decimal:
    """万 or 亿 before the unit: what the last written place counts, without the places themselves."""
    return amount.scale.scaleb(amount.decimals).normalize()


def _explained(rate: Amount, parts: Sequence[Amount | Decimal], wholes: Sequence[Amount]) -> bool:
    """Whether any of the numbers give the rate: then it is right, whichever was meant."""
    values = [part if isinstance(part, Decimal) else part.value for part in parts]
    return any(
        _rounded(value / whole.value * _HUNDRED, rate) == _rounded(rate.value, rate)
        for value in values
        for whole in wholes
        if whole.value > 0
    )


def _fits(stated: Decimal, rate: Amount, exact: Decimal, settings: Settings) -> bool:
    last_place = Decimal(1).scaleb(-rate.decimals)
    off = abs(_rounded(exact, rate) - stated)
    return off <= last_place * Decimal(str(settings.within(Rule.RATE)))


def _rounded(value: Decimal, rate: Amount) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-rate.decimals), ROUND_HALF_UP)


def _told(exact: Decimal, rate: Amount) -> str:
    return f"{_rounded(exact, rate)}%"


def _plain(value: Decimal) -> str:
    return f"{value.normalize():f}"


def _coarse_share(rate: Amount, part: Amount, whole: Amount, factor: Decimal, aim: bool) -> bool:
    """Whether the numbers are rounder than the rate, which may come from exacter ones: 2.7 of 4.3亿元 are 62.8%."""
    if not (_is_rounder(part, rate) or (_is_rounder(whole, rate) and not aim)):
        return False
    half_part, half_whole = _half(part), Decimal(0) if aim else _half(whole)
    if whole.value <= half_whole:
        return True
    least = (part.value - half_part) / (whole.value + half_whole) * factor * _HUNDRED
    most = (part.value + half_part) / (whole.value - half_whole) * factor * _HUNDRED
    return _rounded(least, rate) <= rate.value <= _rounded(most, rate)


def _coarse(rate: Amount, before: Amount, after: Amount, stated: Decimal, exact: Decimal) -> bool:
    if not (_is_rounder(before, rate) or _is_rounder(after, rate)):
        return False
    reach = (_half(before) * (after.value / before.value) + _half(after)) / abs(before.value) * _HUNDRED
    return abs(stated - exact) <= reach + Decimal(1).scaleb(-rate.decimals)


def _is_rounder(amount: Amount, rate: Amount) -> bool:
    return amount.decimals > 0 and _digits(amount) < _digits(rate)


def _digits(amount: Amount) -> int:
    return len(re.sub(r"\D", "", amount.number).lstrip("0"))


def _half(amount: Amount) -> Decimal:
    """Half of the last place of a measured figure; a count and a target without decimals are exact."""
    return amount.scale / 2 if amount.decimals else Decimal(0)
