"""What help consists of."""

from jiuyuan.assistance.models.vacancies import Employer, EmployerLink, Vacancy

__all__ = ["Employer", "EmployerLink", "Vacancy"]
