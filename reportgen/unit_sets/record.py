"""What a set consists of (分送件清单): its units, their rows and files, and where each entry of the ledger went.

It is the manifest's content. Nothing in it tells how or when the set came to be: a set made in one go and one that was
brought up to date have the same record.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from reportgen.problems import Problem


class State(Enum):
    """What a unit has in the set (状态); the value is what the index says.

    A unit with tasks, none of which the template is about, is unconcerned.
    """

    MADE = "已生成"
    WITHOUT = "无任务"
    UNCONCERNED = "不涉及"
    FAILED = "未生成"
    STALE = "未更新"


@dataclass(frozen=True, slots=True)
class FileRecord:
    """One file of the set (文件): its name in the folder, its size in bytes, its SHA-256."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class RowCount:
    """How many entries of one kind a unit has (项数): sheet, judgement (empty: none yet), duty 牵头 or 配合."""

    sheet: str
    judgement: str
    duty: str
    rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitRecord:
    """A unit in the set (一个单位): `number` is its place in the register, from 1.

    `key` is the hash of all that its files are made of; equal keys mean equal files. A unit that failed has none.
    """

    unit: str
    number: int
    kind: str = ""
    is_registered: bool = True
    state: State
    counts: tuple[RowCount, ...] = ()
    files: tuple[FileRecord, ...] = ()
    key: str = ""
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryRecord:
    """An entry of the ledger (一项台账条目) and the units that it reached, in official order.

    `lead_names` and `support_names` are as the ledger writes them, `leads` and `supports` the units behind them in
    whose documents it stands; `outside` are units that have it, too, and are not among those the set was made for.
    `unresolved` are the names behind which nobody stands. `cell` says where it stands in the ledger.
    """

    sheet: str
    report_annex: str = ""
    report_no: str = ""
    id: str = ""
    category: str = ""
    text: str
    judgement: str = ""
    lead_names: tuple[str, ...] = ()
    support_names: tuple[str, ...] = ()
    leads: tuple[str, ...] = ()
    supports: tuple[str, ...] = ()
    outside: tuple[str, ...] = ()
    unresolved: tuple[str, ...] = ()
    cell: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetSum:
    """The sum over the units held against the ledger (合计核对), for one sheet.

    `expected` is what the entries ask for: the sum over all entries of the units behind each. `rows` is what really
    stands in the units' documents, counted in them. `unreached` entries are in no unit's set.
    """

    sheet: str
    entries: int
    unreached: int
    expected: int
    rows: int

    @property
    def agrees(self) -> bool:
        """Whether the documents hold what the ledger asks for."""
        return self.expected == self.rows


@dataclass(frozen=True, slots=True, kw_only=True)
class SetRecord:
    """A whole set (一套分送件): the manifest and the index are written from it.

    `inputs` are (kind, file name, SHA-256), `faces` (role, face that draws it, SHA-256); `pdf_engine` are name and
    version of what laid out the pages, empty where there is no PDF.
    """

    report: str
    period: str
    formats: tuple[str, ...]
    inputs: tuple[tuple[str, str, str], ...] = ()
    faces: tuple[tuple[str, str, str], ...] = ()
    pdf_engine: tuple[str, str] | tuple[()] = ()
    units: tuple[UnitRecord, ...] = ()
    entries: tuple[EntryRecord, ...] = ()
    sums: tuple[SheetSum, ...] = ()
    problems: tuple[Problem, ...] = ()
