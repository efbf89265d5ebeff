"""The form that starts a case: what it is about, which departments, and the facts of its entry."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huitong.organisations.models import Department
from huitong.regulations.types import FlatTable, Step
from huitong.web import kinds, starting
from huitong.web.forms.parties import PartiesForm
from huitong.web.starting import Opener, Party


class StartForm(PartiesForm):
    """A title, the subject, the departments by name, and the facts with their articles.

    `given` are the departments that follow from the grant whose page led here: then the subject
    stands, its departments are not asked for, and a case about nothing but a grant has its title.
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
        given: Mapping[str, Department],
        **kwargs: Any,  # noqa: ANN401
    ) -> None:
        super().__init__(*args, steps=steps, table=table, lang=lang, **kwargs)
        self.openers = {one.key: one for one in openers}
        about = self.fields["about"]
        assert isinstance(about, forms.ChoiceField)  # noqa: S101  declared so above
        about.choices = [(one, kinds.SUBJECTS[one]) for one in abouts]
        if len(self.openers) > 1:
            self.fields["acts_as"] = forms.ChoiceField(
                label=_("本部门在办件中是"),
                choices=[(key, _acts_as(one, lang)) for key, one in self.openers.items()],
            )
        # Where the opener can only be one party, that is the department that fills in the form.
        own = set(self.openers) if len(self.openers) == 1 else set()
        self.ask_parties(parties, own | set(given))
        if given:
            alone = ("title",) if tuple(abouts) == ("grant",) else ()
            for name in ("about", "reference", *alone):
                self.fields[name].widget = forms.HiddenInput()

    @property
    def subject_fields(self) -> list[forms.BoundField]:
        """Return the title and what the case is about; hidden where the grant says it."""
        return [self[name] for name in ("title", "about", "reference")]

    @property
    def acts_as(self) -> str:
        """Return as which party, or as `authority`, the department opens the case."""
        if len(self.openers) == 1:
            return next(iter(self.openers))
        return str(self.cleaned_data.get("acts_as", ""))


def _acts_as(one: Opener, lang: str) -> str:
    name = one.names.get(lang)
    return _("记录“%s”的决定") % name if one.key.startswith(starting.FOR_ANOTHER) else name
