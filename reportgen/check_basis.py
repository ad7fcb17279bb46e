"""What files are proofread by (校核依据): the rules of proofreading and of judging, and what a configuration says."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from reportgen.inputs import attempt, configured_register, configured_words
from reportgen.judging.rules import Rules
from reportgen.ledger.units import Register
from reportgen.ledger.words import STANDARD_WORDS, Words
from reportgen.problems import Location, Problem, refuse_errors
from reportgen.proof.settings import Settings
from reportgen.quantities.model import Period
from reportgen.quantities.periods import reporting_period
from reportgen.source import Source, shown_path
from reportgen.styles import StyleSheet
from reportgen.template.loading import configured_styles, load_rules, load_sound_config, load_styles
from reportgen.template.schema import Config

_STANDARD = "standard"
# By which the pages of a PDF are parted into text, tables and what stands in the margins.
_STYLE = "gb9704"


@dataclass(frozen=True, kw_only=True)
class CheckBasis:
    """What files are held against (校核依据): the rules, and what a configuration says of the report.

    `period` is None where no configuration gives one: each file then tells its own, if it does.
    """

    settings: Settings
    judging: Rules
    styles: StyleSheet
    sources: tuple[Source, ...]
    words: Words = STANDARD_WORDS
    register: Register | None = None
    period: Period | None = None
    problems: tuple[Problem, ...] = ()


def read_basis(config: Path | None = None, checking: str | None = None) -> CheckBasis:
    """The rules and what the configuration says; raises `InputError` with all that is wrong with them.

    `checking` are rules by name or file, given on the command line instead of those of the configuration.
    """
    asked = Location(file="--checking")
    problems: list[Problem] = []
    if config is None:
        settings = attempt(problems, lambda: load_rules("checking", Settings, checking or _STANDARD, Path(), asked))
        judging = attempt(problems, lambda: load_rules("judging", Rules, _STANDARD, Path(), Location(file="")))
        styles = attempt(problems, lambda: load_styles(_STYLE, Path(), Location(file="")))
        refuse_errors(problems)
        assert settings, "refused above"
        assert judging, "refused above"
        assert styles, "refused above"
        return CheckBasis(
            settings=settings[0], judging=judging[0], styles=styles[0], sources=(*settings[1], *judging[1])
        )
    return _configured(config, checking, problems)


def _configured(config: Path, checking: str | None, problems: list[Problem]) -> CheckBasis:
    sound = load_sound_config(config, shown_path(config))
    said, source = sound.value
    beside = config.parent
    problems += sound.problems
    named = (checking, Path(), Location(file="--checking")) if checking else _named(said, source, beside)
    settings = attempt(problems, lambda: load_rules("checking", Settings, *named))
    where = source.locate(("judging",))
    judging = attempt(problems, lambda: load_rules("judging", Rules, said.judging, beside, where))
    styles = attempt(problems, lambda: configured_styles(said, source, beside))
    found = attempt(problems, lambda: configured_register(said, beside), source.locate(("units",)))
    register = found[0] if found else None
    problems += register.problems if register else ()
    words = attempt(problems, lambda: configured_words(said, source)) or STANDARD_WORDS
    refuse_errors(problems)
    assert settings, "refused above"
    assert judging, "refused above"
    assert styles, "refused above"
    return CheckBasis(
        settings=settings[0],
        judging=judging[0],
        styles=styles[0],
        sources=(*settings[1], *judging[1]),
        words=words,
        register=register.value if register else None,
        period=reporting_period(said.year, said.period),
        problems=tuple(problems),
    )


def _named(said: Config, source: Source, beside: Path) -> tuple[str, Path, Location]:
    return said.checking, beside, source.locate(("checking",))
