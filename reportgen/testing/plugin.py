"""The pytest plugin (比对基准插件): the fixture `golden`, `--update-golden`, and which golden files no test used.

Every pytest in an environment with this package loads this module: it imports nothing but pytest and the standard
library, and does nothing until a test asks for the fixture. The entry point has the module's own name, so that
`-p reportgen.testing.plugin` or `pytest_plugins` in a project's conftest.py beside it registers nothing twice.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from reportgen.testing.usage import Usage, unused

if TYPE_CHECKING:
    from reportgen.testing.goldens import Golden

FOLDER = "golden"
"""The folder of the golden files, beside the test file (基准文件夹)."""

_OPTION, _SETTING, _SENT = "--update-golden", "golden_folder", "reportgen_golden"
_USAGE = pytest.StashKey[Usage]()
# What CI services set `CI` to where they are none.
_NO = ("", "0", "false", "no", "off")


def pytest_addoption(parser: pytest.Parser) -> None:
    """The option and the setting (选项与设置)."""
    parser.getgroup("reportgen").addoption(
        _OPTION, action="store_true", help="accept what the tests made as the new golden files (接受为新的比对基准)"
    )
    parser.addini(_SETTING, f"folder of the golden files, from rootdir on; else `{FOLDER}` beside each test file")


def pytest_configure(config: pytest.Config) -> None:
    """Refuse to accept anything where nobody looks (CI 里不更新)."""
    config.stash[_USAGE] = Usage()
    if config.getoption(_OPTION) and os.environ.get("CI", "").strip().casefold() not in _NO:
        raise pytest.UsageError(
            f"{_OPTION} 不能在 CI 里用（环境变量 CI 已设置）：请在自己的电脑上运行，看过新的基准文件再提交"
        )


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Note which tests use golden files (登记用到基准的测试), before any of them is deselected."""
    config.stash[_USAGE].expected |= {item.nodeid for item in items if "golden" in getattr(item, "fixturenames", ())}


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> None:
    """Note which tests came to their end (登记通过的测试): what a skipped or failed one uses is not known."""
    if call.when == "call" and call.excinfo is None:
        item.config.stash[_USAGE].passed.add(item.nodeid)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """A worker of pytest-xdist tells what it saw (并行进程上报)."""
    output: dict[str, Any] | None = getattr(session.config, "workeroutput", None)
    if output is not None:
        output[_SENT] = session.config.stash[_USAGE].as_plain()


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: object) -> None:
    """What a worker of pytest-xdist saw (收并行进程的上报)."""
    if sent := getattr(node, "workeroutput", {}).get(_SENT):
        node.config.stash[_USAGE].add(sent)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """What was accepted, and which golden files no test used (本次更新的、没有测试用到的), by their names."""
    usage = config.stash[_USAGE]
    told = [(f"已更新的比对基准（{len(usage.updated)} 个）", sorted(usage.updated))] if usage.updated else []
    if idle := unused(usage, _searched(config)):
        told.append((f"没有测试用到的比对基准（{len(idle)} 个；确认不要了，就删掉）", [str(path) for path in idle]))
    for title, paths in told:
        terminalreporter.section(title, sep="-")
        for path in paths:
            terminalreporter.write_line(_from(config.rootpath, path))


def _searched(config: pytest.Config) -> tuple[Path, ...]:
    """The folders of which every test was run; none where the run was narrowed to some of them."""
    if any(config.getoption(name, None) for name in ("lf", "ignore", "ignore_glob")):
        return ()
    start = config.invocation_params.dir
    return tuple(path.resolve() for path in (start / argument for argument in config.args) if path.is_dir())


def _from(root: Path, path: str) -> str:
    return os.path.relpath(path, root) if Path(path).is_relative_to(root) else path


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Golden:
    """Compares what a test made with an accepted file (比对基准): `golden.check(报告, "半年报告", layer="text")`."""
    from reportgen.testing.goldens import Golden

    config = request.config
    setting = str(config.getini(_SETTING) or "")
    return Golden(
        folder=config.rootpath / setting if setting else request.path.parent / FOLDER,
        owner=config.rootpath if setting else request.path.parent,
        beside=request.path.parent,
        root=config.rootpath,
        test=request.node.nodeid,
        update=bool(config.getoption(_OPTION)),
        usage=config.stash[_USAGE],
    )
