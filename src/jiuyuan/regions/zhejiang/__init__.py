"""浙江省: a policy alone, without agencies of its own here."""
