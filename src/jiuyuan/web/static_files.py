"""Static files, compressed, with a content hash in the URL so that browsers can cache them for a year."""

from collections.abc import Callable
from functools import cache
from hashlib import sha256
from pathlib import Path

from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import StaticFilesStorage
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware

from jiuyuan.web.static_cache import BY_NAME


class HashedFiles(StaticFilesStorage):
    """URLs of static files with a content hash."""

    def url(self, name: str | None) -> str:
        return _address(super().url, name)


@cache
def _address(plain: Callable[[str | None], str], name: str | None) -> str:
    return plain(name) if not name or name.startswith(BY_NAME) else f"{plain(name)}?v={_hash(name)}"


def _hash(name: str) -> str:
    path = finders.find(name)
    return sha256(Path(path).read_bytes()).hexdigest()[:10] if isinstance(path, str) else ""


class CompressedStaticMiddleware(GZipMiddleware):
    """Compresses static files only: compressed pages could leak secrets next to user input."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if response.status_code != 200 or not request.path_info.startswith("/static/"):
            return response
        compressed: HttpResponseBase = super().process_response(request, response)
        return compressed
