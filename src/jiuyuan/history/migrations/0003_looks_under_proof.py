"""Looks are numbered and hashed as acts are, chains keep how far they have come, and a day may be sealed several times.

What was recorded before comes along: looks get their number and hash, and every chain its head.
"""

import json
from importlib import import_module
from itertools import islice
from typing import Any

from django.db import migrations, models

from jiuyuan import clock, loading
from jiuyuan.encryption import keyed_hash

_CHUNK = 5_000
_guard: Any = import_module("jiuyuan.history.migrations.0002_append_only")


def bring_along(apps: Any, editor: Any) -> None:
    look, head, entry = (apps.get_model("history", name) for name in ("Look", "Head", "Entry"))
    numbers: dict[str, int] = {}
    rows = look._base_manager.order_by("id").iterator(chunk_size=_CHUNK)
    while chunk := list(islice(rows, _CHUNK)):
        changed = []
        for one in chunk:
            seq = numbers[one.actor] = numbers.get(one.actor, 0) + 1
            changed.append((one.pk, seq, _hash(one, seq)))
        loading.update(look, "id", ["seq", "hash"], changed)
    heads = [*numbers.items()]
    loading.upsert(head, "chain", ["seq"], [(f"looks:{actor}", seq) for actor, seq in heads])
    files = entry._base_manager.order_by().values_list("file").annotate(models.Max("seq")).iterator(chunk_size=_CHUNK)
    while chunk := list(islice(files, _CHUNK)):
        loading.upsert(head, "chain", ["seq"], chunk)


def _hash(one: Any, seq: int) -> str:
    """As `services.look_hash` was when this was written."""
    content = {name: getattr(one, name) for name in ("actor", "actor_name", "role", "area", "file", "what")}
    content |= {"at": one.at.astimezone(clock.CHINA).isoformat(), "seq": seq, "unmasked": one.unmasked}
    return keyed_hash("look", json.dumps(content, sort_keys=True, ensure_ascii=False))


class Migration(migrations.Migration):
    dependencies = [("history", "0002_append_only")]
    # SQLite makes a changed table anew, and its guard would be gone with the old one.
    operations = [
        migrations.RunPython(_guard.drop, _guard.create),
        migrations.CreateModel(
            name="Head",
            fields=[
                ("chain", models.CharField(max_length=160, primary_key=True, serialize=False, verbose_name="链")),
                ("seq", models.PositiveIntegerField(verbose_name="末条序号")),
            ],
        ),
        migrations.AddField("look", "seq", models.PositiveIntegerField("此人的第几次查看", null=True)),
        migrations.AddField("look", "hash", models.CharField("校验值", max_length=64, default="")),
        migrations.RunPython(bring_along, migrations.RunPython.noop),
        migrations.AlterField("look", "seq", models.PositiveIntegerField("此人的第几次查看")),
        migrations.AlterField("look", "hash", models.CharField("校验值", max_length=64)),
        migrations.AlterField("look", "actor", models.CharField("查看人", max_length=150)),
        migrations.AddConstraint(
            "look", models.UniqueConstraint(fields=("actor", "seq"), name="history_looks_are_numbered")
        ),
        migrations.AlterModelOptions("digest", {"ordering": ["day", "part"]}),
        migrations.AlterField("digest", "day", models.DateField("日期")),
        migrations.AlterField("digest", "previous", models.CharField("前一次校验值", max_length=64)),
        migrations.AddField("digest", "part", models.PositiveSmallIntegerField("当日第几次", default=1)),
        migrations.AddField("digest", "last_look", models.BigIntegerField("末条查看", null=True)),
        migrations.AddField("digest", "looks", models.BigIntegerField("查看数", default=0)),
        migrations.AddField("digest", "looks_hash", models.CharField("查看的校验值", max_length=64, blank=True, default="")),
        migrations.AddConstraint(
            "digest", models.UniqueConstraint(fields=("day", "part"), name="history_one_digest_a_part_of_a_day")
        ),
        migrations.RunPython(_guard.create, _guard.drop),
    ]
