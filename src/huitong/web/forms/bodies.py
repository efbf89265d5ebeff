"""Forms of what happens to a body: founding, names, places, kinds, guidance."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from django import forms
from django.utils.translation import gettext_lazy as _

from huitong.organisations.models import Department, Jurisdiction
from huitong.organisations.types import ABOVE
from huitong.regulations import house, profiles
from huitong.web.forms.house import HouseForm
from huitong.web.templatetags.ht import body_name, language
from huitong.web.wording import label

if TYPE_CHECKING:
    _Choice: TypeAlias = forms.ModelChoiceField[Any]
else:
    _Choice = forms.ModelChoiceField


class BodyChoice(_Choice):
    """A body in a list of them, with its code and, for a department, its area."""

    def label_from_instance(self, obj: Any) -> str:  # noqa: ANN401  as Django's own
        """Return the body's name, its area's, and its code."""
        if isinstance(obj, Department):
            return f"{body_name(obj)}（{body_name(obj.jurisdiction)}，{obj.code}）"
        return f"{body_name(obj)}（{obj.code}）"


class ActForm(HouseForm):
    """What every act on a body rests on: a paper with its number, and the day of its effect."""

    field_order: Sequence[str] = ("day", "paper")
    day = forms.DateField(
        label=_("生效日"),
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("不晚于今日；以前的办件仍显示当日的名称。"),
    )
    paper = forms.CharField(label=_("依据文件"), max_length=200, help_text=_("文件名称和文号。"))


class RenameForm(ActForm):
    """Another name."""

    name = forms.CharField(label=_("新名称"), max_length=100)
    name_en = forms.CharField(label=_("英文名称（选填）"), max_length=150, required=False)
    field_order: Sequence[str] = ("name", "name_en", "day", "paper")


class KindForm(ActForm):
    """Another kind of body, with the law that makes it one where a text asks for it."""

    kind = forms.ChoiceField(label=_("单位类别"))
    authorised_by = forms.CharField(
        label=_("授权依据（选填）"),
        max_length=300,
        required=False,
        help_text=_("规定要求法律、法规授权的单位须填写。"),
    )
    field_order: Sequence[str] = ("kind", "authorised_by", "day", "paper")

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        kinds = [(name, names.get(language())) for name, names in house.words().bodies.items()]
        self.fields["kind"].choices = kinds  # type: ignore[attr-defined]


class FoundDepartmentForm(KindForm):
    """A new department of an area."""

    code = forms.CharField(label=_("部门代码"), max_length=40, help_text=_("设立后不再变更。"))
    name = forms.CharField(label=_("名称"), max_length=200)
    name_en = forms.CharField(label=_("英文名称（选填）"), max_length=200, required=False)
    credit_code = forms.CharField(
        label=_("统一社会信用代码（选填）"), max_length=18, required=False
    )
    parent = BodyChoice(
        label=_("上级部门（选填）"), queryset=Department.objects.none(), required=False
    )
    field_order: Sequence[str] = (
        *("code", "name", "name_en", "kind", "authorised_by"),
        *("credit_code", "parent", "day", "paper"),
    )

    def __init__(self, *args: Any, parents: Any, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        self.fields["parent"].queryset = parents  # type: ignore[attr-defined]


class FoundPlaceForm(ActForm):
    """A new area below another."""

    code = forms.CharField(
        label=_("区划代码"),
        max_length=12,
        help_text=_(
            "县级及以上按 GB/T 2260 六位，乡镇九位，村十二位；不得使用其他行政区用过的代码。"
        ),
    )
    name = forms.CharField(label=_("名称"), max_length=100)
    name_en = forms.CharField(label=_("英文名称（选填）"), max_length=150, required=False)
    level = forms.ChoiceField(label=_("层级"))
    profile_id = forms.ChoiceField(
        label=_("适用规定（选填）"), required=False, help_text=_("不选则适用上级行政区的规定。")
    )
    field_order: Sequence[str] = ("code", "name", "name_en", "level", "profile_id", "day", "paper")

    def __init__(self, *args: Any, parent: Jurisdiction, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        below = [level for level, above in ABOVE.items() if parent.level in above]
        levels = [(one.value, label("level", one.value, language())) for one in below]
        self.fields["level"].choices = levels  # type: ignore[attr-defined]
        texts = [(one, profiles.load(one).names.get(language())) for one in profiles.all_ids()]
        self.fields["profile_id"].choices = [("", "—"), *texts]  # type: ignore[attr-defined]


class _ToBodyForm(ActForm):
    """An act that names another body; `among` are those that it may name."""

    named = ""

    def __init__(self, *args: Any, among: Any, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        self.fields[self.named].queryset = among  # type: ignore[attr-defined]


class MoveDepartmentForm(_ToBodyForm):
    """Another area."""

    named = "jurisdiction"
    jurisdiction = BodyChoice(label=_("划入的行政区"), queryset=Jurisdiction.objects.none())
    field_order: Sequence[str] = ("jurisdiction", "day", "paper")


class MovePlaceForm(_ToBodyForm):
    """Another parent."""

    named = "parent"
    parent = BodyChoice(label=_("新的上级行政区"), queryset=Jurisdiction.objects.none())
    field_order: Sequence[str] = ("parent", "day", "paper")


class GuideForm(_ToBodyForm):
    """Which body above guides the sector of a department."""

    named = "guide"
    guide = BodyChoice(
        label=_("行业指导部门"),
        queryset=Department.objects.none(),
        required=False,
        help_text=_("不选表示不再由其他部门指导。"),
    )
    field_order: Sequence[str] = ("guide", "day", "paper")


class RecodeForm(ActForm):
    """The code that the standard gives from a day on, and the name that comes with it."""

    code = forms.CharField(
        label=_("新代码"),
        max_length=12,
        help_text=_("以原代码开头的乡镇、村代码随之变更；办件编号不变。"),
    )
    name = forms.CharField(
        label=_("新名称（选填）"),
        max_length=100,
        required=False,
        help_text=_("例如县改区；不填则名称不变。"),
    )
    name_en = forms.CharField(label=_("英文名称（选填）"), max_length=150, required=False)
    field_order: Sequence[str] = ("code", "name", "name_en", "day", "paper")


class EndForm(_ToBodyForm):
    """Who carries on for a department that ends; nobody where it is abolished."""

    named = "successor"
    successor = BodyChoice(
        label=_("承接部门"),
        queryset=Department.objects.none(),
        required=False,
        help_text=_("不选表示撤销后无人承接；还有在办事项或目录条目的，不能这样撤销。"),
    )
    field_order: Sequence[str] = ("successor", "day", "paper")


class EndPlaceForm(_ToBodyForm):
    """Which area carries on for one that is merged."""

    named = "successor"
    successor = BodyChoice(
        label=_("并入的行政区"),
        queryset=Jurisdiction.objects.none(),
        help_text=_("同一层级；两个行政区合为一个新的，先设立新的，再分别并入。"),
    )
    field_order: Sequence[str] = ("successor", "day", "paper")
