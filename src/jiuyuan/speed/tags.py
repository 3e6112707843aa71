"""Django's `translate` and `url`, remembering what they say the same way each time: a page of the desk has two hundred of them."""

from django import template
from django.template.base import Parser, Token
from django.templatetags.i18n import TranslateNode, do_translate
from django.utils.translation import get_language

from jiuyuan.speed.addresses import url_of

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
