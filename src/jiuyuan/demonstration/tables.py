"""What every demonstration stands on: the tables, and in them the divisions and agencies of 吉林."""

from django.core.management import call_command

from jiuyuan.agencies import services


def bring_up_to_date() -> None:
    call_command("migrate", verbosity=0)
    services.plant()
