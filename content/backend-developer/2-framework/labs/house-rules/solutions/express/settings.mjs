// The settings: which there are, what fits, and the end of the start where something does not.
import { z } from "zod";

const Settings = z.object({
  HOTEL_NAME: z.string().min(1),
  CLOSED: z.enum(["true", "false"]).default("false"),
  BODY_LIMIT: z.string().regex(/^\d+$/).default("10000").transform(Number).pipe(z.number().min(1).max(1_000_000)),
  LOG_LEVEL: z.enum(["info", "error"]).default("info"),
});

export function readSettings(environment) {
  const { data, error } = Settings.safeParse(environment);
  if (error) {
    const wrong = error.issues.map((issue) => issue.path[0]);
    console.error(`The hotel can't open. Check these settings: ${wrong.join(", ")}`);
    process.exit(1);
  }
  return {
    hotel: data.HOTEL_NAME,
    closed: data.CLOSED === "true",
    body_limit: data.BODY_LIMIT,
    log_level: data.LOG_LEVEL,
  };
}
