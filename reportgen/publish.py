"""Finished files into their folder, all or none (发布): the old ones stay whole until the new ones are on disk."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from reportgen.problems import CannotWrite, Location, error

_STAGE = re.compile(r"\.reportgen-(\d+)-")


def publish(files: Mapping[str, bytes], folder: Path) -> None:
    """Put the files into `folder`, replacing those of the same names; others are left alone.

    All are written and synced beside their places first, so that a full disk or a kill loses nothing that was
    there. Raises `CannotWrite`.
    """
    stage: Path | None = None
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _sweep(folder)
        stage = Path(tempfile.mkdtemp(prefix=f".reportgen-{os.getpid()}-", dir=folder))
        for name, blob in files.items():
            _write(stage / name, blob)
        for name in files:
            os.replace(stage / name, folder / name)
        _sync_folder(folder)
    except OSError as fault:
        reason = fault.strerror or "写入失败"
        fix = "请检查文件夹的写入权限和磁盘空间；若文件正在 WPS 或 Word 中打开，请先关闭"
        where = Location(file=str(folder))
        raise CannotWrite([error("output.cannot-write", f"无法写入「{folder}」：{reason}", fix, where)]) from None
    finally:
        if stage is not None:
            shutil.rmtree(stage, ignore_errors=True)


def _write(path: Path, blob: bytes) -> None:
    with path.open("wb") as file:
        file.write(blob)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":  # Windows cannot open a folder for syncing
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _sweep(folder: Path) -> None:
    """Remove the stages of runs that were killed; a run that is still at work keeps its own."""
    for path in folder.iterdir():
        if (match := _STAGE.match(path.name)) and path.is_dir() and not _is_running(int(match[1])):
            shutil.rmtree(path, ignore_errors=True)


def _is_running(process: int) -> bool:
    if os.name == "nt":  # there, signal 0 is Ctrl-C: better leave a stage than stop a program
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
