// Say how often and how long a service was down.

/** Return the number of outages, the longest one, and how many words were skipped. */
export function summarizeOutages(probes) {
  let outages = 0;
  let longest = 0;
  let skipped = 0;
  for (const probe of probes) {
    // …
  }
  return { outages, longest, skipped };
}
