"""What everybody works at (工作台): the store and the settings; and who may do what.

Functions of this floor take the desk and the person who asks, first of all see whether that person may, and say
`not_found` about what is not theirs.
"""

from __future__ import annotations

from dataclasses import dataclass

from reportgen.problems import error
from reportgen.service.model import Person, Role
from reportgen.service.refusals import Forbidden
from reportgen.service.settings import Settings
from reportgen.service.store.opening import Store


@dataclass(frozen=True, slots=True)
class Desk:
    """The store and what IT has set (工作台)."""

    store: Store
    settings: Settings


def need_office(person: Person) -> None:
    """Refuse whoever is not of the office (限督查办)."""
    if not person.is_office:
        raise Forbidden(
            [error("service.not-allowed", "这一页只给督查办用", "部门请用发来的链接，或从首页进入自己的任务")]
        )


def need_admin(person: Person) -> None:
    """Refuse whoever is no administrator (限管理员)."""
    if person.role is not Role.ADMIN:
        raise Forbidden([error("service.not-allowed", "这一页只给管理员用", "请与管理员联系")])
