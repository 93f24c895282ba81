export function readPrice(text) {
  return Math.round(Number(text) * 100);
}

export function discountAt(hour, minute) {
  const time = hour * 60 + minute;
  if (time >= 20 * 60) return 50;
  if (time >= 18 * 60 + 30) return 25;
  return 0;
}

export function takeOff(price, percent) {
  return Math.round(price * (1 - percent / 100));
}

export function eveningPrices(prices, percent) {
  const evening = { ...prices };
  for (const name in evening) {
    if (evening[name].baked) evening[name].price = takeOff(evening[name].price, percent);
  }
  return evening;
}

export function serve(scans, prices) {
  const receipts = [];
  let basket = [];
  for (const scan of scans) {
    if (scan === "pay") {
      if (basket.length > 0) {
        const total = basket.reduce((sum, name) => sum + prices[name].price, 0);
        receipts.push({ items: basket, total });
      }
      basket = [];
    } else if (scan === "same") {
      basket = basket.concat(receipts.at(-1).items);
    } else {
      basket.push(scan);
    }
  }
  return receipts;
}
