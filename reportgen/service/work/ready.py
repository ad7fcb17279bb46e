"""All that workers need, loaded (预先载入): imported once by the process that forks them, so that none has to wait."""

from __future__ import annotations

from reportgen.service.work import (
    building,
    collecting,
    comparing,
    doing,
    examining,
    forms,
    overriding,
    previewing,
    receiving,
    sets,
)
from reportgen.writers import charts_engine

__all__ = [
    "building",
    "collecting",
    "comparing",
    "doing",
    "examining",
    "forms",
    "overriding",
    "previewing",
    "receiving",
    "sets",
]

charts_engine.load()
