"""A form that lets the service speak."""

from typing import Any

from django import forms
from django.forms.utils import ErrorDict

from jiuyuan.characters import whole_number
from jiuyuan.refusals import Refusal
from jiuyuan.web.fields import Form

YES_NO = [("true", "是"), ("false", "否")]
INLINE = {"class": "choices-inline"}


class SpokenForm(Form):
    """A form whose errors are a service's refusal; what was typed stands in it again."""

    use_required_attribute = False

    def full_clean(self) -> None:
        self._errors = ErrorDict()
        self.cleaned_data: dict[str, Any] = {}

    def said(self) -> dict[str, Any]:
        """What was typed, by field: for a service to read."""
        return {
            name: field.widget.value_from_datadict(self.data, self.files, self.add_prefix(name))
            for name, field in self.fields.items()
        }

    def refuse(self, refusal: Refusal) -> None:
        """Show each error at its field, and what has no field here above them all."""
        for name, message in refusal.errors:
            self.add_error(self.place_of(name), message)
        if not refusal.errors:
            self.add_error(None, refusal.title)

    def place_of(self, name: str) -> str | None:
        return name if name in self.fields else None


class VersionedForm(SpokenForm):
    """On a case as somebody saw it: an older version changes nothing."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    #: Whether one more row was asked for, so that nothing is done yet; and whether there may be another.
    adds_a_row = False
    more = False

    @property
    def seen(self) -> int:
        """The version that was seen; a page that lost it saw none, which conflicts with every one."""
        return whole_number(self.data.get("version", "")) or 0
