"""Who belongs to an association, and so sees what is internal there: the one clause of every query about it."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, exists, or_

from db.models import Insider, Member, MemberStatus

IS_ACTIVE = Member.status == MemberStatus.ACTIVE.value


def is_inside(person: Any, there: Callable[[Any], ColumnElement[bool]]) -> ColumnElement[bool]:
    """True of a person whom an organiser has confirmed there, or who is an active member there.

    `there` says of a column that holds an association's id whether that one is meant. Those who organise there
    see the same: `db.roles` says who they are.
    """
    return or_(
        exists().where(Insider.person_id == person, there(Insider.association_id)),
        exists().where(Member.person_id == person, IS_ACTIVE, there(Member.association_id)),
    )
