// Say how often and how long a service was down.

/** Return the number of outages, the longest one, and how many words were skipped. */
export function summarizeOutages(probes) {
  let outages = 0;
  let longest = 0;
  let skipped = 0;
  let length = 0; // of the outage that goes on right now
  for (const probe of probes) {
    if (probe === "up") {
      length = 0;
    } else if (probe === "down") {
      length += 1;
      if (length === 1) outages += 1;
      longest = Math.max(longest, length);
    } else {
      skipped += 1;
    }
  }
  return { outages, longest, skipped };
}
