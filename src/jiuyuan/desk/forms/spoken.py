"""Forms that show a service's error messages."""

from typing import Any

from django import forms
from django.forms.utils import ErrorDict

from jiuyuan.characters import whole_number
from jiuyuan.refusals import Refusal
from jiuyuan.web.fields import Form

YES_NO = [("true", "是"), ("false", "否")]
INLINE = {"class": "choices-inline"}


class SpokenForm(Form):
    """A form whose errors come from a service; the input is redisplayed."""

    use_required_attribute = False

    def full_clean(self) -> None:
        self._errors = ErrorDict()
        self.cleaned_data: dict[str, Any] = {}

    def said(self) -> dict[str, Any]:
        """The input by field, for a service to validate."""
        return {
            name: field.widget.value_from_datadict(self.data, self.files, self.add_prefix(name))
            for name, field in self.fields.items()
        }

    def refuse(self, refusal: Refusal) -> None:
        """Show each error at its field, others above the form."""
        for name, message in refusal.errors:
            self.add_error(self.place_of(name), message)
        if not refusal.errors:
            self.add_error(None, refusal.title)

    def place_of(self, name: str) -> str | None:
        return name if name in self.fields else None


class VersionedForm(SpokenForm):
    """A form with the version of the case that the user saw; an older one changes nothing."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    #: Whether the user asked for another row, so that the act is not performed; and whether that is possible.
    adds_a_row = False
    more = False

    @property
    def seen(self) -> int:
        """The version that the user saw. Without one (a page that lost it), it conflicts with every version."""
        return whole_number(self.data.get("version", "")) or 0
