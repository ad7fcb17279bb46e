"""From a configuration to the finished files (生成): the one road through all floors, for every door."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from reportgen import __version__
from reportgen.document import Document, Table
from reportgen.former import Former, configured_former
from reportgen.inputs import attempt, configured_register, configured_words, ledger_files, units_day
from reportgen.ledger.model import Entry, Ledger, Sheet
from reportgen.ledger.reading import Wants, read_ledger_files
from reportgen.ledger.units import Register
from reportgen.ledger.words import STANDARD_WORDS, Words
from reportgen.limits import held
from reportgen.package import short
from reportgen.pdf_engine import PdfEngine
from reportgen.problems import (
    InputError,
    Location,
    Outcome,
    Problem,
    as_errors,
    did_you_mean,
    error,
    refuse_errors,
)
from reportgen.reached import configured_reached
from reportgen.source import Source, shown_path
from reportgen.styles import FontRole, StyleSheet
from reportgen.template.changes import ChangesText
from reportgen.template.charts import FigureBasis
from reportgen.template.compose import Prepared, compose, needed_fields, prepare
from reportgen.template.figures import Reached
from reportgen.template.limits_block import by_limits_of
from reportgen.template.loading import configured_styles, load_config, load_sound_config, load_template
from reportgen.template.per_unit import not_for_units, only_for_units
from reportgen.template.schema import Config
from reportgen.template.style_faults import unknown_themes
from reportgen.writers import writer_of
from reportgen.writers.fit import misfits
from reportgen.writers.fonts import Face, FontSet, GlyphsMissing, cover, drawn_texts, find_fonts

T = TypeVar("T")
MANIFEST = "manifest.json"
Progress = Callable[[str, int, int], None]
"""Told before each step: what is done, which step, of how many."""


@dataclass(frozen=True)
class Request:
    """What to generate (生成请求): `ledgers` and `pdf_engine` stand in for those which the configuration names."""

    config: Path
    formats: Sequence[str] = ("docx", "pdf")
    ledgers: Sequence[Path] = ()
    strict: bool = False
    pdf_engine: PdfEngine | None = None


@dataclass(frozen=True)
class Delivery:
    """What was generated (生成结果): file names and bytes, the manifest among them, and the warnings."""

    files: Mapping[str, bytes]
    problems: tuple[Problem, ...]
    manifest: Mapping[str, Any]


@dataclass(frozen=True)
class Inputs:
    """All that a report is made of (报告的输入), read and found to be sound."""

    config_source: Source
    prepared: Prepared
    styles: StyleSheet
    style_sources: tuple[Source, ...]
    ledger: Ledger
    ledger_hashes: tuple[tuple[str, str], ...]
    register_source: Source | None
    fonts: Mapping[FontRole, Path]
    register: Register | None
    words: Words
    unit_template: Prepared | None = None
    former: Former | None = None
    pdf_engine: PdfEngine = PdfEngine.WEASYPRINT
    reached: Callable[[Sequence[Entry]], Sequence[Reached]] | None = None

    @property
    def basis(self) -> FigureBasis:
        """What the charts of the report are drawn from (图的依据)."""
        changes = self.former.changes if self.former else None
        return FigureBasis(self.reached, changes) if self.reached else FigureBasis(changes=changes)

    @property
    def changes(self) -> ChangesText:
        """What changed since the former period (两期变化), as the report's texts have it."""
        return self.former.text if self.former else ChangesText()


def _quiet(label: str, step: int, steps: int) -> None:
    """Progress that nobody watches."""


def _unseen(document: Document, inputs: Inputs) -> None:
    """A tree that nobody looks at before it is a file."""


@by_limits_of(lambda request, *_, **__: request.config)
def generate(
    request: Request, progress: Progress = _quiet, seen: Callable[[Document, Inputs], None] = _unseen
) -> Delivery:
    """The report in all formats asked for; its tree is `seen` as soon as it stands, before any file is made of it.

    Raises `InputError` with all problems of the inputs together, or `EnvironmentLacking` where this machine cannot
    draw the report.
    """
    steps = len(request.formats) + 2
    progress("读取配置、模板和台账", 1, steps)
    warnings: list[Problem] = []
    inputs = read_inputs(request, warnings)
    progress("成文", 2, steps)
    composed = compose(inputs.prepared, inputs.ledger, changes=inputs.changes, basis=inputs.basis)
    warnings += (*composed.problems, *misfits(composed.value, inputs.styles))
    seen(composed.value, inputs)
    writers = {name: writer_of(name, inputs.pdf_engine) for name in request.formats}
    draws = any(writer.needs_faces(composed.value) for writer in writers.values())
    fonts = find_fonts(inputs.fonts) if draws else None
    stem = inputs.prepared.config.output or request.config.stem
    files: dict[str, bytes] = {}
    for number, (name, writer) in enumerate(writers.items(), 3):
        progress(f"生成{writer.description}", number, steps)
        try:
            outcome = writer.write(composed.value, inputs.styles, fonts)
        except GlyphsMissing as fault:
            raise with_cells(fault, inputs.ledger) from None
        files[f"{stem}.{name}"] = outcome.value
        warnings += (each for each in outcome.problems if each not in warnings)
    if request.strict and warnings:  # not before the pages are drawn: what stood in for what comes in the same run
        raise InputError(as_errors(warnings))
    manifest = _manifest(inputs, composed.value, fonts, files, warnings)
    text = json.dumps(manifest, ensure_ascii=False, indent=2) + "\n"
    return Delivery({**files, MANIFEST: text.encode()}, tuple(warnings), manifest)


def read_inputs(request: Request, warnings: list[Problem], *, for_units: bool = False) -> Inputs:
    """All inputs (读取输入); their faults are gathered over all files before any of them is raised.

    `for_units` asks for the template of the units' own documents, too.
    """
    sound = load_sound_config(request.config, shown_path(request.config))
    config, config_source = sound.value
    problems = list(sound.problems)
    beside = request.config.parent
    prepared = _prepared(config, config_source, beside, problems, for_units=False)
    unit_template = _prepared(config, config_source, beside, problems, for_units=True) if for_units else None
    styles = attempt(problems, lambda: configured_styles(config, config_source, beside))
    register = attempt(problems, lambda: configured_register(config, beside), config_source.locate(("units",))) or (
        None,
        None,
    )
    named = None if request.ledgers else config_source.locate(("ledger",))
    files = attempt(problems, lambda: ledger_files(config, beside, request.ledgers), named)
    words = attempt(problems, lambda: configured_words(config, config_source)) or STANDARD_WORDS
    ledger: Outcome[Ledger] | None = None
    if prepared and files:
        # Neither pages nor a document for each unit can be made of more.
        is_long = not for_units and "pdf" not in request.formats
        most = held().tables
        rows = most.long_rows if is_long else most.rows
        wants = Wants(_all_needed(prepared, unit_template), rows)
        given = register[0].value if register[0] else None
        day = None if sound.problems else units_day(config)
        ledger = attempt(problems, lambda: read_ledger_files(files, wants, given, words, day))
    problems += [problem for outcome in (register[0], ledger) if outcome for problem in outcome.problems]
    templates = [each for each in (prepared, unit_template) if each]
    known = register[0].value if register[0] else None
    own = ledger.value if ledger else None
    former = configured_former((config, config_source, beside), templates, own, words, known, problems)
    reach = configured_reached(config, config_source, beside, templates, problems)
    for each in (prepared, unit_template):
        if each and styles:
            problems += unknown_themes(each.template, styles[0], each.source.locate)
    fonts = _font_files(config, config_source, beside)
    problems += fonts.problems
    refuse_errors(problems)
    assert prepared, "refused above"
    assert styles, "refused above"
    assert ledger, "refused above"
    assert files, "refused above"
    warnings += problems
    return Inputs(
        config_source,
        prepared,
        *styles,
        ledger.value,
        # The files themselves, which may be large, are not needed any more.
        tuple((name, _sha256(blob)) for name, blob in files),
        register[1],
        fonts.value,
        known,
        words,
        unit_template,
        former,
        request.pdf_engine or config.pdf_engine,
        reach,
    )


def _prepared(
    config: Config, source: Source, beside: Path, problems: list[Problem], *, for_units: bool
) -> Prepared | None:
    """The template of the report, or of the units' documents, made ready; None where it cannot be read."""
    name = config.unit_sets.template if for_units else config.template
    asked = source.locate(("unit_sets", "template") if for_units else ("template",))
    loaded = attempt(problems, lambda: load_template(name, beside, asked)) if name else None
    if loaded is None:
        return None
    outcome = prepare(*loaded, config, source)
    misused = not_for_units if for_units else only_for_units
    problems += (*misused(loaded[0], asked), *outcome.problems)
    return outcome.value


def _all_needed(report: Prepared, unit_template: Prepared | None) -> dict[Sheet, frozenset[str]]:
    """What the templates need of the ledger's columns, on the sheets that the report has."""
    needed = dict(needed_fields(report))
    for sheet, names in needed_fields(unit_template).items() if unit_template else ():
        if sheet in needed:
            needed[sheet] |= names
    return needed


def configured_fonts(path: Path) -> dict[FontRole, Path]:
    """The font files that the configuration at `path` names; raises `InputError` for what is wrong with them."""
    found = _font_files(*load_config(path, shown_path(path)), path.parent)
    refuse_errors(found.problems)
    return found.value


def _font_files(config: Config, source: Source, folder: Path) -> Outcome[dict[FontRole, Path]]:
    roles = {role.value: role for role in FontRole}
    files: dict[FontRole, Path] = {}
    problems: list[Problem] = []
    for name, file in config.fonts.items():
        where = source.locate(("fonts", name))
        if name not in roles:
            what = f"没有「{name}」这个字体角色"
            problems.append(error("config.unknown-key", what, did_you_mean(name, roles), where))
        elif not os.path.isfile(folder / file):
            fix = "请检查路径；相对路径从配置所在的文件夹算起"
            problems.append(error("file.not-found", f"找不到字体文件「{short(str(file))}」", fix, where))
        else:
            files[roles[name]] = folder / file
    return Outcome(files, tuple(problems))


def with_cells(fault: GlyphsMissing, ledger: Ledger) -> GlyphsMissing:
    """The same fault with the ledger cells of each character (所在单元格): a phrase reaches the body without."""
    places = {}
    for character, problem in zip(fault.characters, fault.problems, strict=True):
        known = (problem.where, *problem.related) if problem.where else ()
        cells = dict.fromkeys(islice(_cells_with(character, ledger), 20))
        places[character] = tuple(cells)[:5] or known
    return GlyphsMissing(places)


def _cells_with(character: str, ledger: Ledger) -> Iterator[Location]:
    for entry in ledger:
        for name in ("category", "text", "lead_units", "support_units", "progress", "phrase"):
            value = getattr(entry, name)
            text = "".join(value) if isinstance(value, tuple) else value
            if character in text and (where := entry.where(name)):
                yield where


def _manifest(
    inputs: Inputs, document: Document, fonts: FontSet | None, files: Mapping[str, bytes], problems: Sequence[Problem]
) -> dict[str, Any]:
    """What went in, what came out, which face stood for which; no clock and no path of this machine."""
    # The configuration is named without the folder in which somebody happened to stand.
    config = replace(inputs.config_source, file=Path(inputs.config_source.file).name)
    sources: dict[str, Sequence[Source]] = {
        "config": [config],
        "template": [inputs.prepared.source],
        "style": inputs.style_sources,
    }
    sources["units"] = [inputs.register_source] if inputs.register_source else []
    listed: dict[str, Any] = {
        kind: [{"file": source.file, "sha256": source.sha256} for source in each] for kind, each in sources.items()
    }
    listed["ledger"] = [{"file": name, "sha256": digest} for name, digest in inputs.ledger_hashes]
    if inputs.former:
        listed["previous_ledger"] = [{"file": name, "sha256": digest} for name, digest in inputs.former.hashes()]
        wording = inputs.former.wording.source
        listed["changes"] = [{"file": wording.file, "sha256": wording.sha256}]
    return {
        "reportgen": __version__,
        "report": document.title,
        "inputs": listed,
        "counts": {"goals": len(inputs.ledger.goals), "tasks": len(inputs.ledger.tasks)},
        "tables": [
            len(block.body) - sum(bool(row) and row[0].section_level > 0 for row in block.body)
            for section in document.sections
            for block in section.blocks
            if isinstance(block, Table)
        ],
        "fonts": _font_records(document, inputs.styles, fonts),
        **_engine_record(inputs.pdf_engine, files),
        "outputs": [{"file": name, "bytes": len(blob), "sha256": _sha256(blob)} for name, blob in files.items()],
        "problems": [problem.as_json() for problem in problems],
    }


def _engine_record(engine: PdfEngine, files: Mapping[str, bytes]) -> dict[str, Any]:
    """What laid out the pages, where there is a PDF: with it and the faces the same bytes can be made again."""
    if not any(name.endswith(".pdf") for name in files):
        return {}
    return {"pdf_engine": {"name": engine.value, "version": engine.version}}


def _font_records(document: Document, styles: StyleSheet, fonts: FontSet | None) -> list[dict[str, Any]]:
    """For each role the face that Word is told; where pages were drawn, the faces that drew them, and how near."""
    faces = cover(fonts, drawn_texts(document, styles)).faces if fonts else {}
    records: list[dict[str, Any]] = []
    for role, names in styles.fonts.items():
        record: dict[str, Any] = {"role": role.value, "word": names.name}
        if fonts is not None:
            found = fonts.roles[role]
            drawn = faces.get(role, ()) if role is not FontRole.LATIN else (found.face,)
            record |= {"stand_in": not found.fits, "drawn_with": [_face_record(face) for face in drawn]}
        records.append(record)
    return records


def _face_record(face: Face) -> dict[str, str]:
    return {"face": face.postscript_name, "file": face.path.name, "sha256": face.sha256}


def _sha256(blob: bytes) -> str:
    return hashlib.sha256(blob).hexdigest()
