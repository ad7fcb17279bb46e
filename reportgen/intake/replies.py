"""What one received file says (反馈所言): its rows, each placed in the ledger, as origins."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, fields, replace

from reportgen.intake.answering import Answering
from reportgen.intake.matching import How, Match
from reportgen.intake.returned import Return, ReturnRow, is_placeholder
from reportgen.ledger.model import Entry
from reportgen.ledger.origins import COLLECTED, Origin, Use, answer_key, column_name, column_of, digest_of, origin_place
from reportgen.ledger.records import may_be_period
from reportgen.ledger.words import plain_key
from reportgen.package import short
from reportgen.problems import Location, Problem, Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """One file of a unit as it was read (一份反馈文件): `returned` is None where it could not be read.

    `unit` stands in for that of the return: what the file's name says. `moment` is 2026-07-03 14:05:09, the file's
    modification; `problems` are those of the file itself, those of a placed row come with its match.
    """

    file: str
    sha256: str
    moment: str
    unit: str = ""
    returned: Return | None = None
    matches: tuple[Match, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def sender(self) -> str:
        """The unit that sent it (反馈单位), empty if nothing tells."""
        return (self.returned.unit if self.returned else "") or self.unit


# What the rows themselves say, each with its entry.
_TOLD_BY_ROW = {"return.empty-progress"}


def of_other_period(reply: Reply, period: str) -> bool:
    """Whether the file says that it is for another period (另一期的反馈)."""
    return reply.returned is not None and not may_be_period(reply.returned.period, period)


def origins_of(reply: Reply, answering: Answering, period: str) -> Iterator[Origin]:
    """Everything that the file says, each text with its place; whose word counts is not decided yet.

    Of a file for another period than this one no answer counts.
    """
    unit = answering.own(reply.sender)
    digest = digest_of(reply.sha256, unit)
    placed = (problem for match in reply.matches if match.entry for problem in match.problems)
    for problem in (*reply.problems, *(reply.returned.problems if reply.returned else ()), *placed):
        if problem.code in _TOLD_BY_ROW:
            continue
        use = Use.FAULT if problem.severity is Severity.ERROR else Use.NOTE
        where = origin_place(problem.where or Location(file=reply.file))
        yield Origin(
            text=problem.what,
            unit=unit,
            where=replace(where, file=reply.file),
            digest=digest,
            how=problem.code,
            note=problem.fix,
            use=use,
        )
    other = of_other_period(reply, period)
    for match in reply.matches:
        for origin in _of_row(match, answering):
            if other and origin.is_answer:
                origin = replace(origin, use=Use.OTHER_PERIOD)
            yield replace(origin, unit=unit, digest=digest, where=replace(origin.where, file=reply.file))


def _of_row(match: Match, answering: Answering) -> Iterator[Origin]:
    row, entry = match.row, match.entry
    if entry is None:
        yield _unplaced(match)
        return
    same_text = plain_key(row.text) == plain_key(entry.text)
    frame = Origin(
        id=entry.id,
        where=origin_place(row.where),
        how=match.how.value,
        score=round(match.score, 2),
        said="" if same_text else row.text,
    )

    def at(field: str, text: str, use: Use) -> Origin:
        where = origin_place(row.cells.get(field) or row.where)
        return replace(frame, field=field, text=text, where=where, use=use)

    for field in COLLECTED:
        if text := getattr(row, field):
            yield at(field, text, Use.PLACEHOLDER if is_placeholder(text) else Use.TAKEN)
    if not row.progress:
        yield at("progress", "", Use.EMPTY)
    if row.unread_judgement:
        yield at("judgement", row.unread_judgement, Use.UNREAD_JUDGEMENT)
    # A row that was found by its text differs in it, which is told with its score.
    if match.how is How.ID and row.text and not same_text:
        yield at("text", row.text, Use.NOT_ITS)
    if row.category and plain_key(row.category) != plain_key(entry.category):
        yield at("category", row.category, Use.NOT_ITS)
    for field in ("lead_units", "support_units"):
        names: tuple[str, ...] = getattr(row, field)
        if names and not same_units(names, getattr(entry, field), answering):
            yield at(field, "、".join(names), Use.NOT_ITS)
    if row.last_progress and answer_key(row.last_progress) != answer_key(entry.last_progress):
        yield at("last_progress", row.last_progress, Use.NOT_ITS)
    if _other_number(match, entry):
        yield at("given_no", row.given_no, Use.NOT_ITS)
    own = {(plain_key(header), plain_key(text)) for header, text in entry.others}
    for header, text in row.others:
        if text and (plain_key(header), plain_key(text)) not in own:
            yield at(_foreign_column(header), text, Use.NOT_ITS)


# A number as units count their own rows: 3, 3., （三）, 2-1.
_COUNTED = re.compile(r"[\d一二三四五六七八九十.、()\-]*")


def _other_number(match: Match, entry: Entry) -> bool:
    """Whether a row's 序号 says what the ledger's does not: a text, or in a form of ours another number.

    In its own table a unit counts its own rows.
    """
    mine, ours = (plain_key(no).strip("().、").lstrip("0") for no in (match.row.given_no, entry.given_no))
    if not mine or mine == ours:
        return False
    return not _COUNTED.fullmatch(mine) or (match.how is How.ID and bool(ours))


def _foreign_column(header: str) -> str:
    """What a column is called that is none of the ledger's; the second of two of one name is no answer's."""
    if column_of(header) != header or header in _ROW_FIELDS:
        return f"{header}（另一列）"
    return header or "（没有表头的列）"


_ROW_FIELDS = frozenset(field.name for field in fields(ReturnRow))


def same_units(some: tuple[str, ...], others: tuple[str, ...], answering: Answering) -> bool:
    """Whether two cells name the same units (单位相同), whatever their order and spelling."""
    return {answering.own(name) for name in some} == {answering.own(name) for name in others}


def _unplaced(match: Match) -> Origin:
    """A row that no entry was found for, with all that it says."""
    row = match.row
    named = [(column_name(field, row.sheet), _one_text(getattr(row, field))) for field in _SAID]
    named.append((column_name("judgement", row.sheet), row.unread_judgement))
    named += row.others
    known = [f"编号{row.id}"] if row.id else []
    known += [f"序号{row.given_no}"] if row.given_no else []
    told = [problem.what for problem in match.problems]
    nearest = "；".join(_near(entry, score) for entry, score in match.nearest[:3])
    near = f"最相近的：{nearest}" if nearest else "台账里没有相近的"
    return Origin(
        text="\n".join(f"{name}：{text}" if name else text for name, text in named if text),
        where=origin_place(row.where),
        how=match.how.value,
        score=round(match.score, 2),
        said=row.text or "，".join(known),
        note="，".join((*(known if row.text else ()), *told, near)),
        use=Use.UNPLACED,
    )


# What a row without an entry says beside its number and its task.
_SAID = (*COLLECTED, "category", "lead_units", "support_units", "last_progress")


def _one_text(value: str | tuple[str, ...]) -> str:
    return value if isinstance(value, str) else "、".join(value)


def _near(entry: Entry, score: float) -> str:
    return f"{entry.id}「{short(entry.text, 24)}」{score:.2f}"
