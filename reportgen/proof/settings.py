"""How each rule of proofreading is set (校核规则的设置): read from configs/checking or an office's own file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

from reportgen.ledger.tables import MAX_CELL_CHARACTERS
from reportgen.proof.findings import Finding, Mark
from reportgen.proof.rules import Rule
from reportgen.styles import Level

_STRICT = {"extra": "forbid", "strict": True}
_MOST_WITHIN = 1000


@dataclass(frozen=True)
class Setting:
    """One rule's setting (一条规则的设置): its level, and what each rule may need besides.

    `name` is what a reader calls the rule, `within` how far off is still right (its unit stands in the file), `words`
    the rule's own list of words, `letters` how long a text must be to be looked at. A place whose sentence holds one
    of `ignore` is not told.
    """

    __pydantic_config__: ClassVar = _STRICT
    level: Level
    name: str
    within: float = 0.0
    words: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    letters: int = 0

    def __post_init__(self) -> None:
        """Refuse what would silently switch a rule off, make it fire everywhere, or nobody can have meant."""
        if not 0 <= self.within <= _MOST_WITHIN:
            raise ValueError(f"里的 within 应在 0 到 {_MOST_WITHIN} 之间")
        if not 0 <= self.letters <= MAX_CELL_CHARACTERS:
            raise ValueError(f"里的 letters 应在 0 到 {MAX_CELL_CHARACTERS} 之间")
        if not self.name.strip():
            raise ValueError("里的 name 是空的")
        for key in ("words", "ignore"):
            if not all(word.strip() for word in getattr(self, key)):
                raise ValueError(f"里的 {key} 有一项是空的")


# What a rule heeds besides its level, its name and what it leaves alone; any other key would do nothing.
_HEEDED = {
    Rule.COUNT_ROWS: ("words",),
    Rule.RATE: ("within", "words"),
    Rule.SUM: ("within", "words"),
    Rule.PERIOD_OUTSIDE: ("within",),
    Rule.PERIOD_MIXED: ("words",),
    Rule.WORD_TWICE: ("words",),
    Rule.PLACEHOLDER: ("words",),
    Rule.PROGRESS_MEANINGLESS: ("words",),
    Rule.PROGRESS_REPEATED: ("within", "letters"),
    Rule.TASK_REPEATED: ("within", "letters"),
}


@dataclass(frozen=True)
class Settings:
    """All rules with their settings (校核规则)."""

    __pydantic_config__: ClassVar = _STRICT
    heeded: ClassVar[Mapping[str, tuple[str, ...]]] = {
        rule.value: ("level", "name", "ignore", *_HEEDED.get(rule, ())) for rule in Rule
    }
    """The keys that each rule heeds (可改的键)."""
    rules: Mapping[Rule, Setting]

    def looks_at(self, rule: Rule) -> bool:
        """Whether the rule is on."""
        return rule in self.rules and self.rules[rule].level is not Level.OFF

    def words(self, rule: Rule) -> tuple[str, ...]:
        """The rule's own list of words."""
        return self.rules[rule].words if rule in self.rules else ()

    def within(self, rule: Rule) -> float:
        """How far off is still right."""
        return self.rules[rule].within if rule in self.rules else 0.0

    def letters(self, rule: Rule) -> int:
        """How many letters a text must have to be looked at."""
        return self.rules[rule].letters if rule in self.rules else 0

    def finding(self, rule: Rule, what: str, fix: str, *marks: Mark) -> Iterator[Finding]:
        """The finding, or nothing where the rule is off or is told to leave such a sentence alone."""
        if not self.looks_at(rule):
            return
        setting = self.rules[rule]
        if not any(word in mark.sentence for word in setting.ignore for mark in marks):
            yield Finding(rule=rule, level=setting.level, what=what, fix=fix, marks=marks)
