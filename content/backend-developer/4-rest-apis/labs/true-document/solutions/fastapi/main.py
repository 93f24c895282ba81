"""The tool library. What FastAPI can't know about it, such as its refusals, is told to the document here."""

from typing import Annotated, Any, Literal

from fastapi import FastAPI, Path, Query, Response
from pydantic import BaseModel, ConfigDict, Field

import refusals
import shed
from refusals import told

Kind = Literal["hand", "power", "garden"]
Name = Annotated[str, Field(min_length=1, max_length=60)]
Deposit = Annotated[str, Field(pattern=r"^[0-9]{1,3}\.[0-9]{2}$")]
Year = Annotated[int, Field(ge=1950, le=2030)]


class NewTool(BaseModel):
    model_config = ConfigDict(strict=True)

    name: Name
    kind: Kind
    deposit: Deposit
    year: Year | None = None


class NewLoan(BaseModel):
    model_config = ConfigDict(strict=True)

    borrower: Name
    days: Annotated[int, Field(ge=1, le=28)]


class Tool(BaseModel):
    id: int
    name: str
    kind: Kind
    deposit: str
    year: int | None
    loan: NewLoan | None


class Tools(BaseModel):
    items: list[Tool]


ToolNumber = Annotated[int, Path(ge=1)]
CREATED: dict[str, Any] = {"description": "It was made."}
PLACE = {"Location": {"description": "Where it is.", "schema": {"type": "string"}}}

app = FastAPI(title="Tool library")
refusals.install(app)


@app.get("/tools", responses=told(422))
def list_tools(
    kind: Kind | None = None, limit: Annotated[int, Query(ge=1, le=50)] = 20
) -> Tools:
    return Tools.model_validate({"items": shed.find(kind, limit)})


@app.post("/tools", status_code=201, responses={201: {**CREATED, "headers": PLACE}, **told(422)})
def add_tool(tool: NewTool, response: Response) -> Tool:
    added = Tool.model_validate(shed.add(tool.model_dump()))
    response.headers["location"] = f"/tools/{added.id}"
    return added


@app.get("/tools/{number}", responses=told(404, 422))
def get_tool(number: ToolNumber) -> Tool:
    return Tool.model_validate(shed.get(number))


@app.delete("/tools/{number}", status_code=204, responses=told(404, 409, 422))
def remove_tool(number: ToolNumber) -> None:
    shed.remove(number)


@app.post("/tools/{number}/loan", status_code=201, responses=told(404, 409, 422))
def lend_tool(number: ToolNumber, loan: NewLoan) -> Tool:
    return Tool.model_validate(shed.lend(number, loan.model_dump()))
