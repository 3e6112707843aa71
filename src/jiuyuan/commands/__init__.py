"""The subcommands of `jiuyuan`, one module per group.

Each has `register(subparsers)` and imports what it needs when run.
"""
