"""What a list of cases is asked for, on the page, over HTTP and in the terminal alike."""

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from huitong.cases.search import Wanted
from huitong.organisations.models import Jurisdiction
from huitong.regulations import profiles
from huitong.web.templatetags.ht import language

_STANDING = (
    ("", _("全部")),
    ("open", _("办理中")),
    ("overdue", _("已逾期")),
    ("closed", _("已办结")),
)


class CaseSearch(forms.Form):
    """Every field may be left empty. A value that is none of the choices is told, not passed over.

    `state` is a stage or an end of the kind that was chosen before.
    """

    q = forms.CharField(label=_("编号、标题或对象"), required=False, max_length=100)
    party = forms.CharField(label=_("当事部门"), required=False, max_length=100)
    kind = forms.ChoiceField(label=_("事项"), required=False)
    state = forms.ChoiceField(label=_("环节或结果"), required=False)
    standing = forms.ChoiceField(label=_("办理情况"), required=False, choices=_STANDING)
    profile = forms.ChoiceField(label=_("适用规定"), required=False)
    place = forms.ChoiceField(label=_("行政区划"), required=False)
    since = forms.DateField(
        label=_("收到时间自"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    until = forms.DateField(
        label=_("收到时间至"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    mine = forms.BooleanField(label=_("只看等待本部门办理的"), required=False)

    def __init__(self, data: Any) -> None:  # noqa: ANN401  as Django's own
        super().__init__(data)
        lang = language()
        known = profiles.load(profiles.all_ids()[0]).words.kinds
        self._choose("kind", [(name, kind.names.get(lang)) for name, kind in known.items()])
        chosen = known.get(str(self.data.get("kind", "")))
        named = {
            **({one.name: one.names for one in chosen.stages.values()} if chosen else {}),
            **({one.name: one.names for one in chosen.ends.values()} if chosen else {}),
        }
        states = [(name, names.get(lang)) for name, names in named.items()]
        self._choose("state", states)
        self._choose(
            "profile", [(one, profiles.load(one).names.get(lang)) for one in profiles.all_ids()]
        )
        self._choose(
            "place", list(Jurisdiction.objects.order_by("code").values_list("code", "name"))
        )

    def wanted(self, own_department: str) -> Wanted:
        """Return what a form without errors asks for."""
        given = self.cleaned_data
        standing = given["standing"]
        return Wanted(
            text=given["q"],
            party=given["party"],
            kind=given["kind"],
            state=given["state"],
            profile=given["profile"],
            jurisdiction=given["place"],
            waits_for=own_department if given["mine"] else "",
            received_from=_day(given["since"]),
            received_to=_day(given["until"]),
            is_open={"open": True, "closed": False}.get(standing),
            is_overdue=standing == "overdue",
        )

    def _choose(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = [("", _("全部")), *choices]


def _day(value: object) -> dt.date | None:
    return value if isinstance(value, dt.date) else None
