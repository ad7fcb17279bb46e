"""The commands of a checkout: `python3 dev.py demo`, `python3 dev.py test`, `campaign` and `bench`.

All make `.venv` from requirements.lock, look for the system's libraries and fonts, and install what is
missing (as root with apt-get) or print the line that would. Standard library only. The file must parse on
Python 3.8, so that an old Python is answered with a sentence and not with a SyntaxError.

Exit codes: that of the program run · 2 wrong usage · 3 this machine cannot do it yet · 130 Ctrl-C.
"""

from __future__ import annotations

import ctypes
import hashlib
import importlib
import importlib.util
import io
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent
DONE, WRONG_USAGE, NOT_READY, INTERRUPTED = 0, 2, 3, 130
BUILD = ("reportgen", "build", "configs/qingping-2026h1.yaml", "--out", "out")
# Two more than the cores: many tests wait for processes. Who has no test left takes some of another's.
TOGETHER = ("-n", str((os.cpu_count() or 1) + 2), "--dist", "worksteal")
# In one word: pytest would take the file for the place of the tests before it knows the option.
CAMPAIGN = (*TOGETHER, "-m", "campaign or row", "--reliability=README.md")
CHECKS = (
    ("ruff", "format", "--check"),
    ("ruff", "check"),
    ("mypy",),
    ("pytest", *TOGETHER),
)
USAGE = """用法：
  python3 dev.py demo              准备环境，生成示例报告（DOCX 与 PDF），存入 out/
  python3 dev.py test              准备环境，运行格式检查、代码检查、类型检查和全部测试
  python3 dev.py test [pytest参数] 准备环境，只按所给参数运行 pytest
  python3 dev.py campaign          准备环境，运行发布前的可靠性演练，逐行列出结果，写入 README（几十分钟）
  python3 dev.py bench [--quick]   准备环境，与别的做法比快慢，写入 README（十几分钟；--quick 几分钟，不写）
  python3 dev.py --help            显示本说明
退出码：0 成功；2 用法有误；3 本机缺少所需条件；130 被中断；其余为所运行程序的退出码。"""


class NotReady(Exception):
    """The machine lacks something; the text is for the user."""


class Part(NamedTuple):
    """A piece of the operating system that pip cannot bring."""

    package: str  # its Debian name
    title: str
    loss: str  # what its absence means
    found: Callable[[], bool]


def library_files(stem: str, platform: str = sys.platform) -> list[str]:
    """File names to try: those that WeasyPrint opens, and the same in Homebrew's two folders."""
    if platform == "win32":
        return [f"lib{stem}-0.dll"]
    if platform == "darwin":
        folders = ("", "/opt/homebrew/lib/", "/usr/local/lib/")
        return [f"{folder}lib{stem}{end}" for folder in folders for end in (".0.dylib", ".dylib")]
    return [f"lib{stem}.so.0"]


def library_loads(stem: str) -> bool:
    """Opening it is the honest test, and quick; ctypes.util.find_library would start a compiler."""
    for name in library_files(stem):
        try:
            return bool(ctypes.CDLL(name))
        except OSError:
            continue
    return False


def any_file(*patterns: str) -> bool:
    return any(True for pattern in patterns for _ in Path("/").glob(pattern))


def fandol_there() -> bool:
    """All faces, in the TeX folders of Debian and Fedora, of Arch, or of TeX Live itself."""
    trees = [f"{top}/texmf-dist" for top in ("usr/share/texlive", "usr/share", "usr/local/texlive/*", "texlive/*")]
    faces = ("Fang-Regular", "Kai-Regular", "Hei-Regular", "Song-Regular", "Song-Bold")
    return all(any_file(*(f"{tree}/fonts/opentype/public/fandol/Fandol{face}.otf" for tree in trees)) for face in faces)


def times_there() -> bool:
    """Liberation Serif in Debian's or Fedora's folder, or Times New Roman itself (Windows, macOS)."""
    liberation = [f"usr/share/fonts/{middle}liberation*/LiberationSerif-Regular.ttf" for middle in ("", "truetype/")]
    return any_file(*liberation, "Windows/Fonts/times.ttf", "System/Library/Fonts/Supplemental/Times New Roman.ttf")


def office_has(library: str) -> bool:
    """Whether LibreOffice is there with that program of its own; it keeps them beside its start script."""
    program = shutil.which("soffice")
    return program is not None and (Path(program).resolve().parent / library).exists()


def venv_works() -> bool:
    """A bare Debian has the module `venv` but not `ensurepip`, without which a venv has no pip."""
    importlib.invalidate_caches()  # apt-get may have brought it while we run
    return all(importlib.util.find_spec(name) for name in ("venv", "ensurepip"))


VENV = Part("python3-venv", "Python 虚拟环境组件", "不能建立 .venv", venv_works)
PDF_PARTS = (
    Part("libpango-1.0-0", "Pango 排版库", "PDF 改由 Typst 排版", lambda: library_loads("pango-1.0")),
    Part("libpangoft2-1.0-0", "PangoFT2 排版库", "PDF 改由 Typst 排版", lambda: library_loads("pangoft2-1.0")),
    Part("libharfbuzz-subset0", "HarfBuzz 子集库", "PDF 改由 Typst 排版", lambda: library_loads("harfbuzz-subset")),
)
FONTS = (
    Part("texlive-lang-chinese", "Fandol 仿宋、楷体等字体", "PDF 改用随包的 Noto 字体，字形不同", fandol_there),
    Part("fonts-liberation", "西文和数字字体", "PDF 中数字、字母的字形不同", times_there),
)
POPPLER = Part("poppler-utils", "poppler 工具", "不能运行测试", lambda: shutil.which("pdftoppm") is not None)
LIBREOFFICE = Part(
    "libreoffice-writer-nogui",
    "LibreOffice 文字处理",
    "用它排版 Word 文件的测试会跳过",
    lambda: office_has("libswlo.so"),
)
LIBREOFFICE_CALC = Part(
    "libreoffice-calc-nogui",
    "LibreOffice 电子表格",
    "用它打开反馈表、转换表格的测试会跳过",
    lambda: office_has("libsclo.so"),
)
LIBREOFFICE_PYTHON = Part(
    "python3-uno",
    "LibreOffice 的 Python 接口",
    "不与一直开着的 LibreOffice 比快慢",
    lambda: any_file("usr/lib/python3/dist-packages/uno.py", "opt/libreoffice*/program/uno.py"),
)
POSTGRESQL = Part(
    "postgresql",
    "PostgreSQL 数据库",
    "用它的测试会跳过",
    lambda: shutil.which("initdb") is not None or any_file("usr/lib/postgresql/*/bin/initdb"),
)
UNPACKERS = (
    Part("7zip", "7-Zip", "用它解压的测试会跳过", lambda: any(map(shutil.which, ("7zz", "7z")))),
    Part("libarchive-tools", "bsdtar", "用它解压的测试会跳过", lambda: shutil.which("bsdtar") is not None),
    Part("unzip", "unzip", "用它解压的测试会跳过", lambda: shutil.which("unzip") is not None),
)
CHROMIUM = Part("chromium", "Chromium 浏览器", "网页的测试会跳过", lambda: shutil.which("chromium") is not None)
TESTED = (*PDF_PARTS, *FONTS, POPPLER, LIBREOFFICE, LIBREOFFICE_CALC, CHROMIUM, POSTGRESQL)
PARTS = {
    "venv": (VENV,),
    "demo": (*PDF_PARTS, *FONTS),
    "test": TESTED,
    # A campaign that had to leave something out writes no table.
    "campaign": (*TESTED, *UNPACKERS),
    "bench": (*PDF_PARTS, *FONTS, POPPLER, LIBREOFFICE, LIBREOFFICE_PYTHON),
}


def is_present(part: Part) -> bool:
    return part.found()


def missing_parts(purpose: str, present: Callable[[Part], bool] = is_present) -> list[Part]:
    """What a command, or the making of the `venv`, needs and the machine lacks."""
    return [part for part in PARTS[purpose] if not present(part)]


def apt_line(parts: Sequence[Part]) -> str:
    names = " ".join(part.package for part in parts)
    return f"sudo apt-get update && sudo apt-get install -y --no-install-recommends {names}"


def advice(parts: Sequence[Part]) -> str:
    """What is missing, what follows from it, and the line to run."""
    each = "\n".join(f"  · {part.title}（{part.package}）：{part.loss}" for part in parts)
    other = "" if shutil.which("apt-get") else "\n（以上为 Debian 包名；其他系统请安装对应的软件包。）"
    return f"本机缺少下列系统组件：\n{each}\n请由管理员执行下面一行，再重新运行：\n  {apt_line(parts)}{other}"


def say(text: str) -> None:
    """Our own words go to stderr: stdout is the child's alone, and its closing line stays last."""
    print(text, file=sys.stderr, flush=True)


def run(command: Sequence[str], root: Path, quiet: bool = False, variables: Mapping[str, str] = {}) -> tuple[int, str]:
    """Exit code, and with `quiet` the output, which is then not shown."""
    stdin, stdout, stderr = (subprocess.DEVNULL, subprocess.PIPE, subprocess.STDOUT) if quiet else (None, None, None)
    environment = {**os.environ, **variables}
    child = subprocess.Popen(command, cwd=root, env=environment, stdin=stdin, stdout=stdout, stderr=stderr)
    try:
        output, _ = child.communicate()
    except KeyboardInterrupt:  # it has reached the child too: let apt-get or pytest put things in order first
        try:
            child.wait(timeout=10)
        except subprocess.TimeoutExpired:
            child.terminate()
        raise
    code = child.returncode if child.returncode >= 0 else 128 - child.returncode
    return code, (output or b"").decode("utf-8", errors="replace")


def last_lines(text: str, count: int = 12) -> str:
    return "\n".join("  | " + line for line in text.strip().splitlines()[-count:])


def may_install() -> bool:
    """Only root changes the machine, and only where apt-get is."""
    return getattr(os, "geteuid", lambda: 1)() == 0 and shutil.which("apt-get") is not None


def install(parts: Sequence[Part], root: Path) -> None:
    """Exactly these packages; a failure is told here, its meaning follows from what is missing afterwards."""
    names = [part.package for part in parts]
    say(f"正在安装系统组件（约需几分钟）：{'、'.join(names)}")
    no_questions = {"DEBIAN_FRONTEND": "noninteractive"}
    apt = ["apt-get", "-o", "DPkg::Lock::Timeout=600"]
    for _ in range(60):  # that time limit leaves out the package lists, which another apt-get may be fetching
        code, update = run([*apt, "update"], root, quiet=True, variables=no_questions)
        if code == 0 or "/lists/lock" not in update:
            break
        time.sleep(10)
    command = [*apt, "install", "-y", "--no-install-recommends", *names]
    code, output = run(command, root, quiet=True, variables=no_questions)
    if code:
        say(f"系统组件未能装好，apt-get 最后几行输出：\n{last_lines(update, 4)}\n{last_lines(output, 8)}")


def settle_system(purpose: str, root: Path, installing: bool) -> list[Part]:
    """Install, or point out, what is missing; returns what is missing still."""
    purposes = ("venv", purpose) if len(venv_steps(root)) > 1 else (purpose,)
    missing = [part for name in purposes for part in missing_parts(name)]
    if missing and installing:
        install(missing, root)
        missing = [part for name in purposes for part in missing_parts(name)]
    if missing:
        say(advice(missing))
    if VENV in missing:
        raise NotReady("缺少建立 .venv 的组件，不能继续。")
    if purpose in ("test", "campaign") and {*missing} & {*PDF_PARTS, POPPLER}:
        raise NotReady("测试要用到上述组件，没有运行。")
    if purpose == "bench" and POPPLER in missing:  # it reads back what was made; the rest only leaves peers out
        raise NotReady("比快慢时要用 poppler 核对内容，没有运行。")
    return missing


def tool(root: Path, name: str) -> str:
    return str(root / ".venv" / ("Scripts" if sys.platform == "win32" else "bin") / name)


def stamp_file(root: Path) -> Path:
    return root / ".venv" / "dev-stamp.txt"


def stamp_text(root: Path) -> str:
    """Hashes of what the packages hang on (programs in a venv name its folder) and of pyproject.toml."""
    machine = f"{sys.version_info[:3]} {sys.platform} {root}".encode()
    parts = ((root / "requirements.lock").read_bytes() + machine, (root / "pyproject.toml").read_bytes())
    return "\n".join(hashlib.sha256(part).hexdigest() for part in parts)


def stamp_found(root: Path) -> str:
    """The stamp of a whole `.venv`; empty if it was cut off (the stamp comes last) or has lost a program."""
    programs = ("python", "reportgen", "pytest", "ruff", "mypy")
    whole = stamp_file(root).is_file() and all(shutil.which(tool(root, name)) for name in programs)
    return stamp_file(root).read_text(encoding="utf-8", errors="replace") if whole else ""


def venv_steps(root: Path) -> list[list[str]]:
    """What brings `.venv` up to date: nothing, the last step (if only pyproject.toml changed), or all."""
    wanted, found = stamp_text(root), stamp_found(root)
    # Called from inside .venv, the new one must not stand on the Python that is about to be cleared away.
    make = [getattr(sys, "_base_executable", "") or sys.executable, "-m", "venv", "--clear", ".venv"]
    pip = [tool(root, "python"), "-m", "pip", "--disable-pip-version-check", "--no-input", "install"]
    packages = [*pip, "--require-hashes", "-r", "requirements.lock"]
    project = [*pip, "--no-deps", "--no-build-isolation", "--no-index", "-e", "."]
    if found == wanted:
        return []
    return [project] if found.split("\n")[0] == wanted.split("\n")[0] else [make, packages, project]


def settle_venv(root: Path) -> None:
    steps = venv_steps(root)
    if not steps:
        return
    say("正在建立 .venv 并安装依赖（约需一两分钟）……" if len(steps) > 1 else "正在按 pyproject.toml 更新 .venv……")
    stamp = stamp_text(root)
    stamp_file(root).unlink(missing_ok=True)
    for step in steps:
        code, output = run(step, root, quiet=True)
        if code:
            raise NotReady(f".venv 未能备好（常见原因：网络不通、目录不可写）。最后几行输出：\n{last_lines(output)}")
    stamp_file(root).write_text(stamp, encoding="utf-8")


def demo(root: Path, missing: Sequence[Part]) -> int:
    # On macOS the loader does not look into Homebrew's folder by itself.
    paths = {"DYLD_FALLBACK_LIBRARY_PATH": "/opt/homebrew/lib:/usr/local/lib:/usr/lib"}
    lacking = [part.title for part in missing if part in PDF_PARTS]
    command = [tool(root, BUILD[0]), *BUILD[1:], *(("--pdf-engine", "typst") if lacking else ())]
    code, _ = run(command, root, variables=paths if sys.platform == "darwin" else {})
    if lacking:
        say(f"PDF 由 Typst 排版。要用 WeasyPrint，本机还缺少：{'、'.join(lacking)}（安装命令见上文）。")
    return code


def test(root: Path, arguments: Sequence[str]) -> int:
    """Every check runs even if one fails; pytest is the last, so that its closing line is."""
    failed: list[tuple[str, int]] = []
    for name, *rest in [("pytest", *arguments)] if arguments else CHECKS:
        title = " ".join((name, *rest))
        say(f"── {title}")
        code, _ = run([tool(root, name), *rest], root)
        failed += [(title, code)] if code else []
    if failed:
        say("未通过：" + "；".join(title for title, _ in failed))
    return failed[0][1] if failed else DONE


def bench(root: Path, arguments: Sequence[str]) -> int:
    return run([tool(root, "python"), "-m", "tests.bench.report", *arguments], root)[0]


def main(arguments: Sequence[str], root: Path = ROOT, version: tuple[int, ...] = tuple(sys.version_info[:2])) -> int:
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a terminal without Chinese gets question marks, not a traceback
            stream.reconfigure(errors="replace")
    if version < (3, 11):
        say(f"本程序需要 Python 3.11 或更高版本，当前是 {version[0]}.{version[1]}，请换用新版 Python。")
        return NOT_READY
    if list(arguments) in (["--help"], ["-h"]):
        print(USAGE)
        return DONE
    if list(arguments) not in (["demo"], ["campaign"]) and list(arguments[:1]) not in (["test"], ["bench"]):
        say(USAGE)
        return WRONG_USAGE
    try:
        purpose, *rest = arguments
        missing = settle_system(purpose, root, may_install())
        settle_venv(root)
        if purpose == "bench":
            return bench(root, rest)
        return demo(root, missing) if purpose == "demo" else test(root, CAMPAIGN if purpose == "campaign" else rest)
    except KeyboardInterrupt:
        say("已中断。")
        return INTERRUPTED
    except (NotReady, OSError) as problem:
        say(f"{'' if isinstance(problem, NotReady) else '文件读写出错，不能继续：'}{problem}")
        return NOT_READY


if __name__ == "__main__":
    if sys.platform == "win32":  # where WeasyPrint looks for the libraries of MSYS2
        for folder in os.getenv("WEASYPRINT_DLL_DIRECTORIES", r"C:\msys64\ucrt64\bin").split(";"):
            if os.path.isdir(folder):
                os.add_dll_directory(folder)
    sys.exit(main(sys.argv[1:]))
