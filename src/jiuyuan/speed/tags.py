"""Django's `translate` and `url` tags with cached results; a desk page has two hundred."""

from django import template
from django.template.base import Parser, Token
from django.templatetags.i18n import TranslateNode, do_translate
from django.utils.translation import get_language

from jiuyuan.speed.addresses import url_of

register = template.Library()


class _Remembered(template.Node):
    """A constant text of a template, cached by language.

    The template's language applies; the `language` tag has no effect.
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
