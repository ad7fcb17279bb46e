"""Template, configuration and ledger become a document tree (成文): order, numbers and wording are decided here."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
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
    Signature,
    Title,
)
from reportgen.ledger.model import STATUSES, VERDICTS, Entry, Ledger, Sheet
from reportgen.numbering import HEADING_MARKS, chinese_date, heading_label
from reportgen.problems import (
    InputError,
    Location,
    Outcome,
    Problem,
    did_you_mean,
    error,
    has_errors,
    warning,
)
from reportgen.source import Source
from reportgen.template.annexes import build_table, leaf_columns
from reportgen.template.phrases import Slot, compile_slot, names_in, render
from reportgen.template.schema import AnnexSpec, ColumnSpec, Config, Template

_ALL = {"goals": Sheet.GOALS, "tasks": Sheet.TASKS}
_FACTS = ("period", "year", "issuer", "addressee", "date")
# Marks that open a line of a rendered body: no data can hold them, the ledger's door refuses both characters.
_LINE, _END = "\x02", "\x03"


@dataclass(frozen=True)
class _Annex:
    spec: AnnexSpec
    index: int
    rows: tuple[Entry, ...]
    entry: AnnexEntry


def needed_fields(template: Template) -> Mapping[Sheet, frozenset[str]]:
    """The sheets that a template takes its lists from, and the columns of each that it cannot do without."""
    fields: dict[Sheet, set[str]] = {}
    used = {annex.rows for annex in template.annexes} | _names(template)
    for name, sheet in _ALL.items():
        if name in used:
            fields.setdefault(sheet, set())
    for name, spec in template.lists.items():
        wanted = fields.setdefault(Sheet(spec.sheet), set())
        if spec.judgement is not None and name in used:
            wanted.add("judgement")
    for annex in template.annexes:
        source = sheet_of(annex.rows, template)
        if source is not None:
            columns = {str(leaf.field) for leaf in leaf_columns(annex.columns) if leaf.field}
            fields.setdefault(source, set()).update(columns - {"given_no"})
    return {sheet: frozenset(names | {"text", "lead_units"}) for sheet, names in fields.items()}


def sheet_of(rows: str, template: Template) -> Sheet | None:
    """The sheet that a list's entries come from; None for an unknown list."""
    if rows in _ALL:
        return _ALL[rows]
    return Sheet(template.lists[rows].sheet) if rows in template.lists else None


def check_template(template: Template, source: Source, config: Config, config_source: Source) -> tuple[Problem, ...]:
    """Faults that need no ledger: unknown lists and judgements, names, syntax, wording that does not exist."""
    problems = [*_unknown_lists(template, source), *_unknown_wording(template, config, config_source)]
    slots = _slots(template, source, config, config_source)
    return (*problems, *(problem for slot in slots.values() for problem in slot.problems))


def compose(
    template: Template, source: Source, config: Config, config_source: Source, ledger: Ledger
) -> Outcome[Document]:
    """The document of this ledger; raises `InputError` with all faults of the template together."""
    problems = list(check_template(template, source, config, config_source))
    if has_errors(problems):
        raise InputError(problems)
    slots = {key: slot.value for key, slot in _slots(template, source, config, config_source).items() if slot.value}
    lists = _lists(template, ledger)
    annexes = _annexes(template, config, lists)
    context = _context(config, lists, annexes)
    filled = _Filled(slots, context, problems)
    for name in _wording_order(template, config):
        context[name] = filled.text(("wording", name)).strip("\n")
    annexes = [_named(annex, filled) for annex in annexes]
    sections = (
        *_body_section(template, config, annexes, filled),
        *(_annex_section(a, filled, source) for a in annexes),
    )
    problems += _left_out(template, ledger, annexes)
    if has_errors(problems):
        raise InputError(problems)
    title = "".join(filled.text(("title",)).split("\n")) or (annexes[0].entry.name if annexes else template.name)
    return Outcome(Document(title=title, issuer=config.issuer, sections=sections), tuple(problems))


@dataclass(frozen=True)
class _Filled:
    """The slots with their context; faults of rendering are gathered, so that all of them come together."""

    slots: Mapping[tuple[str | int, ...], Slot]
    context: Mapping[str, Any]
    problems: list[Problem]

    def text(self, key: tuple[str | int, ...]) -> str:
        slot = self.slots.get(key)
        if slot is None:
            return ""
        outcome = render(slot, self.context)
        self.problems.extend(outcome.problems)
        return outcome.value

    def lines(self, key: tuple[str | int, ...]) -> list[tuple[str, Location | None, int | None]]:
        """Text, origin and heading level (None for plain text) of each line that is not empty."""
        slot = self.slots.get(key)
        lines: list[tuple[str, Location | None, int | None]] = []
        origin: Location | None = None
        for line in self.text(key).split("\n"):
            level: int | None = None
            # A loop's body can put several marks on a line; the last one is the text's own.
            for number, mark in re.findall(f"{_LINE}(\\d+):(\\d)?{_END}", line):
                origin = slot.place(int(number)) if slot else None
                level = int(mark) if mark else None
            text = re.sub(f"{_LINE}[^{_END}]*{_END}", "", line).strip()
            if text:
                lines.append((text, origin, level))
        return lines


def _slots(
    template: Template, source: Source, config: Config, config_source: Source
) -> dict[tuple[str | int, ...], Outcome[Slot | None]]:
    """Every text of the template, compiled, under its key path."""
    known = {*_FACTS, *_ALL, *template.lists, *template.wording, "annex"}
    texts: dict[tuple[str | int, ...], tuple[str, Source]] = {}
    for name, text in template.wording.items():
        own = name in config.wording
        texts["wording", name] = (config.wording[name], config_source) if own else (text, source)
    for key in ("title", "addressee", "body", "signature"):
        if (value := getattr(template, key)) is not None:
            texts[key,] = (value, source)
    for index, annex in enumerate(template.annexes):
        texts["annexes", index, "title"] = (annex.title, source)
        for path, column in _titled(annex.columns, ("annexes", index)):
            texts[path] = (column.title, source)
    return {
        key: compile_slot(_marked(text) if key == ("body",) else text, _place(own, key), known)
        for key, (text, own) in texts.items()
    }


def _titled(
    columns: Sequence[ColumnSpec], path: tuple[str | int, ...]
) -> Iterable[tuple[tuple[str | int, ...], ColumnSpec]]:
    for index, column in enumerate(columns):
        own = (*path, "columns", index)
        yield (*own, "title"), column
        yield from _titled(column.columns, own)


def _place(source: Source, key: tuple[str | int, ...]) -> Any:
    """Where line n of the text at `key` stands: a text of several lines begins below its key."""
    base = source.locate(key)
    value = source.data
    for part in key:
        value = value.get(part, "") if isinstance(value, dict) else value[part]
    several = isinstance(value, str) and "\n" in value

    def place(line: int) -> Location:
        if not several or base.line is None:
            return base
        return Location(file=base.file, line=base.line + line, key=base.key)

    return place


def _marked(body: str) -> str:
    """The body with each line's number, and its heading level where it opens with an ordinal, before it.

    The level is read off the template, never off the data: a task that begins with 一、 makes no heading.
    """
    marked = []
    inside_tag = False
    for number, line in enumerate(body.split("\n"), 1):
        bare = re.sub(r"\{%.*?%\}|\{#.*?#\}", "", line).strip()
        if not inside_tag and bare and not bare.startswith(("{%", "{#")):
            match = next(((level, m) for level, mark in HEADING_MARKS if (m := mark.match(bare))), None)
            lead = f"{_LINE}{number}:{match[0] if match else ''}{_END}"
            at = line.index(bare[0]) if not match else line.index(match[1][0])
            line = line[:at] + lead + (line[at + len(match[1][0]) :].lstrip() if match else line[at:])
        inside_tag = _opens_tag(line, inside_tag)
        marked.append(line)
    return "\n".join(marked)


def _opens_tag(line: str, inside: bool) -> bool:
    opened = max(line.rfind("{%"), line.rfind("{{"), line.rfind("{#"))
    closed = max(line.rfind("%}"), line.rfind("}}"), line.rfind("#}"))
    return inside if opened == closed == -1 else opened > closed


def _names(template: Template) -> frozenset[str]:
    texts = [
        template.title,
        template.addressee,
        template.body,
        template.signature,
        *template.wording.values(),
    ]
    texts += [annex.title for annex in template.annexes]
    return frozenset().union(*(names_in(text) for text in texts if text))


def _unknown_lists(template: Template, source: Source) -> list[Problem]:
    problems = []
    for name, spec in template.lists.items():
        allowed = VERDICTS if spec.sheet == Sheet.GOALS.value else STATUSES
        if spec.judgement is not None and spec.judgement not in allowed:
            where = source.locate(("lists", name, "judgement"))
            what = f"没有「{spec.judgement}」这种推进情况或评价"
            problems.append(error("template.unknown-status", what, did_you_mean(spec.judgement, allowed), where))
    known = [*_ALL, *template.lists]
    for index, annex in enumerate(template.annexes):
        if annex.rows not in known:
            where = source.locate(("annexes", index, "rows"))
            what = f"附件「{annex.id}」要用的「{annex.rows}」没有定义"
            problems.append(error("template.unknown-list", what, did_you_mean(annex.rows, known), where))
    return problems


def _unknown_wording(template: Template, config: Config, config_source: Source) -> list[Problem]:
    return [
        error(
            "config.unknown-wording",
            f"模板「{template.name}」没有名为「{name}」的用语",
            did_you_mean(name, template.wording),
            config_source.locate(("wording", name)),
        )
        for name in config.wording
        if name not in template.wording
    ]


def _wording_order(template: Template, config: Config) -> list[str]:
    """Wording names so that each comes after those which it refers to; circles keep the template's order."""
    texts = {name: config.wording.get(name, text) for name, text in template.wording.items()}
    order: list[str] = []

    def visit(name: str, above: tuple[str, ...]) -> None:
        if name in order or name in above:
            return
        for other in texts:
            if other in names_in(texts[name]):
                visit(other, (*above, name))
        order.append(name)

    for name in texts:
        visit(name, ())
    return order


def _lists(template: Template, ledger: Ledger) -> dict[str, tuple[Entry, ...]]:
    lists = {name: ledger.entries(sheet) for name, sheet in _ALL.items()}
    for name, spec in template.lists.items():
        entries = ledger.entries(Sheet(spec.sheet))
        lists[name] = tuple(entry for entry in entries if spec.judgement in (None, entry.judgement))
    return lists


def _annexes(template: Template, config: Config, lists: Mapping[str, tuple[Entry, ...]]) -> list[_Annex]:
    """The annexes that have rows, numbered in order; an only annex has no number. GB/T 9704—2012 7.3.4."""
    filled = [(i, spec) for i, spec in enumerate(template.annexes) if lists[spec.rows]]
    first = config.first_annex or 1
    numbered = len(filled) > 1 or config.first_annex is not None
    return [
        _Annex(spec, i, lists[spec.rows], AnnexEntry(number=first + n if numbered else None, name=""))
        for n, (i, spec) in enumerate(filled)
    ]


def _named(annex: _Annex, filled: _Filled) -> _Annex:
    title = "".join(filled.text(("annexes", annex.index, "title")).split("\n")).strip()
    entry = AnnexEntry(number=annex.entry.number, name=title)
    return _Annex(annex.spec, annex.index, annex.rows, entry)


def _context(config: Config, lists: Mapping[str, tuple[Entry, ...]], annexes: Sequence[_Annex]) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "period": config.period,
        "year": config.year,
        "issuer": config.issuer,
        "addressee": config.addressee or "",
        "date": chinese_date(config.date) if config.date else "",
        "annex": {annex.spec.id: annex.entry.label for annex in annexes},
    }
    return facts | {name: [_plain(entry) for entry in entries] for name, entries in lists.items()}


def _plain(entry: Entry) -> dict[str, Any]:
    return {
        "given_no": entry.given_no,
        "category": entry.category,
        "text": entry.text,
        "lead_units": list(entry.lead_units),
        "support_units": list(entry.support_units),
        "progress": entry.progress,
        "judgement": entry.judgement,
        "phrase": entry.phrase,
    }


def _body_section(
    template: Template, config: Config, annexes: Sequence[_Annex], filled: _Filled
) -> tuple[Section, ...]:
    if template.title is None and template.body is None:
        return ()
    blocks: list[Block] = []
    where = {key: filled.slots[key,].place(1) for key in ("title", "addressee", "signature") if (key,) in filled.slots}
    if lines := tuple(line.strip() for line in filled.text(("title",)).split("\n") if line.strip()):
        blocks.append(Title(lines=lines, origin=where["title"]))
    if addressee := filled.text(("addressee",)).strip():
        blocks.append(Addressee(text=addressee, origin=where["addressee"]))
    blocks += _headings_and_paragraphs(filled.lines(("body",)))
    if annexes:
        blocks.append(AnnexList(entries=tuple(annex.entry for annex in annexes)))
    issuer = filled.text(("signature",)).strip()
    if issuer and config.date:
        blocks.append(Signature(issuer=issuer, date=chinese_date(config.date), origin=where["signature"]))
    return (Section(orientation=Orientation.PORTRAIT, blocks=tuple(blocks)),)


def _headings_and_paragraphs(lines: Iterable[tuple[str, Location | None, int | None]]) -> list[Block]:
    """A line is a paragraph; ordinals are counted afresh, since a part that is empty has vanished (Law 5)."""
    blocks: list[Block] = []
    counts = [0, 0, 0, 0]
    for text, origin, level in lines:
        if level is None:
            blocks.append(Paragraph(text=text, origin=origin))
            continue
        counts[level - 1] += 1
        counts[level:] = [0] * (4 - level)
        head, body = _run_in(text)
        label = heading_label(level, counts[level - 1])
        blocks.append(Heading(level=level, label=label, text=head, body=body, origin=origin))
    return blocks


def _run_in(text: str) -> tuple[str, str]:
    """A heading that is followed by text ends with its first full stop; one alone is the whole line."""
    head, stop, body = text.partition("。")
    return (head + stop, body) if body else (text, "")


def _annex_section(annex: _Annex, filled: _Filled, source: Source) -> Section:
    path = ("annexes", annex.index)
    columns = _rendered(annex.spec.columns, path, filled)
    origin = source.locate(path)
    table = build_table(columns, annex.rows, origin)
    orientation = Orientation(annex.spec.orientation)
    return Section(orientation=orientation, blocks=(AnnexTitle(entry=annex.entry, origin=origin), table))


def _rendered(columns: Sequence[ColumnSpec], path: tuple[str | int, ...], filled: _Filled) -> tuple[ColumnSpec, ...]:
    return tuple(
        column.model_copy(
            update={
                "title": filled.text((*path, "columns", index, "title")).strip(),
                "columns": _rendered(column.columns, (*path, "columns", index), filled),
            }
        )
        for index, column in enumerate(columns)
    )


def _left_out(template: Template, ledger: Ledger, annexes: Sequence[_Annex]) -> list[Problem]:
    """Entries that no annex takes up: said once for each sheet, with the first of them (Law 6)."""
    taken = {id(entry) for annex in annexes for entry in annex.rows}
    problems = []
    for sheet in Sheet:
        lost = [entry for entry in ledger.entries(sheet) if id(entry) not in taken]
        if lost:
            what = f"「{sheet.value}」有{len(lost)}条没有进入任何附件"
            fix = f"模板「{template.name}」的附件没有取这些条目；如需列出，请在模板中增加附件，或改用别的模板"
            where = [place for entry in lost[:3] if (place := entry.where("text"))]
            problems.append(warning("template.left-out", what, fix, where[0] if where else None, where[1:]))
    return problems
