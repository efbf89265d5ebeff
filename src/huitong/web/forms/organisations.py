"""Forms of bodies: duties, posts, units, standing in, delegation, and the books."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from huitong.organisations.models import Department, Post
from huitong.regulations import house
from huitong.web.forms.house import HouseForm
from huitong.web.wording import choices


def _day(label: object, *, required: bool = True, help_text: object = "") -> forms.DateField:
    return forms.DateField(
        label=label,  # type: ignore[arg-type]
        required=required,
        help_text=help_text,  # type: ignore[arg-type]
        widget=forms.DateInput(attrs={"type": "date"}),
    )


def _paper() -> forms.CharField:
    """Return the field of the paper that a post from before today rests on."""
    return forms.CharField(
        label=_("任命文件（早于今日起任的须填写）"), max_length=200, required=False
    )


class TreeForm(HouseForm):
    """The day on which the tree of areas is looked at."""

    on = _day(_("查看某日的行政区"))


class DutyForm(HouseForm):
    """Which department holds a duty of an area."""

    duty = forms.ChoiceField(label=_("职责"))
    department = forms.ModelChoiceField(label=_("承担部门"), queryset=Department.objects.none())

    def __init__(
        self,
        *args: Any,  # noqa: ANN401
        duties: list[tuple[str, str]],
        departments: Any,  # noqa: ANN401
        **kwargs: Any,  # noqa: ANN401
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["duty"].choices = duties  # type: ignore[attr-defined]
        self.fields["department"].queryset = departments  # type: ignore[attr-defined]


class DelegationForm(DutyForm):
    """A duty that its holder lets another department carry out for a time."""

    since = _day(_("起始日"))
    until = _day(_("终止日"), help_text=_("自该日起不再代行。"))
    paper = forms.CharField(label=_("委托书"), max_length=200, help_text=_("标题和文号。"))


class AppointmentForm(HouseForm):
    """A person and a post; a name opens an account that nobody can log in with yet."""

    username = forms.CharField(label=_("用户名"), max_length=64)
    name = forms.CharField(label=_("姓名（新开账号时填写）"), max_length=64, required=False)
    role = forms.ChoiceField(label=_("职务"), choices=lambda: choices("post"))
    since = _day(_("任职日"))
    paper = _paper()
    contact = forms.CharField(label=_("联系方式（选填）"), max_length=100, required=False)
    acting = forms.BooleanField(label=_("职务空缺，代理"), required=False)


class StandInForm(HouseForm):
    """Who stands in for the holder of a post."""

    post = forms.ModelChoiceField(label=_("被代理的职务"), queryset=Post.objects.none())
    username = forms.CharField(label=_("代理人用户名"), max_length=64)
    since = _day(_("起始日"))
    until = _day(_("终止日"), help_text=_("自该日起不再代理。"))
    paper = _paper()

    def __init__(self, *args: Any, posts: Any, labels: Any, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        field = self.fields["post"]
        field.queryset = posts  # type: ignore[attr-defined]
        field.label_from_instance = labels  # type: ignore[attr-defined]


class UnitForm(HouseForm):
    """The unit that does the data work or sees to security."""

    kind = forms.ChoiceField(label=_("机构类别"))
    name = forms.CharField(label=_("机构名称"), max_length=100)
    since = _day(_("确定日"))

    def __init__(self, *args: Any, language: str, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        units = house.words().units.items()
        self.fields["kind"].choices = [  # type: ignore[attr-defined]
            (name, names.get(language)) for name, names in units
        ]


class PaperForm(HouseForm):
    """A paper of the books; the fields of its kind stand under `stated_…`."""

    title = forms.CharField(label=_("标题"), max_length=200)
    number = forms.CharField(label=_("文号（选填）"), max_length=100, required=False)
    since = _day(_("生效日"))
    until = _day(_("失效日（选填）"), required=False, help_text=_("自该日起不再有效。"))
    due = _day(_("完成期限（选填）"), required=False)
    addressees = forms.ModelMultipleChoiceField(
        label=_("涉及的部门"), queryset=Department.objects.none(), required=False
    )
    file = forms.FileField(
        label=_("文件（选填）"),
        required=False,
        help_text=_("原样保存并登记摘要，只供下载。不超过 20 MiB。"),
    )

    def __init__(
        self,
        *args: Any,  # noqa: ANN401
        word: house.PaperWord,
        language: str,
        others: Any,  # noqa: ANN401
        **kwargs: Any,  # noqa: ANN401
    ) -> None:
        super().__init__(*args, **kwargs)
        for name, names in word.fields.items():
            self.fields[f"stated_{name}"] = forms.CharField(
                label=names.get(language),
                max_length=2000,
                widget=forms.Textarea(attrs={"rows": 2}),
            )
        if word.addressed:
            self.fields["addressees"].queryset = others  # type: ignore[attr-defined]
            self.fields["addressees"].required = True
        else:
            del self.fields["addressees"]
            del self.fields["due"]
        self.order_fields(["title", "number", *(f"stated_{name}" for name in word.fields)])

    def stated(self) -> dict[str, str]:
        """Return the fields of the kind, without their prefix."""
        return {
            name.removeprefix("stated_"): str(value)
            for name, value in self.cleaned_data.items()
            if name.startswith("stated_")
        }


class ReportForm(HouseForm):
    """What was done on a task or a matter."""

    text = forms.CharField(
        label=_("进展"), widget=forms.Textarea(attrs={"rows": 3}), max_length=2000
    )
