"""Forms of the public: a request, and the way back to it."""

import secrets
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from huitong.regulations.types import FlatTable, Step
from huitong.web.forms.house import HouseForm
from huitong.web.forms.parties import PartiesForm
from huitong.web.starting import Party

_REF = r"^[0-9a-f]{32}$"


def new_reference() -> str:
    """Return a random name for an applicant: events and the ledger know no other."""
    return secrets.token_hex(16)


class RequestForm(PartiesForm):
    """Who asks, how to be reached, which department, and the facts with their articles.

    `ref` goes with the form, so that a form submitted twice is received once.
    """

    ref = forms.RegexField(_REF, widget=forms.HiddenInput)
    name = forms.CharField(
        label=_("姓名或单位名称"),
        max_length=100,
        help_text=_("只供承办部门核实和联系，不写入存证，办结后可以申请删除。"),
    )
    contact = forms.CharField(
        label=_("联系方式"), max_length=200, help_text=_("电话、电子邮箱或通信地址。")
    )
    dataset = forms.CharField(
        label=_("开放数据集的代码"),
        max_length=60,
        help_text=_("见数据集页面地址中的代码；从数据集页面进入的已经填好。"),
    )

    def __init__(
        self,
        *args: Any,  # noqa: ANN401  as Django's own
        table: FlatTable,
        lang: str,
        steps: Sequence[Step],
        parties: Sequence[Party],
        about_a_dataset: bool,
        **kwargs: Any,  # noqa: ANN401
    ) -> None:
        super().__init__(*args, steps=steps, table=table, lang=lang, **kwargs)
        self.fields["dataset"].required = about_a_dataset
        self.ask_parties(parties, ())


class FollowForm(HouseForm):
    """Number and receipt code of a request."""

    number = forms.CharField(label=_("受理号"), max_length=40)
    code = forms.CharField(
        label=_("查询码"), max_length=40, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
