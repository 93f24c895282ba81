"""Grading a submission: the run, what it shows meanwhile, whose fault a broken check is.

Examples of lessons run here too, and are not graded. Every step is safe to run twice.
"""

from milepost.grading.service.examples import run_example
from milepost.grading.service.grading import finish_grading, grade_submission, unpack_once

__all__ = ["finish_grading", "grade_submission", "run_example", "unpack_once"]
