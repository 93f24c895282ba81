"""The one check that an example in a programming language is run by: it only runs the program.

What the program does is for its reader to judge, so nothing here can fail it but a limit.
"""

from milepost.engine.checks import Program, check


@check(task="run", objectives=[])
def test_it_runs(program: Program) -> None:
    """The example is run"""
    program.run()
