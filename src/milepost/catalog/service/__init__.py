"""What can be done with the catalog: publishing what its files say, closing labs, reopening them.

Nothing here is asked by a request; reads of what is published live in `queries`.
"""

from milepost.catalog.service.closing import close_version, reopen_lab
from milepost.catalog.service.publishing import sync_content
from milepost.catalog.service.unread_answers import record_unread_answers

__all__ = ["close_version", "record_unread_answers", "reopen_lab", "sync_content"]
