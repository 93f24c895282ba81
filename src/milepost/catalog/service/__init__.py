"""What can be done with the catalog: reading its files, and publishing what they say."""

from milepost.catalog.service.publishing import sync_content

__all__ = ["sync_content"]
