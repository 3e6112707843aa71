"""How the jobs about help are done."""

from jiuyuan.assistance import vacancy_files
from jiuyuan.people.models import ImportBatch
from jiuyuan.people.sources import running

running.WORK[ImportBatch.Kind.VACANCIES] = vacancy_files.work_for
