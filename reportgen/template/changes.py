"""The changes between two periods as a template has them (两期变化的文字): a paragraph, and the lists behind it.

Each list is that of the ledgers' own entries; a text counts them itself, so that no number can differ from its list.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from reportgen.changes.model import Change, EntryChange, LedgerChanges
from reportgen.ledger.model import Sheet
from reportgen.problems import Problem, error, refuse_errors
from reportgen.source import Path_, Source
from reportgen.template.hints import shown
from reportgen.template.phrases import PlacedText, Slot, Vocabulary, compile_slot
from reportgen.template.schema import ChangesTemplate
from reportgen.template.texts import Filled

CHANGE_LISTS: Mapping[str, Change] = {kind.name.lower(): kind for kind in Change}
"""The lists (各种变化) under the names by which a text has them: `newly_lagging`, `new` …"""
CHANGE_FACTS = frozenset(
    {"old_period", "new_period", "goals", "tasks", "unjudged", "was_lagging", "lagging", *CHANGE_LISTS}
)
"""What stands behind `changes.` in a report's text, and alone in the wording of the changes."""

_OF_ENTRY = ("given_no", "category", "text", "lead_units", "support_units", "progress", "judgement", "phrase")
_OF_BEFORE = ("given_no", "category", "text", "lead_units", "support_units", "progress", "judgement")
_OWN = ("id", "sheet", "kinds", "figures", "units_gone", "units_come", "finished_by", "came_from", "went_into")
CHANGE_FIELDS = frozenset(
    {*_OF_ENTRY, *(f"old_{name}" for name in _OF_BEFORE), *_OWN, "of", "before", "after", "name", "role"}
)
"""The fields of what a list has (变化条目的各项); of a figure `of`, `before`, `after`, of a unit `name` and `role`."""


class ChangesText(str):
    """The changes as a report's text has them (两期变化): printed, they are the paragraph; `facts` are its parts.

    Empty, and so false, where no former ledger is named.
    """

    facts: Mapping[str, Any]

    def __new__(cls, text: str = "", facts: Mapping[str, Any] | None = None) -> ChangesText:
        """The paragraph with its parts; without them every list is empty."""
        made = super().__new__(cls, text)
        made.facts = _no_facts() if facts is None else facts
        return made

    def __getitem__(self, key: Any) -> Any:
        """A part by its name; a number or slice is one of the letters, as of any text."""
        return self.facts[key] if isinstance(key, str) else super().__getitem__(key)


def _no_facts() -> dict[str, Any]:
    return {name: "" if name.endswith("_period") else [] for name in CHANGE_FACTS}


@dataclass(frozen=True)
class PreparedChanges:
    """A wording of the changes made ready (备好的变化用语): its texts compiled, in the order of its file."""

    template: ChangesTemplate
    source: Source
    slots: Mapping[Path_, Slot] = field(default_factory=dict)


def prepare_changes(template: ChangesTemplate, source: Source) -> PreparedChanges:
    """The wording with all its texts compiled; raises `InputError` with all their faults.

    A text may name those that stand above it, so that none can lead back to itself.
    """
    known = {*CHANGE_FACTS, "most"}
    problems: list[Problem] = []
    slots: dict[Path_, Slot] = {}
    below = dict.fromkeys(template.wording, "用语只能引用写在它上面的；请把被引用的移到上面")
    for path, text in _texts(template):
        placed = PlacedText(text, source.lines_of(path), source.locate(path))
        compiled = compile_slot(placed, Vocabulary(frozenset(known), frozenset(), CHANGE_FIELDS, below))
        problems += compiled.problems
        if compiled.value is not None:
            slots[path] = compiled.value
        if path[0] == "wording":
            problems += _bad_name(str(path[1]), known, source)
            known.add(str(path[1]))
    refuse_errors(list(dict.fromkeys(problems)))
    return PreparedChanges(template, source, slots)


def _texts(template: ChangesTemplate) -> Iterator[tuple[Path_, str]]:
    for name, text in template.wording.items():
        yield ("wording", name), text
    yield ("text",), template.text


def _bad_name(name: str, known: set[str], source: Source) -> Iterator[Problem]:
    if name in known or not name.isidentifier() or name.startswith("_") or name == "loop":
        what = f"「{shown(name)}」不能用作名字，或已另有所指"
        fix = "请换一个名字：用字母、汉字、数字和下划线，不以数字或下划线开头，不与别的名字相同"
        yield error("template.bad-name", what, fix, source.locate(("wording", name)))


def changes_text(prepared: PreparedChanges, changes: LedgerChanges) -> ChangesText:
    """The paragraph of these changes with its parts; raises `InputError` for what the wording cannot say of them."""
    facts = change_facts(changes)
    problems: list[Problem] = []
    filled = Filled(prepared.slots, {**facts, "most": prepared.template.most}, problems)
    for name in prepared.template.wording:
        filled.context[name] = filled.text(("wording", name))
    text = filled.text(("text",))
    if not text and not problems:
        what = f"用语「{shown(prepared.template.name)}」写不出任何文字"
        fix = "请在 text 里写一句总有的话，如没有变化时怎么说"
        problems.append(error("template.nothing", what, fix, prepared.source.locate(("text",))))
    refuse_errors(list(dict.fromkeys(problems)))
    return ChangesText(text, facts)


def change_facts(changes: LedgerChanges) -> dict[str, Any]:
    """The periods and the lists of changes (变化各项) as plain data."""
    old, new = said_periods(changes)
    plain = {id(each): _plain(each) for each in changes.entries}
    lists = {name: [plain[id(each)] for each in changes.of(kind)] for name, kind in CHANGE_LISTS.items()}
    # What is gone stands as it stood, wherever the new ledger's rows lie: an imported one has them in another order.
    gone = sorted(changes.of(Change.DROPPED), key=lambda each: ([*Sheet].index(each.sheet), each.place_before))
    lists["dropped"] = [plain[id(each)] for each in gone]
    whole = {
        **{name: [plain[id(each)] for each in changes.entries if each.sheet is sheet] for name, sheet in _SHEETS},
        "unjudged": [plain[id(each)] for each in changes.entries if _is_unjudged(each)],
        "was_lagging": [plain[id(each)] for each in changes.entries if each.was_lagging],
        "lagging": [plain[id(each)] for each in changes.entries if each.is_lagging],
    }
    return {"old_period": old, "new_period": new, **whole, **lists}


_SHEETS = (("goals", Sheet.GOALS), ("tasks", Sheet.TASKS))


def _is_unjudged(change: EntryChange) -> bool:
    """Whether nobody can say how its judgement changed (看不出变化): one of the two ledgers has none."""
    return any(entry is not None and not entry.judgement for entry in (change.before, change.after))


def said_periods(changes: LedgerChanges) -> tuple[str, str]:
    """Both periods as a sentence calls them (1—3月, 1—6月): with the year only where the years differ."""
    old, new = (re.match(r"(\d{4}年)(.+)", period.strip()) for period in (changes.old_period, changes.new_period))
    if old and new and old[1] == new[1]:
        return old[2], new[2]
    if new and not old:
        return changes.old_period, new[2]
    return changes.old_period, changes.new_period


def _plain(change: EntryChange) -> dict[str, Any]:
    """What became of an entry as a text sees it: texts, numbers and lists of them; empty where there is no former."""
    now = {name: getattr(change.entry, name) for name in _OF_ENTRY}
    empty = {"lead_units": (), "support_units": ()}
    before = {f"old_{name}": getattr(change.before, name, empty.get(name, "")) for name in _OF_BEFORE}
    values = {**now, **before, "id": change.entry.id, "sheet": change.sheet.value}
    return {
        **{name: list(value) if isinstance(value, tuple) else value for name, value in values.items()},
        "kinds": [kind.value for kind in change.kinds],
        "figures": [{"of": each.of, "before": each.before, "after": each.after} for each in change.figures],
        "units_gone": [{"name": each.name, "role": each.role} for each in change.units_gone],
        "units_come": [{"name": each.name, "role": each.role} for each in change.units_come],
        "finished_by": change.finished_by,
        "came_from": {"text": change.came_from.text} if change.came_from else {},
        "went_into": {"text": change.went_into.text} if change.went_into else {},
    }
