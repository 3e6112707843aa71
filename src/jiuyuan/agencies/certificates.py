"""The certificate with which an agency seals."""

from django.conf import settings

from jiuyuan.agencies.models import Agency
from jiuyuan.printing.certificates import Certificate, certificate_for, make_development_ca


def certificate_of(agency: Agency) -> Certificate:
    """The agency's certificate. Outside production a development authority issues it on demand.

    Raises `printing.certificates.CertificateError` where production has none for this agency.
    """
    folder = settings.JIUYUAN.data / "certificates"
    if settings.JIUYUAN.mode != "production":
        make_development_ca(folder)
    return certificate_for(agency.code, agency.name, folder)
