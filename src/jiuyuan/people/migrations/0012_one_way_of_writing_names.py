"""Names on file as names are kept now: without spaces and marks that came with a file, with their pinyin and its initials."""

from functools import lru_cache

from django.db import migrations

_PIECE = 5000


def _pieces(model, *fields):
    last = 0
    while piece := list(model.objects.filter(pk__gt=last).order_by("pk").values_list("pk", *fields)[:_PIECE]):
        yield piece
        last = piece[-1][0]


def write(apps, editor):
    from jiuyuan import loading
    from jiuyuan.people.contact import plain_name
    from jiuyuan.people.pinyin import initials, pinyin

    @lru_cache(maxsize=50_000)
    def columns(name):
        name = plain_name(name) or name
        column = pinyin(name)
        return name, column, initials(column)

    person, member = apps.get_model("people", "Person"), apps.get_model("people", "HouseholdMember")
    for piece in _pieces(person, "name"):
        rows = [(pk, *columns(name)) for pk, name in piece]
        loading.update(person, "id", ["name", "name_pinyin", "name_initials"], rows)
    for piece in _pieces(member, "name"):
        rows = [(pk, plain) for pk, name in piece if (plain := plain_name(name) or name) != name]
        loading.update(member, "id", ["name"], rows)


class Migration(migrations.Migration):
    dependencies = [("people", "0011_names_and_sheets")]
    operations = [migrations.RunPython(write, migrations.RunPython.noop)]
