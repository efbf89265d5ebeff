"""Acts on bodies and people: each one transaction and one entry."""

from huitong.organisations.actions.bodies import (
    change_kind,
    found_department,
    move_department,
    rename_department,
    set_guide,
)
from huitong.organisations.actions.delegating import (
    delegate,
    end_delegation,
)
from huitong.organisations.actions.duties import assign_duty, name_unit
from huitong.organisations.actions.ending import end_department
from huitong.organisations.actions.merging import merge_jurisdiction
from huitong.organisations.actions.papers import (
    close_paper,
    file_paper,
    report_on,
)
from huitong.organisations.actions.people import (
    appoint,
    change_contact,
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
    "change_contact",
    "change_kind",
    "choose_regulation",
    "close_paper",
    "delegate",
    "end_delegation",
    "end_department",
    "end_post",
    "file_paper",
    "found_department",
    "found_jurisdiction",
    "merge_jurisdiction",
    "move_department",
    "move_jurisdiction",
    "name_unit",
    "recode_jurisdiction",
    "register_person",
    "rename_department",
    "rename_jurisdiction",
    "report_on",
    "set_guide",
    "set_password",
    "stand_in",
]
