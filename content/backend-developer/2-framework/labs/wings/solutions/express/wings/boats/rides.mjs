// Which boat is out, and with whom.
export const taken = new Map();

export function endRides(guest) {
  for (const [boat, rower] of taken) {
    if (rower === guest) taken.delete(boat);
  }
}
