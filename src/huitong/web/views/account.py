"""Log-in, the post to act in, display choice, and the language switch."""

from django.contrib import messages
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from huitong.web import clock, display
from huitong.web.access import StaffRequest, act_for, begin_acting, staff
from huitong.web.forms.account import LoginForm, PostForm


class Login(LoginView):
    """The door of the workbench; django-axes locks it after five wrong passwords."""

    template_name = "web/login.html"
    authentication_form = LoginForm
    redirect_authenticated_user = True

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        """Log in, and keep in which post."""
        answer = super().form_valid(form)
        begin_acting(self.request, clock.now())
        return answer


@require_http_methods(["GET", "HEAD", "POST"])
@staff
def choose_post(request: StaffRequest) -> HttpResponse:
    """Show the posts that the person holds today, or keep the one to act in from now on."""
    form = PostForm(request.POST if request.method == "POST" else None, actors=request.actors)
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data["department"]
        actor = next(one for one in request.actors if one.department_id == chosen)
        act_for(request, actor)
        messages.success(request, _("现代表“%s”办理。") % actor.department_name)
        return redirect("todo")
    choices = [
        {
            "value": one.department_id,
            "label": one.department_name,
            "roles": sorted(one.posts),
            "chosen": one == request.actor,
        }
        for one in sorted(request.actors, key=lambda one: one.department_code)
    ]
    page = {"form": form, "choices": choices, "refusal": None}
    status = 422 if form.errors else 200
    return render(request, "web/workbench/posts.html", page, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def show_display(request: HttpRequest) -> HttpResponse:
    """Show the display choices, or keep the ones that were posted."""
    back = _safe(request, request.POST.get("next") or request.headers.get("referer", ""))
    if request.method == "POST":
        answer = redirect(back)
        chosen = display.chosen(
            request.POST.get("theme", ""),
            request.POST.get("contrast", ""),
            request.POST.get("text", ""),
        )
        display.keep(answer, chosen, secure=request.is_secure())
        return answer
    now = display.read(request)
    groups = (
        _group("theme", _("颜色"), now.theme, auto=_("跟随系统"), light=_("浅色"), dark=_("深色")),
        _group("contrast", _("对比度"), now.contrast, normal=_("标准"), more=_("高对比度")),
        _group("text", _("文字大小"), now.text, normal=_("标准"), large=_("大字")),
    )
    return render(request, "web/display.html", {"groups": groups, "next": back})


def _group(name: str, label: str, value: str, **choices: str) -> dict[str, object]:
    listed = [{"value": word, "label": text} for word, text in choices.items()]
    return {"name": name, "label": label, "value": value, "choices": listed}


def _safe(request: HttpRequest, url: str) -> str:
    """Return the address when it is one of ours and not this page, else the home page."""
    here = reverse("display")
    ours = url_has_allowed_host_and_scheme(
        url, {request.get_host()}, require_https=request.is_secure()
    )
    return url if ours and here not in url else reverse("portal")
