"""What the rows of before say of themselves: who proposed stands in the record, whether it holds in the decision."""

from typing import Any

from django.db import migrations


def who_proposed(apps: Any, _schema: Any) -> None:
    proposals = apps.get_model("recognitions", "ExitProposal")._base_manager
    entries, users = apps.get_model("history", "Entry").objects, apps.get_model("agencies", "User").objects
    for proposal in proposals.filter(proposer=None).exclude(proposed_by="系统夜间核查").select_related("recognition"):
        said = {"payload__recognition": proposal.recognition.number, "payload__ground": proposal.ground}
        acts = entries.filter(file=f"person:{proposal.recognition.person_id}", action="exit_proposed", **said)
        who = acts.filter(actor_name=proposal.proposed_by).values_list("actor", flat=True).first()
        proposal.proposer = users.filter(username=who).first() if who else None
        proposal.save(update_fields=["proposer"])


def whether_it_holds(apps: Any, _schema: Any) -> None:
    """A finding of fraud holds, and what was decided says how it was read. Of the others nobody knows: they are found again."""
    rows = apps.get_model("recognitions", "Investigation")._base_manager
    rows.filter(status="decided", outcome="exit").update(holds=True)
    rows.filter(status="decided", outcome__in=["nothing", "correction"]).update(holds=False)
    rows.filter(status="found", fraud=True).update(holds=True)


class Migration(migrations.Migration):
    dependencies = [
        ("recognitions", "0009_exits_decided_by_another_and_told"),
        ("history", "0002_append_only"),
    ]
    operations = [
        migrations.RunPython(who_proposed, migrations.RunPython.noop),
        migrations.RunPython(whether_it_holds, migrations.RunPython.noop),
    ]
