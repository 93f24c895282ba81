"""Turning what the domains answer into what a reader sees: templates, words, code, the road.

No routes here and no reading of the database. Invariant: everything here is a function of its
arguments and of the files of this project, so a page can be rendered without a server.
"""
