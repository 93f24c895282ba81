"""What can be done with accounts: signing in, letting terminals in, choosing a track.

Each file is one area; callers use the area's module.
"""
