"""One file with which an office without a network installs 就援; `make bundle` writes it."""
