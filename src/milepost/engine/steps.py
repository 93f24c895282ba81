"""Which of a check's evidence are its own steps: what it did, in the order in which it ended.

Pages and terminals show the last one first, for that is where a failed check ended. A request that
was sent early and read late ended late: what the check says is about the answer it read last.
"""

from collections.abc import Sequence

from milepost.engine.evidence.contract import Evidence


def list_steps(evidence: Sequence[Evidence]) -> list[Evidence]:
    """List what the check itself did, without the frame of a transaction if there is more.

    What learner code did meanwhile, such as its calls and statements, is left out.
    """
    done = [piece for piece in evidence if piece.is_step]
    done.sort(key=lambda piece: piece.at_seconds + piece.duration_seconds)
    return [piece for piece in done if not piece.is_frame] or done
