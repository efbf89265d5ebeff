"""Acts on bodies and people: each one transaction and one entry."""

from huitong.organisations.actions.bodies import (
    assign_duty,
    change_kind,
    found_department,
    move_department,
    name_unit,
    rename_department,
    set_guide,
)
from huitong.organisations.actions.people import (
    appoint,
    end_post,
    register_person,
    set_password,
    stand_in,
)
from huitong.organisations.actions.places import (
    choose_regulation,
    found_jurisdiction,
    move_jurisdiction,
    recode_jurisdiction,
    rename_jurisdiction,
)

__all__ = [
    "appoint",
    "assign_duty",
    "change_kind",
    "choose_regulation",
    "end_post",
    "found_department",
    "found_jurisdiction",
    "move_department",
    "move_jurisdiction",
    "name_unit",
    "recode_jurisdiction",
    "register_person",
    "rename_department",
    "rename_jurisdiction",
    "set_guide",
    "set_password",
    "stand_in",
]
