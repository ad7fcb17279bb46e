"""The least versions of libraries (库的最低版本): what is here is not below them, nor what may be installed."""

from __future__ import annotations

import re
import tomllib
from datetime import date
from importlib.metadata import PackageNotFoundError

import pytest

from reportgen.versions import LEAST, LOOKED_AT, Least, installed, is_below, too_old
from tests.limits_chapter import versions_table
from tests.projects import ROOT

HERE = {each.least.package: each for each in installed()}
_NAME = re.compile(r"([a-z0-9-]+)(?:\[[a-z0-9,]+\])?([<>=!~].*)?", re.IGNORECASE)


@pytest.mark.row("V1")
@pytest.mark.parametrize("least", LEAST, ids=lambda least: least.package)
def test_what_is_installed_is_not_below(least: Least) -> None:
    found = HERE[least.package]
    assert found.version is not None, "the tests need all parts of the program"
    assert not is_below(found.version, least.version)


def locked() -> dict[str, str]:
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    return dict(re.findall(r"^([a-z0-9.-]+)==([^ ;\\]+)", text, re.MULTILINE))


@pytest.mark.parametrize("least", LEAST, ids=lambda least: least.package)
def test_what_the_lock_installs_is_not_below(least: Least) -> None:
    assert not is_below(locked()[least.package], least.version)


def bounds() -> dict[str, str]:
    """The lower bound of each library that pyproject asks for."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    asked = [*project["dependencies"], *(each for part in project["optional-dependencies"].values() for each in part)]
    found = {}
    for each in asked:
        match = _NAME.fullmatch(each)
        assert match, each
        if least := re.search(r">=([\d.]+)", match[2] or ""):
            found[match[1].lower()] = least[1]
    return found


def test_pyproject_asks_for_nothing_below() -> None:
    asked = bounds()
    below = {each.package: asked[each.package] for each in LEAST if each.package in asked}
    assert [name for name, bound in below.items() if is_below(bound, LEASTS[name].version)] == []
    # What comes with another library has no bound of its own; a known fault in it would need one.
    assert [each.package for each in LEAST if each.package not in asked and each.advisories] == []


LEASTS = {each.package: each for each in LEAST}


def test_each_library_stands_once_with_its_reason_and_a_day() -> None:
    assert len(LEASTS) == len(LEAST)
    assert date(2026, 11, 23) <= LOOKED_AT
    for each in LEAST:
        assert re.search(r"[\u4e00-\u9fff]{3}", each.why), each.package
        assert all(re.fullmatch(r"CVE-\d{4}-\d{4,}", advisory) for advisory in each.advisories)


@pytest.mark.parametrize(
    ("one", "least", "below"),
    [
        ("6.0.4", "6.1.0", True),
        ("6.1", "6.1.0", False),
        ("6.1.0.1", "6.1.0", False),
        ("12.3.0rc1", "12.3.0", True),
        ("12.3.0.dev2", "12.3", True),
        ("12.3.0+debian1", "12.3.0", False),
        ("12.3.0.post1", "12.3.0", False),
        ("10.0", "9.9", False),
        ("0.0.9", "0.0.34", True),
        ("2026.11.15", "2024.11", False),
    ],
)
def test_versions_are_compared_as_numbers(one: str, least: str, below: bool) -> None:
    assert is_below(one, least) is below


def test_a_library_that_is_too_old_is_told_with_what_it_lets_happen_and_what_to_do() -> None:
    def ask(package: str) -> str:
        if package == "distributed":
            raise PackageNotFoundError
        return "6.0.2" if package == "lxml" else "9999"

    (problem,) = too_old(tuple(installed(ask)))
    assert problem.code == "library.outdated"
    assert "lxml 是 6.0.2，应不低于 6.1.0" in problem.what
    assert "CVE-2026-41066" in problem.what
    assert 'pip install -U "lxml>=6.1.0"' in problem.fix


def test_the_table_of_versions_in_the_readme_is_the_one_that_holds() -> None:
    assert versions_table() in (ROOT / "README.md").read_text(encoding="utf-8")
