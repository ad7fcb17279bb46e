"""The files that a check writes (校核结果文件): page, Excel copy, review copy, and findings accepted with a reason."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from reportgen.check import Proofed, with_acceptances
from reportgen.check_view import KIND_NAMES, rule_name
from reportgen.confine import Limits, confined, read_outside
from reportgen.ledger.acceptances import ACCEPTANCE_SHEET, Acceptance, accept, kept_in, read_acceptances
from reportgen.ledger.files.workbook_review import CellNote, note_text, review_ledger, review_workbook
from reportgen.limits import held
from reportgen.package import WORKBOOK_ENDINGS, called
from reportgen.pages.proofing import proof_page
from reportgen.problems import CannotWrite, InputError, Location, Outcome, error
from reportgen.proof.findings import Finding
from reportgen.proof.review_copy.notes import notes_of
from reportgen.proof.review_copy.word_copy import review_copy
from reportgen.proof.telling import counterparts, rows_of, told_place
from reportgen.publish import publish_at, refuse_bad_name, refuse_open
from reportgen.source import shown_path
from reportgen.writers import WRITERS

_OTHERS = 3


# ---- accepted findings


def accepted(checked: Proofed, reasons: Mapping[str, str], limits: Limits | None = None) -> Proofed:
    """The result with these findings accepted (认可意见); that is written into the ledger, or beside the file.

    Raises `InputError` for a number that no finding of this check has, and where the file must not be changed.
    """
    known = {finding.key: finding for finding in (*checked.accepted, *checked.findings)}
    unknown = [key for key in reasons if key not in known]
    if unknown:
        what = f"这次校核没有编号为「{called('、'.join(unknown))}」的意见，没有记下任何认可"
        fix = "编号请从校核结果里抄；文字改过以后，编号会变"
        raise InputError([error("check.unknown-key", what, fix, Location(file=checked.file))])
    place = acceptances_place(checked)
    name = shown_path(place)
    within = rows_of(checked.manuscripts)
    rows = [_listed(known[key], _row(known[key], checked, text), within) for key, text in reasons.items()]
    refuse_bad_name(place)
    stood = read_outside(place, name, limits) if os.path.isfile(place) else None
    blob = confined(name, limits or held().outside, accept, stood, name, rows)

    def refuse_changed() -> None:
        if (read_outside(place, name, limits) if os.path.isfile(place) else None) != stood:
            what = f"记认可理由的时候，「{called(name)}」被人改动了，没有写入"
            raise CannotWrite([error("check.changed", what, "请关闭它，再运行一次", Location(file=name))])

    publish_at({place: blob}, refuse_changed)
    given = {row.key: row for row in rows}
    kept = [given.pop(each.key, each) for each in checked.kept]
    return with_acceptances(checked, (*kept, *given.values()))


def acceptances_place(checked: Proofed) -> Path:
    """The file that the accepted findings stay with (认可的存放处): the ledger's workbook, else a CSV beside."""
    workbook = next((file for file in checked.files if file.suffix.lower() in WORKBOOK_ENDINGS), None)
    return kept_in(workbook or checked.files[0])


def acceptances_told(checked: Proofed) -> str:
    """How a reader is told where that is (存放处的说法): the sheet of the workbook, else the file."""
    place = acceptances_place(checked)
    in_book = place.suffix.lower() in WORKBOOK_ENDINGS
    return f"{shown_path(place)}「{ACCEPTANCE_SHEET}」表" if in_book else shown_path(place)


def _row(finding: Finding, checked: Proofed, reason: str = "") -> Acceptance:
    first = finding.marks[0]
    return Acceptance(
        key=finding.key,
        level=finding.level.value,
        rule=rule_name(finding.rule, checked.basis),
        spot=first.text.spot.words,
        quote=first.quote,
        what=finding.what,
        fix=finding.fix,
        reason=reason,
        at=first.text.spot.where,
    )


def _listed(finding: Finding, row: Acceptance, rows: Mapping[int, int]) -> Acceptance:
    """The row as the list has it: with the other places, which no comment beside it tells."""
    others = [f"对照：{marks[0].text.spot.words}" for marks in counterparts(finding, rows)]
    more = [f"对照：还有 {len(others) - _OTHERS} 处"] if len(others) > _OTHERS else []
    return replace(row, what="\n".join((row.what, *others[:_OTHERS], *more)))


# ---- page, Excel copy, review copy


def html_page(checked: Proofed) -> bytes:
    """The result as one page (网页)."""
    assert checked.basis, "only what was read is shown"
    return proof_page(
        (*checked.findings, *checked.accepted),
        checked.basis.settings,
        file=checked.file,
        kind=KIND_NAMES[checked.kind] if checked.kind else "",
        period=checked.period,
        accepted=checked.reasons,
        problems=checked.problems,
        accept_in=_accept_in(checked),
    )


def _accept_in(checked: Proofed) -> str:
    """Where a reader may write a reason by hand, and how to come by it: at first it is not there yet."""
    place = acceptances_place(checked)
    if place.suffix.lower() in WORKBOOK_ENDINGS:
        return f"台账的「{ACCEPTANCE_SHEET}」表（还没有的，查的时候加 --excel，另存一份带这张表的台账）"
    return f"旁边的「{place.name}」（还没有的，用下面的命令认可一条，就有了）"


def excel_copy(checked: Proofed, limits: Limits | None = None) -> Outcome[bytes]:
    """The ledger as an Excel copy (校核副本) with comments on its cells and the list of all findings."""
    assert checked.ledger, "the command asks for one"
    assert checked.basis, "read with it"
    rows = rows_of(checked.manuscripts)
    said = tuple(_row(each, checked, checked.reasons.get(each.key, "")) for each in _all(checked))
    notes = tuple(_cell_notes(checked, said, rows))
    listed = tuple(_listed(each, row, rows) for each, row in zip(_all(checked), said, strict=True))
    only = checked.files[0] if len(checked.files) == 1 else None
    if only and only.suffix.lower() in WORKBOOK_ENDINGS:
        blob = read_outside(only, checked.ledger.file, limits)
        return confined(
            checked.file, limits or held().outside, review_workbook, blob, checked.ledger.file, notes, listed
        )
    every = (*listed, *(each for each in checked.kept if each.key not in {row.key for row in listed}))
    return review_ledger(checked.ledger, notes, every, checked.basis.words)


def copy_ending(checked: Proofed) -> str:
    """How the Excel copy's name must end (副本的扩展名): as the ledger's does, of which it is one."""
    only = checked.files[0].suffix.lower() if len(checked.files) == 1 else ""
    return only if only in WORKBOOK_ENDINGS else WORKBOOK_ENDINGS[0]


def _all(checked: Proofed) -> Iterator[Finding]:
    yield from checked.findings
    yield from checked.accepted


def _cell_notes(checked: Proofed, listed: Sequence[Acceptance], rows: Mapping[int, int]) -> Iterator[CellNote]:
    ledger = checked.ledger.file if checked.ledger else ""
    for finding, row in zip(_all(checked), listed, strict=True):
        places = (finding.by_text[0], *counterparts(finding, rows))
        for marks in places:
            if where := marks[0].text.spot.where:
                others = [told_place(each, ledger) for each in places if each is not marks]
                yield CellNote(where=where, text=note_text(row, others))


def refuse_to_lose(place: Path, checked: Proofed, limits: Limits | None = None) -> None:
    """Raise `CannotWrite` if a copy stands there with reasons that this run does not know (防丢失).

    A file that cannot be read, be it locked or too large, may hold some.
    """
    refuse_bad_name(place)
    if not os.path.isfile(place) or place.suffix.lower() not in WORKBOOK_ENDINGS:
        return
    name = shown_path(place)
    refuse_open(place, name)
    try:
        kept = confined(name, limits or held().outside, read_acceptances, read_outside(place, name, limits), name).value
    except InputError:
        what = f"「{called(name)}」已经存在，又读不出来，不知道里面有没有认可理由，没有覆盖它"
        raise CannotWrite(
            [error("check.unread-copy", what, "请把它移走，或换一个文件名", Location(file=name))]
        ) from None
    lost = [each for each in kept if each.reason and checked.reasons.get(each.key) != each.reason]
    if lost:
        what = f"「{called(name)}」里填了 {len(lost)} 条认可理由，台账里没有，没有覆盖它"
        fix = "请把它另存为台账再校核，或用 --accept 把这些理由记进台账，或换一个文件名"
        raise CannotWrite([error("check.has-reasons", what, fix, lost[0].where or Location(file=name))])


def word_review(checked: Proofed, limits: Limits | None = None) -> Outcome[bytes]:
    """The Word file as a review copy (审阅副本) with a comment at the words of each finding."""
    assert checked.basis, "read with it"
    names = {rule: setting.name for rule, setting in checked.basis.settings.rules.items()}
    if checked.document is not None:
        name = f"{Path(checked.file).stem}.docx"
        made = WRITERS["docx"].write(checked.document, checked.basis.styles, None)
        blob, title = made.value, checked.document.title
    else:
        name, title = checked.file, ""
        blob = read_outside(checked.files[0], name, limits)
    notes = notes_of(checked.findings, checked.manuscripts, names, name)
    return confined(name, limits or held().outside, review_copy, blob, name, notes, title)
