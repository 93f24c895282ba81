// The settings of the house, checked against the wings that are there.
function refuse(sentence) {
  console.error(`The hotel can't open: ${sentence}`);
  process.exit(1);
}

export function readSettings(environment, wings) {
  const hotel = environment.HOTEL_NAME ?? "";
  const closed = (environment.CLOSED_WINGS ?? "").split(",").filter(Boolean);
  const unknown = closed.filter((name) => !wings.includes(name));
  if (hotel === "") refuse("HOTEL_NAME is missing.");
  if (unknown.length > 0) {
    refuse(`CLOSED_WINGS names ${unknown.join(", ")}, and there is no such wing.`);
  }
  return { hotel, closed };
}
