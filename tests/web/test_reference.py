"""The API's reference is drawn from any OpenAPI document, its examples from the schemas."""

import json
from typing import Annotated, Literal

from fastapi import FastAPI, Header, Path
from pydantic import BaseModel, Field

from milepost.web.rendering.reference import describe_api


class Chapter(BaseModel):
    title: str
    parts: list["Chapter"] = []


class Order(BaseModel):
    """What is ordered."""

    book: str = Field(description="Which book", examples=["SICP"])
    count: int = 1
    note: str | None = None


Shop = Annotated[str, Path(openapi_examples={"one": {"value": "corner-shop"}})]


def describe():
    app = FastAPI()

    @app.post("/shops/{shop}/orders", status_code=201, tags=["orders"])
    def place_order(shop: Shop, order: Order, idempotency_key: Annotated[str, Header()]) -> Chapter:
        """Order a book.

        Sent twice, it is ordered once.
        """
        return Chapter(title=f"{shop} {order} {idempotency_key}")

    return describe_api(app.openapi(), base_url="http://milepost.test/")


def test_an_operation_says_what_it_takes():
    [group] = describe()
    [operation] = group.operations

    assert (group.title, operation.method, operation.title) == ("orders", "POST", "Place order")
    assert "ordered once" in operation.description
    fields = {field.name: field for field in operation.fields}
    assert fields["shop"].place == "in the path"
    assert fields["idempotency-key"].is_required
    assert fields["book"].description == "Which book"
    assert not fields["note"].is_required
    assert fields["note"].kind == "string"


def test_the_request_is_a_curl_line_with_a_whole_example():
    request = describe()[0].operations[0].request

    assert request.startswith("curl -X POST 'http://milepost.test/shops/corner-shop/orders'")
    assert '-H "idempotency-key: $(uuidgen)"' in request
    body = json.loads(request.partition("-d '")[2].rstrip("'"))
    assert body["book"] == "SICP"
    assert body["count"] == 1


def test_a_schema_that_holds_itself_ends():
    answer = describe()[0].operations[0].answers[0]

    assert answer.status == "201"
    assert json.loads(answer.example)["title"] == "text"


def test_a_list_of_several_kinds_shows_one_of_each():
    class Cat(BaseModel):
        kind: Literal["cat"] = "cat"

    class Dog(BaseModel):
        kind: Literal["dog"] = "dog"

    app = FastAPI()

    @app.get("/animals")
    def list_animals() -> list[Annotated[Cat | Dog, Field(discriminator="kind")]]:
        return []

    [[operation]] = [
        group.operations for group in describe_api(app.openapi(), base_url="http://x/")
    ]

    assert [each["kind"] for each in json.loads(operation.answers[0].example)] == ["cat", "dog"]
