"""Returns of the units (部门反馈) as rows, whatever shape of table they came in: the nouns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from reportgen.ledger.model import Sheet
from reportgen.ledger.words import plain_key
from reportgen.problems import Location, Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnRow:
    """One row of a return (反馈的一行); what the table does not have is empty, `sheet` None where nothing says which.

    `judgement` is a standard word. `others` are columns that name no field, as (header, text), and what a person must
    still judge: the second of two columns for one field. `unread_judgement` is a status as written that no word of the
    office's is.
    """

    sheet: Sheet | None = None
    id: str = ""
    given_no: str = ""
    category: str = ""
    text: str = ""
    lead_units: tuple[str, ...] = ()
    support_units: tuple[str, ...] = ()
    progress: str = ""
    judgement: str = ""
    unread_judgement: str = ""
    phrase: str = ""
    last_progress: str = ""
    others: tuple[tuple[str, str], ...] = ()
    where: Location
    cells: Mapping[str, Location] = field(default_factory=dict, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Return:
    """One return (一份反馈): `unit` in the register's name, empty if nothing tells; `unit_from` says what told.

    `period` is the period for which it says that it is, as written; empty if it says none.
    """

    file: str
    sha256: str
    unit: str = ""
    unit_from: str = ""
    period: str = ""
    rows: tuple[ReturnRow, ...] = ()
    problems: tuple[Problem, ...] = ()


# What people write into a cell that they have nothing for. 近期无进展 is an answer.
_PLACEHOLDERS = frozenset(
    map(plain_key, ("无", "没有", "暂无", "空", "略", "同上", "同前", "同上期", "见附件", "详见附件", "附后"))
)
_DASHES = frozenset("".join(map(plain_key, "/\\-—－–―_")))


def is_placeholder(text: str) -> bool:
    """Whether a text only fills its cell (占位文字): 无, 同上, 见附件, a dash."""
    key = plain_key(text).strip("。.;()")
    return bool(plain_key(text)) and (key in _PLACEHOLDERS or set(key) <= _DASHES)
