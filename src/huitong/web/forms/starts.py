"""The form that starts a case: what it is about, which departments, and the facts of its entry."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huitong.errors import HuitongError
from huitong.organisations.models import Department
from huitong.regulations.types import FlatTable, Step
from huitong.web import kinds, starting
from huitong.web.forms.steps import PREFIX, FactsForm
from huitong.web.starting import Opener, Party

NAME, PICK = "party_", "pick_"


class StartForm(FactsForm):
    """A title, the subject, the departments by name, and the facts with their articles.

    A department is found by its code or full name at once; what is only like a name is listed to
    be chosen from (`pick_…`), so that nobody is made a party unseen.
    """

    title = forms.CharField(label=gettext_lazy("标题"), max_length=200)
    about = forms.ChoiceField(label=gettext_lazy("办件涉及"))
    reference = forms.CharField(
        label=gettext_lazy("代码、编号或名称"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("选择“不涉及已登记的对象”时不填。"),
    )

    def __init__(
        self,
        *args: Any,  # noqa: ANN401  as Django's own
        table: FlatTable,
        lang: str,
        steps: Sequence[Step],
        openers: Sequence[Opener],
        parties: Sequence[Party],
        abouts: Sequence[str],
        **kwargs: Any,  # noqa: ANN401
    ) -> None:
        super().__init__(*args, steps=steps, table=table, lang=lang, **kwargs)
        self.lang = lang
        self.parties = tuple(parties)
        self.found: dict[str, list[Department]] = {}
        self.chosen: dict[str, Department] = {}
        self.openers = {one.key: one for one in openers}
        about = self.fields["about"]
        assert isinstance(about, forms.ChoiceField)  # noqa: S101  declared so above
        about.choices = [(one, kinds.SUBJECTS[one]) for one in abouts]
        if len(self.openers) > 1:
            self.fields["acts_as"] = forms.ChoiceField(
                label=_("本部门在办件中是"),
                choices=[(key, _acts_as(one, lang)) for key, one in self.openers.items()],
            )
        for party in self.parties:
            if set(self.openers) == {party.key}:
                continue  # it is the department that fills in the form
            self.fields[NAME + party.key] = forms.CharField(
                label=party.names.get(lang),
                required=False,
                max_length=200,
                help_text=_("填部门全称、代码或名称中的几个字，按“查找部门”列出供选择。"),
            )
        facts = [name for name in self.fields if name.startswith(PREFIX)]
        others = [name for name in self.fields if name not in facts]
        self.order_fields([*others, *facts])

    @property
    def acts_as(self) -> str:
        """Return as which party, or as `authority`, the department opens the case."""
        if len(self.openers) == 1:
            return next(iter(self.openers))
        return str(self.cleaned_data.get("acts_as", ""))

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

    def refuse(self, error: HuitongError) -> None:
        """Tie a refusal to the field that it names."""
        field = getattr(error, "field", "")
        if field:
            self.named_error(field, error.zh if self.lang == "zh" else str(error))

    def forget_faults_but_of_parties(self) -> None:
        """Keep only what is wrong with the departments: the rest is still being filled in."""
        for name in [name for name in self.errors if not name.startswith(NAME)]:
            del self.errors[name]


def _acts_as(one: Opener, lang: str) -> str:
    name = one.names.get(lang)
    return _("记录“%s”的决定") % name if one.key.startswith(starting.FOR_ANOTHER) else name
