"""Where the texts of a collected ledger come from (来源): everything that the units said, taken or not.

A collection remembers all of it: files of names of their own may come one by one and in any order, and the cells come
out as if all had come at once (`was_taken` alone tells the way). A file that comes again under its name takes back what
it said: of its old texts those stay that stand in the ledger, or stood there.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

from reportgen.ledger.model import Sheet
from reportgen.ledger.words import field_name, plain_key
from reportgen.problems import Location
from reportgen.source import clean_text

# What the units answer; all other columns are the office's own.
COLLECTED = ("progress", "judgement", "phrase")
LAST_JUDGEMENT, LAST_PHRASE = "last_judgement", "last_phrase"
_DIGEST_LENGTH = 12


class Use(Enum):
    """What became of a returned text (采用情况); the value is what a reader is told."""

    TAKEN = "采用"
    SAME = "与采用的相同"
    LATER_FILE = "未采用：本单位后来的反馈为准"
    OTHER_ROW = "未采用：同一份反馈的另一行为准"
    OTHER_LEAD = "未采用：另一责任单位为准"
    MEMBER = "未采用：同组单位各自反馈，待汇总"
    SUPPORT = "未采用：配合单位，责任单位已反馈"
    NAMELESS = "未采用：看不出是哪个单位"
    FOREIGN = "未采用：不是该单位的任务"
    CONFLICT = "待定：台账里是人工改过的文字"
    NOT_ITS = "未采用：这一列不归单位填写"
    EMPTY = "没有填写"
    PLACEHOLDER = "未采用：没有实际内容"
    UNREAD_JUDGEMENT = "未采用：不认识的写法"
    OTHER_PERIOD = "未采用：是另一期的反馈"
    UNPLACED = "对不上台账"
    OLD = "已被该单位新的反馈替换"
    MOVED = "已撤下：再次读入时不再对到这一项"
    BEFORE = "上期台账"
    FAULT = "读取错误"
    NOTE = "读取提醒"


# What stands in the column of an answer and is none, or none any more.
_NO_ANSWER = (
    *(Use.BEFORE, Use.NOT_ITS, Use.PLACEHOLDER, Use.UNREAD_JUDGEMENT, Use.OTHER_PERIOD),
    *(Use.OLD, Use.MOVED),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """One text that was returned (一条反馈内容), and where it stands.

    `id` is the entry's number, empty where no entry was found; `field` is one of `COLLECTED`, another field of the
    ledger, or the header of a column that the ledger does not have. `said` is the row's own task text where it is not
    the ledger's. `digest` names the return (`digest_of`). `was_taken`: it stood in the ledger and does no more.
    """

    id: str = ""
    field: str = ""
    text: str = ""
    unit: str = ""
    where: Location
    digest: str = ""
    how: str = ""
    score: float | None = None
    said: str = ""
    note: str = ""
    use: Use = Use.TAKEN
    was_taken: bool = False

    @property
    def is_answer(self) -> bool:
        """Whether it may stand in the ledger: a text for one of the collected columns."""
        return bool(self.id and self.text) and self.field in COLLECTED and self.use not in _NO_ANSWER

    @property
    def key(self) -> tuple[str, str, str, str, str]:
        """What makes it this text and no other, in whichever run it was read."""
        place = f"{self.where.sheet or ''} {self.where.cell or ''}"
        return (self.digest, self.id, self.field, plain_key(place), answer_key(self.text))


def digest_of(sha256: str, unit: str) -> str:
    """The short name of a return (反馈校验码) by its contents and its unit: two units may send the same bytes."""
    named = hashlib.sha256(f"{sha256} {unit}".encode()).hexdigest() if unit else sha256
    return named[:_DIGEST_LENGTH]


# White space in a figure parts two figures (1 5万元); elsewhere it is how somebody typed.
_SPACE = re.compile(r"\s+")
_PARTS_FIGURES = re.compile(r"(?<=[0-9A-Za-z])\s+(?=[0-9A-Za-z])|(?<=\d\.)\s+(?=\d)|(?<=\d)\s+(?=\.\d)", re.ASCII)
_WIDTHS = ("<wide>", "<narrow>", "<small>", "<noBreak>")
# What a PDF gives for some letters when one copies from it; they look alike.
_RADICALS = frozenset(map(chr, range(0x2E80, 0x2FE0)))


@lru_cache(maxsize=8192)
def answer_key(text: str) -> str:
    """The form in which answers are compared (内容比较用): white space and widths aside, no figure made another.

    Less is folded than in names: 10² is not 102, 投资1 5万元 not 投资15万元.
    """
    folded = "".join(
        unicodedata.normalize("NFKC", c) if c in _RADICALS or unicodedata.decomposition(c).startswith(_WIDTHS) else c
        for c in unicodedata.normalize("NFC", clean_text(text)[0])
    )
    parted = _PARTS_FIGURES.sub("\0", folded)
    return _SPACE.sub("", parted).replace("\0", " ")


def origin_place(where: Location) -> Location:
    """The place (位置) as the record can keep it: a line of a text file as 第3行."""
    line = f"第{where.line}行" if where.line else None
    return Location(file=where.file, sheet=where.sheet, cell=where.cell or line)


def column_name(field: str, sheet: Sheet | None) -> str:
    """What a reader calls the column (列名) of an origin."""
    sheet = sheet or Sheet.TASKS
    if field == LAST_JUDGEMENT:
        return f"上期{field_name('judgement', sheet)}"
    if field == LAST_PHRASE:
        return "上期报告用语"
    return field_name(field, sheet) if field in _FIELDS else field


_FIELDS = ("text", "category", "lead_units", "support_units", "last_progress", "given_no", *COLLECTED)
_OF_NAME = {column_name(field, sheet): field for field in (*_FIELDS, LAST_JUDGEMENT, LAST_PHRASE) for sheet in Sheet}


def column_of(name: str) -> str:
    """The field that `column_name` called so; for any other name the name itself."""
    return _OF_NAME.get(name, name)


def in_order(origins: Sequence[Origin], ids: Sequence[str]) -> tuple[Origin, ...]:
    """The origins in the one order (排列次序) that does not depend on the run: by entry, column, file, place."""
    ranks = {id: rank for rank, id in enumerate(ids)}
    fields = {name: rank for rank, name in enumerate((*COLLECTED, *_FIELDS, LAST_JUDGEMENT, LAST_PHRASE))}

    def key(origin: Origin) -> tuple[int | bool | str, ...]:
        place = (origin.where.file, origin.where.sheet or "", natural(origin.where.cell or ""))
        return (
            *(ranks.get(origin.id, len(ranks)), fields.get(origin.field, len(fields))),
            *(origin.use in (Use.FAULT, Use.NOTE), *place, origin.id, origin.field, origin.text, origin.digest),
            *(origin.use.value, origin.was_taken),
        )

    return tuple(sorted(dict.fromkeys(origins), key=key))


def natural(place: str) -> str:
    """A place in the form in which rows sort as they stand (自然次序): B9 before B10, 第2行 before 第10行."""
    numbers = re.findall(r"\d+", place)
    row = numbers[-1] if re.fullmatch(r"[A-Z]+\d+", place) else (numbers[0] if numbers else "")
    return f"{int(row or 0):08d}{len(place):04d}{place}"
