// The wings as they are found: every folder in `wings` that has an entry.
import { existsSync, readdirSync } from "node:fs";

const WINGS = new URL("../wings/", import.meta.url);

export function findNames() {
  const names = readdirSync(WINGS);
  return names.filter((name) => existsSync(new URL(`${name}/index.mjs`, WINGS))).sort();
}

export async function loadWing(name) {
  const { title, router } = await import(new URL(`${name}/index.mjs`, WINGS));
  return { name, title, router, visits: 0 };
}
