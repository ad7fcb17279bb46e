"""Bad configurations, templates and style sheets (有毛病的配置、模板、版式), one list for all tests.

The files lie in `tests/bad/`, each with a side file `<name>.expect` of lines `severity code part-of-the-place`.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from reportgen.judging.rules import Rules
from reportgen.ledger.model import Entry, Ledger, Sheet
from reportgen.limits import STANDARD
from reportgen.problems import InputError, Location, Problem, refuse_errors
from reportgen.proof.settings import Settings
from reportgen.source import read_file, read_source
from reportgen.template.compose import compose, prepare
from reportgen.template.loading import check_model, load_config, load_rules, load_styles, load_template
from reportgen.template.schema import Config

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "tests/bad"
ASKED = Location(file="test")

PLAIN_CONFIG = """\
version: 1
template: x
ledger: x.xlsx
year: 2026
period: 1—6月
issuer: 甲区督查室
"""
CELL = {"text": Location(file="台账.xlsx", sheet="重点任务", cell="C2")}
ONE_TASK = Ledger(file="台账.xlsx", tasks=(Entry(sheet=Sheet.TASKS, text="任务", judgement="正常推进", cells=CELL),))

Expects = list[tuple[str, str, str]]


@dataclass(frozen=True)
class BadConfig:
    """A bad input, how it is read, and (severity, code, part of the place) of what must be said of it."""

    name: str
    load: Callable[[], tuple[Problem, ...]]
    expects: Expects

    def problems(self) -> tuple[Problem, ...]:
        """All problems that reading it raises or gives."""
        try:
            return self.load()
        except InputError as fault:
            return fault.problems


def _load_config(path: Path) -> tuple[Problem, ...]:
    config, source = load_config(path, path.name)
    template = load_template(config.template, ROOT, source.locate(("template",)))
    return prepare(*template, config, source).problems


def _load_template(path: Path) -> tuple[Problem, ...]:
    template = load_template(path.name, path.parent, ASKED)
    source = read_source(PLAIN_CONFIG.encode(), "config.yaml")
    prepared = prepare(*template, check_model(Config, source), source)
    refuse_errors(prepared.problems)
    return (*prepared.problems, *compose(prepared.value, ONE_TASK).problems)


def _load_style(path: Path) -> tuple[Problem, ...]:
    load_styles(path.name, path.parent, ASKED)
    return ()


def _load_judging(path: Path) -> tuple[Problem, ...]:
    load_rules("judging", Rules, path.name, path.parent, ASKED)
    return ()


def _load_checking(path: Path) -> tuple[Problem, ...]:
    load_rules("checking", Settings, path.name, path.parent, ASKED)
    return ()


_LOADERS = {
    "config": _load_config,
    "template": _load_template,
    "style": _load_style,
    "judging": _load_judging,
    "checking": _load_checking,
}


def _files() -> Iterator[BadConfig]:
    for side in sorted(FOLDER.glob("*.expect")):
        path = side.with_suffix("")
        load = _LOADERS.get(path.name.partition("-")[0])
        if load is not None:
            yield BadConfig(path.name, lambda load=load, path=path: load(path), expected_lines(side))  # type: ignore[misc]


def expected_lines(side: Path) -> Expects:
    """(severity, code, part of the place) of each line of a side file."""
    lines = [line.split(" ", 2) for line in side.read_text(encoding="utf-8").splitlines() if line.strip()]
    return [(line[0], line[1], line[2] if len(line) > 2 else "") for line in lines]


def _too_large() -> tuple[Problem, ...]:
    read_source(b"#" * (STANDARD.texts.file_bytes + 1), "large.yaml")
    return ()


@contextmanager
def _folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as name:
        yield Path(name)


def _file_at(name: str) -> Callable[[], tuple[Problem, ...]]:
    """Reads a path in a folder that holds the file `half-year.yaml` and the folder `sub.yaml`."""

    def load() -> tuple[Problem, ...]:
        with _folder() as folder:
            (folder / "half-year.yaml").write_text("x: 1", encoding="utf-8")
            (folder / "sub.yaml").mkdir()
            read_file(folder / name, name)
        return ()

    return load


BAD_CONFIGS = [
    *_files(),
    BadConfig("large.yaml", _too_large, [("error", "text.too-large", "large.yaml:1")]),
    BadConfig("missing file", _file_at("half-yaer.yaml"), [("error", "file.not-found", "half-yaer.yaml")]),
    BadConfig("missing folder", _file_at("no/half-year.yaml"), [("error", "file.not-found", "no/half-year.yaml")]),
    BadConfig("a folder", _file_at("sub.yaml"), [("error", "file.is-folder", "sub.yaml")]),
    # A path through a file stands for every file that the system does not give: root may read all others.
    BadConfig("unreadable", _file_at("half-year.yaml/x"), [("error", "file.unreadable", "half-year.yaml/x")]),
]
