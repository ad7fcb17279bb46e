"""Said to be done, and the figures say less (完成说法与数字): 已完成年度目标 with 33 of 150, 过半 with 43%.

Only where one figure of the sentence and one target of the task share a unit, or a share stands beside the words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from reportgen.proof.families.sentences import Sentence, figures, sentences, shown, told_here
from reportgen.proof.findings import Finding, Mark
from reportgen.proof.manuscript import Manuscript, Row, Text
from reportgen.proof.rules import Rule
from reportgen.proof.settings import Settings
from reportgen.quantities.model import Amount, Bound

_REACHED = re.compile(
    r"(?:已|提前|超额|全面|全部){1,3}(?:完成|达到|实现)了?(?:全年|年度|年初|本年度|既定年度|市下达年度)的?(?:预期|既定)?(?:目标任务|任务目标|目标|任务)"
    r"|超额完成(?:目标)?任务|提前完成任务|超额完成目标"
)
_HALF = re.compile(r"(?:任务|进度|目标|完成|投资|均|已|实现)(?:已|均|时间)?过半|实现[“\"]?双过半|超过一半|达到一半以上")
_NOT = re.compile(
    r"(?:未|没有?|尚未|未能|难以|不能|能够|预计|力争|有望|可|将|能|确保|争取|距|与|拟|计划|预期|按期|要求|如期|望)[^，。；]{0,6}$"
)
_ALL_DONE = re.compile(r"(?:已|均)?全部(?P<verb>办结|化解|整改|销号|完成|兑现|开工|签约)")
_AIMS_LOW = re.compile(r"控制在|以内|不超过|低于|下降|压减|减少|降至|不高于")
_HUNDRED = 100


def examine(manuscript: Manuscript, settings: Settings) -> Iterator[Finding]:
    """Every 已完成, 过半 and 全部办结 that the figures beside it do not bear out (完成说法与数字)."""
    if not settings.looks_at(Rule.COMPLETION):
        return
    for text, row in told_here(manuscript):
        if text.field not in ("", "progress", "phrase"):
            continue
        for sentence in sentences(text.content):
            words = text.content[sentence.start : sentence.end]
            for claim in _claims(_REACHED, words):
                yield from _against_target(text, sentence, claim, row, 1, settings)
            for claim in _claims(_HALF, words):
                yield from _half(text, sentence, claim, row, settings)
            for claim in _claims(_ALL_DONE, words):
                yield from _all_done(text, sentence, claim, settings)


def _claims(form: re.Pattern[str], words: str) -> Iterator[re.Match[str]]:
    for match in form.finditer(words):
        if not _NOT.search(words[max(0, match.start() - 12) : match.start()]):
            yield match


def _clause_figures(sentence: Sentence, claim: re.Match[str]) -> list[Amount]:
    """The figures before the claim, not farther than the clause before its own."""
    at = sentence.start + claim.start()
    return [each for each in sentence.amounts if each.end <= at and at - each.end <= 30]


def _half(
    text: Text, sentence: Sentence, claim: re.Match[str], row: Row | None, settings: Settings
) -> Iterator[Finding]:
    figures = _clause_figures(sentence, claim)
    shares = [each for each in figures if each.unit == "%"]
    if shares:
        share = shares[-1]
        lead = text.content[max(sentence.start, share.start - 12) : share.start]
        is_share = re.search(r"(?:占|的|完成|进度|完成率)[^，。；]{0,8}$", lead) and not re.search(
            r"增长|下降|提高", lead
        )
        if is_share and share.bound is Bound.EXACT and share.value < _HUNDRED / 2:
            told = shown(text.content, share)
            yield from _finding(text, sentence, claim, share, f"写的是「{claim[0]}」，数字是{told}", settings)
        return
    yield from _against_target(text, sentence, claim, row, 2, settings)


def _against_target(
    text: Text, sentence: Sentence, claim: re.Match[str], row: Row | None, part: int, settings: Settings
) -> Iterator[Finding]:
    """The one figure of the clause against the one target in its unit: all of it, or half."""
    task = row.content("text") if row else ""
    if not task or _AIMS_LOW.search(task):
        return
    targets = figures(task)
    for figure in reversed(_clause_figures(sentence, claim)):
        wanted = [each for each in targets if each.unit == figure.unit]
        if figure.unit in ("%", "百分点") or len(wanted) != 1:
            continue
        target = wanted[0]
        if (
            figure.bound in (Bound.EXACT, Bound.ABOUT)
            and figure.value * part < target.value
            and len(_of_unit(sentence, figure)) == 1
        ):
            numbers = f"{shown(text.content, figure)}，目标是{shown(task, target)}"
            yield from _finding(text, sentence, claim, figure, f"写的是「{claim[0]}」，数字是{numbers}", settings)
        return


def _of_unit(sentence: Sentence, figure: Amount) -> Sequence[Amount]:
    return [each for each in sentence.amounts if each.unit == figure.unit]


def _all_done(text: Text, sentence: Sentence, claim: re.Match[str], settings: Settings) -> Iterator[Finding]:
    """发现112个，整改109个，已全部整改."""
    figures = _clause_figures(sentence, claim)
    if len(figures) < 2:
        return
    found, done = figures[-2:]
    between = sentence.between(found, done)
    if found.unit != done.unit or done.value >= found.value or not found.bound is done.bound is Bound.EXACT:
        return
    if re.fullmatch(rf"[^。；]{{0,10}}(?:已|其中)?{claim['verb']}了?", between):
        numbers = f"{shown(text.content, found)}中的{shown(text.content, done)}"
        yield from _finding(text, sentence, claim, done, f"写的是「{claim[0]}」，数字是{numbers}", settings)


def _finding(
    text: Text, sentence: Sentence, claim: re.Match[str], figure: Amount, what: str, settings: Settings
) -> Iterator[Finding]:
    start = sentence.start + claim.start()
    marks = (
        Mark(text=text, start=start, end=start + len(claim[0])),
        Mark(text=text, start=figure.start, end=figure.end),
    )
    yield from settings.finding(Rule.COMPLETION, what, "请核对数字；确未达到的，改写说法", *marks)
