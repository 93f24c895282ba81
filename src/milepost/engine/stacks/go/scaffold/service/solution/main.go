package main

import (
	"encoding/json"
	"log"
	"net/http"
	"os"
	"strings"
)

func count(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	if !query.Has("text") {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	words := len(strings.Fields(query.Get("text")))
	json.NewEncoder(w).Encode(map[string]int{"words": words})
}

func main() {
	http.HandleFunc("GET /count", count)
	log.Fatal(http.ListenAndServe("127.0.0.1:"+os.Getenv("PORT"), nil))
}
