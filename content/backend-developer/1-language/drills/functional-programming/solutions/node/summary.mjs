// Sum up what a database was asked.

/** Return total, longest and ids of the queries that count. */
export function summarize(queries, counts) {
  const slowestFirst = queries
    .filter((query) => counts(query))
    .toSorted((a, b) => b.ms - a.ms);
  const times = slowestFirst.map((query) => query.ms);
  return {
    total: times.reduce((sum, ms) => sum + ms, 0),
    longest: times.reduce((longest, ms) => Math.max(longest, ms), 0),
    ids: slowestFirst.map((query) => query.id),
  };
}
