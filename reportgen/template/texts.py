"""The texts of a template (模板文字): found, compiled, checked against each other, filled in.

A text of the template can be replaced by the configuration's `wording`; its faults then stand in that file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from reportgen.numbering import HEADING_MARKS
from reportgen.problems import Location, Problem, error
from reportgen.source import Path_, Source
from reportgen.template.hints import shown
from reportgen.template.phrases import PlacedText, Slot, Vocabulary, compile_slot, names_in, render
from reportgen.template.schema import ColumnSpec, Config, Template

# Marks that open a line of a rendered body: no data can hold them, the ledger's door refuses both characters.
_LINE, _END = "\x02", "\x03"
_MARK = re.compile(f"{_LINE}(\\d+):(\\d?){_END}")
_HEADING_MARK = re.compile(f"(?={_LINE}\\d+:\\d{_END})")


@dataclass(frozen=True)
class Line:
    """One line of the finished body (正文的一行): `level` is 1 to 4 for a heading, None for plain text."""

    text: str
    origin: Location | None
    level: int | None


def own_wording(template: Template, config: Config) -> tuple[Mapping[str, str], Path_]:
    """The wordings (用语) that the configuration puts in the place of the template's, and where it has them.

    The report and the units' documents each have their own: they may both call a text `opening`.
    """
    if template.per_unit:
        return config.unit_sets.wording, ("unit_sets", "wording")
    return config.wording, ("wording",)


def all_texts(template: Template, config: Config) -> Iterator[tuple[Path_, str]]:
    """Every text of the template with its key path, the configuration's own wording in its place."""
    own, _ = own_wording(template, config)
    for name, text in template.wording.items():
        yield ("wording", name), own.get(name, text)
    for key in ("title", "addressee", "body", "closing", "signature", "note", "lead", "support"):
        if (text := getattr(template, key)) is not None:
            yield (key,), text
    for key, parts in (("letterhead", template.letterhead), ("imprint", template.imprint)):
        for name, text in parts or ():
            if text is not None and name != "form":
                yield (key, name), text
    for index, chart in enumerate(template.charts):
        yield ("charts", index, "title"), chart.title
    for index, annex in enumerate(template.annexes):
        yield ("annexes", index, "title"), annex.title
        yield from _column_titles(annex.columns, ("annexes", index))


def _column_titles(columns: Sequence[ColumnSpec], path: Path_) -> Iterator[tuple[Path_, str]]:
    for index, column in enumerate(columns):
        own = (*path, "columns", index)
        if column.title:
            yield (*own, "title"), column.title
        yield from _column_titles(column.columns, own)


def compile_texts(
    texts: Mapping[Path_, str],
    places: Mapping[str, tuple[Source, Path_]],
    source: Source,
    vocabulary: Vocabulary,
) -> tuple[dict[Path_, Slot], list[Problem]]:
    """Every text compiled under its key path, and all that is wrong with them.

    `places` are the wordings that do not stand in the template's own file `source`, each with its file and key path.
    """
    slots: dict[Path_, Slot] = {}
    problems: list[Problem] = []
    for key, text in texts.items():
        own, path = places.get(str(key[1]), (source, key)) if key[0] == "wording" else (source, key)
        placed = PlacedText(text, own.lines_of(path), own.locate(path))
        outcome = compile_slot(marked(placed) if key == ("body",) else placed, vocabulary)
        problems += outcome.problems
        if outcome.value is not None:
            slots[key] = outcome.value
    return slots, problems


def wording_order(template: Template, config: Config) -> tuple[list[str], list[tuple[str, ...]]]:
    """Wording names, each after those which it refers to; and the circles among them."""
    names = list(template.wording)
    own, _ = own_wording(template, config)
    used = {name: names_in(own.get(name, template.wording[name])) for name in names}
    uses = {name: [other for other in names if other in used[name]] for name in names}
    order: list[str] = []
    circles: list[tuple[str, ...]] = []

    def visit(name: str, above: tuple[str, ...]) -> None:
        if name in above:
            circles.append((*above[above.index(name) :], name))
        elif name not in order:
            for other in uses[name]:
                visit(other, (*above, name))
            order.append(name)

    for name in names:
        visit(name, ())
    return order, circles


def circle_problems(
    circles: Sequence[tuple[str, ...]], places: Mapping[str, tuple[Source, Path_]], source: Source
) -> Iterator[Problem]:
    """One problem for each circle of wordings, at the first of them."""
    for circle in circles:
        first = circle[0]
        own, path = places.get(first, (source, ("wording", first)))
        what = f"用语互相引用，成了循环：{' → '.join(map(shown, circle[:4]))}{' → ……' if len(circle) > 4 else ''}"
        yield error("template.circle", what, "请让其中一条用语不再引用别的用语", own.locate(path))


@dataclass(frozen=True)
class Filled:
    """The slots with their context (填好的文字); faults of rendering are gathered, so that all come together."""

    slots: Mapping[Path_, Slot]
    context: dict[str, Any]
    problems: list[Problem]

    def text(self, key: Path_) -> str:
        """The lines of the text at `key` that are not empty; empty where the template has no such text."""
        slot = self.slots.get(key)
        if slot is None:
            return ""
        outcome = render(slot, self.context)
        self.problems.extend(outcome.problems)
        return "\n".join(line.strip() for line in outcome.value.split("\n") if line.strip())

    def lines(self, key: Path_) -> tuple[str, ...]:
        """The same line by line."""
        return tuple(filter(None, self.text(key).split("\n")))

    def line(self, key: Path_) -> str:
        """The same on one line."""
        return self.text(key).replace("\n", "")

    def origin(self, key: Path_) -> Location | None:
        """Where the text at `key` stands in its file."""
        slot = self.slots.get(key)
        return slot.source.place(slot.source.first_line) if slot else None

    def body(self) -> list[Line]:
        """The lines of the body: marks taken out, each with where it comes from."""
        slot = self.slots.get(("body",))
        lines: list[Line] = []
        origin: Location | None = None
        # A heading begins a line also where a loop on one line of the template makes several of them.
        for row in self.text(("body",)).split("\n"):
            for part in _HEADING_MARK.split(row):
                mark = _MARK.search(part)
                if mark and slot:
                    origin = slot.source.place(int(mark[1]))
                text = _MARK.sub("", part).strip()
                if text:
                    lines.append(Line(text, origin, int(mark[2]) if mark and mark[2] else None))
        return lines


_TAGS = re.compile(r"(?:\s|\{%(?:(?!%\}).)*%\}|\{#(?:(?!#\}).)*#\})*")


def marked(body: PlacedText) -> PlacedText:
    """The body with the file's line, and the level where an ordinal opens it, before the text of each of its lines.

    The level is read off the template, never off the data: a task that begins with 一、 makes no heading.
    """
    text: list[str] = []
    lines: list[int] = []
    start = 0
    inside_tag = False
    for row in body.text.splitlines(keepends=True):
        places = body.lines[start : start + len(row)]
        start += len(row)
        lead = _TAGS.match(row)
        at = lead.end() if lead else 0
        rest = row[at:]
        # A tag that eats the white space before it joins its line to the one above: a mark would stand between.
        if not inside_tag and rest and not rest.startswith(("{%", "{#", "{{-")):
            level, ordinal = _ordinal(rest)
            mark = f"{_LINE}{places[at]}:{level}{_END}"
            row = row[:at] + mark + rest[ordinal:]
            places = [*places[:at], *[places[at]] * len(mark), *places[at + ordinal :]]
        inside_tag = _opens_tag(row, inside_tag)
        text.append(row)
        lines += places
    return PlacedText("".join(text), lines, body.where)


def _ordinal(line: str) -> tuple[int | str, int]:
    """Level of the heading that a line opens, and the length of its ordinal with the space after it."""
    for level, mark in HEADING_MARKS:
        if match := mark.match(line):
            return level, len(line) - len(line[match.end() :].lstrip(" \t\u3000"))
    return "", 0


def _opens_tag(line: str, inside: bool) -> bool:
    opened = max(line.rfind("{%"), line.rfind("{{"), line.rfind("{#"))
    closed = max(line.rfind("%}"), line.rfind("}}"), line.rfind("#}"))
    return inside if opened == closed == -1 else opened > closed
