// The slip of a stay: for programs, and as a page.

export const showSlip = ({ id, name, room, keys }) => ({ id, name, room, keys });

const ENTITIES = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
const escape = (text) => text.replace(/[&<>"']/g, (character) => ENTITIES[character]);

export const printSlip = ({ name, room, keys }) => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Hotel Albatross</title>
<h1>Welcome, ${escape(name)}</h1>
<p>Your room is number ${room}. You have ${keys} key cards.</p>
</html>
`;
