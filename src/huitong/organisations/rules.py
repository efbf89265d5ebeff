"""Who may act for whom: predicates without a database."""

from collections.abc import Iterable

from huitong.organisations.errors import NotAuthorityError, NotYourDepartmentError
from huitong.organisations.types import Actor, DepartmentLike, JurisdictionLike


def acts_for(actor: Actor, department: DepartmentLike) -> bool:
    """Whether the actor acts for the department (the platform acts for none)."""
    return actor.department_id is not None and actor.department_id == department.pk


def is_authority(actor: Actor, jurisdiction: JurisdictionLike, duty: str | None = None) -> bool:
    """Whether the actor's department holds the duty (None: any duty) in the jurisdiction."""
    if duty is None:
        return jurisdiction.code in actor.is_authority_of
    return (jurisdiction.code, duty) in actor.duties


def oversees(actor: Actor, lineage: Iterable[JurisdictionLike]) -> bool:
    """Whether the actor is an authority of the jurisdiction or of one that contains it.

    An area's authority directs all departments within the area (HL-5), so `lineage` is the
    jurisdiction followed by its parents.
    """
    return any(is_authority(actor, jurisdiction) for jurisdiction in lineage)


def require_acts_for(
    actor: Actor, department: DepartmentLike, *, cite: Iterable[str] = ("HL-6.1",)
) -> None:
    """Refuse an actor of another department.

    Raises: NotYourDepartmentError.
    """
    if not acts_for(actor, department):
        raise NotYourDepartmentError(
            actor=actor.name or actor.username, department=department.name, cite=cite
        )


def require_authority(
    actor: Actor,
    jurisdiction: JurisdictionLike,
    duty: str,
    *,
    cite: Iterable[str] = ("HL-5",),
) -> None:
    """Refuse an actor whose department does not hold the duty there.

    Raises: NotAuthorityError.
    """
    if not is_authority(actor, jurisdiction, duty):
        raise NotAuthorityError(
            actor=actor.name or actor.username,
            jurisdiction=jurisdiction.name,
            duty=duty,
            cite=cite,
        )
