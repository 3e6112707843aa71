"""Django's templates, with contexts that fall apart when a page is done.

The dictionaries of a `RequestContext` point back at it, so that all that a page was made of waited for the garbage collector:
a tenth of the work for a list of the desk, done in pauses that every tenth visitor felt.
"""

from typing import Any

from django.http import HttpRequest
from django.template.backends.django import DjangoTemplates, Template
from django.template.context import make_context
from django.utils.safestring import SafeString


class Templates(DjangoTemplates):
    """The backend for `TEMPLATES`."""

    def get_template(self, template_name: str) -> "_Template":
        return _Template(super().get_template(template_name).template, self)


class _Template(Template):
    def render(self, context: dict[str, Any] | None = None, request: HttpRequest | None = None) -> SafeString:
        made = make_context(context, request, autoescape=self.backend.engine.autoescape)
        try:
            return self.template.render(made)
        finally:
            made.dicts.clear()
