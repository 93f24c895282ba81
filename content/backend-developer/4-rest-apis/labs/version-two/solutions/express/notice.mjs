// Notice that version 1 ends: since when it is deprecated (RFC 9745), until when it answers (RFC 8594).
import { sendProblem } from "./problems.mjs";

const readMoment = (text) => (text === undefined ? null : new Date(text));
const deprecatedAt = readMoment(process.env.V1_DEPRECATED_AT);
const sunsetAt = readMoment(process.env.V1_SUNSET_AT);

export function giveNotice(_request, response, next) {
  if (deprecatedAt) response.set("Deprecation", `@${deprecatedAt.getTime() / 1000}`);
  if (sunsetAt) response.set("Sunset", sunsetAt.toUTCString());
  if (deprecatedAt || sunsetAt) response.set("Link", '</v2/bookings>; rel="successor-version"');
  if (sunsetAt && new Date() >= sunsetAt) {
    sendProblem(response, 410, "Version 1 has ended. Use /v2/bookings.");
    return;
  }
  next();
}
