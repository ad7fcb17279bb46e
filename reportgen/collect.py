"""From the returns of the units to one ledger (汇总): the road of `reportgen collect`."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from reportgen.arrivals import Arrival, Arrivals, arrivals
from reportgen.confine import LIMITS, confined_each, read_outside
from reportgen.distribute import form_words, without_duties
from reportgen.inputs import (
    attempt,
    configured_register,
    configured_words,
    ledger_files,
    units_day,
    wanted_sheets,
)
from reportgen.intake.answering import Answering
from reportgen.intake.collection import Collection, collection_of
from reportgen.intake.findings import Kind, by_kind
from reportgen.intake.matching import match_rows
from reportgen.intake.merging import Merged, merge, rolled_over
from reportgen.intake.open_sheet import collected_sheets, record_in
from reportgen.intake.origin_sheet import MAX_ORIGINS
from reportgen.intake.reminders import reminder_facts
from reportgen.intake.replies import Reply
from reportgen.intake.returned import Return
from reportgen.intake.returns import read_return
from reportgen.ledger.files.outside import read_contents
from reportgen.ledger.files.workbook import write_workbook
from reportgen.ledger.ids import same_ids, with_ids
from reportgen.ledger.model import Ledger
from reportgen.ledger.reading import read_ledger_files
from reportgen.ledger.records import RECORD_SHEET, Record, period_name, same_period
from reportgen.ledger.units import Register
from reportgen.ledger.words import STANDARD_WORDS, Words
from reportgen.numbering import chinese_date
from reportgen.package import called
from reportgen.problems import InputError, Location, Problem, ReportError, error, refuse_errors
from reportgen.source import shown_path
from reportgen.target import ExistingLedger, check_target, read_target
from reportgen.template.loading import load_sound_config
from reportgen.template.return_forms import PreparedForm, load_return_form, reminder_text
from reportgen.template.schema import Config

# What was not collected at all; `--strict` writes nothing then.
NOT_COLLECTED = (Kind.UNREAD, Kind.OTHER_PERIOD, Kind.FAULT, Kind.UNPLACED, Kind.NAMELESS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What to collect (汇总请求): `own` are files beside the ledger that this run writes, and no returns."""

    config: Path
    returns: Sequence[Path]
    into: Path
    on: date | None = None
    own: Sequence[Path] = ()


@dataclass(frozen=True, slots=True)
class Rolled:
    """What this run rolled over (结转上期): the ledger that it began with, how many texts became last period's.

    No later run of the period tells it again.
    """

    ledger: str
    moved: int

    def as_json(self) -> dict[str, Any]:
        """The roll-over as plain data."""
        return {"ledger": self.ledger, "moved": self.moved}


def _rolled(before: Merged) -> Rolled | None:
    moved = sum(bool(entry.last_progress) for entry in before.ledger)
    return Rolled(before.ledger.file, moved) if before.rolled else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Collected:
    """What came of a collection (汇总所得): the ledger's bytes, whether it differs from the one that stands there."""

    collection: Collection
    workbook: bytes
    changed: bool
    name: str
    title: str
    reminder: str
    skipped: tuple[tuple[str, str], ...]
    problems: tuple[Problem, ...]
    rolled: Rolled | None = None

    @property
    def complete(self) -> bool:
        """Whether everything was read and placed (全部收齐): nothing that came in was left out."""
        return not any(each.kind in NOT_COLLECTED and not each.settled for each in self.collection.findings)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Inputs:
    config: Config
    register: Register | None
    words: Words
    form_words: Words
    form: PreparedForm
    day: date | None
    before: Merged
    standing: ExistingLedger | None
    warnings: tuple[Problem, ...]


def collect(request: Request) -> Collected:
    """The ledger with all returns in it; a return that cannot be read does not stop the others.

    Raises `InputError` with all problems of configuration and ledger, before any return is read.
    """
    check_target(request.into)
    inputs = _inputs(request)
    found = arrivals(request.returns, (request.into, *request.own), LIMITS)
    replies = list(_replies(found, inputs))
    answering = Answering(inputs.register, inputs.day)
    merged = merge(inputs.before, replies, answering)
    _refuse_too_much(merged, request.into)
    deadline = inputs.config.returns.deadline
    collection = collection_of(merged, answering, deadline, request.on)
    workbook = write_workbook(collected_sheets(collection, inputs.words), f"{merged.record.period}工作台账")
    return Collected(
        collection=collection,
        workbook=workbook,
        changed=inputs.standing is None or inputs.standing.blob != workbook,
        name=shown_path(request.into),
        title=merged.record.period,
        reminder=reminder_text(inputs.form, reminder_facts(collection)),
        skipped=found.skipped,
        problems=inputs.warnings,
        rolled=_rolled(inputs.before),
    )


def _refuse_too_much(merged: Merged, into: Path) -> None:
    """A record that could not be read again would be worth nothing."""
    count = len(merged.record.origins)
    if count > MAX_ORIGINS:
        what = f"各单位共报了 {count} 条内容，超过 {MAX_ORIGINS} 条，「{called(shown_path(into))}」记不下来源"
        fix = "请把台账分成几份，分开汇总"
        raise InputError([error("collect.too-many-origins", what, fix, Location(file=shown_path(into)))])


def _inputs(request: Request) -> _Inputs:
    """Configuration, register, words and the ledger to begin with; their faults together."""
    sound = load_sound_config(request.config, shown_path(request.config))
    config, source = sound.value
    problems = list(sound.problems)
    beside = request.config.parent
    found = attempt(problems, lambda: configured_register(config, beside), source.locate(("units",))) or (None, None)
    register = found[0].value if found[0] else None
    problems += found[0].problems if found[0] else ()
    words = attempt(problems, lambda: configured_words(config, source)) or STANDARD_WORDS
    asked = source.locate(("returns", "form")) if ("returns", "form") in source.places else source.locate(())
    form = attempt(problems, lambda: load_return_form(config, beside, asked))
    by_form = attempt(problems, lambda: form_words(words, form.value)) if form else None
    refuse_errors(problems)
    period = period_name(config.year, config.period)
    day = units_day(config)
    standing = attempt(problems, lambda: read_target(request.into, period, words, register, day))
    before: Merged | None = None
    if standing:
        before = standing.merged
    elif not request.into.exists():
        wants = wanted_sheets(config, source, beside, problems)
        files = attempt(problems, lambda: ledger_files(config, beside), source.locate(("ledger",)))
        read = None
        if files and wants:
            read = attempt(problems, lambda: read_ledger_files(files, wants, register, words, day))
        problems += read.problems if read else ()
        before = _begun(read.value, period, files) if read and files else None
    refuse_errors(problems)
    assert before, "refused above"
    assert form, "refused above"
    before = replace(before, ledger=with_ids(before.ledger))
    refuse_errors(list(same_ids(before.ledger)))
    return _Inputs(
        config=config,
        register=register,
        words=words,
        form_words=by_form or words,
        form=form.value,
        day=day,
        before=before,
        standing=standing,
        warnings=tuple(problem for problem in problems if problem.code not in _LEDGER_NEWS),
    )


# Of a ledger that is being collected: that it lacks what the units are asked for is no news.
_LEDGER_NEWS = {"ledger.empty-progress", "ledger.no-progress"}


def _begun(ledger: Ledger, period: str, files: Sequence[tuple[str, bytes]]) -> Merged:
    """The configuration's ledger at the beginning of the period; one that states this very period goes on as it is."""
    if not ledger.period or not same_period(ledger.period, period):
        return rolled_over(with_ids(ledger), period)
    for name, blob in files:
        record = record_in({table.name: table for table in read_contents(blob, name).value.tables})
        if record is not None:
            return Merged(ledger=ledger, record=record)
    return Merged(ledger=ledger, record=Record(period=period))


# ---- the returns


def _replies(found: Arrivals, inputs: _Inputs) -> Iterator[Reply]:
    """Each file as it was read, in processes of their own; a file that fails is a reply that says so."""
    sound = [each for each in found.files if not each.problems]
    names = [each.name for each in sound]
    same = [inputs.form_words] * len(sound), [inputs.register] * len(sound)
    read = confined_each(names, LIMITS, _read_one, [each.path for each in sound], names, *same)
    results: dict[Path, Return | ReportError] = {each.path: result for each, result in zip(sound, read, strict=True)}
    ledger = inputs.before.ledger
    for each in found.files:
        result = results.get(each.path)
        problems = result.problems if isinstance(result, ReportError) else each.problems
        reply = Reply(
            file=each.name,
            sha256=each.sha256,
            moment=each.moment,
            unit=_unit_by_name(each, inputs.register),
            problems=problems,
        )
        if isinstance(result, Return):
            matches = match_rows(without_duties(result, inputs.form), ledger, inputs.register)
            reply = replace(reply, returned=result, matches=matches)
        yield reply


def _read_one(path: Path, name: str, words: Words, register: Register | None) -> Return:
    """One return from disk to rows; runs in a worker."""
    blob = read_outside(path, name, LIMITS)
    outcome = read_contents(blob, name)
    contents = outcome.value
    if any(table.name == RECORD_SHEET for table in contents.tables):
        what = f"「{called(name)}」是汇总后的台账，不是单位的反馈"
        fix = "请把它移出反馈文件夹"
        raise InputError([error("collect.not-a-return", what, fix, Location(file=name))])
    returned = read_return(contents, hashlib.sha256(blob).hexdigest(), words, register)
    return replace(returned, problems=(*outcome.problems, *returned.problems))


def _unit_by_name(each: Arrival, register: Register | None) -> str:
    """The one unit that a file's name names, for a file that cannot be read."""
    named = register.mentioned(each.name) if register else ()
    return named[0] if len(named) == 1 else ""


def page_values(collected: Collected) -> dict[str, Any]:
    """What the page 汇总报告 shows (网页内容)."""
    collection = collected.collection
    groups = by_kind([each for each in collection.findings if not each.settled])
    return {
        "title": collected.title,
        "into": collected.name,
        "changed": collected.changed,
        "rolled": collected.rolled,
        "deadline": _shown(collection.deadline),
        "on": _shown(collection.on),
        "counts": collection.counts(),
        "open_groups": [(kind, found) for kind, found in groups.items() if kind.needs_person],
        "known_groups": [(kind, found) for kind, found in groups.items() if not kind.needs_person],
        "settled": [each for each in collection.findings if each.settled],
        "units": collection.units,
        "reminder": collected.reminder,
        "skipped": collected.skipped,
    }


def _shown(day: date | None) -> str:
    return chinese_date(day) if day else ""


def as_json(collected: Collected) -> dict[str, Any]:
    """The whole result (汇总结果) as plain data."""
    collection = collected.collection
    return {
        "complete": collected.complete,
        "changed": collected.changed,
        "period": collection.record.period,
        "rolled": collected.rolled.as_json() if collected.rolled else None,
        "deadline": collection.deadline.isoformat() if collection.deadline else None,
        "on": collection.on.isoformat() if collection.on else None,
        "counts": collection.counts(),
        "units": [each.as_json() for each in collection.units],
        "returns": [
            {
                "file": each.file,
                "unit": each.unit,
                "unit_from": each.unit_from,
                "modified": each.moment,
                "rows": each.rows,
                "readable": each.readable,
                "replaced": each.replaced,
                "sha256": each.sha256,
            }
            for each in collection.record.returns
        ],
        "findings": [each.as_json() for each in collection.findings],
        "reminder": collected.reminder,
        "skipped": [{"file": file, "why": why} for file, why in collected.skipped],
    }
