"""What of the evidence stands open: the step that tells why, not only the one that came last."""

from milepost.engine import Evidence
from milepost.web.rendering.telling import find_file, find_telling, part_headers


def exchange(method, status=200, **request):
    response = {} if status is None else {"status": status}
    return Evidence("exchange", method, 0.0, 0.0, {"method": method, **request}, response)


def statement(command):
    return Evidence("statement", command, 0.0, 0.0, {"sql": command}, {"command": command})


LOG = Evidence("log", "What the service printed", 0.0, 0.0, {}, {"lines": ["oops"]})
NOTE = Evidence("note", "next", 0.0, 0.0)


def test_the_last_step_is_telling_and_what_was_only_said_is_not():
    first, last = exchange("POST"), exchange("PUT")

    assert find_telling([first, NOTE, last, NOTE, LOG]) == [last]


def test_a_step_that_only_looked_comes_with_the_last_that_changed_something():
    post, put, got = exchange("POST"), exchange("PUT"), exchange("GET")

    assert find_telling([post, exchange("GET"), put, got]) == [got, put]
    assert find_telling([got]) == [got]


def test_a_service_that_broke_down_shows_its_log():
    assert find_telling([exchange("PUT", 500), LOG])[1:] == [LOG]
    assert find_telling([exchange("PUT", None), LOG])[1:] == [LOG]
    assert find_telling([LOG]) == [LOG]


def test_the_end_of_a_transaction_tells_nothing_of_what_was_in_it():
    begin, delete, commit = map(statement, ("BEGIN", "DELETE 14", "COMMIT"))

    assert find_telling([begin, delete, commit]) == [delete]
    assert find_telling([commit]) == [commit]


def test_what_learner_code_did_meanwhile_is_not_where_the_check_ended():
    ours = exchange("POST")

    assert find_telling([ours, exchange("GET", by="you")]) == [ours]
    asked = Evidence("statement", "SELECT", 0.0, 0.0, {"by": "you", "database_role": "you"})
    assert find_telling([ours, asked]) == [ours]


def test_a_request_that_was_sent_first_and_read_last_is_where_the_check_ended():
    crowd = Evidence("exchange", "GET /wanted", 0.1, 0.5, {"method": "GET"}, {"status": 200})
    meanwhile = Evidence("exchange", "GET /kept", 0.2, 0.1, {"method": "GET"}, {"status": 200})

    assert find_telling([crowd, meanwhile]) == [crowd]


def test_the_file_that_the_telling_step_ran_is_open_else_the_first():
    ran = Evidence("statement", "DELETE", 0.0, 0.0, {"file": "b.sql"}, {"command": "DELETE 1"})

    assert find_file([ran, statement("COMMIT")], ["a.sql", "b.sql"]) == "b.sql"
    assert find_file([exchange("PUT")], ["a.py", "b.py"]) == "a.py"
    assert find_file([], []) is None


def test_headers_that_say_something_are_parted_from_those_that_every_message_has():
    headers = {"host": "x", "ETag": '"1"', "accept": "*/*", "content-type": "application/json"}

    telling, others = part_headers(headers)

    assert telling == {"ETag": '"1"', "content-type": "application/json"}
    assert others == {"host": "x", "accept": "*/*"}
