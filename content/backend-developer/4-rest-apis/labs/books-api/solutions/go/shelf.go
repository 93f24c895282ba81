package main

import (
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"
)

// entry is a book on the shelf, with what the shelf knows of it.
type entry struct {
	number  int
	fields  fields
	addedAt time.Time
	version int
}

func (on entry) id() string { return fmt.Sprintf("b%d", on.number) }

func (on entry) etag() string { return fmt.Sprintf(`"%d"`, on.version) }

func (on entry) show() book {
	return book{ID: on.id(), fields: on.fields, AddedAt: on.addedAt.Format(time.RFC3339Nano)}
}

// shelfOfBooks holds books in the order in which they were added. Requests are served side by side,
// so everything here happens under its lock, and what leaves it is a copy.
type shelfOfBooks struct {
	lock    sync.Mutex
	last    int
	entries []entry
}

func newShelf() *shelfOfBooks { return &shelfOfBooks{} }

func (all *shelfOfBooks) add(given fields) entry {
	all.lock.Lock()
	defer all.lock.Unlock()
	all.last++
	added := entry{number: all.last, fields: given, addedAt: time.Now().UTC(), version: 1}
	all.entries = append(all.entries, added)
	return added
}

func (all *shelfOfBooks) find(id string) (int, error) {
	at := slices.IndexFunc(all.entries, func(each entry) bool { return each.id() == id })
	if at < 0 {
		return 0, newProblem(http.StatusNotFound, "There is no book "+id+".")
	}
	return at, nil
}

func (all *shelfOfBooks) get(id string) (entry, error) {
	all.lock.Lock()
	defer all.lock.Unlock()
	at, err := all.find(id)
	if err != nil {
		return entry{}, err
	}
	return all.entries[at], nil
}

// replace changes a book if the client has seen its current version.
func (all *shelfOfBooks) replace(id, seen string, given fields) (entry, error) {
	all.lock.Lock()
	defer all.lock.Unlock()
	at, err := all.find(id)
	if err != nil {
		return entry{}, err
	}
	if seen == "" {
		return entry{}, newProblem(http.StatusPreconditionRequired, "Name the version that you have seen in If-Match.")
	}
	if !names(seen, all.entries[at].etag()) {
		return entry{}, newProblem(http.StatusPreconditionFailed, "The book was changed since. Read it again.")
	}
	all.entries[at].fields = given
	all.entries[at].version++
	return all.entries[at], nil
}

func (all *shelfOfBooks) remove(id string) error {
	all.lock.Lock()
	defer all.lock.Unlock()
	at, err := all.find(id)
	if err != nil {
		return err
	}
	all.entries = slices.Delete(all.entries, at, at+1)
	return nil
}

// page returns the books that are asked for, and whether there are more.
func (all *shelfOfBooks) page(asked question) ([]entry, bool) {
	all.lock.Lock()
	defer all.lock.Unlock()
	var found []entry
	for _, each := range all.entries {
		if each.number <= asked.after || !each.fits(asked) {
			continue
		}
		if len(found) == asked.limit {
			return found, true
		}
		found = append(found, each)
	}
	return found, false
}

func (on entry) fits(asked question) bool {
	return (asked.author == nil || *asked.author == on.fields.Author) &&
		(asked.year == nil || *asked.year == on.fields.Year)
}
