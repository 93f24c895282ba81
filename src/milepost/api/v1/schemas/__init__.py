"""The shapes of the API's JSON, one file an area.

They are made from domains' values and read nothing themselves.
"""
