// The books API in Go: routes.
package main

import (
	"encoding/json"
	"log"
	"mime"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"

	"github.com/go-chi/chi/v5"
)

var shelf = newShelf()

// handler is a handler that may refuse.
type handler func(w http.ResponseWriter, r *http.Request) error

func (handle handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if err := handle(w, r); err != nil {
		refuse(w, err)
	}
}

func writeJSON(w http.ResponseWriter, status int, body any) error {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	return json.NewEncoder(w).Encode(body)
}

func writeBook(w http.ResponseWriter, status int, found entry) error {
	w.Header().Set("ETag", found.etag())
	return writeJSON(w, status, found.show())
}

func requireJSON(r *http.Request) error {
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if kind != "application/json" {
		return newProblem(http.StatusUnsupportedMediaType, "Send the book as application/json.")
	}
	return nil
}

func addBook(w http.ResponseWriter, r *http.Request) error {
	if err := requireJSON(r); err != nil {
		return err
	}
	given, err := readBook(r.Body)
	if err != nil {
		return err
	}
	added := shelf.add(given)
	w.Header().Set("Location", "/books/"+added.id())
	return writeBook(w, http.StatusCreated, added)
}

func getBook(w http.ResponseWriter, r *http.Request) error {
	found, err := shelf.get(chi.URLParam(r, "id"))
	if err != nil {
		return err
	}
	if names(r.Header.Get("If-None-Match"), found.etag()) {
		w.Header().Set("ETag", found.etag())
		w.WriteHeader(http.StatusNotModified)
		return nil
	}
	return writeBook(w, http.StatusOK, found)
}

func replaceBook(w http.ResponseWriter, r *http.Request) error {
	if err := requireJSON(r); err != nil {
		return err
	}
	given, err := readBook(r.Body)
	if err != nil {
		return err
	}
	changed, err := shelf.replace(chi.URLParam(r, "id"), r.Header.Get("If-Match"), given)
	if err != nil {
		return err
	}
	return writeBook(w, http.StatusOK, changed)
}

func removeBook(w http.ResponseWriter, r *http.Request) error {
	if err := shelf.remove(chi.URLParam(r, "id")); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func listBooks(w http.ResponseWriter, r *http.Request) error {
	asked, err := readQuestion(r.URL.Query())
	if err != nil {
		return err
	}
	found, more := shelf.page(asked)
	items := make([]book, 0, len(found))
	for _, each := range found {
		items = append(items, each.show())
	}
	var next *string
	if more {
		address := "/books?" + asked.following(found[len(found)-1].number).Encode()
		next = &address
	}
	return writeJSON(w, http.StatusOK, map[string]any{"items": items, "next": next})
}

// question is what a client asks of the shelf.
type question struct {
	limit  int
	after  int
	author *string
	year   *int
}

func readQuestion(given url.Values) (question, error) {
	asked := question{limit: 20}
	for name := range given {
		value, err := given.Get(name), error(nil)
		switch name {
		case "limit":
			asked.limit, err = readNumber(name, value)
			if err == nil && (asked.limit < 1 || asked.limit > 100) {
				err = newProblem(http.StatusBadRequest, "`limit` is from 1 to 100.")
			}
		case "after":
			asked.after, err = readNumber(name, value)
		case "year":
			asked.year = new(int)
			*asked.year, err = readNumber(name, value)
		case "author":
			asked.author = &value
		default:
			err = newProblem(http.StatusBadRequest, "There is no parameter "+name+".")
		}
		if err != nil {
			return question{}, err
		}
	}
	return asked, nil
}

func readNumber(name, text string) (int, error) {
	number, err := strconv.ParseUint(text, 10, 31)
	if err != nil {
		return 0, newProblem(http.StatusBadRequest, "`"+name+"` is a whole number.")
	}
	return int(number), nil
}

// following returns the parameters of the page that comes after a book.
func (asked question) following(number int) url.Values {
	values := url.Values{}
	values.Set("limit", strconv.Itoa(asked.limit))
	values.Set("after", strconv.Itoa(number))
	if asked.author != nil {
		values.Set("author", *asked.author)
	}
	if asked.year != nil {
		values.Set("year", strconv.Itoa(*asked.year))
	}
	return values
}

// names tells whether a list of versions, such as If-Match gives, names this one.
func names(header, etag string) bool {
	for _, each := range strings.Split(header, ",") {
		if each = strings.TrimSpace(each); each == etag || each == "*" {
			return true
		}
	}
	return false
}

func main() {
	router := chi.NewRouter()
	router.Method("POST", "/books", handler(addBook))
	router.Method("GET", "/books", handler(listBooks))
	router.Method("GET", "/books/{id}", handler(getBook))
	router.Method("PUT", "/books/{id}", handler(replaceBook))
	router.Method("DELETE", "/books/{id}", handler(removeBook))

	port := os.Getenv("PORT")
	if port == "" {
		port = "8000"
	}
	log.Fatal(http.ListenAndServe("127.0.0.1:"+port, router))
}
