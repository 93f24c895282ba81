// Add up the payments that a partner sent.

/** Return what all readable payments are worth in cents, and the ids of the others. */
export function totalPayments(payments, rates) {
  let total = 0;
  const unreadable = [];
  for (const { id, amount, currency } of payments) {
    if (!/^\d+$/.test(amount)) {
      unreadable.push(id);
      continue;
    }
    if (rates[currency] === undefined) throw new Error(`There is no rate for ${currency}.`);
    total += Number(amount) * rates[currency];
  }
  return { total, unreadable };
}
