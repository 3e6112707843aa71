"""Form fields for users in China: a date in three inputs or a calendar, a month in two, a place by name,
a photographed paper.
"""

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.datastructures import MultiValueDict
from django.utils.safestring import SafeString

from jiuyuan.wording import Sentence, say

#: Not the list of accepted types: with one, WeChat on Android offers files only, and no camera.
PICTURES_AND_PDF = "image/*,application/pdf"


class DayBoxes(forms.MultiWidget):
    """A date in three inputs, so that nobody has to scroll a calendar back to 1968."""

    template_name = "django/forms/widgets/day_boxes.html"
    use_fieldset = True
    parts: tuple[tuple[str, str, int], ...] = (("year", "年", 4), ("month", "月", 2), ("day", "日", 2))

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        boxes: dict[str, forms.Widget | type[forms.Widget]] = {
            name: forms.TextInput(
                {"inputmode": "numeric", "maxlength": size, "aria-label": say(label), "class": f"day-{name}"}
            )
            for name, label, size in self.parts
        }
        super().__init__(boxes, attrs)

    def decompress(self, value: date | str | None) -> list[str]:
        if isinstance(value, date):
            return [str(value.year), str(value.month), str(value.day)]
        parts = [*str(value or "").split("-"), "", "", ""]
        return parts[: len(self.parts)]

    def value_from_datadict(  # type: ignore[override]
        self, data: Mapping[str, Any], files: MultiValueDict[str, Any], name: str
    ) -> str:
        """Join the inputs into one text, so that the field can parse and redisplay it even if incomplete."""
        parts = [(part or "").strip() for part in super().value_from_datadict(data, files, name)]
        return "-".join(parts) if any(parts) else ""


class MonthBoxes(DayBoxes):
    """A month in two inputs."""

    parts = DayBoxes.parts[:2]

    def value_from_datadict(  # type: ignore[override]
        self, data: Mapping[str, Any], files: MultiValueDict[str, Any], name: str
    ) -> str:
        """The month as 2026-03, with any kind of digits; anything else is returned as typed."""
        typed = super().value_from_datadict(data, files, name)
        year, _, month = unicodedata.normalize("NFKC", typed).partition("-")
        return f"{year}-{month:0>2}" if year.isdecimal() and month.isdecimal() else typed


class Calendar(forms.DateInput):
    """A date from the browser's calendar. Browsers accept only this format and show an empty input for any other."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class DayField(forms.DateField):
    """A date from three inputs. Accepts full-width digits; names an impossible date in the error."""

    widget = DayBoxes

    def to_python(self, value: Any) -> date | None:
        if not value or isinstance(value, date):
            return super().to_python(value)
        parts = unicodedata.normalize("NFKC", str(value)).split("-")
        if len(parts) != 3:
            raise ValidationError(say("年、月、日请分别填在三个格子里。"), code="invalid")
        year, month, day = parts
        lacking = [label for label, part in ((say("年"), year), (say("月"), month), (say("日"), day)) if not part]
        if lacking:
            raise ValidationError(say("日期还缺{lacking}。", lacking=lacking), code="incomplete")
        if len(year) != 4:
            raise ValidationError(say("年份请填4位数字，例如1998。"), code="invalid")
        try:
            return date(int(year), int(month), int(day))
        except ValueError:
            raise ValidationError(
                say("{year}年{month}月{day}日这一天不存在，请改正。", year=year, month=month, day=day), code="invalid"
            ) from None


class MonthField(forms.CharField):
    """A month from two inputs, as 2026-03; names an impossible month in the error."""

    widget = MonthBoxes

    def to_python(self, value: Any) -> str:
        if not value:
            return ""
        year, _, month = str(value).partition("-")
        if len(year) != 4 or not year.isdecimal():
            raise ValidationError(say("年份请填4位数字，例如2026。"), code="invalid")
        if not month.isdecimal() or not 1 <= int(month) <= 12:
            raise ValidationError(say("月份请填1到12。"), code="invalid")
        return f"{year}-{month}"


class PlaceInput(forms.TextInput):
    """A place by name, with suggestions while typing."""

    template_name = "django/forms/widgets/place.html"

    def __init__(self, places: Callable[[], Sequence[str]], attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs)
        self._places = places

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        offered = f"{context['widget']['attrs'].get('id', name)}_places"
        context["widget"]["attrs"]["list"] = offered
        return context | {"offered": offered, "places": self._places()}


class DocumentInput(forms.FileInput):
    """A photograph or PDF. Phones offer camera, album and files; with `camera=True` only the camera."""

    def __init__(self, attrs: Mapping[str, Any] | None = None, camera: bool = False) -> None:
        super().__init__(
            {"accept": PICTURES_AND_PDF, **({"capture": "environment"} if camera else {}), **(attrs or {})}
        )


class SeveralInput(DocumentInput):
    """Several files at once."""

    allow_multiple_selected = True

    def value_from_datadict(
        self, data: Mapping[str, Any], files: MultiValueDict[str, UploadedFile], name: str
    ) -> list[UploadedFile]:
        return files.getlist(name) if isinstance(files, MultiValueDict) else []


class Pictures(forms.FileField):
    """Any number of photographs and PDFs of one paper. Phones offer camera, album and files."""

    widget = SeveralInput

    def __init__(self, **more: Any) -> None:
        widget = SeveralInput({"multiple": True})
        super().__init__(**{"required": False, "allow_empty_file": True, "widget": widget, **more})

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        return [super(Pictures, self).clean(one, initial) for one in data or ()]


class Form(forms.Form):
    """A form with labels, hints, choices and errors in the reader's language."""

    #: Inputs required by the act's own messages, so they are not labelled optional.
    decides: tuple[str, ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            _in_language(field)
            if name in self.decides:
                field.decides = True  # type: ignore[attr-defined]


def _in_language(field: forms.Field) -> None:
    """Translate a field's texts, which were written when the class was imported."""
    field.label, field.help_text = say(str(field.label or "")) or None, say(str(field.help_text))
    field.error_messages = {code: say(str(message)) for code, message in field.error_messages.items()}
    if isinstance(field, forms.ChoiceField):
        offered: Any = field.choices
        field.choices = [_choice(value, label) for value, label in offered]
    for widget in (field.widget, *getattr(field.widget, "widgets", ())):
        widget.attrs |= {
            name: say(widget.attrs[name]) for name in ("aria-label", "placeholder") if name in widget.attrs
        }


def _choice(value: Any, label: Any) -> tuple[Any, Any]:
    if isinstance(label, list | tuple):
        return say(str(value)), [_choice(*item) for item in label]
    if isinstance(label, Sentence):
        return value, label.again()
    return value, label if isinstance(label, SafeString) else say(str(label))
