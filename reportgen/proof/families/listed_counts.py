"""A list names as many as its number says (列举项数): 6项…分别是：A，B; 三个方面：一是…; A、B、C等2个."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from reportgen.issued.kinds import Kind
from reportgen.issued.lists import SURE, likeness
from reportgen.issued.verdict_groups import VerdictGroup, verdict_groups
from reportgen.ledger.model import Entry, Sheet
from reportgen.ledger.words import STANDARD_WORDS
from reportgen.numbering import CIRCLED, number_value
from reportgen.proof.findings import Finding, Mark
from reportgen.proof.manuscript import Manuscript, Role, Row, Text
from reportgen.proof.rules import Rule
from reportgen.proof.settings import Settings

_FIX = "请核对：改正写的数，或者补上、删去列出的内容"
_HANZI = "一二三四五六七八九十"


def listed_counts(manuscript: Manuscript, settings: Settings) -> Iterator[Finding]:
    """Lists that name more or fewer than their number says (列举项数不符)."""
    goals = [_entry(row) for one in manuscript.listings if one.kind is Kind.GOALS for row in one.rows]
    for index, text in enumerate(manuscript.texts):
        yield from _enumerated(text, manuscript.texts[index + 1 :], settings)
        if text.stands_elsewhere:
            continue
        for group in verdict_groups(text.content, STANDARD_WORDS):
            yield from _named(text, group, goals, settings)
        yield from _and_others(text, settings)
    for text in manuscript.every_text():
        if text.role is Role.CELL and not text.stands_elsewhere:
            yield from _enumerated(text, (), settings)
            yield from _and_others(text, settings)


# ---- 6项指标不达预期，分别是：A，B ---------------------------------------------------

_FIGURE = re.compile(r"-?\d+(?:\.\d+)?(?:%|个百分点|[万亿]?元|天|[万亿]?\S)?")
_MOVED = re.compile(r"\w{2,}(?:增长|下降|上升|减少|提高|降低|达到?|完成|为)\s*-?\d")
_BRACKETED = re.compile(r"[（(][^（）()]*[）)]|“[^“”]*”|《[^《》]*》")
_SURELY = 0.6


def _named(text: Text, group: VerdictGroup, goals: Sequence[Entry], settings: Settings) -> Iterator[Finding]:
    """The list behind a verdict, if it can be cut only in one way, and that is another than the number says."""
    if not group.listed or not group.count:
        return
    listed = _masked(group.listed.partition("。")[0])
    if "等" in listed:
        return
    commas, pauses = re.split("[，,；;]", listed), re.split("、", listed)
    last = 1 if re.search("和|及|与", pauses[-1]) else 0
    both = len(commas) + len(pauses) - 1
    if group.count in {len(commas), len(pauses), len(pauses) + last, both, both + last}:
        return
    pieces = commas if len(commas) > 1 else [*pauses[:-1], *re.split("和|以及|及|与", pauses[-1], maxsplit=1)]
    own = _matched(pieces, goals)
    alike = all(_MOVED.match(piece.strip()) and len(_FIGURE.findall(piece)) == 1 for piece in pieces)
    if own == len(pieces) or (not goals and alike and len(pauses) == 1):
        what = f"写{group.count}项{group.verdict}，列出的是{len(pieces)}项"
        yield from settings.finding(
            Rule.COUNT_PARTS,
            what,
            _FIX,
            Mark(text=text, start=group.start, end=group.end),
            Mark(text=text, start=group.list_start, end=group.list_start + len(group.listed)),
        )


def _matched(pieces: Sequence[str], goals: Sequence[Entry]) -> int:
    """How many goals the pieces surely speak of, each of another one."""
    found: set[int] = set()
    for piece in pieces:
        scores = [(likeness(piece, goal), index) for index, goal in enumerate(goals)]
        best, index = max(scores, default=(0.0, 0))
        if best >= max(SURE, _SURELY):
            found.add(index)
    return len(found)


def _entry(row: Row) -> Entry:
    return Entry(sheet=Sheet.GOALS, text=row.content("text") or "-", progress=row.content("progress"))


def _masked(text: str) -> str:
    """The text, what is inside brackets and quotes made blank: nothing in there parts a list."""
    return _BRACKETED.sub(lambda found: "·" * len(found[0]), text)


# ---- 三个方面：一是…二是…; 7项任务分别是： and numbered paragraphs --------------------

_COUNT = rf"(?<![\d.\-—第{_HANZI}])(\d{{1,2}}|[两{_HANZI}]{{1,3}})"
_NOUN = (
    "(?:重点|主要|突出|具体|存在的?|明显)*(?:工作任务|工作措施|方面|项目|任务|工作|问题|措施|举措|建议|意见|原因|短板|特点|目标|指标|"
    "环节|难点|工程|内容|事项|要求)*的?(?:情况)?"
)
_LEAD = re.compile(
    rf"{_COUNT}\s*(?:个方面|方面|点|条|个|项|大|类){_NOUN}(?:分别(?:是|为)?|包括|如下|主要是|主要有|即|为|是)?[：:]\s*"
    rf"|(?:以下|如下|有|从|在|抓好|做好){_COUNT}\s*(?:个方面|方面|点){_NOUN}[，,。]\s*"
)


# （三）区城管局牵头2项, and its two tasks below.
_HEADED = re.compile(rf"{_COUNT}项\s*$")


_BEGIN = r"(?:^|(?<=[，,。；;：:！？、\s]))"
# The ways to number (编号方式), each with its number as the first group.
_WAYS = (
    re.compile(rf"{_BEGIN}([{_HANZI}]{{1,3}})[是要](?!否)"),
    re.compile(rf"([{CIRCLED}])"),
    re.compile(rf"{_BEGIN}第([{_HANZI}]{{1,3}})[，,、]"),
    re.compile(rf"{_BEGIN}(\d{{1,2}})[.．、](?!\d)"),
    re.compile(r"(?:^|(?<=[。；;：:\s]))[（(](\d{1,2})[）)]"),
    re.compile(rf"(?:^|(?<=[。；;：:\s]))[（(]([{_HANZI}]{{1,3}})[）)]"),
)


def _enumerated(text: Text, after: Sequence[Text], settings: Settings) -> Iterator[Finding]:
    """Numbers before a list whose items are numbered, in the text itself or as the paragraphs that follow."""
    content = text.content
    end = len(content.rstrip())
    leads = [] if text.stands_elsewhere else list(_LEAD.finditer(content))
    if not leads and text.role is Role.HEADING and (heading := _HEADED.search(content)):
        leads = [heading]
    for lead in leads:
        group = 2 if lead[1] is None else 1
        number = number_value(lead[group])
        if number is None or number < 2:
            continue
        items = [(text, *item) for item in _items_within(content, lead.end())]
        if lead is leads[-1] and text.role in _OUTSIDE and (items or lead.end() >= end):
            items = _items_after(items, after)
        if len(items) > 1 and len(items) != number:
            what = f"写{_measured(lead[0])}，列出的是{len(items)}{_measure(lead[0])}"
            first, last = items[-1][1:3]
            yield from settings.finding(
                Rule.COUNT_PARTS,
                what,
                _FIX,
                Mark(text=text, start=lead.start(group), end=_end_of_measure(lead, group)),
                Mark(text=items[-1][0], start=first, end=last),
            )


_OUTSIDE = (Role.HEADING, Role.PARAGRAPH, Role.OTHER)
_MEASURE = re.compile(r"(个方面|方面|点|条|个|项|大|类)")


_HEAD = re.compile(r"^(?:以下|如下|有|从|在|抓好|做好)")
_TAIL = re.compile(r"(?:分别(?:是|为)?|包括|如下|主要是|主要有|即|为|是)?[：:，,。\s]+$")


def _measure(lead: str) -> str:
    found = _MEASURE.search(lead)
    return {"方面": "个方面", "大": "个"}.get(found[1], found[1]) if found else "项"


def _measured(lead: str) -> str:
    return _TAIL.sub("", _HEAD.sub("", lead))


def _end_of_measure(lead: re.Match[str], group: int) -> int:
    found = _MEASURE.search(lead.string, lead.end(group))
    return found.end() if found and found.end() <= lead.end() else lead.end(group)


def _items_within(content: str, start: int) -> list[tuple[int, int]]:
    """The ordinals from 1 on that begin right at `start`; none if they are out of order: then nobody can count."""
    for way in _WAYS:
        first = way.match(content, start)
        if not first or number_value(first[1]) != 1:
            continue
        found = [(first.start(), first.end())]
        for each in way.finditer(content, first.end()):
            value = number_value(each[1])
            if value == 1:
                break
            if value != len(found) + 1:
                return []
            found.append((each.start(), each.end()))
        return found
    return []


def _items_after(items: list[tuple[Text, int, int]], after: Sequence[Text]) -> list[tuple[Text, int, int]]:
    """The items with those that begin the paragraphs below, until the next heading above them or the annexes."""
    way = _way_of(items[0]) if items else None
    for text in after:
        if text.role not in _OUTSIDE:
            break
        begin = len(text.content) - len(text.content.lstrip())
        if way is None:
            found = next(((each, got) for each in _WAYS if (got := each.match(text.content, begin))), None)
            if found is None or number_value(found[1][1]) != 1:
                break
            way = found[0]
        match = way.match(text.content, begin)
        value = number_value(match[1]) if match else None
        if match and value == len(items) + 1:
            items = [*items, (text, match.start(), match.end())]
        elif match:
            # A leap is told as such; a list that begins anew is another one.
            return [] if value != 1 else items
        elif _ABOVE.match(text.content, begin) or text.role is Role.HEADING:
            break
        inner = list(way.finditer(text.content, match.end() if match else begin))
        if any(number_value(each[1]) == len(items) + 1 for each in inner):
            return []
    return items


_ABOVE = re.compile(rf"[{_HANZI}]{{1,3}}、|附件")


def _way_of(item: tuple[Text, int, int]) -> re.Pattern[str] | None:
    text, start, _ = item
    return next((each for each in _WAYS if each.match(text.content, start)), None)


# ---- A、B、C等2个 --------------------------------------------------------------------

_OTHERS = re.compile(
    rf"等(\d{{1,4}}|[两{_HANZI}]{{1,3}})(?:余|多)?(?P<measure>个|家|条|座|所|项|名|处|件|位|种|类|镇|村|宗|部|支|大)"
)
_FARTHEST = 400
_STOPS = "，,。；;：:！？\n\t"
# A piece that begins so begins the list; what stands before it belongs to something else.
_VERB = re.compile(
    r"(?:已|正在|正|新|全面|积极|加快|持续|大力|深入)*(?:引进|完成|建设|建成|推进|推动|新建|改建|改造|实施|启动|打造|开工|开展|投用|培育|签约|"
    r"争取|组织|整治|治理|扩建|修建|修复|落户|引育|申报|创建|落实|出台|编制|印发|制定|加强|提升|优化|整合|聚焦|围绕|举办|承办|参加|依托|利用|"
    r"通过|包括|涵盖|涉及|其中|以及|对|将|与|和|及|为|在|向|由|从)"
)


def _and_others(text: Text, settings: Settings) -> Iterator[Finding]:
    """引进A、B、C等2个: more names than the number says. Fewer are right: 等 leaves the others out."""
    content = text.content
    if "等" not in content:
        return
    masked = _masked(content)
    for found in _OTHERS.finditer(masked):
        number = number_value(found[1])
        far = max(0, found.start() - _FARTHEST)
        first = max(masked.rfind(mark, far, found.start()) for mark in _STOPS) + 1
        if number is None or (first == 0 and far > 0):
            continue
        names = masked[first : found.start()].split("、")
        begin = max((index for index, name in enumerate(names) if index and _VERB.match(name)), default=0)
        names = names[begin:]
        if len(names) <= max(number, 1) or any(len(name) < 2 or len(name) > 30 for name in names):
            continue
        if number == 1 or _OTHERS.search("、".join(names)) or re.search(r"\d", "".join(names[:1])):
            continue
        start = found.start() - len("、".join(names))
        what = f"列出{len(names)}个名称，却写「等{found[1]}{found['measure']}」"
        yield from settings.finding(
            Rule.COUNT_PARTS, what, "请核对列出的名称和写的数", Mark(text=text, start=start, end=found.end())
        )
