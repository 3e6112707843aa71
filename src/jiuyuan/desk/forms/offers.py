"""The form for offering a vacancy to a person."""

from collections.abc import Mapping
from typing import Any

from django import forms

from jiuyuan.assistance.matching import Match
from jiuyuan.assistance.offer_workflow import OFFER, OfferOf
from jiuyuan.desk.forms.acts import ActForm
from jiuyuan.procedures.table import Transition
from jiuyuan.wording import say


class OfferForm(ActForm):
    """Vacancy, means, and a reason if it does not clearly suit.

    The vacancy clicked is preselected; `before`: results of earlier offers.
    """

    def __init__(
        self,
        context: OfferOf,
        transition: Transition,
        found: list[Match],
        before: Mapping[int, str],
        chosen: str,
        data: Any = None,
    ) -> None:
        super().__init__(OFFER, context, transition, data)
        labels = [
            (
                str(match.vacancy.pk),
                "。".join(
                    filter(
                        None,
                        (
                            say(
                                "{title}（{employer}）", title=match.vacancy.title, employer=match.vacancy.employer.name
                            ),
                            match.open_in_words,
                            before.get(match.vacancy.pk, ""),
                        ),
                    )
                ),
            )
            for match in found
        ]
        self.fields["vacancy"] = forms.ChoiceField(label=say("岗位"), choices=labels, widget=forms.RadioSelect)
        self.fields["suitable_because"].decides = True  # type: ignore[attr-defined]  # by what is unknown of the vacancy
        self.initial.update(vacancy=chosen, to_many="false")
