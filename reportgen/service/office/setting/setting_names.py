"""What a setting file may be called (设置文件名): a path beside the configuration that every system takes."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import PurePosixPath

from reportgen.naming import MAX_BYTES, folded, is_file_name
from reportgen.problems import InputError, error


def setting_name(said: str) -> str:
    """A path beside the configuration (设置文件名), with `/`; refused is what leads out, or no system takes."""
    parts = said.replace("\\", "/").split("/")
    is_long = len(said.encode("utf-8", "replace")) > MAX_BYTES
    # `~` is somebody's home folder to some programs.
    if is_long or said.startswith("~") or not all(is_file_name(part) for part in parts):
        fix = '文件名不要带盘符、“..”“~”和 :*?"<>| 这些符号，也不要太长'
        raise InputError([error("service.wrong-name", f"「{said[:60]}」不能作设置文件的名字", fix)])
    return "/".join(parts)


def refuse_nested(names: Iterable[str]) -> None:
    """Refuse a file with the name of a folder in which another one stands (与文件夹重名): no disk takes both."""
    known = {folded(name): name for name in names}
    for name in known.values():
        for folder in PurePosixPath(name).parents:
            if found := known.get(folded(folder.as_posix())):
                what = f"设置文件「{found}」与「{name}」所在的文件夹重名"
                raise InputError([error("service.wrong-name", what, "请把其中一个改名，配置里写到它的地方一起改")])
