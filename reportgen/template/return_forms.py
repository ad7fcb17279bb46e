"""The return form (反馈表) of an office, made ready: its texts compiled, its headers filled in, its names checked.

From the template's file to the workbook of one unit: `schema.ReturnForm` is the file as it is written, `PreparedForm`
that file ready for one configuration, `FormTexts` its texts for one unit, `distribute.UnitForm` what a command tells
of a workbook that was made. What comes back is a `Return`, whatever table it is in; `intake.return_forms.Form` is one
shape of such a table (headings at the left) and has nothing to do with ours.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reportgen.ledger.model import Sheet
from reportgen.numbering import chinese_date
from reportgen.problems import InputError, Location, Outcome, Problem, error, refuse_errors
from reportgen.source import Path_, Source, read_file, read_source
from reportgen.template.hints import shown
from reportgen.template.loading import check_model, find_data
from reportgen.template.phrases import PlacedText, Slot, Vocabulary, compile_slot
from reportgen.template.schema import Config, FormColumn, ReturnForm
from reportgen.template.texts import Filled

_KEYS = {Sheet.GOALS: "goals", Sheet.TASKS: "tasks"}
_FACTS = ("year", "period", "issuer", "deadline", "contact")
_OF_UNIT = ("unit", "leads", "supports", "goals", "tasks")
_OF_REMINDER = ("missing", "unread", "blank", "other_period", "lacking", "unjudged", "overdue")
# What a unit of the reminder's lists has, and each of its tasks.
_REMINDED = frozenset({"unit", "leads", "tasks", "id", "text"})
_TEXTS = ("file_name", "title", "instructions")
# The instructions stand above the head on every page and screen; a cell holds 32,767 characters at most.
_MOST_CHARACTERS = {"file_name": 200, "title": 200, "instructions": 2_000}
_MOST_IN_HEADER = 100


@dataclass(frozen=True)
class PreparedForm:
    """A return form made ready for one configuration (备好的反馈表); `titles` are its headers by their key path."""

    form: ReturnForm
    source: Source
    slots: Mapping[Path_, Slot]
    facts: Mapping[str, Any]
    titles: Mapping[Path_, str]

    def columns(self, sheet: Sheet) -> Iterator[tuple[FormColumn, str, Location]]:
        """The columns of a sheet (各列), each with its header and the place of that in the file."""
        key = _KEYS[sheet]
        for index, column in enumerate(getattr(self.form, key)):
            path = (key, index, "title")
            yield column, self.titles[path], self.source.locate(path)


@dataclass(frozen=True)
class FormTexts:
    """The texts of one unit's form (一个单位的用语)."""

    file_name: str
    title: str
    instructions: str


def load_return_form(config: Config, beside: Path, asked: Location) -> Outcome[PreparedForm]:
    """The form that the configuration names in `returns`, ready to be filled in for each unit."""
    path, name = find_data("forms", config.returns.form, beside, asked)
    source = read_source(read_file(path, name), name)
    form = check_model(ReturnForm, source)
    returns = config.returns
    facts = {
        "year": config.year,
        "period": config.period,
        "issuer": config.issuer,
        "deadline": chinese_date(returns.deadline) if returns.deadline else "",
        "contact": returns.contact or "",
    }
    problems: list[Problem] = []
    slots: dict[Path_, Slot] = {}
    for key, text, names in _texts(form):
        placed = PlacedText(text, source.lines_of(key), source.locate(key))
        fields = _REMINDED if key == ("reminder",) else frozenset[str]()
        outcome = compile_slot(placed, Vocabulary(frozenset(names), frozenset(), fields))
        problems += outcome.problems
        if outcome.value is not None:
            slots[key] = outcome.value
    titles = {}
    filled = Filled(slots, facts, problems)
    for key in slots:
        if key[0] in _KEYS.values():
            titles[key] = filled.line(key)
    problems += [] if problems else list(_bad_titles(titles, source))
    refuse_errors(problems)
    return Outcome(PreparedForm(form, source, slots, facts, titles), tuple(problems))


def texts_for(prepared: PreparedForm, unit: str, counts: Mapping[str, int]) -> FormTexts:
    """The texts of the form of one unit; raises `InputError` with what cannot be filled in.

    `counts` are its `leads` and `supports`, and its `goals` and `tasks`.
    """
    problems: list[Problem] = []
    filled = Filled(prepared.slots, {**prepared.facts, "unit": unit, **counts}, problems)
    texts = FormTexts(filled.line(("file_name",)), filled.line(("title",)), filled.text(("instructions",)))
    if not problems:
        for key, most in _MOST_CHARACTERS.items():
            problems += _unfit((key,), getattr(texts, key), most, prepared.source)
    if problems:
        raise InputError(problems)
    return texts


def reminder_text(prepared: PreparedForm, reminded: Mapping[str, Any]) -> str:
    """The text for the units that have not returned, or not all (催报文字); empty if nobody has to be reminded.

    `reminded` are the lists of units by name. Raises `InputError` with what cannot be filled in.
    """
    if not any(reminded.values()):
        return ""
    problems: list[Problem] = []
    text = Filled(prepared.slots, {**prepared.facts, **reminded}, problems).text(("reminder",))
    refuse_errors(problems)
    return text


def _texts(form: ReturnForm) -> Iterator[tuple[Path_, str, tuple[str, ...]]]:
    """Every text of the form with its key path and the names that it may use."""
    for name in _TEXTS:
        yield (name,), getattr(form, name), (*_FACTS, *_OF_UNIT)
    yield ("reminder",), form.reminder, (*_FACTS, *_OF_REMINDER)
    for key in _KEYS.values():
        for index, column in enumerate(getattr(form, key)):
            yield (key, index, "title"), column.title, _FACTS


def _bad_titles(titles: Mapping[Path_, str], source: Source) -> Iterator[Problem]:
    """Headers that are empty or too long, or that stand twice in one sheet: a return could not be read by them."""
    seen: dict[tuple[Any, str], Path_] = {}
    for key, title in titles.items():
        faults = list(_unfit(key, title, _MOST_IN_HEADER, source))
        yield from faults
        if not faults and (first := seen.setdefault((key[0], title), key)) != key:
            what = f"有两列的表头都是「{shown(title)}」"
            places = source.locate(key), [source.locate(first)]
            yield error("forms.same-title", what, "请改写其中一个，收表时才分得清", *places)


def _unfit(key: Path_, text: str, most: int, source: Source) -> Iterator[Problem]:
    name = f"反馈表的「{key[-1]}」"
    if not text:
        yield error("forms.empty-text", f"{name}填出来是空的", "请写上文字", source.locate(key))
    elif len(text) > most:
        what = f"{name}填出来有 {len(text)} 字，最多 {most} 字"
        yield error("forms.long-text", what, "请缩短", source.locate(key))
