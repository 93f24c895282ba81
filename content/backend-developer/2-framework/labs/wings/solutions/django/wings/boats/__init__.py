"""The boathouse, as an app of Django."""
