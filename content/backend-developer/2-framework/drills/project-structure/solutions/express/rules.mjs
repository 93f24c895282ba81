// What a late check-out costs.

const FREE_UNTIL = 12;
const EUROS_AN_HOUR = 10;

export function lateFee(hour) {
  return Math.max(0, hour - FREE_UNTIL) * EUROS_AN_HOUR;
}
