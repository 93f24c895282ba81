// The hotel. Keep here what the desk has to remember.

// The beds of each room, by its number.
export const BEDS = new Map([
  [101, 1], [102, 2], [103, 2], [104, 3], [105, 1], [106, 2],
  [201, 2], [202, 1], [203, 3], [204, 2], [205, 4], [206, 2],
  [301, 1], [302, 3], [303, 2], [304, 2], [305, 1], [306, 4],
]);
