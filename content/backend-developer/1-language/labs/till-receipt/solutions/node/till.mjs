// Ida's till: whole cents, an evening discount, and receipts that stay as they were printed.

/** Return the price that a text such as "4.20" shows, in whole cents. */
export function readPrice(text) {
  const [euros, cents] = text.split(".");
  return Number(euros) * 100 + Number(cents);
}

/** Return how many percent are off at this time of day. */
export function discountAt(hour, minute) {
  const minutes = hour * 60 + minute;
  if (minutes >= 20 * 60) return 50;
  if (minutes >= 18 * 60 + 30) return 25;
  return 0;
}

/** Return the price with so many percent off, in whole cents; half a cent goes up. */
export function takeOff(price, percent) {
  const hundredths = price * (100 - percent); // A whole number, so nothing is lost before the division.
  return Math.round(hundredths / 100);
}

/** Return another price list, in which everything baked costs less. */
export function eveningPrices(prices, percent) {
  const evening = {};
  for (const [name, product] of Object.entries(prices)) {
    const price = product.baked ? takeOff(product.price, percent) : product.price;
    evening[name] = { ...product, price };
  }
  return evening;
}

/** Return the receipts of a day. */
export function serve(scans, prices) {
  const receipts = [];
  let basket = [];
  for (const scan of scans) {
    if (scan === "same") {
      basket.push(...receipts.at(-1).items);
    } else if (scan !== "pay") {
      basket.push(scan);
    } else if (basket.length > 0) {
      receipts.push({ items: basket, total: sumUp(basket, prices) });
      basket = []; // A new array: the old one belongs to the receipt now.
    }
  }
  return receipts;
}

/** Return what the products of a basket cost together. */
function sumUp(basket, prices) {
  return basket.reduce((total, name) => total + prices[name].price, 0);
}
