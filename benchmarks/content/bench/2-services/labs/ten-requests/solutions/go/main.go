package main

import (
	"encoding/json"
	"log"
	"net/http"
	"strconv"

	"github.com/go-chi/chi/v5"
)

func main() {
	router := chi.NewRouter()
	router.Get("/double/{number}", func(w http.ResponseWriter, r *http.Request) {
		number, err := strconv.Atoi(chi.URLParam(r, "number"))
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		_ = json.NewEncoder(w).Encode(map[string]int{"double": 2 * number})
	})
	log.Fatal(http.ListenAndServe("127.0.0.1:8000", router))
}
