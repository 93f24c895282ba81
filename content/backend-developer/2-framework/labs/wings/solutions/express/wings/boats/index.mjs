// The boathouse: boats that guests take out.
import { onCheckOut } from "../../house/guests.mjs";
import { endRides } from "./rides.mjs";

export { router } from "./routes.mjs";
export const title = "The boathouse";
onCheckOut.push(endRides);
