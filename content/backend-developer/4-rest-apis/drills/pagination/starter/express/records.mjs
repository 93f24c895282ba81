// The records of the station. There is nothing to change here.
import express from "express";

const sightings = new Map();
let number = 0;

export const writing = express.Router();
writing.use(express.json());

// List all sightings by day, and within one day by id.
export function inOrder() {
  return [...sightings.values()].sort((one, other) => {
    if (one.day !== other.day) return one.day < other.day ? -1 : 1;
    return one.id - other.id;
  });
}

writing.post("/sightings", (request, response) => {
  number += 1;
  const { species, day } = request.body;
  sightings.set(number, { id: number, species, day });
  response.status(201).json(sightings.get(number));
});

writing.delete("/sightings/:number", (request, response) => {
  sightings.delete(Number(request.params.number));
  response.status(204).end();
});
