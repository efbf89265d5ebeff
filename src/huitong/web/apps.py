"""The web room as Django sees it."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Pages, API, templates and translations; no models."""

    name = "huitong.web"
    label = "web"
    verbose_name = "汇通网页"
