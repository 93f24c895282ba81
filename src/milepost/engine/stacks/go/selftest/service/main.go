// Counts how often it is asked; see `contracts/service`.
package main

import (
	"encoding/json"
	"fmt"
	"log"
	"net/http"
	"os"
	"sync/atomic"
)

func main() {
	var asked atomic.Int64
	http.HandleFunc("GET /count", func(w http.ResponseWriter, _ *http.Request) {
		count := asked.Add(1)
		fmt.Printf("counted %d\n", count)
		_ = json.NewEncoder(w).Encode(map[string]int64{"count": count})
	})
	log.Fatal(http.ListenAndServe("127.0.0.1:"+os.Getenv("PORT"), nil))
}
