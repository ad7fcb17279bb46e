"""What a clause says of an indicator (指标数值): 固定资产投资同比增长12%; 城市生活垃圾回收利用率达40%以上.

Read backwards from a figure to the verb before it and from there to the subject; a clause that does not fit one of the
few known builds says nothing. Silence is right where the subject is doubtful: a wrong subject makes a false alarm.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from reportgen.quantities.amounts import amounts
from reportgen.quantities.indicator_words import (
    AMONG,
    ANYTHING,
    BRACKET,
    BREAK,
    DOES,
    DONE,
    ENDS,
    FORECAST,
    FULL_YEAR,
    GENERIC,
    GOAL,
    HOW,
    INDICATOR,
    JOINED_ON,
    LEAD,
    LEVEL,
    MEMORY,
    MOVED,
    NAMED,
    NOUN,
    PLACE,
    PROGRESS,
    QUIET,
    RANKED,
    REACH,
    REACHED,
    SENTENCE,
    SENTENCE_SIZE,
    SHORT,
    SUBJECT_SIZE,
    TRAIL,
    UP,
    WITHOUT,
)
from reportgen.quantities.model import Amount, Direction, Period, Span, Statement
from reportgen.quantities.periods import periods


@dataclass(slots=True)
class _Clause:
    """What stands before a figure in its clause, and what is known of it by now."""

    text: str
    start: int
    amount: Amount

    @property
    def broken(self) -> bool:
        """Whether the clause is cut off by another figure: 为74家企业发放贷款1940万元 says nothing of 企业发放贷款."""
        return self.start > 0 and not BREAK.match(self.text, self.start - 1) and not self.head[:1].isspace()

    @property
    def head(self) -> str:
        return self.text[self.start : self.amount.start].rstrip()


@dataclass(slots=True)
class _Frame:
    """The stops, times and brackets of a text, found by their place: a text may hold thousands of each."""

    text: str
    breaks: list[int]
    times: tuple[Period, ...]
    ends: list[int]
    at: dict[int, Period]
    brackets: list[tuple[int, int]]
    closing: dict[int, int]

    def clause_start(self, end: int, previous_end: int) -> int:
        """Where the clause begins that ends here: behind its last stop, or behind the figure before."""
        stop = bisect_right(self.breaks, end) - 1
        return max(previous_end, end - REACH, self.breaks[stop] if stop >= 0 else 0)

    def inside(self, place: int) -> tuple[int, int] | None:
        """The bracket that a place stands in."""
        before = bisect_right(self.brackets, (place, 0)) - 1
        return self.brackets[before] if before >= 0 and place < self.brackets[before][1] else None

    def before(self, place: int) -> Iterator[Period]:
        """The last few times named before a place, the nearest first."""
        index = bisect_right(self.ends, place)
        yield from reversed(self.times[max(0, index - MEMORY) : index])


def _frame(text: str, year: int) -> _Frame:
    times = periods(text, year)
    brackets = [match.span() for match in BRACKET.finditer(text)]
    breaks = [match.end() for match in BREAK.finditer(text)]
    return _Frame(
        text, breaks, times, [one.end for one in times], {one.start: one for one in times}, brackets, dict(brackets)
    )


@lru_cache(maxsize=32768)
def statements(text: str, year: int) -> tuple[Statement, ...]:
    """What a text says of its indicators (指标数值) in reading order; a figure of no plain subject is left out."""
    if not text:
        return ()
    figures = amounts(text)
    if not figures:
        return ()
    frame = _frame(text, year)
    told: list[Statement] = []
    host: Statement | None = None  # the last one outside brackets
    previous_end = 0
    for place, figure in enumerate(figures):
        clause = _Clause(text, frame.clause_start(figure.start, previous_end), figure)
        previous_end = figure.end
        inside = frame.inside(figure.start)
        if _listed(text, figures, place):
            host = None
            continue
        if inside:
            owner = host if host and host.amount.end == inside[0] else None
            statement = _in_bracket(clause, owner, frame)
        else:
            statement = _statement(clause, _carried(text, host, clause, frame), frame)
            host = statement or None
        if statement:
            told.append(statement)
    return tuple(told)


def _listed(text: str, figures: tuple[Amount, ...], place: int) -> bool:
    """9.2%、4.7%、16.6%: figures of several indicators side by side; which is whose is not plain."""
    figure = figures[place]
    following = figures[place + 1] if place + 1 < len(figures) else None
    before = figures[place - 1] if place else None
    return any(
        one is not None
        and other is not None
        and one.unit == other.unit
        and text[one.end : other.start] in ("、", "和", "及")
        for one, other in ((figure, following), (before, figure))
    )


def _carried(text: str, host: Statement | None, clause: _Clause, frame: _Frame) -> Statement | None:
    """The statement whose subject a clause without one goes on with: the one right before it, brackets apart."""
    if host is None:
        return None
    end = frame.closing.get(host.amount.end, host.amount.end)
    return host if end <= clause.start and QUIET.fullmatch(text, end, clause.start) else None


def _period(frame: _Frame, start: int) -> Period | None:
    """The period that a figure is of: the last one named before it in its sentence, deadlines aside."""
    for period in frame.before(start):
        if start - period.end > SENTENCE_SIZE:
            return None
        if period.span is Span.BY or period.impossible:
            continue
        between = frame.text[period.end : start]
        if "。" in between or "\n" in between:
            return None
        if _opens(frame, period):
            return period
    return None


def _opens(frame: _Frame, period: Period) -> bool:
    """Whether a period stands at the head of its clause: 上半年，… but not 较年初…, 实施2023年项目, 全年任务."""
    text = frame.text
    if GOAL.match(text, period.end):
        return False
    start = frame.clause_start(period.start, 0)
    while match := LEAD.match(text, start, period.start):
        start = match.end()
    return start == period.start and text[max(0, start - 1) : start] not in ("《", "〈")


def _subject(clause: _Clause, end: int, frame: _Frame) -> tuple[int, str]:
    """Where the subject starts and its plain words: without 1—6月, 我区, 预计 before and 同比, 累计 behind."""
    text, start = clause.text, clause.start
    while start < end:
        if match := LEAD.match(text, start, end):
            start = match.end()
        elif (period := frame.at.get(start)) and period.end <= end:
            start = period.end
        else:
            break
    words = text[start:end].strip()
    return start, TRAIL.sub("", words) if words else ""


def _good(subject: str, *, counted: bool, action: str = "") -> bool:
    if not counted and subject in SHORT:
        return True
    if DOES.fullmatch(subject) or (
        len(subject) not in SUBJECT_SIZE and not (action and len(subject) == 2 and not ANYTHING.match(subject))
    ):
        return False
    if (
        JOINED_ON.match(subject)
        or GENERIC.fullmatch(subject)
        or PLACE.search(subject)
        or "分别" in subject
        or any(sign in subject for sign in "（）()")
    ):
        return False
    if (
        subject.count("“") != subject.count("”")
        or subject[-1] in "的了于在至到和及及与"
        or subject[0] in "的了和及与或率"
    ):
        return False
    if subject.endswith("率") and len(subject) < 4:
        return False
    return not (counted and SENTENCE.search(subject))


def _made(
    clause: _Clause,
    subject: str,
    start: int,
    frame: _Frame,
    *,
    direction: Direction = Direction.LEVEL,
    against: str = "",
    aside: bool = False,
    action: str = "",
    end: int = 0,
) -> Statement:
    return Statement(
        subject=subject,
        direction=direction,
        amount=clause.amount,
        period=_period(frame, clause.amount.start),
        start=start,
        end=end or clause.amount.end,
        against=against,
        forecast=bool(FORECAST.search(clause.head.replace(subject, "", 1))),
        aside=aside,
        action=action,
    )


def _in_bracket(clause: _Clause, host: Statement | None, frame: _Frame) -> Statement | None:
    """A figure in brackets: a rank or a growth of the statement before them, or a statement of its own."""
    if clause.amount.ordinal:
        if host is None:
            return None
        among = AMONG.search(clause.head)
        against = re.sub(r"^.*?(?:位?列|位?居|排名?)", "", among["among"]) if among else ""
        return _made(clause, host.subject, clause.start, frame, against=against, aside=True)
    if moved := MOVED.search(clause.head):
        before = clause.head[: moved.start()]
        if host and (not before.strip() or WITHOUT.match(before)):
            return _made(
                clause,
                host.subject,
                clause.start,
                frame,
                direction=_way(moved),
                against=moved["against"] or "",
                aside=True,
            )
        if WITHOUT.match(before):
            return None
    found = _statement(clause, None, frame)
    return found and _made(
        clause,
        found.subject,
        found.start,
        frame,
        direction=found.direction,
        against=found.against,
        aside=True,
        action=found.action,
    )


def _way(moved: re.Match[str]) -> Direction:
    return Direction.UP if moved["move"] in UP.split("|") else Direction.DOWN


def _statement(clause: _Clause, carried: Statement | None, frame: _Frame) -> Statement | None:
    head, amount = clause.head, clause.amount
    if amount.ordinal:
        return _rank(clause, carried, frame)
    if "分别" in head or head.endswith("的"):
        return None
    moved = MOVED.search(head)
    if clause.text[amount.end : amount.end + 1] == "的":
        return None  # 产值下滑超过一成的21家企业
    # 农房整治提升1500户 is work done; 余额较年初增加52亿元 is growth.
    if moved and (amount.unit in ("%", "百分点") or moved["against"]):
        return _growth(clause, moved, carried, frame)
    if clause.broken:
        return None
    if not ENDS.match(clause.text, amount.end):
        return _worked_on(clause, frame)
    bound = clause.text[amount.start : amount.start + 1]
    if level := LEVEL.search(head):
        start, subject = _subject(clause, clause.start + level.start(), frame)
        return _levelled(clause, subject, start, frame)
    if not bound.isdecimal() and bound not in "-－−约近上":
        start, subject = _subject(clause, amount.start, frame)
        if INDICATOR.search(subject):
            return _levelled(clause, subject, start, frame)
    return _direct(clause, frame)


def _rank(clause: _Clause, carried: Statement | None, frame: _Frame) -> Statement | None:
    ranked = RANKED.search(clause.head)
    if ranked is None:
        return None
    start, subject = _subject(clause, clause.start + ranked.start(), frame)
    if not subject and carried and not carried.amount.ordinal:
        subject = carried.subject
    return _made(clause, subject, start, frame, against=ranked["among"]) if _good(subject, counted=True) else None


def _growth(clause: _Clause, moved: re.Match[str], carried: Statement | None, frame: _Frame) -> Statement | None:
    start, subject = _subject(clause, clause.start + moved.start(), frame)
    against = re.sub(rf"(?:{HOW})+$", "", moved["against"] or "")
    if not subject:
        if carried is None or carried.amount.ordinal:
            return None
        subject = carried.subject
        if carried.direction is not Direction.LEVEL and clause.amount.unit == "百分点":
            subject += "增速"  # 增长4.4%，比一季度回落0.3个百分点: it is the growth that fell
        statement = _made(clause, subject, start, frame, direction=_way(moved), against=against, action=carried.action)
        return replace(statement, forecast=statement.forecast or carried.forecast)
    if clause.broken or not _good(subject, counted=False):
        return None
    if SENTENCE.search(subject) and not INDICATOR.search(subject):
        return None
    return _made(clause, subject, start, frame, direction=_way(moved), against=against)


def _parted(subject: str) -> tuple[str, str]:
    """What was worked on, and what was done to it: 违法建筑拆除 and 拆除违法建筑 are 违法建筑 (拆除)."""
    if reached := REACHED.search(subject):
        subject = subject[: reached.start()] + subject[reached.end() :]
    subject = FULL_YEAR.sub("", subject)
    done = DONE.search(subject)
    if done and done.start() > 2:  # 责令整改33个 is not 整改 of 责令
        subject, action = TRAIL.sub("", subject[: done.start()]), done["action"]
    elif "新增" in subject[1:]:
        subject, action = subject.replace("新增", "", 1), "新增"
    else:
        action = ""
    while (does := DOES.match(subject)) and len(subject) > does.end() and not NAMED.match(subject, does.end()):
        subject, action = subject[does.end() :], action or does["action"]
    return FULL_YEAR.sub("", subject), action


def _levelled(clause: _Clause, subject: str, start: int, frame: _Frame) -> Statement | None:
    plain, action = _parted(subject)
    if clause.amount.unit in ("%", "百分点") and (not INDICATOR.search(plain) or PROGRESS.search(plain)):
        return None  # 主体结构完成72%: how far a work has got is no indicator
    return _made(clause, plain, start, frame, action=action) if _good(plain, counted=True, action=action) else None


def _direct(clause: _Clause, frame: _Frame) -> Statement | None:
    """No verb right before the figure: 数字经济完成产值1175亿元, 建成社区健身点2个, 优良天数158天."""
    start, subject = _subject(clause, clause.amount.start, frame)
    plain, action = _parted(subject)
    if not (action or REACHED.search(subject) or INDICATOR.search(subject) or REACHED.search(clause.head)):
        return None
    if clause.amount.unit in ("%", "百分点") and (not INDICATOR.search(plain) or PROGRESS.search(plain)):
        return None
    return _made(clause, plain, start, frame, action=action) if _good(plain, counted=True, action=action) else None


def _worked_on(clause: _Clause, frame: _Frame) -> Statement | None:
    """The thing stands behind its number: 拆除150万平方米违法建筑, 新建30个社区健身点."""
    noun = NOUN.match(clause.text, clause.amount.end)
    if noun is None or clause.amount.unit in ("%", "百分点", "元", "人次"):
        return None
    start, before = _subject(clause, clause.amount.start, frame)
    does = DOES.match(before)
    action = does["action"] if does else "完成" if not before and "完成" in clause.head else ""
    subject, _ = _parted(before[does.end() if does else 0 :] + noun["noun"])
    if len(noun["noun"]) < 3 and clause.text[noun.end() : noun.end() + 1] == "、":
        return None  # 打造5条红色、都市、乡村精品游线路
    if (
        not action
        or not _good(subject, counted=True, action=action)
        or DOES.search(noun["noun"])
        or subject.endswith("级")
    ):
        return None
    return _made(clause, subject, start, frame, action=action, end=noun.end())
