"""A letter keeps what it says and whose seal it bears, and is called as the region's papers call it; sheets for boards are kept."""

import django.db.models.deletion
from django.db import migrations, models

_REFUSALS = {
    "decline": "declined",
    "first_review_fail": "rejected",
    "settle_objection": "objection_upheld",
    "reject": "not_passed",
}


def name_refusals(apps, schema_editor):
    """Each refusal by the act that it tells of: the last opinion that refused."""
    Letter, Opinion = apps.get_model("applications", "Letter"), apps.get_model("applications", "Opinion")
    refusing = Opinion.objects.filter(application=models.OuterRef("application"), action__in=_REFUSALS).order_by("-pk")
    act = models.Subquery(refusing.values("action")[:1])
    for action, name in _REFUSALS.items():
        Letter.objects.alias(act=act).filter(kind="rejection", act=action).update(kind=name)
    Letter.objects.filter(kind="rejection").update(kind="rejected")


class Migration(migrations.Migration):
    dependencies = [("agencies", "0007_offices_and_their_people"), ("applications", "0014_agents_with_an_authorisation")]

    operations = [
        migrations.AlterField(
            model_name="letter",
            name="kind",
            field=models.CharField(help_text="在地区的文书中的名称", max_length=24, verbose_name="种类"),
        ),
        migrations.AlterField(
            model_name="letter",
            name="said",
            field=models.JSONField(default=dict, help_text="盖章以后不再保留，以盖了章的为准", verbose_name="内容"),
        ),
        migrations.AddField(
            model_name="letter",
            name="agency",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="agencies.agency", verbose_name="盖章机构"
            ),
        ),
        migrations.RunPython(name_refusals, migrations.RunPython.noop),
        migrations.CreateModel(
            name="NoticeSheet",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("posted_on", models.DateField(verbose_name="公示开始")),
                ("ends_on", models.DateField(verbose_name="公示结束")),
                ("notices", models.JSONField(default=list, verbose_name="公示")),
                ("stored_as", models.CharField(max_length=80, unique=True, verbose_name="存放位置")),
                ("sha256", models.CharField(max_length=64, verbose_name="校验值")),
                ("sealed_at", models.DateTimeField(verbose_name="盖章时间")),
                ("agency", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="agencies.agency", verbose_name="平台")),
            ],
            options={
                "verbose_name": "公示单",
                "ordering": ["id"],
                "indexes": [models.Index(fields=["agency", "posted_on"], name="applications_sheet")],
            },
        ),
    ]
