"""The wings: a folder each."""
