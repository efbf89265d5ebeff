"""The WSGI application that Granian serves: `huitong.web.wsgi:application`."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huitong.settings")

application = get_wsgi_application()
