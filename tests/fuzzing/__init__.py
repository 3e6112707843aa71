"""Everything that a browser or a program can send, sent to every page and every operation. Shared with `bench.fuzz`."""
