"""Many submissions, two workers, one of them killed again and again: each is judged, each once."""

import itertools
from functools import partial

import pytest

from harness.live_worker import kill, wait_for

LEARNERS = 8


@pytest.mark.parametrize(
    ("count", "deaths"), [(40, 4), pytest.param(1000, 60, marks=pytest.mark.storm)]
)
async def test_all_are_graded_each_once(make, gated_workers, connection, ask, count, deaths):
    lab = await make.lab()
    learners = [await make.learner(f"Learner {number}") for number in range(LEARNERS)]
    connection.execute(_COUNT_VERDICTS)
    try:
        gated_workers.start()
        doomed = gated_workers.start()
        for learner in itertools.islice(itertools.cycle(learners), count):
            await make.submission(lab=lab, learner=learner)
        for death in range(deaths):
            due = (death + 1) * count // (deaths + 1)
            wait_for("its share of verdicts", partial(lambda due: ask(_GRADED) >= due, due))
            kill(doomed)
            doomed = gated_workers.start()
        wait_for("the last verdict", lambda: ask(_GRADED) == count)
        wait_for("the last job's end", lambda: ask(_UNDONE) == 0)

        assert ask("SELECT array_agg(DISTINCT verdict) FROM gradings") == ["passed"]
        assert ask("SELECT count(*) FROM counted_verdicts") == count
        assert ask("SELECT count(DISTINCT grading_id) FROM counted_verdicts") == count
        assert ask(_CHECKS_OF_OTHER_RUNS) == 0
        assert ask("SELECT count(*) FROM check_results") == 2 * count
    finally:
        connection.execute("DROP TABLE counted_verdicts CASCADE")
        connection.execute("DROP FUNCTION count_verdict CASCADE")


_GRADED = "SELECT count(*) FROM gradings WHERE verdict IS NOT NULL"
_UNDONE = "SELECT count(*) FROM procrastinate_jobs WHERE status <> 'succeeded'"
_CHECKS_OF_OTHER_RUNS = """
    SELECT count(*) FROM check_results JOIN gradings ON gradings.id = grading_id
    WHERE check_results.attempt <> gradings.attempt
"""
# The database itself counts how often a verdict was written.
_COUNT_VERDICTS = """
    CREATE TABLE counted_verdicts (grading_id uuid NOT NULL);
    CREATE FUNCTION count_verdict() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO counted_verdicts VALUES (NEW.id);
        RETURN NULL;
    END $$;
    CREATE TRIGGER count_verdict AFTER UPDATE OF verdict ON gradings
        FOR EACH ROW WHEN (NEW.verdict IS NOT NULL) EXECUTE FUNCTION count_verdict();
"""
