// Turn titles of articles into the last part of their addresses.

/** Return a title as small words with hyphens between them. */
export function toSlug(title) {
  return title;
}

/** Return a slug for a title that is not in the list `taken`. */
export function chooseSlug(title, taken) {
  return toSlug(title);
}
