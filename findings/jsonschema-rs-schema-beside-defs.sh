#!/usr/bin/env bash
# jsonschema-rs 0.60.3 (PyPI) and schemas that stand beside `$defs`, such as those of an OpenAPI document in `components`.
# Expected: a schema that the meta-schema refuses is refused when a validator is made, wherever a reference finds it.
# Seen: under `$defs` it is; under any other name some are taken (`multipleOf` of 0, a name twice in `required`), while others
# are refused there too (`minLength` of -1).
# Prints what was refused where, and fails if that is no longer so.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check jsonschema-rs==0.60.3
seen=$("$folder/venv/bin/python" - <<'PYTHON'
from jsonschema_rs import Draft202012Validator


def is_refused(place, schema):
    try:
        Draft202012Validator({"$ref": f"#/{place}/x", place: {"x": schema}})
    except ValueError:
        return "refused"
    return "taken"


for schema in ({"multipleOf": 0}, {"required": ["a", "a"]}, {"minLength": -1}):
    print(schema, *(f"{place}: {is_refused(place, schema)}" for place in ("$defs", "components")))
PYTHON
)
printf 'Three schemas that JSON Schema 2020-12 does not allow, each behind a reference.\n%s\n' "$seen"
[ "$seen" = "{'multipleOf': 0} \$defs: refused components: taken
{'required': ['a', 'a']} \$defs: refused components: taken
{'minLength': -1} \$defs: refused components: refused" ] || { echo "This has changed."; exit 1; }
