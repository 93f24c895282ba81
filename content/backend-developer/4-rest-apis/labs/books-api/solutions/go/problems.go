package main

import (
	"encoding/json"
	"errors"
	"log"
	"net/http"
)

// problem is a refusal, as RFC 9457 has it.
type problem struct {
	Title  string       `json:"title"`
	Status int          `json:"status"`
	Detail string       `json:"detail"`
	Errors []fieldError `json:"errors,omitempty"`
}

type fieldError struct {
	Field   string `json:"field"`
	Message string `json:"message"`
}

func (refusal *problem) Error() string { return refusal.Detail }

func newProblem(status int, detail string) *problem {
	return &problem{Title: http.StatusText(status), Status: status, Detail: detail}
}

func refuse(w http.ResponseWriter, err error) {
	var refusal *problem
	if !errors.As(err, &refusal) {
		log.Print(err)
		refusal = newProblem(http.StatusInternalServerError, "This could not be done.")
	}
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(refusal.Status)
	_ = json.NewEncoder(w).Encode(refusal)
}
