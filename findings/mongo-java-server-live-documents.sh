#!/usr/bin/env bash
# mongo-java-server 1.47.0 (Maven Central) with pymongo 4.16.0 (PyPI): findAndModify by several clients at once.
# Expected: each of 8,000 calls that add one and return the new document returns another number, as each is atomic.
# Seen: the store counts right, and some calls return a number that a later call has made: replies hold live documents.
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
from concurrent.futures import ThreadPoolExecutor

from pymongo import MongoClient, ReturnDocument

counters = MongoClient(sys.argv[1]).town.counters
counters.insert_one({"_id": 1, "n": 0})


def add(_):
    after = counters.find_one_and_update(
        {"_id": 1}, {"$inc": {"n": 1}}, return_document=ReturnDocument.AFTER
    )
    return after["n"]


with ThreadPoolExecutor(8) as clients:
    numbers = list(clients.map(add, range(8000)))
print("counted:", counters.find_one()["n"])
print("each call got a number of its own:", len(set(numbers)) == len(numbers))
PYTHON
)
printf 'Eight clients add one, 8,000 times in all, and are told the new number.\n%s\n' "$seen"
[ "$seen" = $'counted: 8000\neach call got a number of its own: False' ] || { echo "This has changed."; exit 1; }
