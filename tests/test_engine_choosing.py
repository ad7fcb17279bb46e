"""Which engine a run works with (选择渲染引擎): the command line before the configuration."""

from __future__ import annotations

from pathlib import Path

import pytest

from reportgen.engine.choosing import engine_for
from reportgen.engine.model import Engine, EngineKind, RenderLimits
from reportgen.problems import InputError
from reportgen.source import Source
from reportgen.template.loading import load_config
from reportgen.template.schema import Config
from tests.bad_configs import PLAIN_CONFIG

ADDRESS = "tcp://10.0.0.5:8786"


def configured(tmp_path: Path, more: str = "") -> tuple[Config, Source]:
    path = tmp_path / "报告.yaml"
    path.write_text(PLAIN_CONFIG + more, encoding="utf-8")
    return load_config(path, path.name)


def test_the_configuration_decides_where_the_command_line_says_nothing(tmp_path: Path) -> None:
    rendering = "rendering: {seconds: 90.0, memory_mb: 1024, workers: 3}\n"
    limits = RenderLimits(seconds=90, memory_bytes=1024**3)
    assert engine_for(*configured(tmp_path)) == Engine()
    assert engine_for(*configured(tmp_path, rendering)) == Engine(workers=3, limits=limits)
    dask = configured(tmp_path, f"engine: dask\nscheduler: {ADDRESS}\n")
    assert engine_for(*dask) == Engine(kind=EngineKind.DASK, scheduler=ADDRESS)


def test_the_command_line_goes_before_the_configuration(tmp_path: Path) -> None:
    dask = configured(tmp_path, f"engine: dask\nscheduler: {ADDRESS}\nrendering: {{workers: 3}}\n")
    assert engine_for(*dask, kind=EngineKind.LOCAL).kind is EngineKind.LOCAL
    assert engine_for(*dask, kind=EngineKind.LOCAL, workers=8).workers == 8
    assert engine_for(*dask, scheduler="tcp://other:1").scheduler == "tcp://other:1"
    assert engine_for(*configured(tmp_path), scheduler=ADDRESS).kind is EngineKind.DASK


def test_a_cluster_without_an_address_is_told_with_the_place_that_asks_for_it(tmp_path: Path) -> None:
    with pytest.raises(InputError) as fault:
        engine_for(*configured(tmp_path, "engine: dask\n"))
    (problem,) = fault.value.problems
    assert problem.code == "config.scheduler-missing"
    assert str(problem.where) == "报告.yaml:7:1（engine）"
    with pytest.raises(InputError, match=r"config\.scheduler-missing"):
        engine_for(*configured(tmp_path), kind=EngineKind.DASK)


def test_an_option_that_would_say_nothing_is_refused(tmp_path: Path) -> None:
    dask = configured(tmp_path, f"engine: dask\nscheduler: {ADDRESS}\n")
    with pytest.raises(InputError, match=r"config.unused-option.*--workers"):
        engine_for(*dask, workers=4)
    with pytest.raises(InputError, match=r"config.unused-option.*--scheduler"):
        engine_for(*dask, kind=EngineKind.LOCAL, scheduler=ADDRESS)
