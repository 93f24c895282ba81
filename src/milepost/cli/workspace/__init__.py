"""A learner's or author's side of this machine: work folders, logins, and checks that run here.

What a lab is comes from `labs`, what a server knows from `client`. Invariant: what a person wrote
in a folder is never overwritten.
"""
