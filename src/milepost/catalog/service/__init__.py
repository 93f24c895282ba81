"""What can be done with the catalog: reading its files, and publishing what they say.

Nothing here is asked by a request; reads of what is published live in `queries`.
"""

from milepost.catalog.service.publishing import sync_content

__all__ = ["sync_content"]
