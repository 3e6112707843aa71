"""The form by which a vacancy is offered to one person."""

from typing import Any

from django import forms

from jiuyuan.assistance.matching import Match
from jiuyuan.assistance.models import JobOffer
from jiuyuan.assistance.offer_workflow import OFFER, OfferOf
from jiuyuan.desk.forms.acts import ActForm
from jiuyuan.procedures.table import Transition
from jiuyuan.wording import say


class OfferForm(ActForm):
    """Which of the vacancies, how, and why it suits where that is not plain. The one that was clicked stands chosen."""

    def __init__(
        self, context: OfferOf, transition: Transition, found: list[Match], chosen: str, data: Any = None
    ) -> None:
        super().__init__(OFFER, context, transition, data)
        labels = [
            (
                str(match.vacancy.pk),
                say("{title}（{employer}）", title=match.vacancy.title, employer=match.vacancy.employer.name),
            )
            for match in found
        ]
        self.fields["vacancy"] = forms.ChoiceField(label=say("岗位"), choices=labels, widget=forms.RadioSelect)
        self.initial.update(vacancy=chosen, means=JobOffer.By.COUNTER, to_many="false")
