"""Rates held against rates (增速和比率): 增长5%左右 against 增长4.4%, 达88% against 89.5%, 前三 against 第5名.

A rate does not grow with the year as a quantity does: it is compared as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice

from reportgen.judging.clauses import MOST_ACTUALS, MOST_TARGETS, clauses, likeness
from reportgen.judging.rules import Rule, Setting
from reportgen.judging.verdicts import Figures, Opinion, Passage, plain
from reportgen.ledger.model import STATUSES, VERDICTS, Entry
from reportgen.package import short
from reportgen.quantities.amounts import amounts
from reportgen.quantities.model import Amount, Bound, Direction, Statement
from reportgen.quantities.statements import statements
from reportgen.quantities.stops import said_before, sentence_around

_UNITS = ("%", "百分点", "‰")
_ALIKE = 0.5  # two names that share half of their words are one indicator's
_MOST_TOLD = 3
_CLAUSE_STOPS = "，。；、\n"
# Pure language: a target without a figure, and a progress without one.
_SIGN = re.compile(r"(?P<negative>负增长)|(?P<positive>正增长)")


@dataclass(frozen=True, slots=True)
class _Rate:
    """A rate that a text states (比率): of what, how much with its sign, and how it is bound."""

    subject: str
    grows: bool
    value: Decimal
    unit: str
    bound: Bound
    start: int
    end: int
    words: str


@dataclass(frozen=True, slots=True)
class _Pair:
    """A target with what answers it (对照); `gap` is by how much the actual is better, below nought how much worse.

    `falls` says that less is better: 下降3%, 控制在5.5%以内.
    """

    target: _Rate
    actual: _Rate
    gap: Decimal
    falls: bool


def goal_rate_opinion(entry: Entry, setting: Setting, year: int) -> Opinion | None:
    """What the rates say of a goal (目标的增速、比率); all of its targets must be reached."""
    pairs = _pairs(entry, year, sole=True)
    if not pairs:
        return None
    about = Decimal(str(setting.within))
    missed = [pair for pair in pairs if pair.gap < (-about if pair.target.bound is Bound.ABOUT else 0)]
    # 百分点 over a year are not there by June: only who lost ground has missed them for certain.
    missed = [pair for pair in missed if pair.target.unit != "百分点" or pair.actual.value <= 0]
    if not missed and any(pair.gap < 0 and pair.target.unit == "百分点" for pair in pairs):
        return None
    verdict = VERDICTS[1] if missed else VERDICTS[0]
    return _opinion(Rule.GOAL_RATE, verdict, missed or pairs, falls_short=bool(missed))


def task_rate_opinion(entry: Entry, setting: Setting, year: int) -> Opinion | None:
    """What the rates say of a task (任务的增速、比率): one that is far behind makes it late."""
    pairs = _pairs(entry, year, sole=False)
    late = [pair for pair in pairs if pair.gap < -_allowed(pair.target, setting)]
    late = [pair for pair in late if pair.target.unit != "百分点" or pair.actual.value <= 0]
    if late:
        return _opinion(Rule.TASK_RATE, STATUSES[1], late, falls_short=True)
    # A ratio need not be there in the middle of the year; of a growth that is below its target nobody can say.
    if pairs and all(pair.gap >= (0 if pair.target.grows else -_allowed(pair.target, setting)) for pair in pairs):
        return _opinion(Rule.TASK_RATE, STATUSES[0], pairs, falls_short=False)
    return None


def _allowed(target: _Rate, setting: Setting) -> Decimal:
    return Decimal(str(setting.growth if target.grows else setting.within))


def _pairs(entry: Entry, year: int, *, sole: bool) -> list[_Pair]:
    """Each rate of the target with the one of the progress that is of the same indicator (同一指标).

    A goal is of one indicator: where its progress states but one rate, that is the one, whatever it is called (`sole`).
    """
    targets = tuple(islice(_rates(entry.text, year, of_target=True), MOST_TARGETS + 1))
    if not 0 < len(targets) <= MOST_TARGETS:
        return []
    actuals = tuple(islice(_rates(entry.progress, year, of_target=False), MOST_ACTUALS))
    found = []
    for target in targets:
        known = [each for each in actuals if each.unit == target.unit and each.grows is target.grows]
        alike = [(likeness(target.subject, each.subject), each) for each in known]
        alike = [(near, each) for near, each in alike if near >= _ALIKE and _nearer(near, each, target, targets)]
        if alike:
            nearest = max(near for near, _ in alike)
            actual = next(each for near, each in alike if near == nearest)
        elif sole and len(known) == len(targets) == 1:
            actual = known[0]
        else:
            continue
        gap = actual.value - target.value
        # 下降3% asks for less, 增幅控制在5%以内 too; 降幅控制在10%以内 for no more of a fall.
        falls = (target.bound is Bound.AT_MOST) is not (target.grows and target.value < 0)
        found.append(_Pair(target, actual, -gap if falls else gap, falls))
    return found


def _nearer(near: float, actual: _Rate, target: _Rate, targets: Sequence[_Rate]) -> bool:
    """Whether no other target is nearer to it."""
    return not any(likeness(other.subject, actual.subject) > near for other in targets if other is not target)


def _rates(text: str, year: int, *, of_target: bool) -> Iterator[_Rate]:
    taken: list[tuple[int, int]] = []
    for said in statements(text, year):
        if said.amount.unit not in _UNITS or said.amount.upper is not None or said.aside:
            continue
        if not of_target and _is_no_result(said, text):
            continue
        taken.append((said.start, said.end))
        value = said.amount.value
        if said.direction is Direction.DOWN:
            value = -abs(value)
        yield _Rate(
            subject=said.subject,
            grows=said.direction is not Direction.LEVEL,
            value=value,
            unit=said.amount.unit,
            bound=said.amount.bound,
            start=said.start,
            end=said.end,
            words=text[said.start : said.end],
        )
    if not of_target and not taken:
        yield from _bare_rates(text)
    for match in _SIGN.finditer(text):
        if any(start < match.end() and match.start() < end for start, end in taken):
            continue
        start, _ = sentence_around(text, match.start(), match.start(), _CLAUSE_STOPS)
        # The least of all growth, or of all decline: enough to be held against a figure, none itself.
        value = Decimal("-0.01") if match["negative"] else Decimal("0.01")
        subject = re.sub(r"(?:实现|保持|呈现?|由正转|转为|为|出现)+$", "", text[start : match.start()])
        yield _Rate(subject, True, value, "%", Bound.EXACT, start, match.end(), text[start : match.end()])


# A progress that says but how much, for the goal beside it names of what: 同比增长4.6%, 达到68%, 3.9%.
_BARE = re.compile(
    r"(?:同比|累计|已|实际|实现)*(?:(?P<up>增长|上升|提高|增加)|(?P<down>下降|降低|减少|回落)|达到|达|为|完成)?(?:了|至|到|约)?\s*$"
)


def _bare_rates(text: str) -> Iterator[_Rate]:
    for amount in amounts(text):
        start, _ = sentence_around(text, amount.start, amount.start, _CLAUSE_STOPS)
        said = _BARE.match(text, start, amount.start)
        if amount.unit not in _UNITS or amount.upper is not None or said is None:
            continue
        value = -abs(amount.value) if said["down"] else amount.value
        grows = bool(said["up"] or said["down"]) and not re.search("[至到]", said[0])
        words = text[start : amount.end]
        yield _Rate("", grows, value, amount.unit, amount.bound, start, amount.end, words)


# 占全年任务的66%, 高于年度目标0.3个百分点: what is said of the target; 年底可达88%: what is still to come.
_OF_TARGET = re.compile(r"占(?:全年|年度|年内|计划|目标|总)|(?:年度|全年|年内)(?:目标|任务|计划)|[高低]于|距|相差|差")
_TO_COME = re.compile(r"力争|确保|计划|目标|有望|可达|可望|可提高|年底|下半年|全年|拟|将(?!军)")
# 比一季度, 环比: not the growth over the year that a target means.
_OTHER_BASE = re.compile(r"环比|季度|上月|上周|以来")


def _is_no_result(said: Statement, text: str) -> bool:
    own = text[said.start : said.end]
    before = said_before(text, said.start, "，。；\n")
    return bool(_OF_TARGET.search(own) or _TO_COME.search(before + own) or _OTHER_BASE.search(said.against))


def rank_opinion(entry: Entry, setting: Setting) -> Opinion | None:
    """Ranks (位次): 进入全市前三 against 第5名."""
    wanted = [each for each in amounts(entry.text) if each.ordinal]
    reached = [each for each in amounts(entry.progress) if each.ordinal]
    if len(wanted) != 1 or len(reached) != 1:
        return None
    target, actual = wanted[0], reached[0]
    met = actual.value <= target.value
    said = f"目标「{_clause(entry.text, target)}」，进展「{_clause(entry.progress, actual)}」"
    reason = f"{said}，{'达到' if met else '没有达到'}"
    return Opinion(
        rule=Rule.GOAL_RANK,
        judgement=VERDICTS[0] if met else VERDICTS[1],
        falls_short=not met,
        reason=reason,
        rests_on=(
            Passage(field="text", start=target.start, end=target.end),
            Passage(field="progress", start=actual.start, end=actual.end),
        ),
        figures=(Figures(target=target.value, actual=actual.value, unit="名"),),
    )


def _clause(text: str, amount: Amount) -> str:
    return next(short(each.words, 30) for each in clauses(text) if each.start <= amount.start < each.end)


def _opinion(rule: Rule, judgement: str, pairs: Sequence[_Pair], *, falls_short: bool) -> Opinion:
    asked = "目标" if rule.of_goals else "任务"
    told = [_sentence(pair, asked, falls_short=falls_short) for pair in pairs[:_MOST_TOLD]]
    return Opinion(
        rule=rule,
        judgement=judgement,
        falls_short=falls_short,
        reason="；".join(told),
        rests_on=tuple(
            Passage(field=field, start=rate.start, end=rate.end)
            for pair in pairs
            for field, rate in (("text", pair.target), ("progress", pair.actual))
        ),
        figures=tuple(
            Figures(target=pair.target.value, actual=pair.actual.value, unit=pair.target.unit) for pair in pairs
        ),
    )


def _sentence(pair: _Pair, asked: str, *, falls_short: bool) -> str:
    said = f"{asked}「{pair.target.words}」，进展「{pair.actual.words}」"
    if _SIGN.search(pair.target.words) or _SIGN.search(pair.actual.words):
        return said
    if not pair.gap:
        return f"{said}，正好达到"
    better, worse = ("好于", "没有达到") if pair.falls else ("高于", "低于")
    points = f"，{better if pair.gap > 0 else worse}目标，相差 {plain(abs(pair.gap))} 个百分点"
    return said + points + ("" if falls_short or pair.gap > 0 else "，在容许的范围内")
