"""Departments named by their words: found, listed to be chosen from, and never guessed."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from huitong.cases import several
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
        self.asked: tuple[Party, ...] = ()
        self.parties: tuple[Party, ...] = ()
        self.found: dict[str, list[Department]] = {}
        self.chosen: dict[str, Department] = {}

    def ask_parties(self, parties: Sequence[Party], known: Collection[str]) -> None:
        """Add a field for each department that is not known to be one's own."""
        self.asked = tuple(parties)
        found: list[Party] = []
        for party in self.asked:
            names = [party.key]
            if party.several:
                # One more than were named: without scripts "find" brings the next line.
                filled = [s for s in several.of(party.key, self._named_seats()) if self._words(s)]
                last = max((_place(seat) for seat in filled), default=0)
                names = [
                    several.named(party.key, n) for n in range(1, min(last, several.MOST - 1) + 2)
                ]
            for place, seat in enumerate(names, start=1):
                if seat in known:
                    continue
                own = replace(party, key=seat, needed=party.needed and place == 1)
                found.append(own)
                label = party.names.get(self.lang)
                self.fields[NAME + seat] = forms.CharField(
                    label=label
                    if place == 1
                    else _("%(name)s（第%(place)d个）")
                    % {
                        "name": label,
                        "place": place,
                    },
                    required=False,
                    max_length=200,
                    help_text=_("填部门全称、代码或名称中的几个字，按“查找部门”列出供选择。")
                    + (_("可有多个部门：填写后按“查找部门”再添一个。") if party.several else ""),
                )
        self.parties = tuple(found)
        facts = [name for name in self.fields if name.startswith(PREFIX)]
        others = [name for name in self.fields if name not in facts]
        self.order_fields([*others, *facts])

    def _named_seats(self) -> list[str]:
        return [name.removeprefix(NAME) for name in self.data if name.startswith(NAME)]

    def _words(self, seat: str) -> str:
        return str(self.data.get(NAME + seat, "")).strip()

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
        wanted = {party.key for party in self.asked}
        for party in self.parties:
            if party.key in named or NAME + party.key not in self.fields:
                continue
            if party.key in self.found:
                self.add_error(NAME + party.key, _("请从列出的部门中选择一个。"))
            elif party.needed:
                self.add_error(NAME + party.key, _("请填写该部门。"))
        found: dict[str, Department] = {}
        for key in dict.fromkeys(several.role_of(seat) for seat in named):
            # A line left empty between two others is no gap in the case.
            line = [named[seat] for seat in several.of(key, named)]
            if len({one.pk for one in line}) < len(line):
                self.add_error(NAME + several.of(key, named)[-1], _("同一部门只列一次。"))
            found |= several.seated(key, line)
        return {seat: one for seat, one in found.items() if several.role_of(seat) in wanted}

    def forget_faults_but_of_parties(self) -> None:
        """Keep only what is wrong with the departments: the rest is still being filled in."""
        for name in [name for name in self.errors if not name.startswith(NAME)]:
            del self.errors[name]


def _place(seat: str) -> int:
    return int(seat.partition(several.MARK)[2] or 1)
