"""Lines of a return that only frame it (表外行): titles, dates, who filled it in, how to fill it; all else is told."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from reportgen.ledger.tables import Cell
from reportgen.ledger.units import Register
from reportgen.ledger.words import header_key, plain_key
from reportgen.problems import Location, Problem, error, warning

# A longer line is prose.
LONG_LINE = 120
_LONG_TITLE = 60
_LONG_LABEL = 16
UNIT_HEADERS = frozenset(
    {"填报单位", "填表单位", "报送单位", "上报单位", "反馈单位", "单位名称", "单位", "填报部门", "报送部门"}
)
# 报送进展情况：…… asks for the progress itself.
LABEL = re.compile(
    r"(?![^:：]{0,16}(?:情\s*况|进\s*展|问\s*题|内\s*容|打\s*算|措\s*施))"
    r"(?:填\s*报|填\s*表|审\s*核|联\s*系|制\s*表|经\s*办|负\s*责\s*(?:人|领\s*导|同\s*志)|分\s*管|签\s*发|报\s*送|上\s*报"
    r"|截\s*[至止]\s*(?:日|时)|统\s*计|主\s*要\s*(?:领\s*导|负)|电\s*话|日\s*期|时\s*间|手\s*机|单\s*位|部\s*门"
    r"|责\s*任|报\s*告\s*期|所\s*属\s*期)"
    r"[^:：，。；]{0,12}[:：]"
)
_SENTENCE = re.compile(r"[。；;！!？?]")
# Labels that stand in a cell of their own, before what they ask for.
_BARE_LABEL = re.compile(
    r"(?:填报|填表|审核|制表|报送|上报|经办|联系|负责|分管|主要|统计)(?:人|人员|日期|时间|领导|单位|部门|负责人|方式|电话|人电话)"
    r"|(?:联系|办公|手机)?(?:电话|手机)(?:号码)?|日期|报告期|签名|签字|盖章|职务"
)
_TITLE_END = re.compile(r"(?:表格?|清单|台[账帐]|一览|情况|汇总|反馈|报告|总结|汇报|函|通知|材料)(?:\d{1,2})?$")
_SHEET_TITLE = re.compile(
    r"(?:年度|主要|政府工作报告|[一二三四五六七八九十\d]+[、.])*(?:预期目标|重点任务)(?:和(?:预期目标|重点任务))?"
)
# A numbered title only says which part begins; any other numbered line may be a task.
_NUMBERED = re.compile(r"\(?[一二三四五六七八九十\d]{1,3}[)、.]")
_PART_TITLE = re.compile(
    r"\(?[一二三四五六七八九十\d]{1,3}[)、.](?:本单位|我单位|年度|主要|预期|重点|目标|任务|工作|总体|基本|具体|进展|完成|落实|推进|和|的)*(?:情况)?"
)
# What a title does not say, but a sentence without its full stop does.
_TELLS_SOMETHING = re.compile(
    r"已|正在|尚|均|我们|我单位|我局|我委|[,，:：、].{8}|\d+(?:\.\d+)?(?:%|万|亿|个|所|项|家|处|公里)"
)
_DATE = re.compile(
    r"\(?(?:数据)?(?:截[至止]|填报日期|日期)?:?(?:(?:19|20)?\d\d年|[二〇○零一二三四五六七八九]{4}年)?"
    r"(?:[\d一二三四五六七八九十]{1,3}月(?:份|底|末|[\d一二三四五六七八九十]{1,3}日)?)?\)?|(?:19|20)\d\d[-./]\d{1,2}[-./]\d{1,2}"
)
_ATTACHMENT = re.compile(r"附(?:件|表)?\d*[:：]?")
_SALUTATION = re.compile(r".{2,20}(?:室|办|委|局|府|处|科|组|院|中心|领导)[:：]")
_LEAD_IN = re.compile(r"[^。；;]{0,50}(?:如下|下表|附后)[:：。]?|特此(?:报告|函复|反馈|说明)[。!]?|此(?:复|致)[。]?")
_BETWEEN = re.compile(r"[-—－\d第页共/()]*(?:\(?续表?\)?)?[一二三四五六七八九十\d]*")
# How to fill the table, as forms have it above the head; a unit says that it has done so in other words.
_INSTRUCTS = re.compile(r"(?:\(?\d{1,2}[.、．)]|[①②③④⑤⑥]|[一二三四五六][、.]|请|注意|填[报表写](?:说明|要求|须知))")
_HOW_TO_FILL = re.compile(
    r"只填|只写|请填|请(?:于|在|按|把|将|勿)|按要求填|点选|填写(?:说明|要求)|填[报表](?:说明|要求|须知)|不要(?:改动|增删)|如实填"
)
INSTRUCTION_SHEETS = frozenset({"填报说明", "填表说明", "填写说明", "填报须知", "填表须知", "填报要求", "填表要求"})


def is_note(text: str) -> bool:
    """Whether a text only says who filled the table in, and when (填报人、日期等)."""
    line = text.strip()
    if len(line) > LONG_LINE or _SENTENCE.search(line.rstrip("。；;")):
        return False
    return bool(LABEL.match(line)) or (len(line) <= _LONG_LABEL and header_key(line) in UNIT_HEADERS)


def is_between_parts(text: str) -> bool:
    """Whether a paragraph stands between two parts of one table (续表), as a page's number does."""
    return bool(_BETWEEN.fullmatch(plain_key(text)))


def is_frame(text: str, register: Register | None) -> bool:
    """Whether a line is a title, a date, a signature or a note (标题、日期、落款): nobody misses what it says."""
    key = plain_key(text)
    if is_note(text) or is_between_parts(text) or _DATE.fullmatch(key) or _ATTACHMENT.fullmatch(key):
        return True
    if len(key) > _LONG_TITLE or "\n" in text.strip():
        return False
    if _SALUTATION.fullmatch(key) or _LEAD_IN.fullmatch(key) or _SHEET_TITLE.fullmatch(header_key(text)):
        return True
    if register is not None and register.unit(re.sub(r"\((?:盖章|公章|章)\)$", "", key)):
        return True
    return _is_title(text, key)


def _is_title(text: str, key: str) -> bool:
    if key.endswith(":") or _SENTENCE.search(key) or _TELLS_SOMETHING.search(key):
        return False
    if _NUMBERED.match(key):
        return bool(_PART_TITLE.fullmatch(key))
    return bool(_TITLE_END.search(header_key(text)))


def told_above(cells: Sequence[Cell], own_form: bool, register: Register | None) -> Iterator[Cell]:
    """Of the cells of a row above the head those that say something (表头上面的内容).

    `own_form` says that it is one of our own, whose numbered lines tell how to fill it.
    """
    if len(cells) == 1 and is_instruction(cells[0].text, own_form):
        return
    labelled = False
    for cell in cells:
        bare = _BARE_LABEL.fullmatch(header_key(cell.text)) or header_key(cell.text) in UNIT_HEADERS
        value = labelled and len(cell.text) <= 30 and not _SENTENCE.search(cell.text)
        labelled = bool(bare) or (is_note(cell.text) and cell.text.strip().endswith((":", "：")))
        if not (bare or value or is_frame(cell.text, register)):
            yield cell


def is_instruction(text: str, own_form: bool = False) -> bool:
    """Whether a text says how to fill the table (填表说明)."""
    lines = [line.strip() for line in text.strip().split("\n") if line.strip()]
    if not lines or not all(_INSTRUCTS.match(line) for line in lines):
        return False
    return own_form or bool(_HOW_TO_FILL.search(text))


# ---- what is told of all else

_MOST_LETTERS = 300
_PIECE = 220
_MOST_PROBLEMS = 20
_MOST_PLACES = 5


def told_in_full(
    code: str,
    say: Callable[[int], str],
    fix: str,
    texts: Sequence[tuple[str, Location]],
    stops: bool = False,
) -> Iterator[Problem]:
    """Problems that together repeat all these texts (没有收入的文字), each with its place; `say` is told how many.

    A person can find every word again; of a whole book only the beginning is repeated, and that is told.
    """
    tell = error if stops else warning
    heaps: list[list[tuple[str, Location, bool]]] = []
    room = 0
    for piece in _pieces(texts):
        needed = len(_shown(piece)) + 1
        if not heaps or needed > room:
            heaps.append([])
            room = _MOST_LETTERS - len(say(len(texts)))
        heaps[-1].append(piece)
        room -= needed
    for number, heap in enumerate(heaps):
        places = [where for _, where, _ in heap]
        if number == _MOST_PROBLEMS:
            left = sum(begins for rest in heaps[number:] for _, _, begins in rest)
            what = say(left) + "：太多，不再一一列出"
            yield tell(code, what, fix, places[0], places[1 : 1 + _MOST_PLACES])
            return
        begun = sum(begins for _, _, begins in heap)
        listed = "、".join(map(_shown, heap))
        what = f"{say(begun)}：{listed}" if begun else f"接上一条：{listed}"
        yield tell(code, what, fix, places[0], places[1 : 1 + _MOST_PLACES])


def _pieces(texts: Sequence[tuple[str, Location]]) -> Iterator[tuple[str, Location, bool]]:
    """The texts in pieces that a message can hold, and whether a piece is the beginning of its text."""
    for text, where in texts:
        line = " ".join(text.split())
        for start in range(0, len(line), _PIECE):
            yield line[start : start + _PIECE], where, start == 0


def _shown(piece: tuple[str, Location, bool]) -> str:
    text, where, _ = piece
    place = where.cell or (f"第{where.line}行" if where.line else "")
    return f"{place}「{text}」"
