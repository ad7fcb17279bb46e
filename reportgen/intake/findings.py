"""What a collection gives the office to look at (待看事项): each kind with its name and what to do about it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from reportgen.ledger.words import plain_key
from reportgen.problems import Location

_MARK_LENGTH = 12


class Kind(Enum):
    """Kind (类别) of a finding: its name, whether a person has to act, and what to do; in the order of urgency."""

    UNREAD = ("读不了的文件", True, "里面的内容一条也没有汇总。请按说明处理，或请单位重报，再汇总一次。")
    OTHER_PERIOD = ("另一期的反馈", True, "没有采用。请单位用本期的反馈表重报；确是本期的，请改正表上的报告期再汇总。")
    FAULT = ("读不懂的格", True, "这些格没有汇总。请打开反馈核对，改好或请单位重报，再汇总一次。")
    UNPLACED = (
        "对不上的行",
        True,
        "不知道说的是哪一项。请在反馈里补上编号后再汇总一次，或直接填进台账；确属新任务，请加进台账。",
    )
    DELETED = (
        "这一行已从台账删去",
        True,
        "单位的反馈还记在「来源」表。误删的，请把这一行加回台账（编号不变）；确已取消的，在「处理结果」写一句。",
    )
    NAMELESS = ("看不出单位的反馈", True, "没有采用。请在文件名或表头上写明单位，再汇总一次。")
    UNIT_DOUBT = ("单位前后不一的反馈", True, "文件名、填报单位等说的不是一个单位。请核实是谁报的，改正后再汇总一次。")
    CONFLICT = ("人工改过、单位又改了", True, "台账里保留的是人工改过的文字。请对照新反馈，定下后改台账。")
    CONTRADICTION = ("责任单位说法不一", True, "台账用的是排在前面的责任单位的说法。请向几个单位核实。")
    TWO_ROWS = ("同一份反馈里说法不一", True, "台账用的是对得最准的一行。请向单位核实。")
    MEMBERS = ("同组单位各自反馈", True, "台账用的是排在前面的单位的文字。请把各单位的内容汇成一条。")
    FOREIGN = ("反馈了不是它的任务", True, "没有采用。请核实是单位填错了行，还是责任单位有变。")
    LIKELY = ("按文字相近对上的", True, "已经汇总。请逐条核对对得是否正确；对错了的，请在反馈里写上正确的编号。")
    CHANGED = ("改了不归它填的内容", True, "没有采用，台账照旧。确需修改的，请直接改台账。")
    IN_LAST = ("写在上期一栏的文字", True, "没有采用。是本期进展的，请填进台账，或请单位改填本期一栏再汇总。")
    UNREAD_JUDGEMENT = ("认不出的推进情况", True, "没有采用。请按规定的写法填进台账，或请单位改好再汇总一次。")
    UNJUDGED = ("没有点选推进情况", True, "有进展、没有推进情况（评价）的，不能成文。请单位补报，或直接填进台账。")
    EMPTY = ("空答", True, "单位交了表，但责任任务的进展没有填。请催补。")
    SAME_AS_LAST = ("与上期一字不差", True, "请向单位核实本期有无新进展。")
    SUPPORT_USED = ("暂用配合单位的文字", True, "责任单位没有报这一项，暂用配合单位的。请催责任单位。")
    WITHDRAWN = ("新的反馈里没有了的内容", True, "单位重报的文件里没有这一条，台账仍用以前报的。请核实。")
    UNREPORTED = ("交了表、漏报的任务", True, "责任单位有反馈，但没有报这一项的进展。请催补。")
    BLANK = ("交了表、没有内容的单位", True, "不算已反馈。请单位补报；催报的文字里有。")
    MISSING = ("没有反馈的单位", True, "请催报；网页报告里有催报的文字。")
    NOBODY = ("不知道该催谁的任务", True, "责任单位是泛指，名录里没有它指的单位。请在台账里写明单位。")
    OVERWRITTEN = ("台账里换过的文字", False, "单位有了新的说法，台账已更新。原来的文字列在这里。")
    JUDGEMENT = ("推进情况与上期不同", False, "请留意转为滞后和由滞后转好的。")
    SEVERAL_FILES = ("一个单位报了几份", False, "同一项两份说法不同时，用文件修改时间靠后的一份。")
    JOINT_SILENT = ("另一责任单位已报的任务", False, "几个单位共同负责，台账用了其中一个的文字，这个单位没有单独报。")
    SUPPORT_TEXT = ("配合单位的文字", False, "责任单位已反馈，配合单位的没有并入。需要时可摘用。")
    POLISHED = ("人工改过的文字", False, "单位的说法没有变，台账保留人工改过的文字。")
    EXTRA = ("反馈里多出的列", False, "台账没有这一列，内容记在「来源」表里。")
    LAST_PHRASE = ("清空的上期报告用语", False, "里面有上期的数字，本期请重写；原文记在「来源」表里。")
    COPY = ("内容相同的文件", False, "只算一份。")
    WAITING = ("还在等反馈的任务", False, "责任单位都还没有反馈。")
    NOTE = ("读取时的提醒", False, "请看一眼：没有收进台账的文字，需要的请手工补入。")

    def __init__(self, title: str, needs_person: bool, advice: str) -> None:
        self.title = title
        self.needs_person = needs_person
        self.advice = advice


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing to look at (一件待看的事): in the ledger `ours` stands, in the return `theirs`.

    `where` is the place in the return, `digest` the return's own, for two may have one name. `chosen` is the text that
    stood against theirs when it was listed, `settled` a person's remark that it is done with.
    """

    kind: Kind
    unit: str = ""
    id: str = ""
    task: str = ""
    what: str
    ours: str = ""
    theirs: str = ""
    where: Location | None = None
    digest: str = ""
    chosen: str = ""
    settled: str = ""

    @property
    def mark(self) -> str:
        """The chosen text in short (采用文字校验码): a remark about it does not settle another choice."""
        if not self.chosen:
            return ""
        return hashlib.sha256(plain_key(self.chosen).encode()).hexdigest()[:_MARK_LENGTH]

    @property
    def words(self) -> tuple[str, ...]:
        """The words by which a remark finds its point again (认办结用), as they are shown."""
        return (self.kind.title, self.unit, self.id, self.task, self.what, self.theirs, self.mark)

    @property
    def key(self) -> tuple[str, ...]:
        """The same in the form in which they are compared."""
        return key_of(self.words)

    @property
    def is_open(self) -> bool:
        """Whether a person still has to act."""
        return self.kind.needs_person and not self.settled

    def as_json(self) -> dict[str, Any]:
        """The finding as plain data."""
        return {
            "kind": self.kind.name.lower().replace("_", "-"),
            "title": self.kind.title,
            "open": self.is_open,
            "unit": self.unit,
            "id": self.id,
            "task": self.task,
            "what": self.what,
            "ledger": self.ours,
            "return": self.theirs,
            "where": self.where.as_json() if self.where else None,
            "settled": self.settled,
        }


def key_of(words: Sequence[str]) -> tuple[str, ...]:
    """The words of a point (事项要素) in the form in which they are compared."""
    return tuple(map(plain_key, words))


class State(Enum):
    """State (反馈状态) of a unit in a collection; the value is what a reader is told."""

    RETURNED = "已反馈"
    LATE = "迟报（按文件日期）"
    UNREAD = "文件读不了"
    OTHER_PERIOD = "交的是另一期的表"
    BLANK = "交了空表"
    UNHEARD = "没有读到内容"
    OVERDUE = "逾期未反馈"
    MISSING = "未反馈"
    NOT_ASKED = "只有配合任务，未反馈"


# A unit that has sent nothing that could be used is one that has not returned.
HAS_RETURNED = (State.RETURNED, State.LATE)
SENT_NOTHING_USABLE = (State.UNREAD, State.OTHER_PERIOD, State.BLANK, State.UNHEARD)


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitState:
    """A unit in a collection (单位反馈情况): its files, and how many of its lead tasks it has answered.

    `file_day` is the day of its first file; one that is still to come is no day on which anything was returned.
    """

    unit: str
    state: State
    files: tuple[str, ...] = ()
    file_day: str = ""
    day_usable: bool = True
    rows: int = 0
    leads: int = 0
    answered: int = 0
    supports: int = 0

    @property
    def day(self) -> str:
        """The day (日期) as a reader is told."""
        return self.file_day if self.day_usable else "日期不可用"

    def as_json(self) -> dict[str, Any]:
        """The unit's state as plain data."""
        return {
            "unit": self.unit,
            "state": self.state.name.lower().replace("_", "-"),
            "title": self.state.value,
            "files": list(self.files),
            "day": self.file_day,
            "day_usable": self.day_usable,
            "rows": self.rows,
            "leads": self.leads,
            "answered": self.answered,
            "supports": self.supports,
        }


def by_kind(findings: Sequence[Finding]) -> dict[Kind, tuple[Finding, ...]]:
    """The findings of each kind that has any, in the order of urgency."""
    return {kind: found for kind in Kind if (found := tuple(each for each in findings if each.kind is kind))}
