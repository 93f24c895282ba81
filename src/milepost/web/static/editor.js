// The code editor: CodeMirror 6 composed so that it never traps the keyboard (WCAG 2.1.2). Tab
// indents; after Escape, Tab and Shift+Tab move the focus until something else is typed.
import {
  Decoration, EditorSelection, EditorState, EditorView, HighlightStyle, PostgreSQL, StateEffect,
  StateField, bracketMatching, closeBrackets, closeBracketsKeymap, defaultKeymap, drawSelection,
  go, highlightActiveLine, highlightActiveLineGutter, highlightSelectionMatches,
  highlightSpecialChars, history, historyKeymap, indentLess, indentMore, indentOnInput,
  indentUnit, javascript, json, keymap, lineNumbers, markdown, python, search, searchKeymap, sql,
  syntaxHighlighting, tags,
} from "./vendor/codemirror.js";

// What languages name as their mode, and modes of files that are in no language of a stack.
const MODES = {
  python, javascript, go, json, markdown,
  sql: () => sql({ dialect: PostgreSQL }),
  typescript: () => javascript({ typescript: true }),
};
const OTHER_FILES = { ".json": { mode: "json" }, ".md": { mode: "markdown" }, ".ts": { mode: "typescript" } };
const INDENTATION = 2;

const colours = HighlightStyle.define([
  { tag: [tags.keyword, tags.moduleKeyword, tags.operatorKeyword, tags.self], color: "var(--code-keyword)" },
  { tag: [tags.string, tags.special(tags.string), tags.regexp], color: "var(--code-string)" },
  { tag: [tags.number, tags.bool, tags.null, tags.atom], color: "var(--code-number)" },
  { tag: [tags.comment, tags.docString], color: "var(--code-comment)", fontStyle: "italic" },
  { tag: [tags.function(tags.variableName), tags.function(tags.definition(tags.variableName)), tags.function(tags.propertyName)], color: "var(--code-function)" },
  { tag: [tags.className, tags.typeName, tags.heading], color: "var(--code-type)", fontWeight: "600" },
  { tag: tags.invalid, color: "var(--fail)" },
]);

const look = EditorView.theme({
  "&": { height: "100%", backgroundColor: "var(--raised)", color: "var(--ink)", fontSize: "0.875rem" },
  "&.cm-focused": { outline: "2px solid var(--accent-deep)", outlineOffset: "-2px" },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.55" },
  ".cm-content": { caretColor: "var(--ink)", paddingBlock: "8px" },
  ".cm-cursor": { borderLeftColor: "var(--ink)", borderLeftWidth: "2px" },
  ".cm-gutters": { backgroundColor: "var(--raised)", color: "var(--muted)", border: "0", paddingLeft: "4px" },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "var(--line-active)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": { backgroundColor: "var(--selection)" },
  ".cm-selectionMatch": { backgroundColor: "var(--selection)" },
  ".cm-matchingBracket, &.cm-focused .cm-matchingBracket": { backgroundColor: "var(--selection)", outline: "1px solid var(--line-strong)" },
  ".cm-searchMatch": { backgroundColor: "var(--mark)" },
  ".cm-errorLine": { backgroundColor: "var(--fail-soft)", boxShadow: "inset 3px 0 0 var(--fail)" },
  ".cm-panels": { backgroundColor: "var(--sunken)", color: "var(--ink)", borderColor: "var(--line)" },
  ".cm-panel input, .cm-panel button": { fontSize: "0.875rem" },
});

/** Find how a file is shown by how its name ends; unknown ones are plain text. */
function findManner(path, languages) {
  const ending = path.slice(path.lastIndexOf(".")).toLowerCase();
  const { mode, indentation = INDENTATION, tabs = false } = languages[ending] ?? OTHER_FILES[ending] ?? {};
  return { language: MODES[mode] ? [MODES[mode]()] : [], unit: tabs ? "\t" : " ".repeat(indentation) };
}

// Typing over a selection, done here: the browser would carry the old text's colours over to the
// new as an inline style, which the content security policy refuses.
function typeOverSelection(event, view) {
  const { from, to, empty } = view.state.selection.main;
  if (event.inputType !== "insertText" || !event.data || empty || view.composing) return false;
  const insert = () => view.state.update(
    view.state.replaceSelection(event.data), { userEvent: "input.type", scrollIntoView: true },
  );
  const handlers = view.state.facet(EditorView.inputHandler); // brackets around what is selected
  if (!handlers.some((handle) => handle(view, from, to, event.data, insert))) view.dispatch(insert());
  return true;
}

// Refused before it is laid out: colouring and measuring so much would freeze the page.
const noLargerThan = (most, onTooLarge) => EditorState.transactionFilter.of((change) => {
  if (!change.docChanged || change.newDoc.length <= Math.max(most, change.startState.doc.length)) return change;
  onTooLarge(change.newDoc.length);
  return [];
});

/** Indent what is selected, or fill up to the next step of the indentation. */
function indent(view) {
  const { state } = view;
  if (state.selection.ranges.some((range) => !range.empty)) return indentMore(view);
  const unit = state.facet(indentUnit);
  view.dispatch(state.update(state.changeByRange(({ head }) => {
    const beyond = (head - state.doc.lineAt(head).from) % unit.length;
    const insert = unit === "\t" ? unit : " ".repeat(unit.length - beyond);
    return { changes: { from: head, insert }, range: EditorSelection.cursor(head + insert.length) };
  }), { userEvent: "input", scrollIntoView: true }));
  return true;
}

// The line that an error came from. It moves with edits, and stays until it is marked anew.
const markLine = StateEffect.define();
const errorLine = Decoration.line({ class: "cm-errorLine", attributes: { title: "The last run failed here" } });
const lineAt = (doc, line) => doc.line(Math.min(Math.max(line, 1), doc.lines));
const decorate = (doc, line) => (line ? Decoration.set([errorLine.range(lineAt(doc, line).from)]) : Decoration.none);
const markedLine = (first) => StateField.define({
  create: ({ doc }) => decorate(doc, first),
  update(marks, { changes, effects, newDoc }) {
    const anew = effects.findLast((effect) => effect.is(markLine));
    return anew ? decorate(newDoc, anew.value) : marks.map(changes);
  },
  provide: (field) => EditorView.decorations.from(field),
});

/**
 * Mount one editor that shows one file at a time; each file keeps its own undo history.
 * `onChange(path, text)` is told of every edit, `onTooLarge(length)` of one that would make a file
 * longer than `most` characters and is refused, `onRun` and `onSubmit` of keys, `onTabMode(leaves)`
 * whenever Tab begins or ceases to leave the editor.
 */
export function createEditor(host, { nonce, languages, describedBy, most, onChange, onTooLarge, onRun, onSubmit, onTabMode }) {
  const states = new Map();
  let marked = null; // the place of the error: its file and line
  let tabLeaves = false;
  let shown = null;
  const act = (handler) => () => { handler(); return true; };

  const setTabMode = (target, leaves) => {
    if (leaves === tabLeaves) return;
    tabLeaves = leaves;
    target.setTabFocusMode(leaves);
    onTabMode(leaves);
  };

  const newState = (path, text) => EditorState.create({
    doc: text,
    extensions: [
      EditorView.cspNonce.of(nonce),
      lineNumbers(), highlightActiveLineGutter(), highlightSpecialChars(), history(),
      drawSelection(), EditorState.allowMultipleSelections.of(true), indentOnInput(),
      bracketMatching(), closeBrackets(), highlightActiveLine(), highlightSelectionMatches(),
      search({ top: true }), syntaxHighlighting(colours), look,
      indentUnit.of(findManner(path, languages).unit),
      EditorState.tabSize.of(4),
      noLargerThan(most, onTooLarge),
      EditorView.contentAttributes.of({
        "aria-label": `Editor, ${path}`, "aria-describedby": describedBy, spellcheck: "false", tabindex: "0",
      }),
      keymap.of([
        { key: "Mod-Enter", run: act(onRun), shift: act(onSubmit) },
        ...closeBracketsKeymap, ...defaultKeymap, ...searchKeymap, ...historyKeymap,
        { key: "Tab", run: indent, shift: indentLess },
      ]),
      findManner(path, languages).language, markedLine(marked?.file === path ? marked.line : 0),
      EditorView.domEventHandlers({ beforeinput: typeOverSelection }),
      EditorView.domEventObservers({ // see every key, also those that a command takes
        blur(_, target) { setTabMode(target, false); },
        keydown({ key }, target) {
          // Whatever else Escape does here, such as giving up a selection.
          if (!["Tab", "Shift"].includes(key)) setTabMode(target, key === "Escape");
        },
      }),
      EditorView.updateListener.of((update) => {
        if (update.docChanged) onChange(shown, update.state.doc.toString());
      }),
    ],
  });

  let view = null;
  return {
    show(path, text) {
      if (shown !== null && states.has(shown)) states.set(shown, view.state);
      if (!states.has(path)) states.set(path, newState(path, text));
      shown = path;
      // The first state brings the nonce, without which the editor's styles would be refused.
      if (view) view.setState(states.get(path));
      else view = new EditorView({ parent: host, state: states.get(path) });
    },
    forget(path) {
      states.delete(path);
      if (shown === path) shown = null;
    },
    forgetAll() {
      states.clear();
      shown = null;
    },
    focus: () => view.focus(),
    /** Go to a place in the file that is shown. */
    goTo(line, column) {
      const found = lineAt(view.state.doc, line);
      const indentation = /^\s*/.exec(found.text)[0].length;
      const anchor = Math.min(found.from + (column ? column - 1 : indentation), found.to);
      view.dispatch({ selection: { anchor }, effects: EditorView.scrollIntoView(anchor, { y: "center" }) });
      view.focus();
    },
    /** Mark the line that an error came from, in its file; null takes the mark away. */
    mark(place) {
      const effectsFor = (path) => markLine.of(place?.file === path ? place.line : 0);
      for (const [path, state] of states) {
        if (path !== shown) states.set(path, state.update({ effects: effectsFor(path) }).state);
      }
      view?.dispatch({ effects: effectsFor(shown) });
      marked = place;
    },
  };
}
