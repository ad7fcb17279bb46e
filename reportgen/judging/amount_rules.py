"""Quantities of a task held against those of its progress (数量与时间进度): 拆除150万平方米, and 33.31万平方米 by June.

Who reads this table acts on it, so a doubt always speaks for the unit: figures of the same thing are added up before a
task is called late, what is half done counts as done, and without any finished figure nothing is said at all.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice

from reportgen.judging.clauses import MOST_ACTUALS, MOST_TARGETS, Clause, clauses, likeness, pairs_of_signs
from reportgen.judging.elapsed import Elapsed
from reportgen.judging.rules import Rule, Setting
from reportgen.judging.verdicts import Figures, Opinion, Passage, percent, plain
from reportgen.ledger.model import STATUSES, VERDICTS, Entry
from reportgen.package import short
from reportgen.quantities.model import Amount, Bound

# Pure language: measures that say how good something is, or of whom, and not how much of it was done.
_RATES = frozenset({"%", "‰", "百分点", "倍", "岁", ""})
_PEOPLE = frozenset("人名位")
_FIRMS = frozenset("家户")
# 个 counts whatever another word counts, too: 8家机构 and 2个机构 are the same.
_COUNTING = frozenset("个家户处座所项件条栋套台辆支只片块间张份场批组类种宗艘架") | _PEOPLE
# Words that say nothing of what is counted: every clause has them.
_EMPTY_TEXT = (
    "完成 建成 新建 新增 建设 推进 推动 实施 开展 项目 全年 年度 年内 目标 任务 累计 实现 达到 以上 左右 力争 确保 "
    "力度 加快 全区 我区 全市 目前 工作 上半年 同比 其中 共计 合计 达"
)
_EMPTY_WORDS = tuple(_EMPTY_TEXT.split())
_EMPTY = frozenset().union(*(pairs_of_signs(word) for word in _EMPTY_WORDS))
_TIME = re.compile(r"\d|[月日年底末至]|截至|上半年|季度|今年以来|全年")
# Not, before a word that something is done; 都没有 at the end of a list is said of all that it lists.
_NOT = r"(?:未|没有?|不曾|不能|无法|难以|无一)[^\d]{0,4}?"
_MOST_TOLD = 3
_ALIKE = 0.3  # two clauses that share so much of their words speak of one thing
_CLEARLY = 0.1  # by so much a clause must fit another target better before it is that one's


@dataclass(frozen=True, slots=True)
class _Target:
    """A quantity that is asked for (目标数), and what it is of."""

    amount: Amount
    clause: Clause
    of: str


@dataclass(frozen=True, slots=True)
class _Actual:
    """A quantity that may answer it (实际数): `done`, or only begun; `likeness` tells how surely of the same thing."""

    amount: Amount
    clause: Clause
    done: bool
    likeness: float


def amount_opinion(entry: Entry, rule: Rule, setting: Setting, elapsed: Elapsed) -> Opinion | None:
    """What the quantities say of an entry (数量研判); None where none can be held against each other."""
    behind: list[tuple[Decimal, _Target, _Actual]] = []
    ahead: list[tuple[Decimal, _Target, _Actual]] = []
    unsure = False
    targets = tuple(islice(_targets(entry.text, setting), MOST_TARGETS + 1))
    if not 0 < len(targets) <= MOST_TARGETS:
        return None
    rivals = tuple(clause.lead for clause in clauses(entry.text) if clause.figures)
    told = (clause for clause in clauses(entry.progress) if 0 < len(clause.figures) <= MOST_TARGETS)
    found = tuple(islice(told, MOST_ACTUALS))
    if len(rivals) > 2 * MOST_TARGETS or len(found) == MOST_ACTUALS:
        return None
    for target in targets:
        actuals = _actuals(target, targets, rivals, found, setting)
        done = [each for each in actuals if each.done]
        if not done:
            continue
        best = max(done, key=lambda each: (each.likeness, each.amount.value))
        share = best.amount.value / target.amount.value
        most = sum((each.amount.value for each in actuals), Decimal(0))
        if _is_behind(target.amount, most, setting, elapsed):
            behind.append((share, target, best))
        elif share >= elapsed.share - Decimal(str(setting.within)) / 100:
            ahead.append((share, target, best))
        else:
            unsure = True
    if behind:
        behind.sort(key=lambda each: each[0])
        return _opinion(rule, setting, elapsed, behind, falls_short=True)
    return _opinion(rule, setting, elapsed, ahead, falls_short=False) if ahead and not unsure else None


def _is_behind(target: Amount, most: Decimal, setting: Setting, elapsed: Elapsed) -> bool:
    """Whether even all that could be meant falls short of what the time asks for by more than is allowed."""
    due = target.value * elapsed.share
    if target.unit in _COUNTING and due - most < Decimal(str(setting.least)):
        return False
    return most / target.value < elapsed.share - Decimal(str(setting.within)) / 100


def _targets(text: str, setting: Setting) -> Iterator[_Target]:
    """The quantities of a task: the last of its clause, for those before it qualify the thing (投资10亿元的项目8个)."""
    above = ""
    for clause in clauses(text):
        if not clause.figures:
            above = clause.words
            continue
        amount = clause.figures[-1]
        # 30个健身点 behind 新建3个体育公园 goes on with its verb; a clause without any noun, with the one before it.
        of = clause.lead if _words_of(clause.lead) else above + clause.lead
        above = clause.words
        if amount.unit in _RATES or amount.ordinal or amount.upper is not None or amount.value <= 0:
            continue
        if amount.bound is Bound.AT_MOST or not _in_figures(amount):
            continue
        if any(word in clause.words for word in setting.unless) or "分别" in clause.part:
            continue
        # 日处理300吨的处理厂, 15分钟健身圈: a measure of the thing, not how many of it; 每… and 人均 do not add up.
        if clause.after(amount).startswith(("的", "级")) or any(
            word in clause.words for word in ("每", "均", "日处理")
        ):
            continue
        yield _Target(amount, clause, of)


def _in_figures(amount: Amount) -> bool:
    """Whether it is written in figures; 八项规定, 三项制度 mostly belong to a name."""
    return any(sign.isdigit() for sign in amount.number)


def _words_of(words: str) -> frozenset[str]:
    return pairs_of_signs(words) - _EMPTY


def _actuals(
    target: _Target, targets: Iterable[_Target], rivals: Sequence[str], found: Iterable[Clause], setting: Setting
) -> tuple[_Actual, ...]:
    """The figures of the progress that may answer a target (可比的数)."""
    alike = [each for each in targets if _comparable(each.amount.unit, target.amount.unit)]
    return tuple(
        _Actual(amount, clause, done, near)
        for clause in found
        for amount in clause.figures
        if _comparable(amount.unit, target.amount.unit) and not amount.ordinal
        if (done := _state(clause, amount, target, setting)) is not None
        if (near := _nearness(clause, target, rivals, sole=len(alike) == 1, setting=setting)) > 0
    )


def _comparable(one: str, other: str) -> bool:
    if one == other or {one, other} <= _PEOPLE or {one, other} <= _FIRMS:
        return True
    return "个" in (one, other) and {one, other} <= _COUNTING - _PEOPLE


def _state(clause: Clause, amount: Amount, target: _Target, setting: Setting) -> bool | None:
    """Whether a figure tells what is done (True), only begun (False), or is none of it (None)."""
    if not _in_figures(amount):
        return None
    before, words = clause.before(amount), clause.listed + clause.words
    if any(word in before for word in setting.unfinished) or any(word in before for word in setting.planned):
        return None
    done = any(word in words for word in setting.words)
    # The target said again (48个小区共1.1万户) tells nothing of what was reached.
    if amount.value == target.amount.value and not done:
        return None
    if _is_denied(clause, amount, setting):
        return None
    asked = target.clause.words
    if "分别" in clause.part or any(word in words and word not in asked for word in setting.begun):
        return False
    return done or likeness(clause.lead, target.of) >= _ALIKE


def _is_denied(clause: Clause, amount: Amount, setting: Setting) -> bool:
    """Whether what stands behind a figure says that it is not done: 9条黑臭水体都没有治理完成."""
    after = clause.after(amount) + clause.part.partition(clause.words)[2]
    done = "|".join(map(re.escape, setting.words)) or "(?!)"
    return re.match(rf"(?:[^\d、]*|.*[都均全]){_NOT}(?:{done})", after) is not None


def _nearness(clause: Clause, target: _Target, rivals: Sequence[str], *, sole: bool, setting: Setting) -> float:
    """How surely a clause speaks of what the target is of; 0 where it does not.

    Nouns in common tell it, in the clause or in the heading above it; what another clause of the task fits better is
    that one's: 3个体育公园 does not answer 30个健身点. A clause that names nothing (已引进5个) speaks of its heading,
    or of the `sole` target that is counted so.
    """
    mine = _words_of(target.of)
    lead = clause.lead
    for words in (lead, clause.heading):
        if mine & _words_of(words):
            near = likeness(words, target.of)
            return 0.0 if any(likeness(words, each) > near + _CLEARLY for each in rivals) else near
        if words is lead and not _names_nothing(clause, setting):
            return 0.0
    return 0.1 if sole and not clause.heading else 0.0


def _names_nothing(clause: Clause, setting: Setting) -> bool:
    """Whether a clause says but that so many are done, and not of what."""
    rest = _TIME.sub(" ", clause.lead)
    for word in sorted((*setting.words, *setting.begun, *_EMPTY_WORDS), key=len, reverse=True):
        rest = rest.replace(word, " ")
    return all(len(part.strip("①②③④⑤⑥⑦⑧⑨⑩了约仅共已被均现—-、")) < 2 for part in rest.split())


def _opinion(
    rule: Rule,
    setting: Setting,
    elapsed: Elapsed,
    told: list[tuple[Decimal, _Target, _Actual]],
    *,
    falls_short: bool,
) -> Opinion:
    figures = tuple(
        Figures(
            target=target.amount.value,
            actual=actual.amount.value,
            unit=target.amount.unit,
            share=share,
            expected=elapsed.share,
        )
        for share, target, actual in told
    )
    met = all(share >= 1 for share, _, _ in told)
    return Opinion(
        rule=rule,
        judgement=_judgement(rule, falls_short, met),
        falls_short=falls_short,
        reason=_reason(rule, setting, elapsed, told, falls_short=falls_short),
        rests_on=tuple(
            Passage(field=field, start=amount.start, end=amount.end)
            for _, target, actual in told
            for field, amount in (("text", target.amount), ("progress", actual.amount))
        ),
        figures=figures,
    )


def _reason(
    rule: Rule, setting: Setting, elapsed: Elapsed, told: list[tuple[Decimal, _Target, _Actual]], *, falls_short: bool
) -> str:
    asked = "目标" if rule.of_goals else "任务"
    said = "；".join(
        f"{asked}「{short(target.clause.words, 30)}」，进展「{short(actual.clause.words, 30)}」，完成 {percent(share)}"
        for share, target, actual in told[:_MOST_TOLD]
    )
    due = f"{elapsed.words}，应为 {percent(elapsed.share)}"
    if falls_short:
        return f"{said}；{due}"
    if all(share >= 1 for share, _, _ in told):
        return f"{said}，已达到全年目标"
    if all(share >= elapsed.share for share, _, _ in told):
        return f"{said}，跟得上时间进度（{due}）"
    return f"{said}，与时间进度相差不到 {plain(Decimal(str(setting.within)))} 个百分点（{due}）"


def _judgement(rule: Rule, falls_short: bool, met: bool) -> str:
    if not rule.of_goals:
        return STATUSES[1] if falls_short else STATUSES[0]
    if falls_short:
        return VERDICTS[1]
    return VERDICTS[0] if met else VERDICTS[2]
