// What a boat costs. The owner replaces this file every season.
export function price(hours) {
  return 12 + 8 * (hours - 1);
}
