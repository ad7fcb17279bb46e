"""Template, configuration and ledger become a document tree (成文): order, numbers and wording are decided here."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from reportgen.document import (
    Addressee,
    AnnexEntry,
    AnnexList,
    AnnexTitle,
    Block,
    Document,
    Heading,
    Orientation,
    Paragraph,
    Section,
    Title,
)
from reportgen.ledger.model import LEADS, SUPPORTS, Entry, Ledger, ReportPlace, Sheet
from reportgen.numbering import heading_label
from reportgen.problems import Outcome, Problem, error, has_errors, refuse_errors, warning
from reportgen.source import Path_, Source
from reportgen.template.annexes import build_table, leaf_columns, without_empty
from reportgen.template.changes import CHANGE_FACTS, CHANGE_FIELDS, ChangesText
from reportgen.template.charts import (
    FigureBasis,
    chart_blocks,
    chart_problems,
    figures,
    labels,
    named,
    unplaced,
    with_charts,
)
from reportgen.template.elements import (
    FACTS,
    closing,
    element_problems,
    facts,
    letter_problems,
    letterhead,
    signature,
    with_imprint,
)
from reportgen.template.figures import Figure, FigureKind
from reportgen.template.filters import PlainEntries
from reportgen.template.hints import shown
from reportgen.template.name_faults import WHOLE_SHEETS, bad_names, unknown_lists, unknown_wording
from reportgen.template.per_unit import (
    ONLY_PER_UNIT,
    UNIT_FACTS,
    UNIT_FIELDS,
    UnitFacts,
    per_unit_problems,
    unit_facts,
)
from reportgen.template.phrases import Slot, Vocabulary, names_in
from reportgen.template.schema import AnnexSpec, ColumnSpec, Config, Template
from reportgen.template.texts import (
    Filled,
    Line,
    all_texts,
    circle_problems,
    compile_texts,
    own_wording,
    wording_order,
)

_NO_CHANGES = ChangesText()
_NO_BASIS = FigureBasis()
_FIELDS = ("given_no", "category", "text", "lead_units", "support_units", "progress", "judgement", "phrase")


@dataclass(frozen=True)
class _Annex:
    spec: AnnexSpec
    path: Path_
    rows: tuple[Entry, ...]
    entry: AnnexEntry


def sheet_of(rows: str, template: Template) -> Sheet | None:
    """The sheet that a list's entries come from; None for an unknown list."""
    if rows in WHOLE_SHEETS:
        return WHOLE_SHEETS[rows]
    return Sheet(template.lists[rows].sheet) if rows in template.lists else None


@dataclass(frozen=True)
class Prepared:
    """A template made ready for one configuration (备好的模板): its texts compiled, its wordings in order."""

    template: Template
    source: Source
    config: Config
    config_source: Source
    slots: Mapping[Path_, Slot]
    wording: tuple[str, ...]
    names: frozenset[str]


def prepare(template: Template, source: Source, config: Config, config_source: Source) -> Outcome[Prepared]:
    """All texts compiled, and every fault that shows without a ledger beside them, errors among them."""
    known = frozenset(
        {*_facts_of(template), *WHOLE_SHEETS, *template.lists, *template.wording, "annex", "chart", "changes"}
    )
    annexes = frozenset(annex.id for annex in template.annexes)
    texts = dict(all_texts(template, config))
    elsewhere = {} if template.per_unit else dict.fromkeys((*UNIT_FACTS, *UNIT_FIELDS), ONLY_PER_UNIT)
    names = frozenset().union(*map(names_in, texts.values()))
    # What became of an entry is asked for by no other template: there such a field is a misspelt one.
    fields = CHANGE_FIELDS.union(_fields_of(template)) if "changes" in names else frozenset(_fields_of(template))
    parts = {"changes": CHANGE_FACTS, "chart": frozenset(chart.id for chart in template.charts)}
    vocabulary = Vocabulary(known, annexes, fields, elsewhere, parts)
    own, path = own_wording(template, config)
    places = {name: (config_source, (*path, name)) for name in own}
    slots, faults = compile_texts(texts, places, source, vocabulary)
    if template.per_unit and template.file_name is not None:
        # It is asked for before anything is composed: no list and no wording is known there.
        facts_alone = Vocabulary(frozenset(_facts_of(template)), frozenset(), frozenset())
        named, more = compile_texts({("file_name",): template.file_name}, {}, source, facts_alone)
        slots |= named
        faults += more
    order, circles = wording_order(template, config)
    problems = (
        *bad_names(template, source, _facts_of(template)),
        *letter_problems(template, source),
        *per_unit_problems(template, source),
        *unknown_lists(template, source),
        *chart_problems(template, source),
        *unknown_wording(template, config, config_source),
        *circle_problems(circles, places, source),
        *faults,
    )
    problems += element_problems(template, names, config, config_source)
    return Outcome(Prepared(template, source, config, config_source, slots, tuple(order), names), problems)


def needed_fields(prepared: Prepared) -> Mapping[Sheet, frozenset[str]]:
    """The sheets that a template takes its lists from, and the columns of each that it cannot do without."""
    template = prepared.template
    fields: dict[Sheet, set[str]] = {}
    used = {annex.rows for annex in template.annexes}.union(prepared.names, *(chart.rows for chart in template.charts))
    for name, sheet in WHOLE_SHEETS.items():
        if name in used:
            fields.setdefault(sheet, set())
    for name, spec in template.lists.items():
        wanted = fields.setdefault(Sheet(spec.sheet), set())
        if spec.judgement and name in used:
            wanted.add("judgement")
    for annex in template.annexes:
        source = sheet_of(annex.rows, template)
        if source is not None:
            shown_fields = {str(leaf.field) for leaf in leaf_columns(annex.columns) if leaf.field and not leaf.optional}
            fields.setdefault(source, set()).update({*shown_fields, *annex.sections} - {"given_no", *UNIT_FIELDS})
    for chart in template.charts:
        own = {"category"} if FigureKind(chart.figure) is FigureKind.BY_CATEGORY else set()
        for sheet in filter(None, (sheet_of(rows, template) for rows in chart.rows)):
            fields.setdefault(sheet, set()).update(own)
    for name, spec in template.lists.items():
        # Who has a place for what is not judged yet can do without judgements.
        if spec.judgement == "" and name in used:
            fields[Sheet(spec.sheet)].discard("judgement")
    return {sheet: frozenset(names | {"text", "lead_units"}) for sheet, names in fields.items()}


def _facts_of(template: Template) -> tuple[str, ...]:
    return (*FACTS, *UNIT_FACTS) if template.per_unit else FACTS


def _fields_of(template: Template) -> tuple[str, ...]:
    return (*_FIELDS, *UNIT_FIELDS) if template.per_unit else _FIELDS


def report_places(
    prepared: Prepared, ledger: Ledger, basis: FigureBasis = _NO_BASIS
) -> dict[tuple[Sheet, int], ReportPlace]:
    """Where the report shows each entry (在报告中的位置), by its sheet and its place in it from 0.

    It is the first annex that lists it, with the number that its table shows. What no annex lists has an empty place.
    """
    places = {(sheet, at): ReportPlace() for sheet in Sheet for at in range(len(ledger.entries(sheet)))}
    keys = {id(entry): (sheet, at) for sheet in Sheet for at, entry in enumerate(ledger.entries(sheet))}
    template, config = prepared.template, prepared.config
    lists = _lists(template, config, ledger)
    for annex in _annexes(template, config, lists, figures(template, lists, basis)):
        leaves = leaf_columns(annex.spec.columns)
        numbered = any(leaf.number for leaf in leaves)
        given = any(leaf.field == "given_no" for leaf in leaves)
        for number, entry in enumerate(annex.rows, 1):
            shown_no = str(number) if numbered else entry.given_no if given else ""
            if not places[keys[id(entry)]].annex:
                places[keys[id(entry)]] = ReportPlace(annex.entry.label, shown_no)
    return places


def file_stem(prepared: Prepared, unit: UnitFacts) -> str:
    """The name of a unit's file (文件名) as its template writes it, not yet made safe; raises `InputError`."""
    problems: list[Problem] = []
    config = _dated(prepared)
    filled = Filled(prepared.slots, facts(config) | unit_facts(config, unit), problems)
    lines = filled.lines(("file_name",))
    if len(lines) != 1 and not problems:
        what = f"「{shown(unit.name)}」的文件名填出来{'有几行' if lines else '是空的'}"
        where = prepared.source.locate(("file_name",))
        problems.append(error("template.bad-file-name", what, "请把 file_name 写成一行文字，其中有单位名称", where))
    refuse_errors(problems)
    return lines[0]


def _dated(prepared: Prepared) -> Config:
    """The configuration with the day on which this document is made: the units get theirs before the report goes."""
    config = prepared.config
    if prepared.template.per_unit and config.unit_sets.date:
        return config.model_copy(update={"date": config.unit_sets.date})
    return config


def compose(
    prepared: Prepared,
    ledger: Ledger,
    unit: UnitFacts | None = None,
    changes: ChangesText = _NO_CHANGES,
    basis: FigureBasis = _NO_BASIS,
) -> Outcome[Document]:
    """The document of this ledger; raises `InputError` with all faults of the rendering together.

    A template written for one unit takes `unit` and that unit's own ledger (`intake.tailoring`).
    """
    template, source, config = prepared.template, prepared.source, _dated(prepared)
    problems: list[Problem] = []
    lists = _lists(template, config, ledger)
    # Without what it is about, every other text of the document would only fail in its turn.
    refuse_errors(_no_entries(prepared, lists))
    drawn = figures(template, lists, basis)
    annexes = _annexes(template, config, lists, drawn)
    filled = Filled(prepared.slots, _context(template, config, lists, annexes, unit), problems)
    filled.context.update(changes=changes, chart=labels(template, drawn))
    for name in prepared.wording:
        filled.context[name] = filled.text(("wording", name))
    annexes = [_named(annex, filled) for annex in annexes]
    drawn = named(template, drawn, filled)
    title = Title(lines=tuple(filled.text(("title",)).split("\n")), origin=filled.origin(("title",)))
    body = _body_section(title, template, config, annexes, filled, drawn)
    sections = with_imprint((*body, *_annex_sections(annexes, filled, source, drawn)), filled)
    if not has_errors(problems):
        problems += (*_untitled(annexes, source), *unplaced(template, drawn, sections, source))
    problems += [] if template.partial else _left_out(template, ledger, annexes)
    if not sections and not has_errors(problems):
        what = f"模板「{shown(template.name)}」用这份台账写不出任何内容：没有正文，附件也都没有条目"
        problems.append(error("template.nothing", what, "请检查台账是否填写，或改用别的模板", source.locate(())))
    # A wording that fails would be named again by each text that uses it.
    refuse_errors(list(dict.fromkeys(problems)))
    name = "".join(title.lines) or (annexes[0].entry.name if annexes else template.name)
    return Outcome(Document(title=name, issuer=config.issuer, sections=sections), tuple(problems))


def _lists(template: Template, config: Config, ledger: Ledger) -> dict[str, tuple[Entry, ...]]:
    lists = {name: ledger.entries(sheet) for name, sheet in WHOLE_SHEETS.items()}
    addressees = {part.strip() for part in re.split("[、，]", config.addressee or "")}
    for name, spec in template.lists.items():
        entries = ledger.entries(Sheet(spec.sheet))
        lists[name] = tuple(
            entry
            for entry in entries
            if spec.judgement in (None, entry.judgement)
            and spec.duty in (None, entry.duty)
            and (not spec.of_addressee or addressees & {unit.partition("（")[0] for unit in entry.lead_units})
        )
    return lists


def has_nothing(prepared: Prepared, ledger: Ledger) -> bool:
    """Whether the ledger has none of the entries that the template must have (无从写起)."""
    needed = [name for name, spec in prepared.template.lists.items() if spec.required]
    return bool(needed) and not all(map(_lists(prepared.template, prepared.config, ledger).get, needed))


def _no_entries(prepared: Prepared, lists: Mapping[str, tuple[Entry, ...]]) -> list[Problem]:
    """Lists without which there is nothing to write, and that this ledger leaves empty."""
    problems = []
    for name, spec in prepared.template.lists.items():
        if spec.required and not lists[name]:
            unit = prepared.config.addressee if spec.of_addressee else None
            kind = f"「{shown(spec.judgement)}」的" if spec.judgement else ""
            whose = f"责任单位为「{shown(unit)}」、" if unit else ""
            what = f"台账的「{spec.sheet}」里没有{whose}{kind}条目，「{shown(prepared.template.name)}」无从写起"
            fix = "请检查台账；如确实没有这类条目，就不必生成这份公文"
            if spec.of_addressee:
                fix = "请核对 addressee：写法要与台账的责任单位相同；如确实没有这类条目，就不必生成这份公文"
            source, key = (prepared.config_source, "addressee") if unit else (prepared.source, "lists")
            where = source.locate((key,) if unit else (key, name))
            problems.append(error("template.no-entries", what, fix, where))
    return problems


def _annexes(
    template: Template, config: Config, lists: Mapping[str, tuple[Entry, ...]], drawn: Container[str]
) -> list[_Annex]:
    """The annexes that have rows or charts, numbered in order; an only annex has no number. GB/T 9704—2012 7.3.4."""
    filled = [
        (("annexes", i), spec)
        for i, spec in enumerate(template.annexes)
        if lists.get(spec.rows) or any(name in drawn for name in spec.charts)
    ]
    # The configuration counts the report's annexes; a document for one unit stands on its own.
    asked = None if template.per_unit else config.first_annex
    first = asked or 1
    numbered = len(filled) > 1 or asked is not None
    return [
        _Annex(spec, path, lists.get(spec.rows, ()), AnnexEntry(number=number if numbered else None, name=""))
        for number, (path, spec) in enumerate(filled, first)
    ]


def _named(annex: _Annex, filled: Filled) -> _Annex:
    """The annex with its title filled in."""
    path = (*annex.path, "title")
    return replace(annex, entry=replace(annex.entry, name=filled.line(path), origin=filled.origin(path)))


def _context(
    template: Template,
    config: Config,
    lists: Mapping[str, tuple[Entry, ...]],
    annexes: Sequence[_Annex],
    unit: UnitFacts | None,
) -> dict[str, Any]:
    labels = {"annex": {annex.spec.id: annex.entry.label for annex in annexes}}
    known = facts(config) | (unit_facts(config, unit) if unit else {})
    fields = _fields_of(template)
    return known | labels | {name: PlainEntries(entries, fields) for name, entries in lists.items()}


def _body_section(
    title: Title,
    template: Template,
    config: Config,
    annexes: Sequence[_Annex],
    filled: Filled,
    drawn: Mapping[str, Figure],
) -> tuple[Section, ...]:
    """The body's pages; none if the template has no text for them."""
    blocks: list[Block] = [*letterhead(template.letterhead, filled), *([title] if any(title.lines) else [])]
    if addressee := filled.line(("addressee",)):
        blocks.append(Addressee(text=addressee, origin=filled.origin(("addressee",))))
    blocks += (*with_charts(_headings_and_paragraphs(filled.body()), drawn), *closing(filled))
    if not blocks:
        return ()
    if annexes:
        blocks.append(AnnexList(entries=tuple(annex.entry for annex in annexes), origin=annexes[0].entry.origin))
    blocks += signature(config, filled)
    return (Section(orientation=Orientation.PORTRAIT, blocks=tuple(blocks)),)


def _headings_and_paragraphs(lines: Iterable[Line]) -> list[Block]:
    """A line is a paragraph; ordinals are counted afresh, since a part that is empty has vanished (Law 5)."""
    blocks: list[Block] = []
    counts = [0, 0, 0, 0]
    for line in lines:
        if line.level is None:
            blocks.append(Paragraph(text=line.text, origin=line.origin))
            continue
        counts[line.level - 1] += 1
        counts[line.level :] = [0] * (4 - line.level)
        head, body = _run_in(line.text)
        label = heading_label(line.level, counts[line.level - 1])
        blocks.append(Heading(level=line.level, label=label, text=head, body=body, origin=line.origin))
    return blocks


def _run_in(text: str) -> tuple[str, str]:
    """A heading that is followed by text ends with its first full stop; one alone is the whole line."""
    head, stop, body = text.partition("。")
    return (head + stop, body) if body else (text, "")


def _annex_sections(
    annexes: Sequence[_Annex], filled: Filled, source: Source, drawn: Mapping[str, Figure]
) -> Iterator[Section]:
    duties = {LEADS: filled.line(("lead",)) or LEADS, SUPPORTS: filled.line(("support",)) or SUPPORTS}
    for annex in annexes:
        origin = source.locate(annex.path)
        blocks: list[Block] = [AnnexTitle(entry=annex.entry, origin=origin)]
        blocks += chart_blocks(drawn[name] for name in annex.spec.charts if name in drawn)
        if annex.rows:
            columns = without_empty(_rendered(annex.spec.columns, annex.path, filled), annex.rows)
            theme = annex.spec.theme or ""
            blocks.append(build_table(columns, annex.rows, origin, annex.spec.sections, theme, duties))
        yield Section(orientation=Orientation(annex.spec.orientation), blocks=tuple(blocks))


def _rendered(columns: Sequence[ColumnSpec], path: Path_, filled: Filled) -> tuple[ColumnSpec, ...]:
    """The columns with their titles filled in."""
    rendered = []
    for index, column in enumerate(columns):
        own = (*path, "columns", index)
        titles = {"title": filled.line((*own, "title")), "columns": _rendered(column.columns, own, filled)}
        rendered.append(column.model_copy(update=titles))
    return tuple(rendered)


def _untitled(annexes: Sequence[_Annex], source: Source) -> list[Problem]:
    """Annexes whose title came out empty: the annex list would have an empty line."""
    return [
        error(
            "template.no-title",
            f"附件「{shown(annex.spec.id)}」的标题是空的",
            "请给附件写标题；标题里的用语可能没有内容",
            source.locate((*annex.path, "title")),
        )
        for annex in annexes
        if not annex.entry.name
    ]


def _left_out(template: Template, ledger: Ledger, annexes: Sequence[_Annex]) -> list[Problem]:
    """Entries that no annex takes up: said once for each sheet, with the first of them (Law 6)."""
    taken = {id(entry) for annex in annexes for entry in annex.rows}
    problems = []
    for sheet in Sheet:
        lost = [entry for entry in ledger.entries(sheet) if id(entry) not in taken]
        if lost:
            what = f"「{sheet.value}」有{len(lost)}条没有进入任何附件"
            fix = f"模板「{shown(template.name)}」的附件没有取这些条目；如需列出，请在模板中增加附件，或改用别的模板"
            where = [place for entry in lost[:3] if (place := entry.where("text"))]
            problems.append(warning("template.left-out", what, fix, where[0] if where else None, where[1:]))
    return problems
