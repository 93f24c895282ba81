"""What of the evidence stands open: the step that tells why, not only the one that came last."""

from typing import Any

from fakes.recorded import recorded
from milepost.web.rendering.evidence_focus import find_file, find_focus, part_headers

AT_ONCE: dict[str, Any] = {"at_seconds": 0.0, "duration_seconds": 0.0}


def exchange(method, status=200, **fields):
    response = {} if status is None else {"status": status}
    fields = {"title": method, **AT_ONCE, **fields}
    fields |= {"request": {"method": method}, "response": response}
    return recorded("exchange", **fields)


def statement(command):
    response = {"columns": [], "command": command}
    fields = {**AT_ONCE, "request": {"sql": command}, "response": response}
    return recorded("statement", 0, **fields)


LOG = recorded("log", response={"lines": ["oops"]})
NOTE = recorded("note")


def test_the_last_step_is_telling_and_what_was_only_said_is_not():
    first, last = exchange("POST"), exchange("PUT")

    assert find_focus([first, NOTE, last, NOTE, LOG]) == [last]


def test_a_step_that_only_looked_comes_with_the_last_that_changed_something():
    post, put, got = exchange("POST"), exchange("PUT"), exchange("GET")

    assert find_focus([post, exchange("GET"), put, got]) == [got, put]
    assert find_focus([got]) == [got]


def test_a_service_that_broke_down_shows_its_log():
    assert find_focus([exchange("PUT", 500), LOG])[1:] == [LOG]
    assert find_focus([exchange("PUT", None), LOG])[1:] == [LOG]
    assert find_focus([LOG]) == [LOG]


def test_the_end_of_a_transaction_tells_nothing_of_what_was_in_it():
    begin, delete, commit = map(statement, ("BEGIN", "DELETE 14", "COMMIT"))

    assert find_focus([begin, delete, commit]) == [delete]
    assert find_focus([commit]) == [commit]


def test_what_learner_code_did_meanwhile_is_not_where_the_check_ended():
    ours = exchange("POST")

    assert find_focus([ours, exchange("GET", actor="learner")]) == [ours]
    asked = recorded("statement", actor="learner", request={"database_role": "you"}, response={})
    assert find_focus([ours, asked]) == [ours]


def test_a_request_that_was_sent_first_and_read_last_is_where_the_check_ended():
    crowd = exchange("GET", at_seconds=0.1, duration_seconds=0.5)
    meanwhile = exchange("GET", at_seconds=0.2, duration_seconds=0.1)

    assert find_focus([crowd, meanwhile]) == [crowd]


def test_the_file_that_the_telling_step_ran_is_open_else_the_first():
    ran = recorded("statement", **AT_ONCE, request={"file": "b.sql"})

    assert find_file([ran, statement("COMMIT")], ["a.sql", "b.sql"]) == "b.sql"
    assert find_file([exchange("PUT")], ["a.py", "b.py"]) == "a.py"
    assert find_file([], []) is None


def test_headers_that_say_something_are_parted_from_those_that_every_message_has():
    headers = {"host": "x", "ETag": '"1"', "accept": "*/*", "content-type": "application/json"}

    telling, others = part_headers(headers)

    assert telling == {"ETag": '"1"', "content-type": "application/json"}
    assert others == {"host": "x", "accept": "*/*"}
