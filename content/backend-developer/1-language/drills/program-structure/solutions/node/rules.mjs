// When an invoice is overdue.

const GRACE_DAYS = 14;

export function isOverdue(days) {
  return days > GRACE_DAYS;
}
