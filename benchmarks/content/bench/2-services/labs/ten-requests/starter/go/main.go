package main

import (
	"log"
	"net/http"

	"github.com/go-chi/chi/v5"
)

func main() {
	router := chi.NewRouter()
	log.Fatal(http.ListenAndServe("127.0.0.1:8000", router))
}
