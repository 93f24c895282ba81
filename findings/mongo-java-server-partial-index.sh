#!/usr/bin/env bash
# mongo-java-server 1.47.0 (Maven Central) with pymongo 4.16.0 (PyPI): a unique index with a partialFilterExpression.
# Expected: as in MongoDB, the index is unique among the documents that fit the filter, or making it is refused.
# Seen: making it succeeds and the filter is listed, but two documents that do not fit it are refused as duplicates.
# Needs Java 17 and Maven. Prints what happens, and fails if that is no longer so.
set -euo pipefail
folder=$(mktemp -d)
server=""
trap '[ -z "$server" ] || kill "$server"; rm -rf "$folder"' EXIT
cat >"$folder/pom.xml" <<'POM'
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion><groupId>f</groupId><artifactId>f</artifactId><version>1</version>
  <dependencies><dependency>
    <groupId>de.bwaldvogel</groupId><artifactId>mongo-java-server</artifactId><version>1.47.0</version>
  </dependency></dependencies>
</project>
POM
cat >"$folder/Serve.java" <<'JAVA'
import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.backend.memory.MemoryBackend;

class Serve {
    public static void main(String[] arguments) {
        System.out.println(new MongoServer(new MemoryBackend()).bindAndGetConnectionString());
    }
}
JAVA
mvn -B -q -f "$folder/pom.xml" dependency:copy-dependencies -DoutputDirectory="$folder/jars"
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check pymongo==4.16.0
java -cp "$folder/jars/*" "$folder/Serve.java" >"$folder/address" 2>/dev/null &
server=$!
until [ -s "$folder/address" ]; do sleep 0.1; done
seen=$("$folder/venv/bin/python" - "$(head -n 1 "$folder/address")" <<'PYTHON'
import sys

from pymongo import MongoClient
from pymongo.errors import DuplicateKeyError

people = MongoClient(sys.argv[1]).town.people
people.create_index("phone", unique=True, partialFilterExpression={"phone": {"$exists": True}})
print("filter kept:", "partialFilterExpression" in people.index_information()["phone_1"])
people.insert_one({"name": "Ada"})
try:
    people.insert_one({"name": "Bo"})
    print("second without a phone: stored")
except DuplicateKeyError:
    print("second without a phone: refused as a duplicate")
PYTHON
)
printf 'An index that is unique among people who have a phone, and two who have none.\n%s\n' "$seen"
[ "$seen" = $'filter kept: True\nsecond without a phone: refused as a duplicate' ] || { echo "This has changed."; exit 1; }
