package main

import (
	"encoding/json"
	"log"
	"net/http"
	"os"
)

func count(w http.ResponseWriter, r *http.Request) {
	json.NewEncoder(w).Encode(map[string]int{"words": -1})
}

func main() {
	http.HandleFunc("GET /count", count)
	log.Fatal(http.ListenAndServe("127.0.0.1:"+os.Getenv("PORT"), nil))
}
