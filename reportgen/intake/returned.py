"""Returns of the units (部门反馈) as rows, whatever shape of table they came in: the nouns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from reportgen.ledger.model import Sheet
from reportgen.problems import Location, Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnRow:
    """One row of a return (反馈的一行); what the table does not have is empty, `sheet` None where nothing says which.

    `judgement` is a standard word. `others` are columns that name no field, as (header, text), and what a person must
    still judge: an unknown status, the second of two columns for one field.
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
    phrase: str = ""
    last_progress: str = ""
    others: tuple[tuple[str, str], ...] = ()
    where: Location
    cells: Mapping[str, Location] = field(default_factory=dict, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Return:
    """One return (一份反馈): `unit` in the register's name, empty if nothing tells; `unit_from` says what told."""

    file: str
    sha256: str
    unit: str = ""
    unit_from: str = ""
    rows: tuple[ReturnRow, ...] = ()
    problems: tuple[Problem, ...] = ()
