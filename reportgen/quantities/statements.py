"""What a clause says of an indicator (指标数值): 固定资产投资同比增长12%; 城市生活垃圾回收利用率达40%以上.

Read backwards from a figure to the verb before it and from there to the subject; a clause that does not fit one of the
few known builds says nothing. Silence is right where the subject is doubtful: a wrong subject makes a false alarm.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from reportgen.quantities.amounts import amounts
from reportgen.quantities.model import Amount, Direction, Period, Span, Statement
from reportgen.quantities.periods import periods

_UP = "增长|上升|增加|提高|提升|上涨|增幅|增速|多增"
_DOWN = "下降|降低|减少|回落|下滑|降幅|缩减|负增长"
_HOW = "均|则|又|也|实现|仅|只|预计|已|略有?|大幅|累计|平均|年均|将|共|约|分别"
_MOVED = re.compile(
    r"(?P<against>同比|环比|(?:较(?![快大好慢多])|(?<![占同环对相])比(?![重例率值])|(?<![合共协不陪])[同与](?=[^，。；、]{2,8}比))"
    rf"[^，。；、（）]{{1,10}}?)?(?:{_HOW}){{0,3}}(?P<move>{_UP}|{_DOWN})"
    r"(?:幅度|速度|率)?(?:了|仅|只|也|均|约|达到|达|为){0,3}$"
)
_LEVEL = re.compile(
    r"(?:已经?|均|共|也|仅|只有?|则|将|可|预计|合计|累计|总共){0,3}"
    r"(?:达到|达|(?<!行)为|是|(?:提升|提高|增长|上升|下降|降低|增加|升|降|增)[至到]|(?:稳定|保持|维持|控制)在|共计|合计|总计|累计|总数)"
    r"(?:仅|只有?|共)?$"
)
# The longer of two that begin alike stands first.
_ACTION = (
    "新建成|新改建|新建|拆除|改建|扩建|建成|建设|建立|完成|打造|新增|引进|引育|培育|创建|整治|整改|修复|修缮|改造|开工|开通|"
    "开设|投用|投运|投放|投入|安装|安排|发放|发现|发布|化解|办理|办结|查处|立案|排查|没收|收回|收缴|治理|落实|下达|登记|促成|"
    "形成|管理|调查|督促|推荐|利用|提升|提供|签约|签订|接种|设立|成立|举办|培训|救助|资助|兑付|拨付|争取|获批|认定|回收|"
    "挽回|盘活|清理|更新|更换|购置|招录|招引|进口|出口|销售|生产|疏通|栽种|补栽|种植|实施"
)
_DOES = re.compile(rf"(?P<action>{_ACTION})(?:到(?!位|期|达)|了)?")
_DONE = re.compile(rf"(?:已|共|累计|仅|新|预计){{0,2}}(?P<action>{_ACTION})$")
_REACHED = re.compile(r"(?:累计|已经?|共|仅|只|预计|可){0,3}(?:完成(?!率)|实现(?!率))")
# What begins with a verb and is a name all the same: 生产总值, 销售额, 种植面积, 建设用地, 投入强度.
_NAMED = re.compile(r"[率量额数值总收面强度用力费人型金]")
_FULL_YEAR = re.compile(r"^(?:全年|上半年|今年|年度|(?:19|20)\d\d年度?)(?!计划)")
_PROGRESS = re.compile(r"(?:工程量|工程总量|总工程|进度|任务|总量|目标|计划)$")
_ANYTHING = re.compile(
    r"项目|任务|问题|隐患|企业|金额|资金|纠纷|案件|损失|罚款|上报|行政|立案|全程|原址|生态|工程|工作|建设|面积|设施|情况"
)
_PLACE = re.compile(r"(?:[区市县镇乡省]|街道|全国)$")
_LEAD = re.compile(
    r"[\s①-⑳⑴-⒇●•·]+|\d{1,3}[.、．] ?|[（(][一二三四五六七八九十\d]{1,3}[)）]|[一二三四五六七八九]是"
    r"|(?:我|全|本)[市区县省](?!级)|预计|预期|有望|力争|确保|实现|完成(?!率)|累计|已经?|共(?!同)|拟|计划(?=完成|实现|新|建)|近[两二三四五\d]年来?|分批|其中|此外|同时|推动|促进|努力|带动|使得?"
    r"|并(?!购)|将|我们|仅|也|均|分别是|分别|近?年来"
)
_TRAIL = re.compile(
    r"(?:同比|环比|预计|均|已经?|仅|只|也|则|又|累计|共计?|合计|总计|实现|完成|将|有望|可|稳步|较快|的|约|力争|年均|平均|实际|预期|总体)+$"
)
_FORECAST = re.compile(r"预计|预期|有望|力争|计划|拟")
_INDICATOR = re.compile(
    r"(?:[率量额值数比重]|投资|收入|税收|面积|里程|天数|人数|户数|规模|余额|产值|指数|得分|产量|浓度|存款|贷款|支出|利润|比例|次数|就业|资金|长度)$"
)
# Words that show that what stands before the figure is a sentence, not the name of an indicator.
_SENTENCE = re.compile(
    r"[等将把被由向与并使让按]|占(?![比用地]|.{1,12}比[重例]$)|(?<!行)为(?!民)|对(?!口|外)|的$|以(?![上下内])|用于|到(?!位|期)|通过|开展|进行|聚焦|组织|参加|其中|根据|争创|给予|分别|涉及|以及|包括|不"
)
_BREAK = re.compile(r"[，。；、：:;,\n！？!?（）()【】〔〕《》|]")
_QUIET = re.compile(r"[ ，、,；;]*$")
_GOAL = re.compile(r"任务|目标|计划")
_BRACKET = re.compile(r"[（(][^（()）]{0,80}[）)]")
_WITHOUT = re.compile(r"^(?:扣除|剔除|不含|还原|按?同口径|按?可比|若)")
_RANKED = re.compile(
    r"(?P<what>增速|增幅|降幅|(?:增长|下降)幅度|总量|规模)?(?:均|并)?(?:位?列|位?居|排名?|名列|位次)(?P<among>[^，。；、（）]{0,8})$"
)
_AMONG = re.compile(r"(?P<among>[^，。；、（）]{2,8})$")
_NOUN = re.compile(r"(?P<noun>[\u4e00-\u9fffA-Za-z“”]{2,16})(?=$|[，。；、：;,\n（(）)])")
_ENDS = re.compile(r"$|[ ，。；、：:;,.\n（(）)！？!?]")
_SUBJECT_SIZE = range(3, 25)  # 资金, 面积 by themselves name nothing
_MEMORY = 6  # times that are looked through for the one that a figure is of
_SENTENCE_SIZE = 400
_REACH = 48  # a subject, its verb and what it is compared with are not longer


@dataclass(slots=True)
class _Clause:
    """What stands before a figure in its clause, and what is known of it by now."""

    text: str
    start: int
    amount: Amount

    @property
    def broken(self) -> bool:
        """Whether the clause is cut off by another figure: 为74家企业发放贷款1940万元 says nothing of 企业发放贷款."""
        return self.start > 0 and not _BREAK.match(self.text, self.start - 1) and not self.head[:1].isspace()

    @property
    def head(self) -> str:
        return self.text[self.start : self.amount.start]


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
        return max(previous_end, end - _REACH, self.breaks[stop] if stop >= 0 else 0)

    def inside(self, place: int) -> tuple[int, int] | None:
        """The bracket that a place stands in."""
        before = bisect_right(self.brackets, (place, 0)) - 1
        return self.brackets[before] if before >= 0 and place < self.brackets[before][1] else None

    def before(self, place: int) -> Iterator[Period]:
        """The last few times named before a place, the nearest first."""
        index = bisect_right(self.ends, place)
        yield from reversed(self.times[max(0, index - _MEMORY) : index])


def _frame(text: str, year: int) -> _Frame:
    times = periods(text, year)
    brackets = [match.span() for match in _BRACKET.finditer(text)]
    breaks = [match.end() for match in _BREAK.finditer(text)]
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
    return host if end <= clause.start and _QUIET.fullmatch(text, end, clause.start) else None


def _period(frame: _Frame, start: int) -> Period | None:
    """The period that a figure is of: the last one named before it in its sentence, deadlines aside."""
    for period in frame.before(start):
        if start - period.end > _SENTENCE_SIZE:
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
    if _GOAL.match(text, period.end):
        return False
    start = frame.clause_start(period.start, 0)
    while match := _LEAD.match(text, start, period.start):
        start = match.end()
    return start == period.start and text[max(0, start - 1) : start] not in ("《", "〈")


def _subject(clause: _Clause, end: int, frame: _Frame) -> tuple[int, str]:
    """Where the subject starts and its plain words: without 1—6月, 我区, 预计 before and 同比, 累计 behind."""
    text, start = clause.text, clause.start
    while start < end:
        if match := _LEAD.match(text, start, end):
            start = match.end()
        elif (period := frame.at.get(start)) and period.end <= end:
            start = period.end
        else:
            break
    words = text[start:end].strip()
    return start, _TRAIL.sub("", words) if words else ""


def _good(subject: str, *, counted: bool, action: str = "") -> bool:
    if len(subject) not in _SUBJECT_SIZE and not (action and len(subject) == 2 and not _ANYTHING.match(subject)):
        return False
    if subject[0] == "占" or _PLACE.search(subject) or "分别" in subject or any(sign in subject for sign in "（）()"):
        return False
    if (
        subject.count("“") != subject.count("”")
        or subject[-1] in "的了于在至到和及及与"
        or subject[0] in "的了和及与或率"
    ):
        return False
    if subject.endswith("率") and len(subject) < 4:
        return False
    return not (counted and _SENTENCE.search(subject))


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
        forecast=bool(_FORECAST.search(clause.head.replace(subject, "", 1))),
        aside=aside,
        action=action,
    )


def _in_bracket(clause: _Clause, host: Statement | None, frame: _Frame) -> Statement | None:
    """A figure in brackets: a rank or a growth of the statement before them, or a statement of its own."""
    if clause.amount.ordinal:
        if host is None:
            return None
        among = _AMONG.search(clause.head)
        against = re.sub(r"^.*?(?:位?列|位?居|排名?)", "", among["among"]) if among else ""
        return _made(clause, host.subject, clause.start, frame, against=against, aside=True)
    if moved := _MOVED.search(clause.head):
        before = clause.head[: moved.start()]
        if host and (not before.strip() or _WITHOUT.match(before)):
            return _made(
                clause,
                host.subject,
                clause.start,
                frame,
                direction=_way(moved),
                against=moved["against"] or "",
                aside=True,
            )
        if _WITHOUT.match(before):
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
    return Direction.UP if moved["move"] in _UP.split("|") else Direction.DOWN


def _statement(clause: _Clause, carried: Statement | None, frame: _Frame) -> Statement | None:
    head, amount = clause.head, clause.amount
    if amount.ordinal:
        return _rank(clause, carried, frame)
    if "分别" in head or head.endswith("的"):
        return None
    moved = _MOVED.search(head)
    # 农房整治提升1500户 is work done; 余额较年初增加52亿元 is growth.
    if moved and (amount.unit in ("%", "百分点") or moved["against"]):
        return _growth(clause, moved, carried, frame)
    if clause.broken:
        return None
    if not _ENDS.match(clause.text, amount.end):
        return _worked_on(clause, frame)
    bound = clause.text[amount.start : amount.start + 1]
    if level := _LEVEL.search(head):
        start, subject = _subject(clause, clause.start + level.start(), frame)
        return _levelled(clause, subject, start, frame)
    if not bound.isdecimal() and bound not in "-－−约近上":
        start, subject = _subject(clause, amount.start, frame)
        if _INDICATOR.search(subject):
            return _levelled(clause, subject, start, frame)
    return _direct(clause, frame)


def _rank(clause: _Clause, carried: Statement | None, frame: _Frame) -> Statement | None:
    ranked = _RANKED.search(clause.head)
    if ranked is None:
        return None
    start, subject = _subject(clause, clause.start + ranked.start(), frame)
    if not subject and carried and not carried.amount.ordinal:
        subject = carried.subject
    return _made(clause, subject, start, frame, against=ranked["among"]) if _good(subject, counted=True) else None


def _growth(clause: _Clause, moved: re.Match[str], carried: Statement | None, frame: _Frame) -> Statement | None:
    start, subject = _subject(clause, clause.start + moved.start(), frame)
    against = re.sub(rf"(?:{_HOW})+$", "", moved["against"] or "")
    if not subject:
        if carried is None or carried.amount.ordinal:
            return None
        subject = carried.subject
        return _made(clause, subject, start, frame, direction=_way(moved), against=against, action=carried.action)
    if clause.broken or not _good(subject, counted=False):
        return None
    if _SENTENCE.search(subject) and not _INDICATOR.search(subject):
        return None
    return _made(clause, subject, start, frame, direction=_way(moved), against=against)


def _parted(subject: str) -> tuple[str, str]:
    """What was worked on, and what was done to it: 违法建筑拆除 and 拆除违法建筑 are 违法建筑 (拆除)."""
    if reached := _REACHED.search(subject):
        subject = subject[: reached.start()] + subject[reached.end() :]
    subject = _FULL_YEAR.sub("", subject)
    if done := _DONE.search(subject):
        subject, action = _TRAIL.sub("", subject[: done.start()]), done["action"]
    elif "新增" in subject[1:]:
        subject, action = subject.replace("新增", "", 1), "新增"
    else:
        action = ""
    while (does := _DOES.match(subject)) and len(subject) > does.end() and not _NAMED.match(subject, does.end()):
        subject, action = subject[does.end() :], action or does["action"]
    return _FULL_YEAR.sub("", subject), action


def _levelled(clause: _Clause, subject: str, start: int, frame: _Frame) -> Statement | None:
    plain, action = _parted(subject)
    if clause.amount.unit in ("%", "百分点") and (not _INDICATOR.search(plain) or _PROGRESS.search(plain)):
        return None  # 主体结构完成72%: how far a work has got is no indicator
    return _made(clause, plain, start, frame, action=action) if _good(plain, counted=True, action=action) else None


def _direct(clause: _Clause, frame: _Frame) -> Statement | None:
    """No verb right before the figure: 数字经济完成产值1175亿元, 建成社区健身点2个, 优良天数158天."""
    start, subject = _subject(clause, clause.amount.start, frame)
    plain, action = _parted(subject)
    if not (action or _REACHED.search(subject) or _INDICATOR.search(subject) or _REACHED.search(clause.head)):
        return None
    if clause.amount.unit in ("%", "百分点") and (not _INDICATOR.search(plain) or _PROGRESS.search(plain)):
        return None
    return _made(clause, plain, start, frame, action=action) if _good(plain, counted=True, action=action) else None


def _worked_on(clause: _Clause, frame: _Frame) -> Statement | None:
    """The thing stands behind its number: 拆除150万平方米违法建筑, 新建30个社区健身点."""
    noun = _NOUN.match(clause.text, clause.amount.end)
    if noun is None or clause.amount.unit in ("%", "百分点", "元", "人次"):
        return None
    start, before = _subject(clause, clause.amount.start, frame)
    does = _DOES.match(before)
    action = does["action"] if does else "完成" if not before and "完成" in clause.head else ""
    subject, _ = _parted(before[does.end() if does else 0 :] + noun["noun"])
    if len(noun["noun"]) < 3 and clause.text[noun.end() : noun.end() + 1] == "、":
        return None  # 打造5条红色、都市、乡村精品游线路
    if (
        not action
        or not _good(subject, counted=True, action=action)
        or _DOES.search(noun["noun"])
        or subject.endswith("级")
    ):
        return None
    return _made(clause, subject, start, frame, action=action, end=noun.end())
