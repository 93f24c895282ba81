"""The lab format: loading, checking, packaging and verifying labs, without any database.

What a verdict means lives in `engine`; which labs are published, in `catalog`.
A lab that cannot be used is named with its problems and never stops the others.
"""

from milepost.labs.answers import list_answers
from milepost.labs.checks_folder import write_checks
from milepost.labs.loading import list_lab_folders, load_lab, load_labs
from milepost.labs.model import (
    DRILL,
    LAB,
    BrokenLab,
    CheckSpec,
    Flaw,
    Hint,
    Lab,
    LabInvalid,
    LessonSection,
    Solution,
    Task,
    UnknownStack,
)
from milepost.labs.names import find_obeyed, find_path_problem
from milepost.labs.packaging import (
    PackageRefused,
    list_package,
    package_lab,
    package_solutions,
    read_solutions_package,
    unpack_lab,
)
from milepost.labs.proof import GATES, find_proof_problem
from milepost.labs.scaffolding import (
    ScaffoldRefused,
    Wanted,
    list_kinds,
    list_scaffold_services,
    list_scaffold_stacks,
    write_new_lab,
)

__all__ = [
    "DRILL",
    "GATES",
    "LAB",
    "BrokenLab",
    "CheckSpec",
    "Flaw",
    "Hint",
    "Lab",
    "LabInvalid",
    "LessonSection",
    "PackageRefused",
    "ScaffoldRefused",
    "Solution",
    "Task",
    "UnknownStack",
    "Wanted",
    "find_obeyed",
    "find_path_problem",
    "find_proof_problem",
    "list_answers",
    "list_kinds",
    "list_lab_folders",
    "list_package",
    "list_scaffold_services",
    "list_scaffold_stacks",
    "load_lab",
    "load_labs",
    "package_lab",
    "package_solutions",
    "read_solutions_package",
    "unpack_lab",
    "write_checks",
    "write_new_lab",
]
