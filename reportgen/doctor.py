"""What this machine can draw (环境检查): the face of each role, Pango, and what is missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reportgen.confine import LIMITS
from reportgen.engine.choosing import limits_of
from reportgen.engine.model import RenderLimits
from reportgen.problems import EnvironmentLacking, Problem, has_errors
from reportgen.source import shown_path
from reportgen.styles import FontRole
from reportgen.template.loading import load_config
from reportgen.writers.fonts import FontSet, find_fonts, substitution_problems
from reportgen.writers.pdf import load_engine, slow_subsetting


@dataclass(frozen=True)
class Examination:
    """Result (检查结果): the faces, the engine's version (None if it cannot be loaded), and the problems."""

    fonts: FontSet | None
    engine: str | None
    problems: tuple[Problem, ...]
    limits: RenderLimits

    @property
    def can_draw(self) -> bool:
        """Whether a PDF can be made here."""
        return not has_errors(self.problems)

    def as_json(self) -> dict[str, Any]:
        """The result as plain data."""
        return {
            "ok": self.can_draw,
            "pdf_engine": self.engine,
            "fonts": font_rows(self.fonts),
            "limits": LIMITS.as_json(),
            "rendering": self.limits.as_json(),
            "problems": [problem.as_json() for problem in self.problems],
        }


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


def configured_limits(path: Path) -> RenderLimits:
    """What a document of the configuration at `path` may cost (配置的渲染限额); raises `InputError` for its faults."""
    return limits_of(load_config(path, shown_path(path))[0])


def examine(
    configured: Mapping[FontRole, Path], limits: RenderLimits | None = None, folders: Sequence[Path] | None = None
) -> Examination:
    """Look at faces and libraries; nothing is raised, every fault is among the problems."""
    problems: list[Problem] = []
    fonts: FontSet | None = None
    try:
        fonts = find_fonts(configured, folders)
        problems += substitution_problems(fonts)
    except EnvironmentLacking as fault:
        problems += fault.problems
    engine: str | None = None
    try:
        engine = str(load_engine().__version__)
        problems += slow_subsetting()
    except EnvironmentLacking as fault:
        problems += fault.problems
    return Examination(fonts, engine, tuple(problems), limits or RenderLimits())
