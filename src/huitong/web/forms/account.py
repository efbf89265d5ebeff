"""The log-in form, and the choice of the department in whose name a person acts."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.utils.translation import gettext_lazy as _

from huitong.organisations.types import Actor
from huitong.web.forms.house import HouseForm


class LoginForm(AuthenticationForm):
    """User name and password; one answer for every mistake, so that accounts cannot be guessed."""

    use_required_attribute = False
    error_messages = {
        "invalid_login": _("用户名或密码不正确。请核对后重新输入。"),
        "inactive": _("账号已停用：请联系本部门的日常管理人员。"),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401  as Django's own
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self.fields["username"].label = _("用户名")
        self.fields["username"].error_messages["required"] = _("请输入用户名。")
        self.fields["password"].label = _("密码")
        self.fields["password"].error_messages["required"] = _("请输入密码。")


class PostForm(HouseForm):
    """One of the departments in which the person holds a post today."""

    department = forms.TypedChoiceField(
        label=_("代表的部门"),
        coerce=int,
        error_messages={
            "required": _("请选择一个部门。"),
            "invalid_choice": _("您不在所选部门任职：请另选。"),
        },
    )

    def __init__(self, *args: Any, actors: Sequence[Actor], **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        department = self.fields["department"]
        assert isinstance(department, forms.ChoiceField)  # noqa: S101  declared so above
        department.choices = [(actor.department_id, actor.department_name) for actor in actors]
