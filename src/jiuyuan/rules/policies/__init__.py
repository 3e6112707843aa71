"""One module a region's policy, each to be read aloud beside the document that it states."""
