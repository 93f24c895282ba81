// Places in a solution's files that evidence names, made into links: `File "report.py", line 3` as
// Python writes it, `report.mjs:3:11` as Node.js does, `answer.sql, line 3` as sentences about SQL do.

const PLAIN = /[.*+?^${}()|[\]\\]/g;
const SQL_LINE = /^( *)(\d+)(?= \|)/gm; // of a statement that PostgreSQL refused
const IN_PYTHON = /^ *File "/m;

/** Find the places of `files` in a text: its own path, or one below the folder that code runs in. */
function patternFor(files) {
  const longestFirst = [...files].sort((one, two) => two.length - one.length);
  const names = longestFirst.map((name) => name.replace(PLAIN, "\\$&")).join("|");
  const start = String.raw`(?<![\w./-])(?:file://)?(?:(?:/[\w.+~-]+)*/work/|\./)?`;
  return new RegExp(`${start}(?<file>${names})(?:"?, (?:from )?line (?<said>\\d+)|:(?<line>\\d+)(?::(?<column>\\d+))?)`, "g");
}

function textsOf(root) {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  const texts = [];
  while (walker.nextNode()) {
    // A link inside of a link, a button or a summary could not be reached by keyboard.
    if (!walker.currentNode.parentElement.closest("a, button, summary")) texts.push(walker.currentNode);
  }
  return texts;
}

/** Put what `make` returns for each match in the place of the matched text. */
function replaceMatches(text, pattern, make) {
  const matches = [...text.data.matchAll(pattern)];
  for (const match of matches.reverse()) {
    const rest = text.splitText(match.index + match[0].length);
    const found = text.splitText(match.index);
    found.remove();
    text.parentNode.insertBefore(make(match), rest);
  }
}

/** In sentences the file stands in a `code` element of its own, and the line after it. */
function linkSentences(root, files, link) {
  for (const code of root.querySelectorAll("code")) {
    const after = code.nextSibling;
    const found = after?.nodeType === Node.TEXT_NODE && /^, line (\d+)(?:, column (\d+))?/.exec(after.data);
    if (!found || !files.includes(code.textContent) || code.closest("a, button, summary")) continue;
    const anchor = link(code.textContent, Number(found[1]), Number(found[2]) || 0, "");
    code.before(anchor);
    anchor.append(code, found[0]);
    after.data = after.data.slice(found[0].length);
  }
}

/**
 * Link every place of `files` in `root`; `addressOf(file, line)` is where it leads. A link carries
 * its place as data, so that a page with an editor can go there instead.
 */
export function linkPlaces(root, files, addressOf) {
  if (!files.length) return;
  const link = (file, line, column, words) => {
    const anchor = document.createElement("a");
    anchor.className = "place";
    anchor.href = addressOf(file, line);
    Object.assign(anchor.dataset, { file, line, column });
    anchor.textContent = words;
    return anchor;
  };
  linkSentences(root, files, link);
  const pattern = patternFor(files);
  for (const text of textsOf(root)) {
    replaceMatches(text, pattern, (match) => {
      const { file, said, line, column } = match.groups;
      return link(file, Number(said ?? line), Number(column) || 0, match[0]);
    });
  }
  for (const pre of root.querySelectorAll("pre[data-file]")) {
    if (!files.includes(pre.dataset.file)) continue;
    for (const text of textsOf(pre)) {
      replaceMatches(text, SQL_LINE, (match) => link(pre.dataset.file, Number(match[2]), 0, match[0]));
    }
  }
}

/** The place that a link leads to. */
export function placeOf(link) {
  const { file, line, column } = link.dataset;
  return { file, line: Number(line), column: Number(column) };
}

/**
 * Find where a check's error came up: where its sentence says, else the innermost place that its
 * last trace names. Python names that one last, Node.js first.
 */
export function findErrorPlace(check) {
  const said = check.querySelector(".mentor .place");
  if (said) return placeOf(said);
  const traces = [...check.querySelectorAll("pre")].filter((pre) => pre.querySelector(".place"));
  const trace = traces.findLast((pre) => pre.closest(".moment")) ?? traces.at(-1);
  if (!trace) return null;
  const places = [...trace.querySelectorAll(".place")];
  return placeOf(IN_PYTHON.test(trace.textContent) ? places.at(-1) : places[0]);
}
