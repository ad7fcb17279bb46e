"""What this machine can draw (环境检查): the face of each role, the engines of the pages, and what is missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from reportgen.engine.choosing import limits_of
from reportgen.engine.model import RenderLimits
from reportgen.generate import configured_fonts
from reportgen.limits import STANDARD, Limits, Told, all_told, held
from reportgen.pdf_engine import PdfEngine
from reportgen.problems import EnvironmentLacking, Problem, Severity, has_errors
from reportgen.source import shown_path
from reportgen.styles import FontRole
from reportgen.template.limits_block import limits_of as holding_limits_of
from reportgen.template.loading import load_config
from reportgen.versions import LOOKED_AT, Installed, installed, too_old
from reportgen.writers import ready_engine
from reportgen.writers.fonts import FontSet, find_fonts, substitution_problems


@dataclass(frozen=True)
class Examination:
    """Result (检查结果): the faces, each engine's version (None if it cannot be loaded), and the problems.

    `wanted` is the engine that the configuration asks for, None where no configuration was given: then either will do.
    """

    fonts: FontSet | None
    engines: Mapping[PdfEngine, str | None]
    wanted: PdfEngine | None
    problems: tuple[Problem, ...]
    limits: RenderLimits
    reading: Limits = STANDARD
    libraries: tuple[Installed, ...] = ()

    @property
    def can_draw(self) -> bool:
        """Whether a PDF can be made here."""
        return not has_errors(self.problems)

    def as_json(self) -> dict[str, Any]:
        """The result as plain data."""
        return {
            "ok": self.can_draw,
            "pdf_engine": self.wanted.value if self.wanted else None,
            "pdf_engines": {engine.value: version for engine, version in self.engines.items()},
            "fonts": font_rows(self.fonts),
            "limits": [each.as_json() for each in self.all_limits()],
            "rendering": self.limits.as_json(),
            "libraries": {
                "looked_at": LOOKED_AT.isoformat(),
                "least": [
                    {
                        "package": each.least.package,
                        "installed": each.version,
                        "least": each.least.version,
                        "why": each.least.why,
                        "advisories": list(each.least.advisories),
                    }
                    for each in self.libraries
                ],
            },
            "problems": [problem.as_json() for problem in self.problems],
        }

    def all_limits(self) -> tuple[Told, ...]:
        """Every limit that holds (全部限额), and whether the configuration set it."""
        return tuple(all_told(self.reading, self.limits))


def font_rows(fonts: FontSet | None) -> list[dict[str, Any]]:
    """One row for each role: what the standard wants, what will be used, and whether it is of that kind."""
    if fonts is None:
        return []
    return [
        {
            "role": role.value,
            "wanted": found.wanted,
            "face": found.face.name,
            "postscript_name": found.face.postscript_name,
            "file": found.face.path.name,
            "same_kind": found.fits,
        }
        for role, found in fonts.roles.items()
    ]


def examine_for(path: Path) -> Examination:
    """What this machine has for the configuration at `path` (按配置检查); raises `InputError` for its faults."""
    with holding_limits_of(path):
        config = load_config(path, shown_path(path))[0]
        return examine(configured_fonts(path), limits_of(config), engine=config.pdf_engine)


def examine(
    configured: Mapping[FontRole, Path],
    limits: RenderLimits | None = None,
    folders: Sequence[Path] | None = None,
    engine: PdfEngine | None = None,
) -> Examination:
    """Look at faces and libraries (检查这台机器); nothing is raised, every fault is among the problems.

    A machine that lacks the `engine` that is asked for cannot draw; where none is asked for, either is enough.
    """
    problems: list[Problem] = []
    fonts: FontSet | None = None
    try:
        fonts = find_fonts(configured, folders)
        problems += substitution_problems(fonts)
    except EnvironmentLacking as fault:
        problems += fault.problems
    engines: dict[PdfEngine, str | None] = {}
    lacking: dict[PdfEngine, tuple[Problem, ...]] = {}
    for each in PdfEngine:
        try:
            ready = ready_engine(each)
            engines[each] = ready.value
            problems += ready.problems
        except EnvironmentLacking as fault:
            engines[each], lacking[each] = None, fault.problems
    if engine in lacking or len(lacking) == len(engines):
        problems += lacking[engine or PdfEngine.WEASYPRINT]
    elif engine is None and PdfEngine.WEASYPRINT in lacking:
        # Whoever configures nothing gets this one: he must know what to configure.
        problems += (replace(each, severity=Severity.WARNING) for each in lacking[PdfEngine.WEASYPRINT])
    libraries = tuple(installed())
    problems += too_old(libraries)
    return Examination(fonts, engines, engine, tuple(problems), limits or RenderLimits(), held(), libraries)
