"""The web entrance for granian."""

import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from ritm.kernel.memory import settle

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ritm.config.settings")
application = get_wsgi_application()
# All pages are loaded before the first is asked for, and then left alone.
assert get_resolver().url_patterns
settle()
