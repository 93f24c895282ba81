"""The tool library. It works; FastAPI makes a document of it at /openapi.json, and that is not true.

On your machine: pip install fastapi uvicorn, then uvicorn main:app --port 8000
"""

import re
from typing import Annotated, Any

from fastapi import FastAPI, Path, Response
from fastapi.responses import JSONResponse
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

import refusals
import shed

KINDS = ("hand", "power", "garden")


def is_kind(value: str) -> str:
    if value not in KINDS:
        raise ValueError("this must be hand, power or garden")
    return value


def is_name(value: str) -> str:
    if not 1 <= len(value) <= 60:
        raise ValueError("this must have 1 to 60 characters")
    return value


def is_deposit(value: str) -> str:
    if re.fullmatch(r"[0-9]{1,3}\.[0-9]{2}", value) is None:
        raise ValueError('this must be a text such as "12.50"')
    return value


def is_year(value: int) -> int:
    if not 1950 <= value <= 2030:
        raise ValueError("this must be from 1950 to 2030")
    return value


def is_days(value: int) -> int:
    if not 1 <= value <= 28:
        raise ValueError("this must be from 1 to 28")
    return value


def is_limit(value: int) -> int:
    if not 1 <= value <= 50:
        raise ValueError("this must be from 1 to 50")
    return value


YEARS = {"minimum": 1950, "maximum": 2024}  # what the document says


class NewTool(BaseModel):
    model_config = ConfigDict(strict=True)

    name: Annotated[str, AfterValidator(is_name)]
    kind: Annotated[str, AfterValidator(is_kind)]
    deposit: Annotated[str, AfterValidator(is_deposit)]
    year: Annotated[int, AfterValidator(is_year), Field(json_schema_extra=YEARS)] | None = None


class NewLoan(BaseModel):
    model_config = ConfigDict(strict=True)

    borrower: Annotated[str, AfterValidator(is_name)]
    days: Annotated[int, AfterValidator(is_days)]


ToolNumber = Annotated[int, Path(ge=1)]

app = FastAPI(title="Tool library")
refusals.install(app)


@app.get("/tools")
def list_tools(
    kind: Annotated[str, AfterValidator(is_kind)] | None = None,
    limit: Annotated[int, AfterValidator(is_limit)] = 20,
) -> dict[str, Any]:
    return {"items": shed.find(kind, limit)}


@app.post("/tools")
def add_tool(tool: NewTool) -> JSONResponse:
    added = shed.add(tool.model_dump())
    return JSONResponse(added, 201, {"location": f"/tools/{added['id']}"})


@app.get("/tools/{number}")
def get_tool(number: ToolNumber) -> dict[str, Any]:
    return shed.get(number)


@app.delete("/tools/{number}", include_in_schema=False)
def remove_tool(number: ToolNumber) -> Response:
    shed.remove(number)
    return Response(status_code=204)


@app.post("/tools/{number}/loan")
def lend_tool(number: ToolNumber, loan: NewLoan) -> JSONResponse:
    return JSONResponse(shed.lend(number, loan.model_dump()), 201)
