"""What one received file says (反馈所言): its rows, each placed in the ledger, as origins."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from reportgen.intake.answering import Answering
from reportgen.intake.matching import How, Match
from reportgen.intake.returns import Return
from reportgen.ledger.model import Entry
from reportgen.ledger.origins import COLLECTED, DIGEST_LENGTH, Origin, Use, column_name, origin_place
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


def origins_of(reply: Reply, answering: Answering) -> Iterator[Origin]:
    """Everything that the file says, each text with its place; nothing is decided yet."""
    digest, unit = reply.sha256[:DIGEST_LENGTH], answering.own(reply.sender)
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
    for match in reply.matches:
        for origin in _of_row(match, answering):
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
            yield at(field, text, Use.TAKEN)
    if not row.progress:
        yield at("progress", "", Use.EMPTY)
    # A row that was found by its text differs in it, which is told with its score.
    if match.how is How.ID and row.text and not same_text:
        yield at("text", row.text, Use.NOT_ITS)
    if row.category and plain_key(row.category) != plain_key(entry.category):
        yield at("category", row.category, Use.NOT_ITS)
    if row.lead_units and not same_units(row.lead_units, entry.lead_units, answering):
        yield at("lead_units", "、".join(row.lead_units), Use.NOT_ITS)
    own = {(plain_key(header), plain_key(text)) for header, text in entry.others}
    for header, text in row.others:
        if text and (plain_key(header), plain_key(text)) not in own:
            yield at(header or "（没有表头的列）", text, Use.NOT_ITS)


def same_units(some: tuple[str, ...], others: tuple[str, ...], answering: Answering) -> bool:
    """Whether two cells name the same units (单位相同), whatever their order and spelling."""
    return {answering.own(name) for name in some} == {answering.own(name) for name in others}


def _unplaced(match: Match) -> Origin:
    """A row that no entry was found for, with all that it says."""
    row = match.row
    parts = [(field, getattr(row, field)) for field in COLLECTED]
    named = [(column_name(field, row.sheet), text) for field, text in parts if text]
    named += [(header, text) for header, text in row.others if text]
    known = [f"编号{row.id}"] if row.id else []
    known += [f"序号{row.given_no}"] if row.given_no else []
    told = [problem.what for problem in match.problems]
    nearest = "；".join(_near(entry, score) for entry, score in match.nearest[:3])
    near = f"最相近的：{nearest}" if nearest else "台账里没有相近的"
    return Origin(
        text="\n".join(f"{name}：{text}" for name, text in named),
        where=origin_place(row.where),
        how=match.how.value,
        score=round(match.score, 2),
        said=row.text or "，".join(known),
        note="，".join((*(known if row.text else ()), *told, near)),
        use=Use.UNPLACED,
    )


def _near(entry: Entry, score: float) -> str:
    return f"{entry.id}「{short(entry.text, 24)}」{score:.2f}"
