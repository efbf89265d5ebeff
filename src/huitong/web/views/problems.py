"""Pages for what is not there, not allowed, or broken: in plain words, never a trace."""

# ruff: noqa: ARG001 - Django and ninja name the arguments

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _


def _page(request: HttpRequest, title: str, sentence: str, status: int) -> HttpResponse:
    page = {"title": title, "sentence": sentence}
    return render(request, "web/problem.html", page, status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 400."""
    return _page(request, _("请求不完整"), _("请求的内容无法识别：请返回上一页重新提交。"), 400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 403."""
    return _page(
        request, _("无权访问"), _("您没有访问这个页面的权限：请由相应部门的人员办理。"), 403
    )


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 404."""
    return _page(
        request, _("没有找到"), _("没有这个页面或记录：请核对网址，或从首页重新进入。"), 404
    )


def broken(request: HttpRequest) -> HttpResponse:
    """Answer 500."""
    return _page(
        request,
        _("系统出错"),
        _("系统没有完成这次操作，未保存任何内容。请稍后再试；仍不成功的，请告知平台运行人员。"),
        500,
    )


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer 403 for a form that was not sent from our own page."""
    return _page(
        request,
        _("页面已过期"),
        _("为保护您的账号，这次提交没有被接受：请刷新页面后重新提交，并确认浏览器允许 Cookie。"),
        403,
    )


def healthy(request: HttpRequest) -> HttpResponse:
    """Answer 200 while the database answers: for the supervisor, nothing about anybody."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok\n", content_type="text/plain")
