"""The entry point of the web server."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jiuyuan.settings")
application = get_wsgi_application()

# What was loaded for good is no garbage: looking through it again and again took a tenth of the time of a page.
gc.collect()
gc.freeze()
gc.set_threshold(50_000, 20, 20)
