"""The drawing library (画图组件), loaded when a chart is asked for: without a look at the machine's faces.

It keeps a list of all installed faces, made when it is first loaded, and writes it into the user's folder. Ours come by
file, so that it gets an empty list, in a temporary folder of this process.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from reportgen.problems import EnvironmentLacking, error
from reportgen.temporary import process_folder

INSTALL_CHARTS = "请运行 pip install 'duban-reportgen[charts]'；或从模板里去掉 charts，不画图"

_SETTINGS = {
    "svg.fonttype": "none",
    "svg.hashsalt": "reportgen",
    "text.parse_math": False,
    "axes.unicode_minus": False,
    "figure.facecolor": "white",
    "axes.facecolor": "white",
    "path.simplify": False,
}


_EMPTY: Mapping[str, Any] = {
    "ttflist": [],
    "afmlist": [],
    "default_size": None,
    "defaultFamily": {"ttf": "DejaVu Sans", "afm": "Helvetica"},
    "_FontManager__default_weight": "normal",
}


def lacking(what: str) -> EnvironmentLacking:
    """The fault of a machine without the libraries of charts (缺少画图组件)."""
    return EnvironmentLacking([error("charts.no-library", f"这台机器缺少{what}，不能生成带图的报告", INSTALL_CHARTS)])


def load() -> None:
    """Load the library now (预先载入), if it is installed: in a process that forks those which will draw."""
    with suppress(EnvironmentLacking):
        _loaded()


@contextmanager
def drawing() -> Iterator[Any]:
    """The library with our settings and nobody else's; raises `EnvironmentLacking` where it is not installed."""
    library = _loaded()
    with library.rc_context():
        library.rcdefaults()
        library.rcParams.update(_SETTINGS)
        yield library


@cache
def _loaded() -> Any:
    if find_spec("matplotlib") is None:
        raise lacking("画图的组件（matplotlib）")
    folder = process_folder() / "drawing"
    folder.mkdir(exist_ok=True)
    with _environment(MPLCONFIGDIR=str(folder), MATPLOTLIBRC=os.devnull, MPLBACKEND="svg"):
        import matplotlib

        if version := _list_version(Path(matplotlib.__file__).with_name("font_manager.py")):
            empty = {"_version": version, "__class__": "FontManager", **_EMPTY}
            (folder / f"fontlist-v{version}.json").write_text(json.dumps(empty), encoding="utf-8")
        import matplotlib.font_manager
    return matplotlib


def _list_version(module: Path) -> str:
    """Which form of its list the library reads; with another one it would make its own, which only takes longer."""
    found = re.search(r"""^    __version__ = ['"]([\w.]+)['"]""", module.read_text(encoding="utf-8"), re.MULTILINE)
    return found[1] if found else ""


@contextmanager
def _environment(**values: str) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
