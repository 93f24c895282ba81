// Who gets an egg in the morning.
import { Router } from "express";

export const router = Router();
const eggs = [];

export function prepare(name) {
  eggs.push(name);
}

router.get("/breakfasts", (request, response) => {
  response.json(eggs);
});
