"""Django's own tags, with a memory for what they say or find the same way each time. Loaded in every template.

A page of the desk has two hundred of them.
"""

from functools import cache

from django import template
from django.template.base import Parser, Token
from django.template.loader_tags import IncludeNode, do_include
from django.templatetags import static as static_files
from django.templatetags.i18n import TranslateNode, do_translate
from django.utils.translation import get_language

from jiuyuan.addresses import url_of

register = template.Library()


class _Remembered(template.Node):
    """Words that a template says in each language the same way, however often it is rendered.

    The language is that of the whole template: Django's `language` tag has no say here.
    """

    def __init__(self, node: TranslateNode) -> None:
        self._node = node
        self._said: dict[str | None, str] = {}

    def render(self, context: template.Context) -> str:
        rendering = context.render_context
        language = rendering.get("language")
        if language is None:
            language = rendering["language"] = get_language()
        if (said := self._said.get(language)) is None:
            said = self._said[language] = self._node.render(context)
        return said


@register.tag
def translate(parser: Parser, token: Token) -> template.Node:
    node: TranslateNode = do_translate(parser, token)
    constant = not node.filter_expression.filters and isinstance(node.filter_expression.var.literal, str)
    return _Remembered(node) if constant and not node.asvar and not node.message_context else node


@register.simple_tag
def url(name: str, *args: object) -> str:
    return url_of(name, *args)


@register.simple_tag
@cache
def static(path: str) -> str:
    return static_files.static(path)


class _Found:
    """The part that an `include` names, looked up once. With the template around it this is forgotten when files change."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._template: template.Template | None = None

    def resolve(self, context: template.Context) -> template.Template:
        if self._template is None:
            assert context.template is not None  # it is what is being rendered
            self._template = context.template.engine.get_template(self._name)
        return self._template


@register.tag
def include(parser: Parser, token: Token) -> template.Node:
    node: IncludeNode = do_include(parser, token)
    if not node.template.is_var:
        name = node.template.resolve(template.Context())
        node.template = _Found(name)  # type: ignore[assignment]
    return node
