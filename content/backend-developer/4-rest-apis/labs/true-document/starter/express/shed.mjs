// The shed: tools, in memory, and who has borrowed them.
import { Problem } from "./problems.mjs";

const tools = new Map();
let last = 0;

export function add(fields) {
  last += 1;
  const tool = { id: last, ...fields, loan: null };
  tools.set(last, tool);
  return tool;
}

export function get(number) {
  const tool = tools.get(number);
  if (tool === undefined) throw new Problem(404);
  return tool;
}

export function find(kind, limit) {
  const fitting = [...tools.values()].filter((tool) => kind === undefined || tool.kind === kind);
  return fitting.slice(0, limit);
}

export function remove(number) {
  if (get(number).loan !== null) throw new Problem(409);
  tools.delete(number);
}

export function lend(number, loan) {
  const tool = get(number);
  if (tool.loan !== null) throw new Problem(409);
  tool.loan = loan;
  return tool;
}
