"""The WSGI entry point."""

import gc
import os
from typing import Any

import django
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.utils.http import parse_header_parameters


class Request(WSGIRequest):
    """Decodes requests as UTF-8 regardless of the header; Django would look up codecs that do not decode text,
    and crash.
    """

    def _set_content_type_params(self, meta: dict[str, Any]) -> None:
        self.content_type, self.content_params = parse_header_parameters(meta.get("CONTENT_TYPE", ""))


class RequestHandler(WSGIHandler):
    request_class = Request


os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jiuyuan.settings")
django.setup(set_prefix=False)
application = RequestHandler()

# Move permanent objects out of the garbage collector's way: scanning them took a tenth of a page's time.
gc.collect()
gc.freeze()
gc.set_threshold(50_000, 20, 20)
