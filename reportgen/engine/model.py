"""Work and what became of it (渲染任务): the nouns of every engine."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Generic, TypeAlias, TypeVar

from reportgen.limits import RenderLimits as RenderLimits
from reportgen.problems import ReportError

T = TypeVar("T")

Facts: TypeAlias = Callable[[], Mapping[str, str]]
"""Says what of a machine decides the bytes (本机情况): its versions and its faces, by name; picklable."""


class EngineKind(Enum):
    """Kind of engine (在哪里渲染); the value is how a configuration calls it."""

    LOCAL = "local"
    DASK = "dask"


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine:
    """Engine (渲染引擎): which kind, the Dask scheduler's address, and how many processes of this machine.

    `workers` 0 is one process for each core. A cluster has as many as it has.
    """

    kind: EngineKind = EngineKind.LOCAL
    scheduler: str = ""
    workers: int = 0
    limits: RenderLimits = field(default_factory=RenderLimits)


@dataclass(frozen=True, slots=True)
class Job:
    """One piece of work (一份任务): what a person calls it, and the arguments of the function; picklable."""

    name: str
    arguments: tuple[Any, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended(Generic[T]):
    """How a job ended (任务结果): with a value, or with a fault that says in Chinese why there is none.

    `index` is the job's place among those given, from 0; `tries` says how often it was begun.
    """

    index: int
    name: str
    value: T | None = None
    fault: ReportError | None = None
    tries: int = 1
