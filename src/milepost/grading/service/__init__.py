"""Grading a submission: the run, what it shows meanwhile, whose fault a broken check is.

Every step is safe to run twice.
"""

from milepost.grading.service.check_log import CheckLog
from milepost.grading.service.grading import finish_grading, grade_submission, unpack_once

__all__ = ["CheckLog", "finish_grading", "grade_submission", "unpack_once"]
