"""Opening an installation, for the commands that need its database."""

import os

from jiuyuan import config


def open_installation() -> config.Config:
    """Set up Django for the installation in `JIUYUAN_DATA`. Raises `config.UnusableConfig` with what to do."""
    installation = config.load()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jiuyuan.settings")
    import django

    django.setup()
    return installation
