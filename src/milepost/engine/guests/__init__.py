"""Guests from outside: starting and ending them, keeping spares, and watching what they use.

What runs inside a guest is `agent`; how its sandbox is built is `sandbox`.
"""
