"""Models of bank accounts. A person's latest account is used; earlier ones are kept."""

from typing import Any, ClassVar

from django.db import models

from jiuyuan import masking
from jiuyuan.agencies.acted import PrintedName
from jiuyuan.agencies.models import User
from jiuyuan.agencies.scope import Scope, ScopedManager
from jiuyuan.encryption import BlindIndexField, EncryptedTextField
from jiuyuan.people.models.person import Person


class Account(models.Model):
    """An account with an encrypted number, searchable only by `number_index`, which also shows shared accounts."""

    number = EncryptedTextField("银行账号")
    number_index = BlindIndexField("银行账号索引", max_length=64, db_index=True)
    bank = models.CharField("开户银行", max_length=80)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.masked_number

    @property
    def masked_number(self) -> str:
        return masking.bank_account(self.number)


class BankAccount(Account):
    """The account to which a person is paid."""

    scope: ClassVar = Scope(area="person__area", owner="person__account")

    person: "models.ForeignKey[Person, Any]" = models.ForeignKey(
        Person, models.PROTECT, related_name="bank_accounts", verbose_name="人员"
    )
    holder = models.CharField("户名", max_length=80)
    entered_at = models.DateTimeField("登记时间")
    entered_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", verbose_name="登记人账号", db_index=False
    )
    entered_by_name = PrintedName("登记人")

    objects = ScopedManager()

    class Meta:
        verbose_name = "银行账户"
        ordering = ["id"]
