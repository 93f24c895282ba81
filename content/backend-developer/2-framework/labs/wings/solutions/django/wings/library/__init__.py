"""The library, as an app of Django."""
