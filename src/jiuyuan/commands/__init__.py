"""The subcommands of `jiuyuan`, one module a group; each offers `register(subparsers)` and imports what it needs when it runs."""
