// Turn titles of articles into the last part of their addresses.

/** Return a title as small words with hyphens between them. */
export function toSlug(title) {
  const words = title.toLowerCase().match(/[a-z0-9]+/g) ?? [];
  return words.join("-");
}

/** Return a slug for a title that is not in the list `taken`. */
export function chooseSlug(title, taken) {
  const slug = toSlug(title);
  let free = slug;
  for (let number = 2; taken.includes(free); number += 1) free = `${slug}-${number}`;
  return free;
}
