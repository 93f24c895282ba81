// The library: books that guests borrow.
import { onCheckOut } from "../../house/guests.mjs";
import { returnBooks } from "./loans.mjs";

export { router } from "./routes.mjs";
export const title = "The library";
onCheckOut.push(returnBooks);
