// The guests who are in the house. There is nothing to change here.

export const guests = new Map([
  [1, { number: 1, name: "Ada", room: 7, passport: "C01X00T47" }],
  [2, { number: 2, name: "Bo", room: 12, passport: "L8898902C" }],
]);
