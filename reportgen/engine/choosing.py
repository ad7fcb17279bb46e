"""Which engine a run works with (选择渲染引擎): what the command line asks for, else what the configuration says."""

from __future__ import annotations

from reportgen.engine.model import Engine, EngineKind, RenderLimits
from reportgen.problems import InputError, error
from reportgen.source import Source
from reportgen.template.schema import Config


def engine_for(
    config: Config,
    source: Source,
    kind: EngineKind | None = None,
    scheduler: str | None = None,
    workers: int | None = None,
) -> Engine:
    """The engine (渲染引擎) of a run: `kind`, `scheduler` and `workers` are what the command line asks for, if it does.

    A scheduler on the command line asks for the cluster. Raises `InputError` where the cluster has no address, and
    where an option would say nothing.
    """
    chosen = kind or (EngineKind.DASK if scheduler else EngineKind(config.engine))
    address = (scheduler or config.scheduler or "").strip()
    if chosen is EngineKind.DASK and not address:
        what = "用集群（engine: dask）渲染，却没有写调度器的地址"
        fix = "请在配置中写 scheduler: tcp://地址:8786，或用 --scheduler 写明；不用集群请写 engine: local"
        where = source.locate(("engine",) if kind is None else ("scheduler",))
        raise InputError([error("config.scheduler-missing", what, fix, where)])
    if chosen is EngineKind.DASK and workers is not None:
        raise _unused("--workers", "集群有多少工作节点就用多少", "请删去 --workers，或加上 --engine local")
    if chosen is EngineKind.LOCAL and scheduler:
        raise _unused("--scheduler", "--engine local 在本机渲染，不用调度器", "请删去其中一个")
    number = workers or config.rendering.workers or 0
    return Engine(kind=chosen, scheduler=address, workers=number, limits=limits_of(config))


def limits_of(config: Config) -> RenderLimits:
    """What a document of the configuration may cost (配置的渲染限额)."""
    return RenderLimits(seconds=config.rendering.seconds, memory_bytes=config.rendering.memory_mb * 1024**2)


def _unused(option: str, why: str, fix: str) -> InputError:
    return InputError([error("config.unused-option", f"{option} 没有作用：{why}", fix)])
