"""The shape of evidence: one of all kinds there are, told apart by `kind`.

What is sent is the JSON that is stored. The schema is made from the kinds' own dataclasses, so no
kind is described twice. Invariant: whatever field a kind has is always sent.
"""

from typing import Annotated, Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from milepost.engine import Evidence
from milepost.engine.evidence.registry import list_kinds
from milepost.engine.serialize import to_json


class _AsItsKind:
    """Tells pydantic how evidence is sent, and what its schema is."""

    def __get_pydantic_core_schema__(
        self, _source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        choices = {kind.name: handler.generate_schema(kind.evidence) for kind in list_kinds()}
        return core_schema.json_or_python_schema(
            json_schema=core_schema.tagged_union_schema(choices, discriminator="kind"),
            python_schema=core_schema.is_instance_schema(Evidence),
            serialization=core_schema.plain_serializer_function_ser_schema(to_json),
        )

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        described = handler(schema)
        for kind in list_kinds():
            reference = {"$ref": described["discriminator"]["mapping"][kind.name]}
            of_kind = handler.resolve_ref_schema(reference)
            of_kind["required"] = [*of_kind["properties"]]  # none is ever left out
        return described


EvidenceOut = Annotated[Evidence, _AsItsKind()]
