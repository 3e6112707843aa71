"""The clauses of its document for the tables that every region shares."""

CLAUSES = {
    "recognition": "第七条",
    "recognition.open": "第五条",
    "recognition.annul": "第八条",
    "exit_proposal": "第七条",
    "exit_objection": "第九条",
    "investigation": "第八条",
}
