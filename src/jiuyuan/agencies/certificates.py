"""Loads the certificate with which an agency seals."""

import logging

from django.conf import settings

from jiuyuan.agencies.models import Agency
from jiuyuan.printing.certificates import Certificate, CertificateError, certificate_for, make_development_ca
from jiuyuan.refusals import Refusal
from jiuyuan.wording import say

_log = logging.getLogger(__name__)


class CannotSeal(Refusal):
    """The agency has no usable certificate (503); the log says which file is wrong."""

    status = 503
    code = "no_certificate"

    def __init__(self, agency: Agency) -> None:
        super().__init__(
            say(
                "{agency}没有可用的签章证书（没有放好、打不开，或密码不对），不能盖章。请与系统管理员联系，放好证书后会自动再试。",
                agency=agency.name,
            )
        )


def certificate_of(agency: Agency) -> Certificate:
    """The agency's certificate; outside production a development authority issues it on demand. Raises `CannotSeal`."""
    folder = settings.JIUYUAN.data / "certificates"
    if settings.JIUYUAN.mode != "production":
        make_development_ca(folder)
    try:
        return certificate_for(agency.code, agency.name, folder)
    except CertificateError as error:
        _log.error("%s: %s", agency.code, error)
        raise CannotSeal(agency) from error
