"""What the tests of the register's pages share."""

from tests.recognitions.register import struck_off

REGISTER = "/desk/register/"


def end(reviewer, stay, ground="pension_or_retirement"):
    return struck_off(stay, ground, reviewer)
