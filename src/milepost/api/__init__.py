"""The JSON door: one package a version.

Nothing is decided here; the domains decide. What a version has published keeps its meaning.
"""
