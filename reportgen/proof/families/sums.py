"""Parts against their total (分项与合计): 61家，其中竣工23家、在建38家; A12个、B8个，共20个; 785处已改784处，剩余1处.

A list after 其中 need not be all of it: it may not be more than the total, and where it comes near it (within, a share
of the total) it was meant to be all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import pairwise

from reportgen.proof.families.habits import Habit
from reportgen.proof.families.sentences import Sentence, figures, in_brackets, sentences, shown, told_here
from reportgen.proof.families.table_sums import table_sums
from reportgen.proof.findings import Finding, Mark
from reportgen.proof.manuscript import Manuscript, Row, Text
from reportgen.proof.rules import Rule
from reportgen.proof.settings import Settings
from reportgen.quantities.model import Amount, Bound
from reportgen.quantities.stops import sentence_around

_NO_PARTS = ("%", "百分点", "")
# What opens a list of parts; those of the second kind name all of them.
_OPENING = re.compile(
    r"(?P<some>(?P<inner>(?<=、))?其中)"
    r"|(?P<all>(?<!有)分别为|分别是|(?<![部十百])分为|按[^，。；\d]{1,8}分(?!别))"
    r"|(?P<hold>包括|包含|属于(?=[^，。；、\d]{2,14}的\d))"
    r"|(?P<dealt>[，,：:](?=[^，。；、\d]{0,4}(?:取消|合并|整合|废止|修[订改]|撤销|下放|调整|停止|退出|核减|清退|保留|维持)"
    r"[^，。；、\d]{0,8}\d))"
    r"|(?<=\d)[个家项户件处条所座名人](?P<among>[^，。；、\d]{0,6}中[，,])"
)
# 取消17项、合并24项、保留91项: what stays and what goes are all there is.
_STAYS, _GOES = re.compile(r"保留|维持"), re.compile(r"取消|合并|整合|废止|撤销|下放|停止|退出|核减|清退")
# 其中A10家、B7家等: only some of it.
_AND_OTHERS = re.compile(r"等|左右|以上")
# 其中亿元以上项目12个、龙头企业8家: picked out of all, and one may be both.
_PICKED = re.compile(r"亿元|以上|以下|重点|重大|龙头|骨干|上市|500强|专精特新|小巨人|高新技术|示范|典型|优秀|主要")
# What is no part any more though it follows a comma.
_NEW_MATTER = re.compile(r"(?:新增|新建|另|同时|并|目前|还|全[区市县]|其余|累计|共|同比|较|比|高于|低于)")
# What is taken away, not added: 净增12家，其中新增20家、退库8家.
_TAKEN_AWAY = re.compile(r"净|退库|退出|注销|减少|核减|下降|流失|扣除")
_GROWN = re.compile(r"累计|总|达|同比|增加|全[区市县]")
# Two words that leave nothing between them: a list with both is meant to be all.
_HALVES = (
    (re.compile(r"规上"), re.compile(r"规下")),
    (re.compile(r"城市|城镇"), re.compile(r"农村|乡村")),
    (re.compile(r"境外"), re.compile(r"本地|境内")),
    (re.compile(r"公办"), re.compile(r"民办")),
)
_FINISHED = re.compile(r"完成|已")
# A list of 包括, or of names that differ in one sign only, is taken for whole as long as it is half of the total.
_HALF = 0.5
_HOLDS = re.compile(r"包括|包含")
_BASE = re.compile(r"[^，。；、]{0,6}的(?:约|达)?")
_CLAUSE = re.compile(r"[，,（）()]")
# A、B，共20个; A，B，合计4.3万平方米.
_IN_ALL = re.compile(r"[，,、]?(?:两项|三项|两者|三者|两季)?(?:一共|总共|共计|合计|总计|共)(?:为|达)?")
_LINK = re.compile(r"[^，。；：:\d]{0,24}[、，,和及]?[^，。；：:\d]{0,24}")
# The last of two parts: what is left.
_REST = re.compile(r"(?:^|[，,；;、）)。])(?:其余|剩余|余下|尚余|还剩|剩下|未完成|未办结|未整改|未开工)的?$")
_DONE = re.compile(r"已|完成|办结|整改|化解|签约|调处|销号|开工|动工|安装|建成|投用|竣工|达标")


def examine(manuscript: Manuscript, settings: Settings) -> Iterator[Finding]:
    """Every total that its parts do not give (分项之和与合计)."""
    if not (settings.looks_at(Rule.SUM) or settings.looks_at(Rule.UNIT_DIFFERS)):
        return
    habit = Habit()
    for text, row in told_here(manuscript):
        if len(figures(text.content)) > 1:
            yield from _lists(text, settings, habit)
            yield from _in_all(text, settings, habit)
            yield from _rests(text, row, settings)
    yield from habit.findings()
    for listing in manuscript.listings:
        if listing.kind is None:
            yield from table_sums(listing, settings)


def _lists(text: Text, settings: Settings, habit: Habit) -> Iterator[Finding]:
    """T，其中 a、b、c; T分为 a、b; T（a、b）."""
    known = sentences(text.content)
    for at, sentence in enumerate(known):
        for opening in _OPENING.finditer(text.content, sentence.start, sentence.end):
            among = opening["among"] is not None
            totals = _totals_before(known, at, opening.start() + among)
            parts = _parts_after(sentence, opening.end())[: 1 if among or opening["inner"] is not None else None]
            whole = opening["all"] is not None
            if opening["dealt"] is not None:
                whole = _all_dealt_with(text.content, totals, opening.start(), parts)
                if not whole:
                    continue
            yield from _compare(text, totals, parts, whole, settings, habit)
        yield from _bracketed(text, sentence, settings)


def _all_dealt_with(content: str, totals: Sequence[Amount], opening: int, parts: Sequence[Sequence[Amount]]) -> bool:
    """Whether a list right behind a figure tells what of it stays and what goes."""
    if not totals or not parts or opening - totals[-1].end > 0 or len(parts[0]) < 2:
        return False
    words = content[opening : parts[0][-1].start]
    return _STAYS.search(words) is not None and _GOES.search(words) is not None


def _totals_before(known: Sequence[Sentence], at: int, opening: int) -> list[Amount]:
    """The figures of the clause or, where 其中 opens a sentence, of the sentence before it; not those in brackets."""
    sentence = known[at]
    before = _plain_ones(sentence, opening)
    if before or at == 0:
        return before
    last = known[at - 1]
    gap = sentence.content[last.end : sentence.start]
    opens = not sentence.content[sentence.start : opening].strip("。 \t")
    return _plain_ones(last, last.end) if opens and len(gap) <= 1 else []


def _plain_ones(sentence: Sentence, end: int) -> list[Amount]:
    """The figures before a place that may be a total: not in brackets, not what a share is taken of (占48个的85.4%)."""
    known = sentence.amounts
    after: list[Amount | None] = [*known[1:], None]
    return [
        each
        for each, following in zip(known, after, strict=True)
        if each.end <= end
        and not in_brackets(sentence, each)
        and not (following and following.unit == "%" and _BASE.fullmatch(sentence.between(each, following)))
    ]


def _parts_after(sentence: Sentence, start: int) -> list[list[Amount]]:
    """The figures of each clause behind the opening words, until a clause has none or speaks of another thing."""
    content = sentence.content
    clauses: list[list[Amount]] = []
    finished = False
    edges = [start, *(mark.end() for mark in _CLAUSE.finditer(content, start, sentence.end)), sentence.end]
    for left, right in pairwise(edges):
        if not content[left:right].strip("，, "):
            continue
        here = [each for each in sentence.amounts if left <= each.start < right]
        # 其中需整治217个，整治完成148个: what was done of the part is no other part.
        done = bool(here) and _FINISHED.search(content, left, here[0].start) is not None
        if not here or (clauses and (_NEW_MATTER.match(content, left) or (done and not finished))):
            break
        finished = finished or done
        clauses.append(here)
    return clauses


def _compare(
    text: Text,
    totals: Sequence[Amount],
    clauses: Sequence[Sequence[Amount]],
    whole: bool,
    settings: Settings,
    habit: Habit,
) -> Iterator[Finding]:
    for unit in dict.fromkeys(each.unit for clause in clauses[:1] for each in clause):
        known = [each for each in totals if each.unit == unit and each.unit not in _NO_PARTS]
        parts: list[Amount] = []
        ends: list[int] = []
        for clause in clauses:
            of_unit = [each for each in clause if each.unit == unit]
            if not of_unit:
                break
            parts += of_unit
            ends.append(len(parts))
        if not known or not parts or any(each.bound is not Bound.EXACT for each in (*parts, known[-1])):
            continue
        if _is_of_another_size(known[-1], parts[0]):
            yield from _another_size(text, known[-1], parts[0], settings)
        else:
            yield from _sum(text, known, parts, ends, whole, settings, habit)


def _is_of_another_size(total: Amount, part: Amount) -> bool:
    """成交额9.75亿元，其中交易额2.14万元: nobody counts ten thousandths of a total to two places."""
    sizes = (_size(total), _size(part)) == (Decimal(10**8), Decimal(10**4))
    return sizes and part.decimals > 0 and part.value * 10000 < total.value


def _another_size(text: Text, total: Amount, part: Amount, settings: Settings) -> Iterator[Finding]:
    written, of = shown(text.content, part), shown(text.content, total)
    marks = [Mark(text=text, start=each.start, end=each.end) for each in (part, total)]
    yield from settings.finding(
        Rule.UNIT_DIFFERS, f"{of}中的一项写{written}，不到万分之一", "请核对单位是不是「亿」", *marks
    )


def _sum(
    text: Text,
    totals: Sequence[Amount],
    parts: Sequence[Amount],
    ends: Sequence[int],
    whole: bool,
    settings: Settings,
    habit: Habit,
) -> Iterator[Finding]:
    total = totals[-1]
    # A list may go on, behind a comma, with what is no part any more: its first figures that give any total explain it.
    if any(_equal(_added(parts[:end]), each, parts) for end in ends for each in totals):
        _note(text, totals, parts, ends, settings, habit)
        return
    added = _added(parts)
    short = total.value - added
    listed = text.content[total.end : parts[-1].end]
    whole = whole or any(one.search(listed) and other.search(listed) for one, other in _HALVES)
    sure = _HOLDS.search(listed) or _are_parallel(text.content, total, parts)
    within = max(settings.within(Rule.SUM), _HALF if sure else 0)
    near = Decimal(str(within)) * total.value
    if short > 0 and (len(parts) < 2 or not (whole or short <= near or _one_figure_off(total, parts, short))):
        return
    if short > 0 and (_is_completed(text.content, total, parts) or (not whole and _is_some_only(text, total, parts))):
        return
    words = text.content[max(0, total.start - 6) : parts[-1].end]
    if short < 0 and (_TAKEN_AWAY.search(words) or any(word in words for word in settings.words(Rule.SUM))):
        return
    if short < 0 and len(parts) == 1 and not _clearly_part(text.content, total, parts[0]):
        return
    yield from _finding(text, total, parts, settings)


def _are_parallel(content: str, total: Amount, parts: Sequence[Amount]) -> bool:
    """Whether the parts' names differ in one sign only: 其中全市首店4家、全区首店9家."""
    names = [content[left.end : right.start] for left, right in pairwise((total, *parts))]
    names = [re.sub(r"^.*其中|^.*[，。；、：]", "", name) for name in names]
    lengths = {len(name) for name in names}
    return (
        len(lengths) == 1 and max(lengths) > 2 and sum(len(set(signs)) > 1 for signs in zip(*names, strict=True)) == 1
    )


def _note(
    text: Text,
    totals: Sequence[Amount],
    parts: Sequence[Amount],
    ends: Sequence[int],
    settings: Settings,
    habit: Habit,
) -> None:
    """Takes down whether rounded figures give their total as written, or only by what rounding may have done."""
    if not all(each.decimals for each in (totals[-1], *parts)):
        return
    if any(_added(parts[:end]) == each.value for end in ends for each in totals):
        habit.as_written += 1
    elif totals[-1].decimals >= max(each.decimals for each in parts):
        habit.against(_finding(text, totals[-1], sorted(parts, key=lambda each: each.start), settings))


def _is_completed(content: str, total: Amount, parts: Sequence[Amount]) -> bool:
    """Whether what follows in the sentence is what was missing: 其中企业1420户、个体3790户，另有合作社20户."""
    end = sentence_around(content, parts[-1].start, parts[-1].end)[1]
    rest = [each for each in figures(content) if parts[-1].end <= each.start < end and each.unit == total.unit]
    return any(_equal(_added([*parts, *rest[:more]]), total, parts) for more in range(1, min(len(rest), 3) + 1))


def _is_some_only(text: Text, total: Amount, parts: Sequence[Amount]) -> bool:
    """Whether the words say that the parts are not all: 等 behind them, or what was picked out of all."""
    content = text.content
    if _AND_OTHERS.match(content, parts[-1].end):
        return True
    names = (content[max(left.end, right.start - 16) : right.start] for left, right in pairwise((total, *parts)))
    return any(_PICKED.search(name) for name in names)


def _one_figure_off(total: Amount, parts: Sequence[Amount], short: Decimal) -> bool:
    """Whether a single wrong digit of a longer number explains what is missing (错一位数).

    Where more than half is missing it must be the total's, and of three digits: chance gives the others too often.
    """
    if short * 2 > total.value:
        return len(re.sub(r"\D", "", total.number)) >= 3 and _another_digit(total, -short)
    return _another_digit(total, -short) or any(_another_digit(each, short) for each in parts)


def _another_digit(amount: Amount, change: Decimal) -> bool:
    """Whether one digit of a figure, made another one, changes it by so much.

    The last digit of two, like the only one, would explain any small change.
    """
    written = (amount.value + change) / amount.scale
    was, now = str(int(amount.value / amount.scale)), f"{written.normalize():f}"
    if len(was) != len(now) or (len(was) < 3 and was[-1:] != now[-1:]):
        return False
    return sum(one != other for one, other in zip(was, now, strict=True)) == 1


def _clearly_part(content: str, total: Amount, part: Amount) -> bool:
    """One part after 其中: more than its total only where nothing but the opening words stands between."""
    words = content[total.end : part.start]
    return len(words) <= 16 and "、" not in words and not _GROWN.search(words)


def _bracketed(text: Text, sentence: Sentence, settings: Settings) -> Iterator[Finding]:
    """14例（境外输入12例、本地2例）."""
    content = text.content
    for at, total in enumerate(sentence.amounts):
        if content[total.end : total.end + 1] not in ("（", "(") or total.unit in _NO_PARTS:
            continue
        closing = min((p for mark in "）)" if (p := content.find(mark, total.end)) >= 0), default=-1)
        parts = [each for each in sentence.amounts[at + 1 :] if each.end <= closing]
        inside = content[total.end + 1 : closing]
        if (
            len(parts) < 2
            or any(each.unit != total.unit for each in parts)
            or re.search(r"其中|含|包括|另|比|原", inside)
        ):
            continue
        if all(each.bound is Bound.EXACT for each in (total, *parts)) and not _equal(_added(parts), total, parts):
            yield from _finding(text, total, parts, settings)


def _in_all(text: Text, settings: Settings, habit: Habit) -> Iterator[Finding]:
    """A12个、B8个，共20个."""
    for sentence in sentences(text.content):
        for at, total in enumerate(sentence.amounts):
            if at < 2 or total.unit in _NO_PARTS or total.bound is not Bound.EXACT:
                continue
            parts: list[Amount] = []
            right = total
            for each in reversed(sentence.amounts[:at]):
                words = sentence.between(each, right)
                fits = _IN_ALL.fullmatch(words) if right is total else _LINK.fullmatch(words)
                if not fits or each.unit != total.unit or each.bound is not Bound.EXACT:
                    break
                parts.insert(0, each)
                right = each
            if len(parts) < 2:
                continue
            tails = [_added(parts[start:]) for start in range(len(parts) - 1)]
            if _is_completed(text.content, total, parts):
                continue
            if not any(_equal(tail, total, parts) for tail in tails):
                yield from _finding(text, total, parts, settings)
            else:
                _note(text, [total], parts[::-1], range(2, len(parts) + 1), settings, habit)


def _rests(text: Text, row: Row | None, settings: Settings) -> Iterator[Finding]:
    """785处问题，已整改784处，剩余1处; 治理完成6条，剩余3条 where the task says 9条."""
    task = figures(row.content("text")) if row and text.field == "progress" else ()
    known = sentences(text.content)
    for number, sentence in enumerate(known):
        for rest in sentence.amounts:
            if rest.bound is not Bound.EXACT or rest.unit in _NO_PARTS:
                continue
            if not _REST.search(text.content[max(sentence.start, rest.start - 8) : rest.start]):
                continue
            near = [*known[number - 1].amounts, *sentence.amounts] if number else sentence.amounts
            before = [each for each in near if each.unit == rest.unit and each.end <= rest.start]
            if len(before) > 1 and _is_rest(text.content, sentence, before, rest):
                yield from _finding(text, before[-2], (before[-1], rest), settings)
            elif before and (target := _target_of(task, sentence, before, rest)):
                yield from _against_task(text, row, target, (before[-1], rest), settings)


def _is_rest(content: str, sentence: Sentence, before: Sequence[Amount], rest: Amount) -> bool:
    """Whether the last two figures before it are sure to be all and what is done of it, and do not fit."""
    total, done = before[-2:]
    words = content[total.end : done.start]
    # More done than there was is a slip only where nothing else stands between.
    most = 12 if total.value >= done.value and rest.value <= total.value else 6
    linked = len(words) <= most and _DONE.search(words) and not re.search("[。；\n]|累计|总", words)
    exact = total.bound is Bound.EXACT and done.bound is Bound.EXACT
    others = any(each.unit == rest.unit and each.start > rest.end for each in sentence.amounts)
    # 任务100个，已完成60个，已开工30个，剩余10个: more than two parts.
    more = len([each for each in before if each.start >= sentence.start]) > 2
    if not linked or not exact or others or more or _another(content, rest):
        return False
    return not any(_explains(rest, one, two) for one in before for two in before)


def _target_of(task: Sequence[Amount], sentence: Sentence, before: Sequence[Amount], rest: Amount) -> Amount | None:
    """The task's one target in the unit, where what is done of it and what is left stand side by side."""
    done = before[-1]
    targets = [each for each in task if each.unit == rest.unit]
    alone = len(targets) == 1 and len(before) == 1 and targets[0].bound is done.bound is Bound.EXACT
    if not alone or done.start < sentence.start or sentence.between(done, rest).count("，") > 2:
        return None
    words = sentence.before(done)[-12:]
    others = any(each.unit == rest.unit and each.start > rest.end for each in sentence.amounts)
    if not _DONE.search(words) or others or _another(sentence.content, rest):
        return None
    return targets[0] if targets[0].value != done.value + rest.value else None


def _against_task(
    text: Text, row: Row | None, target: Amount, parts: Sequence[Amount], settings: Settings
) -> Iterator[Finding]:
    task = row.texts["text"] if row else text
    done, rest = (shown(text.content, each) for each in parts)
    what = f"任务是{shown(task.content, target)}，已完成{done}、剩余{rest}，相加不是这个数"
    marks = [Mark(text=text, start=each.start, end=each.end) for each in parts]
    yield from settings.finding(
        Rule.SUM, what, "请核对任务数、完成数和剩余数", *marks, Mark(text=task, start=target.start, end=target.end)
    )


def _another(content: str, rest: Amount) -> bool:
    """其余12个…，另9个…: there is one part more."""
    return "另" in content[rest.end : rest.end + 40]


def _explains(rest: Amount, total: Amount, done: Amount) -> bool:
    return total.value - done.value == rest.value


def _added(parts: Sequence[Amount]) -> Decimal:
    return sum((each.value for each in parts), Decimal(0))


def _equal(added: Decimal, total: Amount, parts: Sequence[Amount]) -> bool:
    """Equal as far as rounded figures can be: 14.71 for 14.7, 5.1 and 7.6 for 12.6. Counts are exact."""
    measured = [each.scale for each in (total, *parts) if each.decimals]
    # By rounding each they may be farther apart; in reports they are not by more than the last place.
    slack = min(sum(measured, Decimal(0)) / 2, max(measured, default=Decimal(0)))
    return abs(added - total.value) <= slack


def _finding(text: Text, total: Amount, parts: Sequence[Amount], settings: Settings) -> Iterator[Finding]:
    content = text.content
    added = _plain(_added(parts) / _size(total)) + shown(content, total).removeprefix(total.number)
    listed = "、".join(shown(content, each) for each in parts[:6]) + ("等" if len(parts) > 6 else "")
    what = f"总数写{shown(content, total)}，分项{listed}相加是{added}"
    marks = [Mark(text=text, start=each.start, end=each.end) for each in (total, *parts)]
    yield from settings.finding(Rule.SUM, what, "请核对总数和各分项；还有别的分项的，写明「其他」", *marks)


def _size(amount: Amount) -> Decimal:
    return amount.scale.scaleb(amount.decimals)


def _plain(value: Decimal) -> str:
    return f"{value.normalize():f}"
