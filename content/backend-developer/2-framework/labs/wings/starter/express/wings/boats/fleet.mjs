// The boats: how many seats each number has.
export const SEATS = new Map([[1, 2], [2, 2], [3, 4], [4, 2], [5, 4], [6, 6]]);
