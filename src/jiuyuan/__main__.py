"""`python -m jiuyuan` is the command `jiuyuan`."""

import sys

from jiuyuan.cli import main

sys.exit(main())
