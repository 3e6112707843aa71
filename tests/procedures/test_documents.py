"""What the documents say of the procedures is written from the tables."""

from pathlib import Path

from jiuyuan.applications.workflow import APPLICATION
from jiuyuan.procedures.documents import document

ROOT = Path(__file__).parents[2]


def test_the_document_of_the_procedures_is_what_the_tables_say():
    assert (ROOT / "docs/procedures.md").read_text("utf-8") == document(), "jiuyuan procedures > docs/procedures.md"


def test_every_move_of_a_case_is_drawn():
    moves = {
        f"  {source} --> {target}: {transition.action}"
        for transition in APPLICATION.of().transitions
        for source in transition.sources
        for target in transition.targets
        if frozenset(transition.targets) != transition.sources
    }
    assert moves <= set(document().splitlines())
    assert len(moves) > 20
