"""From a configuration to the return forms (分发反馈表): one workbook for each unit that has anything to answer."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from reportgen.inputs import attempt, configured_register, configured_words, ledger_files, wanted_sheets
from reportgen.intake.duties import Duty, UnitDuties, chosen_units, duties_by_unit
from reportgen.intake.merging import rolled_over
from reportgen.intake.returned import Return, ReturnRow
from reportgen.ledger.files.workbook import Column, SheetText, is_as_written, write_workbook
from reportgen.ledger.ids import same_ids, with_ids
from reportgen.ledger.keeping import entry_text
from reportgen.ledger.model import Ledger, Sheet
from reportgen.ledger.named_units import vague_names
from reportgen.ledger.reading import read_ledger_files
from reportgen.ledger.records import period_line, period_name, same_period, unit_line
from reportgen.ledger.words import (
    FIELD_NAMES,
    JUDGEMENTS,
    STANDARD_WORDS,
    Words,
    header_key,
    return_words,
)
from reportgen.naming import safe_name
from reportgen.package import short
from reportgen.problems import CannotWrite, InputError, Location, Problem, error, refuse_errors, warning
from reportgen.source import clean_text, shown_path
from reportgen.template.limits_block import by_limits_of
from reportgen.template.loading import load_sound_config
from reportgen.template.return_forms import FormTexts, PreparedForm, load_return_form, texts_for
from reportgen.template.schema import FormColumn

# What a unit reads beside the cells that it fills in; a column that is empty for all of them is left out.
_LEFT_OUT_IF_EMPTY = ("given_no", "category", "lead_units", "support_units", "last_progress")


@dataclass(frozen=True, slots=True, kw_only=True)
class FormSheet:
    """A sheet of one unit's form (反馈表的一张表): its columns, a row for each duty, the cells that stay closed."""

    sheet: Sheet
    columns: tuple[tuple[FormColumn, Column], ...]
    duties: tuple[Duty, ...]
    locked: frozenset[tuple[int, int]]

    def asked(self, row: int) -> tuple[str, ...]:
        """The fields that the unit fills in in a row (要填的项)."""
        fill = (at for at, (column, _) in enumerate(self.columns) if column.fill and (row, at) not in self.locked)
        return tuple(self.columns[at][0].field for at in fill)


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitForm:
    """The form of one unit (一个单位的反馈表), and how many entries it leads and supports."""

    unit: str
    kind: str = ""
    leads: int
    supports: int
    file: str
    sheets: tuple[FormSheet, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The form as plain data."""
        return {
            "unit": self.unit,
            "kind": self.kind,
            "leads": self.leads,
            "supports": self.supports,
            "file": self.file,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Distribution:
    """All forms (分发结果): their files, which unit has which, the units without any entry, the warnings."""

    files: Mapping[str, bytes]
    forms: tuple[UnitForm, ...]
    without: tuple[str, ...]
    problems: tuple[Problem, ...]


Answers = Mapping[tuple[Sheet, str], Mapping[str, str]]
"""What is filled in already (已填内容): by sheet and number of an entry, the text of each field that its unit fills."""


@by_limits_of(lambda config_path, *_, **__: config_path)
def distribute(
    config_path: Path,
    ledgers: Sequence[Path] = (),
    units: Sequence[str] = (),
    answers: Answers | None = None,
) -> Distribution:
    """The forms of all units, or of `units` alone; raises `InputError` with all problems of the inputs together.

    Groups are resolved as of the deadline, without one as of the report's date. `answers` stand in the cells to be
    filled in, as if the unit had written them there.
    """
    sound = load_sound_config(config_path, shown_path(config_path))
    config, source = sound.value
    problems = list(sound.problems)
    beside = config_path.parent
    on = config.returns.deadline or config.date
    asked = source.locate(("returns", "form")) if ("returns", "form") in source.places else source.locate(())
    form = attempt(problems, lambda: load_return_form(config, beside, asked))
    found = attempt(problems, lambda: configured_register(config, beside), source.locate(("units",))) or (None, None)
    register = found[0].value if found[0] else None
    named = None if ledgers else source.locate(("ledger",))
    files = attempt(problems, lambda: ledger_files(config, beside, ledgers), named)
    words = attempt(problems, lambda: configured_words(config, source)) or STANDARD_WORDS
    wants = wanted_sheets(config, source, beside, problems)
    if form:
        problems += form.problems
        attempt(problems, lambda: form_words(words, form.value))
    ledger = (
        attempt(problems, lambda: read_ledger_files(files, wants, register, words, on)) if files and wants else None
    )
    for outcome in (found[0], ledger):
        problems += outcome.problems if outcome else ()
    problems += same_ids(ledger.value) if ledger else ()
    refuse_errors(problems)
    assert form, "refused above"
    assert ledger, "refused above"
    kept = with_ids(ledger.value)
    period = period_name(config.year, config.period)
    if not same_period(kept.period, period):
        # What the ledger of another period, or of an unknown one, says of progress is last period's.
        kept = rolled_over(kept, period).ledger
    problems += vague_names(kept, register, on) if register else []
    duties = duties_by_unit(kept, register, on)
    chosen = chosen_units(duties.value, units, register, on, source.file)
    problems += duties.problems
    return _distribution(chosen, form.value, kept, problems, answers or {})


def form_words(words: Words, form: PreparedForm) -> Words:
    """The words (用词) by which returns are read: also by the headers of the form that the units got.

    Raises `InputError` for a header that already means something else.
    """
    problems: list[Problem] = []
    for sheet in Sheet:
        for column, title, where in form.columns(sheet):
            if column.field == "duty":
                if return_words(words).field_of(title):
                    what = f"「本单位职责」一列的表头「{short(title)}」已表示别的意思"
                    problems.append(error("forms.same-title", what, "请换一个表头", where))
                continue
            try:
                words = words.extended({FIELD_NAMES[column.field]: (title,)}, {}, where)
            except InputError as fault:
                problems += fault.problems
    refuse_errors(problems)
    return words


def without_duties(returned: Return, form: PreparedForm) -> Return:
    """The return without the column 本单位职责 of the form (去掉本单位职责), in which no unit says anything."""
    headers = {
        header_key(title) for sheet in Sheet for column, title, _ in form.columns(sheet) if column.field == "duty"
    }

    def plain(row: ReturnRow) -> ReturnRow:
        return replace(row, others=tuple(other for other in row.others if header_key(other[0]) not in headers))

    return replace(returned, rows=tuple(map(plain, returned.rows)))


def refuse_to_lose(files: Mapping[str, bytes], folder: Path) -> None:
    """Raise `CannotWrite` if a file that would be replaced has been filled in meanwhile (不覆盖填过的表)."""
    touched = []
    for name in files:
        path = folder / name
        try:
            if os.path.isfile(path) and not is_as_written(path.read_bytes()):
                touched.append(path)
        except OSError:
            continue  # publishing tells why it cannot be replaced
    if touched:
        listed = "、".join(f"「{short(path.name)}」" for path in touched[:5])
        what = f"文件夹里有 {len(touched)} 份同名的表已被改过，没有覆盖，也没有生成别的表：{listed}"
        fix = "请换一个输出文件夹，或先把填过的表移到别处"
        raise CannotWrite([error("output.filled-form", what, fix, Location(file=shown_path(touched[0])))])


def old_forms(files: Mapping[str, bytes], folder: Path) -> list[Problem]:
    """A warning for the workbooks in the folder that are none of these (以前的表): somebody might send them."""
    found = (path.name for path in folder.glob("*.xlsx")) if os.path.isdir(folder) else ()
    others = sorted(name for name in found if name not in files and not name.startswith(("~$", ".~")))
    if not others:
        return []
    listed = "、".join(f"「{short(name)}」" for name in others[:5])
    what = f"输出文件夹里还有 {len(others)} 份表格不是这次生成的：{listed}"
    fix = "请核对，不要当作这次的反馈表发出；不要的请删去"
    return [warning("output.left-over", what, fix, Location(file=shown_path(folder / others[0])))]


def _distribution(
    chosen: Sequence[UnitDuties], form: PreparedForm, ledger: Ledger, problems: list[Problem], answers: Answers
) -> Distribution:
    digits = max(2, len(str(max((each.rank + 1 for each in chosen), default=0))))
    files: dict[str, bytes] = {}
    forms: list[UnitForm] = []
    columns = {sheet: tuple(_columns(form, ledger, sheet)) for sheet in Sheet}
    for each in chosen:
        if not each.duties:
            continue
        goals, tasks = (len(each.of_sheet(sheet)) for sheet in Sheet)
        counts = {"leads": each.led, "supports": each.supported, "goals": goals, "tasks": tasks}
        texts = texts_for(form, each.unit, counts)
        name = f"{each.rank + 1:0{digits}d}_{safe_name(texts.file_name)}.xlsx"
        own = tuple(_form_sheet(each, sheet, columns[sheet]) for sheet in Sheet if each.of_sheet(sheet))
        sheets = [_sheet(each.unit, sheet, form, texts, ledger, answers) for sheet in own]
        files[name] = write_workbook(sheets, f"{each.unit} {texts.title}")
        forms.append(
            UnitForm(unit=each.unit, kind=each.kind, leads=each.led, supports=each.supported, file=name, sheets=own)
        )
    without = tuple(each.unit for each in chosen if not each.duties)
    return Distribution(files=files, forms=tuple(forms), without=without, problems=tuple(problems))


def _columns(form: PreparedForm, ledger: Ledger, sheet: Sheet) -> Iterator[tuple[FormColumn, Column]]:
    """The columns of a sheet but those that are empty for all units."""
    for column, title, _ in form.columns(sheet):
        if column.field in _LEFT_OUT_IF_EMPTY and not any(getattr(e, column.field) for e in ledger.entries(sheet)):
            continue
        choices = JUDGEMENTS[sheet] if column.field == "judgement" and column.fill else ()
        yield (
            column,
            Column(
                title=title,
                width=column.width,
                editable=column.fill is not None,
                choices=choices,
                centred=column.field in ("given_no", "duty", "judgement"),
            ),
        )


def _form_sheet(each: UnitDuties, sheet: Sheet, columns: Sequence[tuple[FormColumn, Column]]) -> FormSheet:
    duties = each.of_sheet(sheet)
    if not any(duty.leads for duty in duties):
        # A unit that leads nothing here has nothing to say in these columns.
        columns = [each for each in columns if each[0].fill != "牵头" or each[0].field == "progress"]
    locked = frozenset(
        (row, at)
        for at, (column, _) in enumerate(columns)
        for row, duty in enumerate(duties)
        if column.fill == "牵头" and not duty.leads
    )
    return FormSheet(sheet=sheet, columns=tuple(columns), duties=duties, locked=locked)


def _sheet(
    unit: str, own: FormSheet, form: PreparedForm, texts: FormTexts, ledger: Ledger, answers: Answers
) -> SheetText:
    def text(row: int, duty: Duty, column: FormColumn) -> str:
        said = answers.get((own.sheet, duty.entry.id), {}).get(column.field)
        if said is not None and column.field in own.asked(row):
            return clean_text(said)[0]
        return _text(duty, column, form)

    above = (texts.title, unit_line(unit), period_line(ledger.period), texts.instructions)
    return SheetText(
        name=own.sheet.value,
        columns=tuple(_wide_enough(own.columns)),
        rows=[tuple(text(row, duty, column) for column, _ in own.columns) for row, duty in enumerate(own.duties)],
        above=tuple(clean_text(line)[0] for line in above if line),
        protected=True,
        locked=own.locked,
    )


def _wide_enough(columns: Sequence[tuple[FormColumn, Column]]) -> Iterator[Column]:
    """The columns; this period's progress has as much room as last period's that it is written beside."""
    last = next((at for at, (column, _) in enumerate(columns) if column.field == "last_progress"), None)
    for column, shown in columns:
        yield replace(shown, not_below=last) if column.field == "progress" else shown


def _text(duty: Duty, column: FormColumn, form: PreparedForm) -> str:
    """What a cell of the form says; the answer of a supporting unit is its own, the ledger's is the lead's."""
    if column.field == "duty":
        role = form.form.lead if duty.leads else form.form.support
        return f"{role}\n（{duty.group}）" if duty.group else role
    if column.fill and not duty.leads:
        return ""
    return entry_text(duty.entry, column.field)
