"""What pages and the JSON API share: who asks, one transaction a request, problems, headers.

Nothing here knows a route or a template.
"""
