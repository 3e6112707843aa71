"""By which clause of 吉人社发〔2022〕10号 the steps go whose tables every region shares: by workflow, and by `workflow.action`
where one differs."""

CLAUSES = {
    "family": "一(一)4",
    "file_change": "四(一)",
    "import": "一(三)",
    "recognition": "三",
    "recognition.open": "二(三)",
    "recognition.carry_over": "六",
    "recognition.annul": "五(三)",
    "exit_proposal": "三",
    "investigation": "三(六)",
    "investigation.hand_over": "五(三)",
    "investigation.call_off": "五(三)",
    "exit_objection": "三",
    "lead": "四(一)",
    "visit": "四(一)",
    "vacancy": "四(二)",
    "measure": "四(二)",
    "offer": "四(二)",
    "refusal": "三(五)",
    "post": "四(二)",
    "placement": "四(二)",
    "follow_up": "四(三)",
    "plan": "四(二)",
    "interview": "四(一)",
    "supervision": "五(三)",
}
