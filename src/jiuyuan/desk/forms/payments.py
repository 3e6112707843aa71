"""The form for uploading a result file."""

from typing import Any

from django import forms

from jiuyuan.desk.forms.spoken import VersionedForm


class ResultForm(VersionedForm):
    file = forms.FileField(
        label="银行或财政返回的结果", help_text="XLSX、XLS或CSV，有“发放编号”“金额”“结果”三列，退回的另有“原因”。"
    )

    def __init__(self, version: int, data: Any = None, files: Any = None) -> None:
        super().__init__(data, files, initial={"version": version})

    def said(self) -> dict[str, Any]:
        """The file only."""
        return {"file": super().said()["file"]}
