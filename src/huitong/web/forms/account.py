"""The log-in form."""

from typing import Any

from django.contrib.auth.forms import AuthenticationForm
from django.utils.translation import gettext_lazy as _


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
