"""dev.py: set-up decisions, its words and exit codes. Nothing here makes a real venv or calls apt-get."""

from __future__ import annotations

import ast
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[1]
PYTEST = f"pytest -n {(os.cpu_count() or 1) + 2} --dist worksteal"
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")


def load_dev() -> ModuleType:
    spec = importlib.util.spec_from_file_location("dev_under_test", ROOT / "dev.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


dev = load_dev()


def call_dev(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONIOENCODING": "utf-8"}
    command = [sys.executable, str(ROOT / "dev.py"), *arguments]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, encoding="utf-8", check=False)


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the two set-up files; apt-get and the making of a venv would fail the test."""
    for name in ("pyproject.toml", "requirements.lock"):
        shutil.copy(ROOT / name, tmp_path)

    def forbidden(parts: Sequence[object], root: Path) -> None:
        raise AssertionError(f"apt-get for {parts}")

    monkeypatch.setattr(dev, "install", forbidden)
    hide(monkeypatch)
    return tmp_path


def hide(monkeypatch: pytest.MonkeyPatch, *packages: str) -> None:
    """Let the machine seem to have everything but these."""

    def missing(purpose: str) -> list[object]:
        return [part for part in dev.PARTS[purpose] if part.package in packages]

    monkeypatch.setattr(dev, "missing_parts", missing)
    monkeypatch.setattr(dev, "may_install", lambda: False)


def finished_venv(root: Path, failing: dict[str, int] | None = None) -> None:
    """A `.venv` whose programs say their name and arguments, and fail where told to."""
    if sys.platform == "win32":
        pytest.skip("the stand-in programs are shell scripts")
    for name in ("python", "reportgen", "pytest", "ruff", "mypy"):
        program = Path(dev.tool(root, name))
        program.parent.mkdir(parents=True, exist_ok=True)
        program.write_text(f'#!/bin/sh\necho "{name} $*"\nexit {(failing or {}).get(name, 0)}\n')
        program.chmod(0o755)
    dev.stamp_file(root).write_text(dev.stamp_text(root), encoding="utf-8")


# What the user types


@pytest.mark.parametrize("arguments", [[], ["deploy"], ["demo", "now"], ["--help", "x"]])
def test_no_command_or_an_unknown_one_prints_chinese_usage_on_stderr_and_exits_2(
    arguments: list[str], tmp_path: Path
) -> None:
    result = call_dev(tmp_path, *arguments)
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr.startswith("用法：")


def test_help_prints_usage_on_stdout_and_exits_0(tmp_path: Path) -> None:
    result = call_dev(tmp_path, "--help")
    assert (result.returncode, result.stderr) == (0, "")
    assert "dev.py demo" in result.stdout
    assert "dev.py test" in result.stdout


def test_usage_on_a_terminal_without_chinese_is_no_traceback(tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    command = [sys.executable, str(ROOT / "dev.py")]
    result = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, check=False)
    assert result.returncode == 2
    assert b"Traceback" not in result.stderr


def test_an_old_python_gets_a_chinese_sentence_and_exit_3(capsys: pytest.CaptureFixture[str]) -> None:
    assert dev.main(["demo"], version=(3, 10)) == 3
    assert "需要 Python 3.11" in capsys.readouterr().err


def test_dev_py_parses_on_python_3_8_so_that_the_sentence_can_appear() -> None:
    ast.parse((ROOT / "dev.py").read_text(encoding="utf-8"), feature_version=(3, 8))


def test_dev_py_imports_the_standard_library_only() -> None:
    tree = ast.parse((ROOT / "dev.py").read_text(encoding="utf-8"))
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.split(".")[0] for name in names} <= sys.stdlib_module_names


# The system's parts


def test_missing_parts_are_those_of_the_purpose_that_are_not_present() -> None:
    assert dev.missing_parts("test", present=lambda part: True) == []
    needed = {purpose: {p.package for p in dev.missing_parts(purpose, lambda _: False)} for purpose in dev.PARTS}
    assert needed["venv"] == {"python3-venv"}
    assert needed["test"] - needed["demo"] == {
        "poppler-utils",
        "libreoffice-writer-nogui",
        "libreoffice-calc-nogui",
        "postgresql",
        "chromium",
    }
    assert needed["campaign"] - needed["test"] == {"7zip", "libarchive-tools", "unzip"}
    assert needed["bench"] - needed["demo"] == {"poppler-utils", "libreoffice-writer-nogui", "python3-uno"}
    assert needed["demo"] == {
        "libpango-1.0-0",
        "libpangoft2-1.0-0",
        "libharfbuzz-subset0",
        "texlive-lang-chinese",
        "fonts-liberation",
    }


def test_a_library_is_looked_for_by_the_names_of_each_system() -> None:
    assert not dev.library_loads("reportgen-no-such-library")
    assert dev.library_files("pango-1.0", "linux") == ["libpango-1.0.so.0"]
    assert dev.library_files("pango-1.0", "win32") == ["libpango-1.0-0.dll"]
    assert "/opt/homebrew/lib/libpango-1.0.dylib" in dev.library_files("pango-1.0", "darwin")


def test_a_font_pattern_matches_a_real_file_only(tmp_path: Path) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "a" / "b" / "face.otf").touch()
    inside = tmp_path.relative_to(tmp_path.anchor).as_posix()
    assert dev.any_file("no/such/file", f"{inside}/*/b/face.otf")
    assert not dev.any_file(f"{inside}/*/b/other.otf")


def test_the_line_to_run_installs_exactly_the_missing_packages() -> None:
    line = dev.apt_line(dev.PDF_PARTS[:2])
    assert line.endswith("sudo apt-get install -y --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0")


def test_without_root_what_is_missing_is_told_with_the_line_and_the_demo_goes_on(
    checkout: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    finished_venv(checkout)
    hide(monkeypatch, "libpango-1.0-0", "fonts-liberation")
    missing = dev.settle_system("demo", checkout, installing=False)
    assert [part.package for part in missing] == ["libpango-1.0-0", "fonts-liberation"]
    told = capsys.readouterr().err
    assert "Pango 排版库（libpango-1.0-0）：PDF 改由 Typst 排版" in told
    assert dev.apt_line(missing) in told


def test_without_the_venv_package_nothing_goes_on(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hide(monkeypatch, "python3-venv")
    with pytest.raises(dev.NotReady):
        dev.settle_system("demo", checkout, installing=False)
    finished_venv(checkout)
    assert dev.settle_system("demo", checkout, installing=False) == []


def test_apt_get_waits_for_another_apt_get_and_installs_exactly_the_missing_packages(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    commands: list[list[str]] = []
    answers = [
        (100, "E: Could not get lock /var/lib/apt/lists/lock."),
        (0, ""),
        (100, "E: Unable to locate package"),
    ]

    def run(command: list[str], root: Path, quiet: bool, variables: dict[str, str]) -> tuple[int, str]:
        assert variables["DEBIAN_FRONTEND"] == "noninteractive"
        commands.append(command)
        return answers[len(commands) - 1]

    monkeypatch.setattr(dev, "run", run)
    monkeypatch.setattr(dev.time, "sleep", lambda seconds: None)
    dev.install([dev.POPPLER], tmp_path)
    assert [command[3] for command in commands] == ["update", "update", "install"]
    assert "DPkg::Lock::Timeout=600" in commands[2]
    assert commands[2][4:] == ["-y", "--no-install-recommends", "poppler-utils"]
    assert "E: Unable to locate package" in capsys.readouterr().err


# The virtual environment


def test_the_stamp_changes_with_the_lock_with_pyproject_and_with_the_folder(checkout: Path, tmp_path: Path) -> None:
    before = dev.stamp_text(checkout).split("\n")
    with (checkout / "pyproject.toml").open("a", encoding="utf-8") as file:
        file.write("# changed\n")
    project = dev.stamp_text(checkout).split("\n")
    with (checkout / "requirements.lock").open("a", encoding="utf-8") as file:
        file.write("# changed\n")
    lock = dev.stamp_text(checkout).split("\n")
    assert [a == b for a, b in zip(before, project, strict=True)] == [True, False]
    assert [a == b for a, b in zip(project, lock, strict=True)] == [False, True]
    moved = shutil.copytree(checkout, tmp_path / "elsewhere")
    assert dev.stamp_text(moved) != dev.stamp_text(checkout)


def test_a_finished_venv_needs_no_work(checkout: Path) -> None:
    finished_venv(checkout)
    assert dev.venv_steps(checkout) == []


def test_after_a_change_of_pyproject_alone_only_the_project_is_installed_again(checkout: Path) -> None:
    finished_venv(checkout)
    with (checkout / "pyproject.toml").open("a", encoding="utf-8") as file:
        file.write("# changed\n")
    (step,) = dev.venv_steps(checkout)
    assert step[-6:] == ["install", "--no-deps", "--no-build-isolation", "--no-index", "-e", "."]


@pytest.mark.parametrize("damage", ["no stamp", "half a stamp", "no python", "changed lock", "nothing there"])
def test_a_half_made_or_outdated_venv_is_noticed_and_made_from_new(damage: str, checkout: Path) -> None:
    finished_venv(checkout)
    stamp = dev.stamp_file(checkout)
    if damage == "no stamp":
        stamp.unlink()
    elif damage == "half a stamp":
        stamp.write_bytes(stamp.read_bytes()[:20])
    elif damage == "no python":
        Path(dev.tool(checkout, "python")).unlink()
    elif damage == "changed lock":
        (checkout / "requirements.lock").write_text("changed", encoding="utf-8")
    else:
        shutil.rmtree(checkout / ".venv")
    make, packages, project = dev.venv_steps(checkout)
    assert make[1:] == ["-m", "venv", "--clear", ".venv"]
    assert packages[-3:] == ["--require-hashes", "-r", "requirements.lock"]
    assert project[-2:] == ["-e", "."]


def test_a_failing_pip_is_told_in_chinese_with_its_last_lines_and_leaves_no_stamp(
    checkout: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    finished_venv(checkout)
    (checkout / "requirements.lock").write_text("changed", encoding="utf-8")
    monkeypatch.setattr(dev, "run", lambda *_, **__: (1, "first\n" * 50 + "ERROR: No matching distribution"))
    assert dev.main(["demo"], root=checkout) == 3
    told = capsys.readouterr().err
    assert ".venv 未能备好" in told
    assert "ERROR: No matching distribution" in told
    assert told.count("first") < 20
    assert not dev.stamp_file(checkout).exists()


def test_a_missing_lock_is_a_sentence_and_exit_3(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (checkout / "requirements.lock").unlink()
    assert dev.main(["demo"], root=checkout) == 3
    assert "requirements.lock" in capsys.readouterr().err


# The commands


def test_the_demo_builds_both_formats_and_passes_the_exit_code_on(
    checkout: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    finished_venv(checkout, failing={"reportgen": 4})
    assert dev.main(["demo"], root=checkout) == 4
    assert capfd.readouterr().out == "reportgen build configs/qingping-2026h1.yaml --out out\n"


def test_without_pango_the_demo_has_its_pdf_by_the_other_engine_and_says_so(
    checkout: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    finished_venv(checkout)
    hide(monkeypatch, "libharfbuzz-subset0")
    assert dev.main(["demo"], root=checkout) == 0
    output = capfd.readouterr()
    assert output.out.endswith("--out out --pdf-engine typst\n")
    assert "PDF 由 Typst 排版。要用 WeasyPrint，本机还缺少：HarfBuzz 子集库" in output.err


def test_without_the_fandol_faces_the_demo_makes_both_formats(
    checkout: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    finished_venv(checkout)
    hide(monkeypatch, "texlive-lang-chinese")
    assert dev.main(["demo"], root=checkout) == 0
    output = capfd.readouterr()
    assert "--format" not in output.out
    assert "texlive-lang-chinese" in output.err


@pytest.mark.parametrize("package", ["libpango-1.0-0", "poppler-utils"])
def test_tests_do_not_run_without_pango_or_poppler(
    package: str, checkout: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    finished_venv(checkout)
    hide(monkeypatch, package)
    assert dev.main(["test"], root=checkout) == 3
    output = capfd.readouterr()
    assert output.out == ""
    assert f"--no-install-recommends {package}" in output.err


def test_all_four_checks_run_even_if_one_fails(checkout: Path, capfd: pytest.CaptureFixture[str]) -> None:
    finished_venv(checkout, failing={"mypy": 1})
    assert dev.main(["test"], root=checkout) == 1
    output = capfd.readouterr()
    assert output.out.splitlines() == ["ruff format --check", "ruff check", "mypy ", PYTEST]
    assert output.err.endswith("未通过：mypy\n")


def test_on_success_nothing_follows_the_closing_line_of_pytest(
    checkout: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    finished_venv(checkout)
    assert dev.main(["test"], root=checkout) == 0
    output = capfd.readouterr()
    assert output.out.endswith(f"{PYTEST}\n")
    assert output.err.endswith(f"── {PYTEST}\n")


def test_the_users_pytest_arguments_replace_the_default_and_the_lint(
    checkout: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    finished_venv(checkout, failing={"pytest": 5})
    assert dev.main(["test", "-q", "-k", "one thing"], root=checkout) == 5
    assert capfd.readouterr().out == "pytest -q -k one thing\n"


def test_the_campaign_is_the_tests_of_every_row_at_the_size_of_a_release(
    checkout: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    finished_venv(checkout, failing={"pytest": 1})
    assert dev.main(["campaign"], root=checkout) == 1
    assert capfd.readouterr().out == f"{PYTEST} -m campaign or row --reliability=README.md\n"


def test_pytest_takes_the_words_of_the_campaign() -> None:
    command = [sys.executable, "-m", "pytest", *dev.CAMPAIGN, "--help"]
    done = subprocess.run(command, cwd=dev.ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "--reliability=FILE" in done.stdout, "asked for help, pytest keeps silent about what it does not know"


def test_the_benchmark_takes_its_own_arguments_and_passes_its_exit_code_on(
    checkout: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    finished_venv(checkout, failing={"python": 1})
    assert dev.main(["bench", "--quick"], root=checkout) == 1
    assert capfd.readouterr().out == "python -m tests.bench.report --quick\n"


def test_the_benchmark_runs_without_libreoffice_but_not_without_poppler(
    checkout: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    finished_venv(checkout)
    hide(monkeypatch, "libreoffice-writer-nogui", "python3-uno")
    assert dev.main(["bench"], root=checkout) == 0
    output = capfd.readouterr()
    assert output.out == "python -m tests.bench.report\n"
    assert "不与一直开着的 LibreOffice 比快慢" in output.err
    hide(monkeypatch, "poppler-utils")
    assert dev.main(["bench"], root=checkout) == 3
    assert capfd.readouterr().out == ""


def test_ctrl_c_exits_130_without_a_traceback(
    checkout: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(root: Path) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(dev, "settle_venv", interrupted)
    assert dev.main(["demo"], root=checkout) == 130
    assert capsys.readouterr().err == "已中断。\n"


def test_the_exit_code_of_a_killed_program_is_the_shells(tmp_path: Path) -> None:
    code, output = dev.run([sys.executable, "-c", "print('词'); exit(7)"], tmp_path, quiet=True)
    assert code == 7
    if sys.platform != "win32":
        assert output == "词\n"
        assert dev.run(["sh", "-c", "kill -9 $$"], tmp_path, quiet=True)[0] == 137


def test_the_ci_script_is_executable_and_runs_the_tests() -> None:
    script = ROOT / ".ci" / "run"
    text = script.read_text(encoding="utf-8")
    assert "set -euo pipefail" in text
    assert text.endswith("exec python3 dev.py test\n")
    assert sys.platform == "win32" or os.access(script, os.X_OK)


# The lock


def plain_name(requirement: str) -> str:
    """The normalised name at the start of a requirement."""
    match = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert match, requirement
    return re.sub(r"[-_.]+", "-", match.group()).lower()


def test_no_file_of_the_set_up_names_an_index_host() -> None:
    for name in ("requirements.lock", "dev.py", ".ci/run"):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert "://" not in text, name
    assert not re.search(r"(?m)^\s*(-i|-f|--index-url|--extra-index-url|--find-links|--trusted-host)\b", LOCK)


def test_every_requirement_of_the_lock_is_pinned_and_has_a_hash() -> None:
    entries = re.split(r"(?m)^(?=[A-Za-z0-9])", re.sub(r"(?m)^\s*#.*\n", "", LOCK))[1:]
    assert len(entries) > 30
    for entry in entries:
        assert re.match(r"[A-Za-z0-9._-]+==\S+", entry), entry
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", entry), entry


def test_every_dependency_of_pyproject_is_in_the_lock() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = [*project["project"]["dependencies"], *project["build-system"]["requires"]]
    for extra in project["project"].get("optional-dependencies", {}).values():
        wanted += extra
    locked = {plain_name(line) for line in LOCK.splitlines() if re.match(r"[A-Za-z0-9]", line)}
    assert {plain_name(requirement) for requirement in wanted} <= locked | {"duban-reportgen"}


def test_the_top_level_holds_what_the_plan_names_and_nothing_that_somebody_left() -> None:
    if not (dev.ROOT / ".git").exists():
        pytest.skip("no checkout")
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=dev.ROOT, capture_output=True, text=True, check=True).stdout
    folders = {".ci", "configs", "reportgen", "samples", "templates", "tests"}
    files = {".gitignore", "README.md", "dev.py", "pyproject.toml", "requirements.lock"}
    assert {line.partition("/")[0] for line in listed.split("\0") if line} == folders | files
