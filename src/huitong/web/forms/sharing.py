"""Forms of sharing: application, order to rectify, registration of a system."""

from collections.abc import Collection
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from huitong.web.forms.house import HouseForm
from huitong.web.forms.steps import PREFIX, FactsForm
from huitong.web.wording import choices

_AREA = forms.Textarea(attrs={"rows": 3})
ANSWERS = ("scenario", "mode", "scope", "basis", "purpose", "use_until")


class ApplicationForm(HouseForm):
    """What every application states, the columns that it wants, and what more a text asks for.

    The fields of `asked` become fields of this form, after its own ones.
    """

    columns = forms.MultipleChoiceField(
        label=_("数据项"),
        help_text=_("只选履职必需的数据项。"),
        error_messages={"required": _("请至少选择一个数据项。")},
    )
    scenario = forms.CharField(
        label=_("应用场景"),
        widget=_AREA,
        max_length=2000,
        help_text=_("在哪项业务、哪个环节使用。"),
    )
    mode = forms.ChoiceField(label=_("共享方式"), choices=lambda: choices("mode"))
    scope = forms.CharField(
        label=_("共享范围"),
        widget=_AREA,
        max_length=2000,
        help_text=_("涉及哪些人或事、预计次数。"),
    )
    basis = forms.CharField(
        label=_("履职依据"),
        widget=_AREA,
        max_length=2000,
        help_text=_("法律、法规、规章或“三定”规定的名称和条款。"),
    )
    purpose = forms.CharField(label=_("使用目的"), widget=_AREA, max_length=2000)
    use_until = forms.DateField(label=_("使用期限"), widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(
        self,
        *args: Any,  # noqa: ANN401
        items: list[tuple[str, str]],
        asked: FactsForm | None = None,
        **kwargs: Any,  # noqa: ANN401
    ) -> None:
        super().__init__(*args, **kwargs)
        self.asked = tuple(asked.fields) if asked else ()
        self.fields |= asked.fields if asked else {}
        columns = self.fields["columns"]
        assert isinstance(columns, forms.MultipleChoiceField)  # noqa: S101  declared so above
        columns.choices = items

    @property
    def asked_fields(self) -> list[forms.BoundField]:
        """Return the fields of what the text asks for beside the words of every application."""
        return [self[name] for name in self.asked]

    def facts(self) -> dict[str, object]:
        """Return what was filled in of what the text asks for; valid forms only."""
        found = {name.removeprefix(PREFIX): self.cleaned_data.get(name) for name in self.asked}
        return {name: value for name, value in found.items() if value not in (None, "", [])}


class RectificationForm(HouseForm):
    """An order to rectify a use, on one of the grounds that the text in force names."""

    trigger = forms.ChoiceField(label=_("情形"))
    problem = forms.CharField(label=_("存在的问题"), widget=_AREA, max_length=2000)
    rectify_by = forms.DateField(
        label=_("整改期限"), widget=forms.DateInput(attrs={"type": "date"})
    )

    def __init__(self, *args: Any, grounds: Collection[str], **kwargs: Any) -> None:  # noqa: ANN401  as Django's own
        super().__init__(*args, **kwargs)
        named = [pair for pair in choices("trigger") if pair[0] in grounds]
        self.fields["trigger"].choices = named  # type: ignore[attr-defined]


class ClientForm(HouseForm):
    """The name of a system that is to call the gateway."""

    name = forms.CharField(label=_("系统名称"), max_length=200)


class DeliveryForm(HouseForm):
    """A file, and how many rows the department says that it holds."""

    file = forms.FileField(
        label=_("数据文件"),
        allow_empty_file=True,
        error_messages={"required": _("请选择一个文件。")},
    )
    rows = forms.IntegerField(
        label=_("申报行数（选填）"),
        required=False,
        min_value=0,
        help_text=_("填写后与实有行数对账。"),
    )
