"""The catalogue entry as a form: words of art. 13 and a line for each data item."""

from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

from django import forms
from django.forms.formsets import BaseFormSet, formset_factory
from django.utils.translation import gettext_lazy as _

from huitong.catalogue.types import UpdateFrequency
from huitong.web.forms.house import HouseForm
from huitong.web.wording import choices

NOT_CHOSEN = _("（未选择）")
_AREA = forms.Textarea(attrs={"rows": 2})


class SourceForm(HouseForm):
    """The file from which an entry is proposed."""

    file = forms.FileField(
        label=_("数据文件"),
        help_text=_("CSV、TSV、XLS、XLSX、JSON Lines 或 Parquet。只读取样本以提出草稿，不入库。"),
        error_messages={
            "required": _("请选择一个文件。"),
            "empty": _("文件是空的：请核对后重新选择。"),
        },
    )


class EntryForm(HouseForm):
    """What a dataset says of itself. The law's required fields are asked for at submission."""

    code = forms.CharField(
        label=_("条目代码"),
        max_length=64,
        help_text=_("部门自己的代码，例如 HLJ-EDU-001；添加后不再改变。"),
    )
    title = forms.CharField(label=_("名称"), max_length=200)
    title_en = forms.CharField(label=_("英文名称"), max_length=200, required=False)
    summary = forms.CharField(label=_("简介"), required=False, widget=_AREA)
    theme = forms.CharField(label=_("领域"), max_length=64, required=False)
    data_format = forms.CharField(label=_("数据格式"), max_length=32, required=False)
    update_frequency = forms.ChoiceField(
        label=_("更新频率"),
        required=False,
        choices=lambda: choices("frequency", empty=NOT_CHOSEN),
    )
    sharing_type = forms.ChoiceField(
        label=_("共享类型"), required=False, choices=lambda: choices("sharing", empty=NOT_CHOSEN)
    )
    sharing_condition = forms.CharField(
        label=_("共享条件"),
        required=False,
        widget=_AREA,
        help_text=_("有条件共享的，写明共享范围等条件；未写明的视为无条件共享。"),
    )
    sharing_purpose = forms.CharField(label=_("使用用途"), required=False, widget=_AREA)
    sharing_mode = forms.CharField(
        label=_("共享方式"),
        max_length=100,
        required=False,
        help_text=_("如接口查询、批量交换；规定要求的地区必填。"),
    )
    data_class = forms.CharField(
        label=_("数据分类分级"),
        max_length=100,
        required=False,
        help_text=_("规定要求的地区必填。"),
    )
    withheld_reason = forms.CharField(label=_("不予共享的理由"), required=False, widget=_AREA)
    withheld_basis = forms.CharField(
        label=_("限制共享的依据"),
        required=False,
        widget=_AREA,
        help_text=_("不予共享的写明依据的文件和条款；有的规定对有条件共享也要求依据。"),
    )
    withheld_basis_rank = forms.ChoiceField(label=_("依据的位阶"), required=False)
    opening_type = forms.ChoiceField(
        label=_("开放类型"), required=False, choices=lambda: choices("opening", empty=NOT_CHOSEN)
    )
    opening_condition = forms.CharField(label=_("开放条件"), required=False, widget=_AREA)
    closed_reason = forms.CharField(label=_("不予开放的原因"), required=False, widget=_AREA)
    duty_item = forms.CharField(
        label=_("职能数据清单项"),
        max_length=200,
        required=False,
        help_text=_("规定要求目录根据职能数据清单编制的地区，填写清单中的一项。"),
    )
    social_source = forms.CharField(
        label=_("社会数据来源"),
        required=False,
        widget=_AREA,
        help_text=_("使用社会数据的，写明来源和协商、采购等取得方式。"),
    )
    secrecy = forms.ChoiceField(
        label=_("涉密声明"),
        required=False,
        choices=lambda: choices("secrecy", empty=NOT_CHOSEN),
        help_text=_("本平台只处理非涉密数据；涉密的请按保密规定另行办理。"),
    )
    marks_wrong = forms.BooleanField(
        label=_("已逐处核对，文件中像密级标志的文字不是密级标志"), required=False
    )
    version_column = forms.ChoiceField(
        label=_("版本列"),
        required=False,
        help_text=_("同一主键出现多次时，取该列最新的一行；不选则同键异文进入问题数据。"),
    )

    def __init__(
        self,
        *args: Any,  # noqa: ANN401  as Django's own
        items: Iterable[str],
        ranks: Iterable[tuple[str, str]],
        marks: bool = False,
        **kwargs: Any,  # noqa: ANN401
    ) -> None:
        super().__init__(*args, **kwargs)
        self.marks = marks
        versions = self.fields["version_column"]
        assert isinstance(versions, forms.ChoiceField)  # noqa: S101  declared so above
        versions.choices = [("", NOT_CHOSEN), *((name, name) for name in items)]
        norms = self.fields["withheld_basis_rank"]
        assert isinstance(norms, forms.ChoiceField)  # noqa: S101  declared so above
        norms.choices = [("", NOT_CHOSEN), *ranks]
        if not marks:
            del self.fields["marks_wrong"]

    def groups(self) -> list[tuple[str, list[forms.BoundField]]]:
        """Return the fields under the headings of the page, in reading order."""
        names = {
            str(_("名称与内容")): (
                "code",
                "title",
                "title_en",
                "summary",
                "theme",
                "data_format",
                "data_class",
                "update_frequency",
                "duty_item",
                "social_source",
                "version_column",
            ),
            str(_("共享")): (
                "sharing_type",
                "sharing_condition",
                "sharing_purpose",
                "sharing_mode",
                "withheld_reason",
                "withheld_basis",
                "withheld_basis_rank",
            ),
            str(_("开放")): ("opening_type", "opening_condition", "closed_reason"),
            str(_("保密")): ("secrecy", "marks_wrong"),
        }
        return [
            (heading, [self[name] for name in fields if name in self.fields])
            for heading, fields in names.items()
        ]


class ItemForm(HouseForm):
    """One data item, as a line of the table."""

    is_key = forms.BooleanField(label=_("主键"), required=False)
    title = forms.CharField(label=_("名称"), max_length=200)
    name = forms.CharField(label=_("标识"), max_length=63)
    type = forms.ChoiceField(label=_("类型"), choices=lambda: choices("type"))
    identifier = forms.ChoiceField(
        label=_("标识符"), required=False, choices=lambda: choices("identifier", empty=_("无"))
    )
    required = forms.BooleanField(label=_("必填"), required=False)
    personal = forms.BooleanField(label=_("个人信息"), required=False)
    sensitive = forms.BooleanField(label=_("敏感"), required=False)
    grade = forms.TypedChoiceField(label=_("分级"), coerce=int, choices=lambda: choices("grade"))


ItemFormSet = formset_factory(ItemForm, extra=0, max_num=2000)
Items: TypeAlias = "BaseFormSet[ItemForm]"


def initial_of(draft: Mapping[str, Any], code: str = "") -> dict[str, Any]:
    """Return the entry form's first values out of a draft's plain values."""
    return {**{name: value for name, value in draft.items() if name != "items"}, "code": code}


def initial_items(draft: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the lines of the table out of a draft's plain values."""
    keys = set(draft.get("key") or ())
    return [{**item, "is_key": item["name"] in keys} for item in draft["items"]]


def merged(draft: Mapping[str, Any], entry: EntryForm, items: Items) -> dict[str, Any]:
    """Return the draft's plain values with what the person wrote laid over them.

    What the form does not show (layout, lengths, masks, rules) stays as proposed.
    """
    words = {
        name: value
        for name, value in entry.cleaned_data.items()
        if name not in {"code", "marks_wrong"}
    }
    if words.get("update_frequency") not in set(UpdateFrequency):
        words["update_frequency"] = None
    if entry.cleaned_data.get("marks_wrong"):
        words["secret_marks"] = []
    lines = [form.cleaned_data for form in items.forms]
    proposed = draft["items"]
    return {
        **draft,
        **words,
        "key": [line["name"] for line in lines if line["is_key"]],
        "items": [
            {**old, **{name: value for name, value in line.items() if name != "is_key"}}
            for old, line in zip(proposed, lines, strict=True)
        ],
    }
