"""Departments named by their words: found, listed to be chosen from, and never guessed."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from huitong.organisations.models import Department
from huitong.web import starting
from huitong.web.forms.steps import PREFIX, FactsForm
from huitong.web.starting import Party

NAME, PICK = "party_", "pick_"


class PartiesForm(FactsForm):
    """The facts of a step, and the departments that take part, named without scripts.

    A department is found by its code or full name at once; what is only like a name is listed to
    be chosen from (`pick_…`), so that nobody is made a party unseen.
    """

    def __init__(self, *args: Any, lang: str, **kwargs: Any) -> None:  # noqa: ANN401  as Django's own
        super().__init__(*args, lang=lang, **kwargs)
        self.lang = lang
        self.parties: tuple[Party, ...] = ()
        self.found: dict[str, list[Department]] = {}
        self.chosen: dict[str, Department] = {}

    def ask_parties(self, parties: Sequence[Party], known: Collection[str]) -> None:
        """Add a field for each department that is not known to be one's own."""
        self.parties = tuple(parties)
        for party in self.parties:
            if party.key in known:
                continue
            self.fields[NAME + party.key] = forms.CharField(
                label=party.names.get(self.lang),
                required=False,
                max_length=200,
                help_text=_("填部门全称、代码或名称中的几个字，按“查找部门”列出供选择。"),
            )
        facts = [name for name in self.fields if name.startswith(PREFIX)]
        others = [name for name in self.fields if name not in facts]
        self.order_fields([*others, *facts])

    @property
    def fact_fields(self) -> list[forms.BoundField]:
        """Return the facts in the order in which the entry asks for them."""
        return [self[name] for name in self.fields if name.startswith(PREFIX)]

    @property
    def party_fields(self) -> list[dict[str, Any]]:
        """Return the departments to be named, each with those that its words may mean."""
        return [
            {
                "field": self[NAME + party.key],
                "needed": party.needed,
                "cite": party.cite,
                "pick": PICK + party.key,
                "found": [
                    {
                        "code": one.code,
                        "name": one.name,
                        "place": one.jurisdiction.name,
                        "chosen": self.data.get(PICK + party.key) == one.code,
                    }
                    for one in self.found.get(party.key, ())
                ],
            }
            for party in self.parties
            if NAME + party.key in self.fields
        ]

    def look_up(self) -> None:
        """Find the departments that the words mean; what is not found becomes a fault."""
        for party in self.parties:
            words = str(self.data.get(NAME + party.key, "")).strip()
            if NAME + party.key not in self.fields or not words:
                continue
            found = starting.departments_like(words)
            picked = [one for one in found if one.code == self.data.get(PICK + party.key)]
            exact = [one for one in found if words in (one.code, one.name, one.name_en)]
            if picked or len(exact) == 1:
                self.chosen[party.key] = (picked or exact)[0]
            if len(found) > 1 or (found and not exact):
                self.found[party.key] = found
            if not found:
                self.add_error(NAME + party.key, _("没有找到名称含“%s”的部门。") % words)

    def name_parties(self, known: Mapping[str, Department]) -> dict[str, Department]:
        """Return all departments: those that follow from the subject, and those that were named.

        Adds an error for each that is needed and missing. Valid forms only.
        """
        named = {**self.chosen, **known}
        wanted = {party.key for party in self.parties}
        for party in self.parties:
            if party.key in named or NAME + party.key not in self.fields:
                continue
            if party.key in self.found:
                self.add_error(NAME + party.key, _("请从列出的部门中选择一个。"))
            elif party.needed:
                self.add_error(NAME + party.key, _("请填写该部门。"))
        return {key: one for key, one in named.items() if key in wanted}

    def forget_faults_but_of_parties(self) -> None:
        """Keep only what is wrong with the departments: the rest is still being filled in."""
        for name in [name for name in self.errors if not name.startswith(NAME)]:
            del self.errors[name]
