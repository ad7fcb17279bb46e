"""What a clause says of an indicator (指标数值): 固定资产投资同比增长12%; 城市生活垃圾回收利用率达40%以上.

Read backwards from a figure to the verb before it and from there to the subject; a clause that does not fit one of the
few known builds says nothing. Silence is right where the subject is doubtful: a wrong subject makes a false alarm.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from reportgen.quantities.amounts import amounts
from reportgen.quantities.model import Amount, Direction, Period, Span, Statement
from reportgen.quantities.periods import periods

_UP = "增长|上升|增加|提高|提升|上涨|增幅|增速|多增"
_DOWN = "下降|降低|减少|回落|下滑|降幅|缩减|负增长"
_HOW = "均|则|又|也|实现|仅|只|预计|已|略有?|大幅|累计|平均|年均|将|共|约|分别"
_MOVED = re.compile(
    rf"(?P<against>同比|环比|(?:[较比同与]|相比)[^，。；、（）]{{1,10}}?)?(?:{_HOW}){{0,3}}(?P<move>{_UP}|{_DOWN})"
    r"(?:幅度|速度|率)?(?:了|仅|只|也|均|约|达到|达|为){0,3}$"
)
_LEVEL = re.compile(
    r"(?:已经?|均|共|也|仅|只有?|则|将|可|预计|合计|累计|总共){0,3}"
    r"(?:达到|达|为|是|(?:提升|提高|增长|上升|下降|降低|增加|升|降|增)[至到]|(?:稳定|保持|维持|控制)在|共计|合计|总计|累计|总数)"
    r"(?:仅|只有?|共)?$"
)
_ACTIONS = (
    "拆除 新改建 新建 改建 扩建 建成 建设 完成 打造 新增 引进 引育 培育 创建 整治 修复 改造 开工 投用 投运 开通 安装 发放 化解 办理 查处 "
    "立案 排查 整改 签约 签订 接种 开设 设立 成立 举办 培训 救助 资助 兑付 拨付 争取 获批 认定 回收 收缴 挽回 盘活 清理 更新 更换 购置 "
    "修缮 建立 招录 招引 进口 出口 销售 生产 疏通 栽种 补栽 种植 实施 提供"
).split()
_ACTION = "|".join(sorted(_ACTIONS, key=len, reverse=True))
_DOES = re.compile(rf"(?:{_ACTION})")
_DONE = re.compile(rf"(?:已|共|累计|仅|新|预计){{0,2}}(?P<action>{_ACTION})$")
_REACHED = re.compile(r"(?:累计|已经?|共|仅|只|预计|可){0,3}(?:完成|实现)")
_LEAD = re.compile(
    r"[\s①-⑳⑴-⒇●•·]+|\d{1,3}[.、．] ?|[（(][一二三四五六七八九十\d]{1,3}[)）]|[一二三四五六七八九]是"
    r"|(?:我|全|本)[市区县省](?!级)|预计|预期|有望|力争|确保|实现|完成(?!率)|累计|已经?|共(?!同)|其中|此外|同时|推动|促进|努力|带动|使得?"
    r"|并(?!购)|将|我们|仅|也|均|分别是|分别|近?年来"
)
_TRAIL = re.compile(
    r"(?:同比|环比|预计|均|已经?|仅|只|也|则|又|累计|共计?|合计|总计|实现|完成|将|有望|可|稳步|较快|的|约|力争|年均|平均|实际|预期|总体)+$"
)
_FORECAST = re.compile(r"预计|预期|有望|力争|计划|拟|目标")
_INDICATOR = re.compile(
    r"(?:[率量额值数比重]|投资|收入|税收|面积|里程|天数|人数|户数|规模|余额|产值|指数|得分|产量|浓度|存款|贷款|支出|利润|比例|次数|就业|资金|长度)$"
)
# Words that show that what stands before the figure is a sentence, not the name of an indicator.
_SENTENCE = re.compile(r"[等将把被由对向与为以并使让用按]|的$|通过|开展|组织|参加|其中|根据|争创|给予|分别|涉及|以及|包括|不")
_BREAK = re.compile(r"[，。；、：:;,\n！？!?（）()【】〔〕《》|]")
_QUIET = re.compile(r"[ ，、,；;]*$")
_BRACKET = re.compile(r"[（(][^（()）]{0,80}[）)]")
_WITHOUT = re.compile(r"^(?:扣除|剔除|不含|还原|按?同口径|按?可比|若)")
_RANKED = re.compile(
    r"(?P<what>增速|增幅|降幅|(?:增长|下降)幅度|总量|规模)?(?:均|并)?(?:位?列|位?居|排名?|名列|位次)(?P<among>[^，。；、（）]{0,8})$"
)
_AMONG = re.compile(r"(?P<among>[^，。；、（）]{2,8})$")
_NOUN = re.compile(r"(?P<noun>[\u4e00-\u9fffA-Za-z“”]{2,16})(?=$|[，。；、：;,\n（(）)])")
_ENDS = re.compile(r"$|[ ，。；、：:;,.\n（(）)！？!?]")
_SUBJECT_SIZE = range(3, 25)
_REACH = 48  # a subject, its verb and what it is compared with are not longer


@dataclass(slots=True)
class _Clause:
    """What stands before a figure in its clause, and what is known of it by now."""

    text: str
    start: int
    amount: Amount

    @property
    def head(self) -> str:
        return self.text[self.start : self.amount.start]


@lru_cache(maxsize=32768)
def statements(text: str, year: int) -> tuple[Statement, ...]:
    """What a text says of its indicators (指标数值), in reading order; figures whose subject is not plain are left out."""
    if not text:
        return ()
    figures = amounts(text)
    if not figures:
        return ()
    times = periods(text, year)
    brackets = [match.span() for match in _BRACKET.finditer(text)]
    told: list[Statement] = []
    host: Statement | None = None  # the last one outside brackets
    previous_end = 0
    for place, figure in enumerate(figures):
        clause = _Clause(text, _clause_start(text, figure.start, previous_end), figure)
        previous_end = figure.end
        inside = next((span for span in brackets if span[0] < figure.start < span[1]), None) if brackets else None
        if _listed(text, figures, place):
            host = None
            continue
        if inside:
            owner = host if host and host.amount.end == inside[0] else None
            statement = _in_bracket(clause, owner, times)
        else:
            statement = _statement(clause, _carried(text, host, clause, brackets), times)
            host = statement or None
        if statement:
            told.append(statement)
    return tuple(told)


def _clause_start(text: str, end: int, previous_end: int) -> int:
    start = max(previous_end, end - _REACH)
    for match in _BREAK.finditer(text, start, end):
        start = match.end()
    return start


def _listed(text: str, figures: tuple[Amount, ...], place: int) -> bool:
    """9.2%、4.7%、16.6%: figures of several indicators side by side; which is whose is not plain."""
    figure = figures[place]
    following = figures[place + 1] if place + 1 < len(figures) else None
    before = figures[place - 1] if place else None
    return any(
        one is not None and other is not None and one.unit == other.unit and text[one.end : other.start] in ("、", "和", "及")
        for one, other in ((figure, following), (before, figure))
    )


def _carried(text: str, host: Statement | None, clause: _Clause, brackets: list[tuple[int, int]]) -> Statement | None:
    """The statement whose subject a clause without one goes on with: the one right before it, brackets apart."""
    if host is None:
        return None
    end = next((end for start, end in brackets if start == host.amount.end), host.amount.end)
    return host if end <= clause.start and _QUIET.fullmatch(text, end, clause.start) else None


def _period(times: tuple[Period, ...], text: str, start: int) -> Period | None:
    """The period that a figure is of: the last one named before it in its sentence, deadlines aside."""
    for period in reversed(times):
        if period.end <= start and period.span is not Span.BY and not period.impossible:
            between = text[period.end : start]
            return None if "。" in between or "\n" in between else period
    return None


def _subject(clause: _Clause, end: int, times: tuple[Period, ...]) -> tuple[int, str]:
    """Where the subject starts and its plain words: without 1—6月, 我区, 预计 before and 同比, 累计 behind."""
    text, start = clause.text, clause.start
    while start < end:
        if match := _LEAD.match(text, start, end):
            start = match.end()
        elif period := next((one for one in times if one.start == start and one.end <= end), None):
            start = period.end
        else:
            break
    words = text[start:end].strip()
    return start, _TRAIL.sub("", words) if words else ""


def _good(subject: str, *, counted: bool) -> bool:
    if len(subject) not in _SUBJECT_SIZE or "分别" in subject or any(sign in subject for sign in "（）()"):
        return False
    if subject.count("“") != subject.count("”") or subject[-1] in "的了于在至到和及及与" or subject[0] in "的了和及与或率":
        return False
    if subject.endswith("率") and len(subject) < 4:
        return False
    return not (counted and _SENTENCE.search(subject))


def _made(
    clause: _Clause,
    subject: str,
    start: int,
    times: tuple[Period, ...],
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
        period=_period(times, clause.text, clause.amount.start),
        start=start,
        end=end or clause.amount.end,
        against=against,
        forecast=bool(_FORECAST.search(clause.head)),
        aside=aside,
        action=action,
    )


def _in_bracket(clause: _Clause, host: Statement | None, times: tuple[Period, ...]) -> Statement | None:
    """A figure in brackets: a rank or a growth of the statement before them, or a statement of its own."""
    if clause.amount.ordinal:
        if host is None:
            return None
        among = _AMONG.search(clause.head)
        against = re.sub(r"^.*?(?:位?列|位?居|排名?)", "", among["among"]) if among else ""
        return _made(clause, host.subject, clause.start, times, against=against, aside=True)
    if moved := _MOVED.search(clause.head):
        before = clause.head[: moved.start()]
        if host and (not before.strip() or _WITHOUT.match(before)):
            return _made(clause, host.subject, clause.start, times, direction=_way(moved), against=moved["against"] or "", aside=True)
        if _WITHOUT.match(before):
            return None
    found = _statement(clause, None, times)
    return found and _made(
        clause, found.subject, found.start, times, direction=found.direction, against=found.against, aside=True, action=found.action
    )


def _way(moved: re.Match[str]) -> Direction:
    return Direction.UP if moved["move"] in _UP.split("|") else Direction.DOWN


def _statement(clause: _Clause, carried: Statement | None, times: tuple[Period, ...]) -> Statement | None:
    head, amount = clause.head, clause.amount
    if amount.ordinal:
        return _rank(clause, carried, times)
    if "分别" in head:
        return None
    if moved := _MOVED.search(head):
        return _growth(clause, moved, carried, times)
    if not _ENDS.match(clause.text, amount.end):
        return _worked_on(clause, times)
    bound = clause.text[amount.start : amount.start + 1]
    if level := _LEVEL.search(head):
        start, subject = _subject(clause, clause.start + level.start(), times)
        return _levelled(clause, subject, start, times)
    if not bound.isdecimal() and bound not in "-－−约近上":
        start, subject = _subject(clause, amount.start, times)
        if _INDICATOR.search(subject):
            return _levelled(clause, subject, start, times)
    return _direct(clause, times)


def _rank(clause: _Clause, carried: Statement | None, times: tuple[Period, ...]) -> Statement | None:
    ranked = _RANKED.search(clause.head)
    if ranked is None:
        return None
    start, subject = _subject(clause, clause.start + ranked.start(), times)
    if not subject and carried and not carried.amount.ordinal:
        subject = carried.subject
    return _made(clause, subject, start, times, against=ranked["among"]) if _good(subject, counted=True) else None


def _growth(
    clause: _Clause, moved: re.Match[str], carried: Statement | None, times: tuple[Period, ...]
) -> Statement | None:
    start, subject = _subject(clause, clause.start + moved.start(), times)
    against = re.sub(rf"(?:{_HOW})+$", "", moved["against"] or "")
    if not subject:
        if carried is None or carried.amount.ordinal:
            return None
        subject = carried.subject
        return _made(clause, subject, start, times, direction=_way(moved), against=against, action=carried.action)
    if not _good(subject, counted=False) or clause.amount.unit not in ("%", "百分点", "元", "人", "户", "家", "吨", "天"):
        return None
    if _SENTENCE.search(subject) and not _INDICATOR.search(subject):
        return None
    return _made(clause, subject, start, times, direction=_way(moved), against=against)


def _parted(subject: str) -> tuple[str, str]:
    """What was done and to what: 违法建筑拆除, 拆除违法建筑, 电信诈骗案件共立案 → 违法建筑 (拆除), 电信诈骗案件 (立案)."""
    if reached := _REACHED.search(subject):
        subject = subject[: reached.start()] + subject[reached.end() :]
    if done := _DONE.search(subject):
        return _TRAIL.sub("", subject[: done.start()]), done["action"]
    if does := _DOES.match(subject):
        return subject[does.end() :], does[0]
    return subject, ""


def _levelled(clause: _Clause, subject: str, start: int, times: tuple[Period, ...]) -> Statement | None:
    plain, action = _parted(subject)
    if clause.amount.unit in ("%", "百分点") and not _INDICATOR.search(plain):
        return None  # 主体结构完成72%: how far a work has got is no indicator
    return _made(clause, plain, start, times, action=action) if _good(plain, counted=True) else None


def _direct(clause: _Clause, times: tuple[Period, ...]) -> Statement | None:
    """No verb right before the figure: 数字经济完成产值1175亿元, 建成社区健身点2个, 优良天数158天."""
    start, subject = _subject(clause, clause.amount.start, times)
    plain, action = _parted(subject)
    if not (action or _REACHED.search(subject) or _INDICATOR.search(subject) or _REACHED.search(clause.head)):
        return None
    if clause.amount.unit in ("%", "百分点") and not _INDICATOR.search(plain):
        return None
    return _made(clause, plain, start, times, action=action) if _good(plain, counted=True) else None


def _worked_on(clause: _Clause, times: tuple[Period, ...]) -> Statement | None:
    """The thing stands behind its number: 拆除150万平方米违法建筑, 新建30个社区健身点."""
    noun = _NOUN.match(clause.text, clause.amount.end)
    if noun is None or clause.amount.unit in ("%", "百分点", "元"):
        return None
    start, before = _subject(clause, clause.amount.start, times)
    does = _DOES.match(before)
    action = does[0] if does else "完成" if not before and "完成" in clause.head else ""
    subject = before[does.end() if does else 0 :] + noun["noun"]
    if not action or not _good(subject, counted=True) or _DOES.search(noun["noun"]):
        return None
    return _made(clause, subject, start, times, action=action, end=noun.end())
