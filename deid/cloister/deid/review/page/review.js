// The review page. Offsets are code points, as in Python; texts are therefore kept as arrays of characters.
"use strict";

const get = (id) => document.getElementById(id);
const characters = (text) => Array.from(text);
const points = (text) => characters(text).length;

let session = null;
let note = null; // what the server last said
let current = 0; // place in note.spans
let waiting = 0; // actions begun and not done
let latest = Promise.resolve(); // actions wait for each other: a key pressed while one is under way is not lost

async function ask(name, body) {
  const reply = await fetch("/" + name, {
    method: "POST",
    headers: { "Content-Type": "application/json", Authorization: "Bearer " + session },
    body: JSON.stringify(body),
  });
  const found = await reply.json();
  if (!reply.ok) throw new Error(found.error);
  return found;
}

async function begin() {
  const token = location.hash.slice(1);
  history.replaceState(null, "", "/");
  session = sessionStorage.getItem("session");
  if (token) {
    try {
      session = (await ask("session", { token })).session;
      sessionStorage.setItem("session", session);
    } catch (problem) {
      if (!session) return alone(problem.message + " Run the command again for a new one; nothing is lost.");
    }
  }
  if (!session) return alone("Open the link that the command printed.");
  try {
    const first = await ask("note", { note: 0 });
    const open = first.finished.indexOf(false);
    show(open > 0 ? await ask("note", { note: open }) : first);
  } catch (problem) {
    alone(problem.message);
  }
}

function alone(text) {
  note = null; // so that no key does anything any more
  document.querySelector(".skip").hidden = get("actions").hidden = true;
  get("work").hidden = false;
  get("work").replaceChildren(get("message"));
  get("message").className = "alone";
  get("message").textContent = text;
}

// Ask, show what came back; `then` may move the current finding.
async function act(name, body, told, then) {
  get("message").textContent = "";
  show(await ask(name, { note: note.index, ...body }), then);
  if (told) get("status").textContent = told;
}

function enqueue(action) {
  waiting += 1;
  get("work").setAttribute("aria-busy", "true");
  latest = latest
    .then(() => note && action())
    .catch((problem) => (get("message").textContent = problem.message))
    .then(() => {
      waiting -= 1;
      get("work").setAttribute("aria-busy", String(waiting > 0));
    });
}

function show(found, then) {
  const other = !note || note.index !== found.index;
  note = found;
  get("work").hidden = get("actions").hidden = false;
  if (other) current = Math.max(0, note.spans.findIndex((span) => !span.verdict));
  if (then) then();
  current = Math.min(current, Math.max(0, note.spans.length - 1));
  const total = note.finished.length;
  const finished = note.finished.filter(Boolean).length;
  get("about").textContent = Object.values(note.about).join(" · ");
  get("bar").setAttribute("aria-valuemax", total);
  get("bar").setAttribute("aria-valuenow", finished);
  get("filled").style.width = (100 * finished) / total + "%";
  get("progress").textContent = `${finished} of ${total} notes finished. ${note.progress.told}`;
  get("place").textContent = `Note ${note.index + 1} of ${total}` + (note.finished[note.index] ? " · finished" : "");
  get("back").disabled = note.index === 0;
  get("forward").disabled = note.index + 1 === total;
  const undecided = note.spans.filter((span) => !span.verdict).length;
  get("undecided").textContent = undecided ? `(${undecided} to decide)` : "(all decided)";
  get("finish").disabled = undecided > 0 || note.finished[note.index];
  get("confirm-all").disabled = !note.spans.some((span) => span.removed && !span.verdict);
  get("undo").disabled = !note.undoable;
  paint("original", note.text, "start", "end", note.unwritten);
  paint("cleaned", note.cleaned, "cleaned_start", "cleaned_end", []);
  get("parts").textContent = note.parts_removed
    ? `A document, shown as text. Its hidden parts, such as comments and metadata, are not in the dataset: ${note.parts_removed}.`
    : "";
  list();
  mark();
  if (other) {
    get("original").scrollTop = get("cleaned").scrollTop = 0;
    get("place").focus({ preventScroll: true });
    reveal();
  }
}

function looks(span) {
  const leak = span.verdict === "identifier" && !span.removed;
  return [leak ? "leak" : span.verdict || "open", span.removed ? "" : "left"].join(" ").trim();
}

function told(span) {
  const where = span.removed ? "" : ", left in the dataset";
  const verdict = { identifier: "confirmed", nothing: "not an identifier" }[span.verdict] || "to decide";
  return `${span.label}${where}, ${verdict}`;
}

// Text of the original that its format hides, such as a comment, is never written: it looks so.
function unpainted(all, from, to, hidden) {
  const pieces = [];
  hidden.forEach(([left, right]) => {
    const [first, last] = [Math.max(left, from), Math.min(right, to)];
    if (first >= last) return;
    const piece = document.createElement("s");
    piece.textContent = all.slice(first, last).join("");
    piece.title = "hidden in the document; never written";
    pieces.push(all.slice(from, first).join(""), piece);
    from = last;
  });
  return [...pieces, all.slice(from, to).join("")];
}

function paint(id, text, start, end, hidden) {
  const all = characters(text);
  const pieces = [];
  let position = 0;
  note.spans.forEach((span, place) => {
    if (span[start] < position || span[start] === span[end]) return;
    pieces.push(...unpainted(all, position, span[start], hidden));
    const piece = document.createElement("mark");
    piece.textContent = all.slice(span[start], span[end]).join("");
    piece.className = looks(span);
    piece.dataset.place = place;
    piece.title = told(span);
    pieces.push(piece);
    position = span[end];
  });
  get(id).replaceChildren(...pieces, ...unpainted(all, position, all.length, hidden));
}

function list() {
  const text = characters(note.text);
  const cleaned = characters(note.cleaned);
  const part = (tag, name, words) => {
    const element = document.createElement(tag);
    element.className = name;
    element.textContent = words;
    return element;
  };
  const items = note.spans.map((span, place) => {
    const button = part("button", looks(span), "");
    button.type = "button";
    button.dataset.place = place;
    const value = text.slice(span.start, span.end).join("");
    const became = cleaned.slice(span.cleaned_start, span.cleaned_end).join("");
    const sure = span.added ? "added" : `${Math.round(100 * span.score)} %, ${span.source.split("+").join(", ")}`;
    const below = span.removed ? (became ? "→ " + became : "not written") : span.verdict === "identifier" ? "leak: left in the dataset" : "left in the dataset";
    button.append(
      part("span", "value", value),
      part("span", "kind", span.label + ({ identifier: " ✓", nothing: " ✗" }[span.verdict] || "")),
      part("span", span.removed ? "became" : "became leak-text", `${below} · ${sure}`),
    );
    button.setAttribute("aria-label", `${value}: ${told(span)}; ${below}`);
    const item = document.createElement("li");
    item.append(button);
    return item;
  });
  get("findings").replaceChildren(...items);
}

function mark() {
  document.querySelectorAll("[data-place]").forEach((element) => {
    const here = Number(element.dataset.place) === current;
    element.classList.toggle("current", here);
    if (element.tagName === "BUTTON") element.setAttribute("aria-current", here ? "true" : "false");
  });
}

function reveal() {
  document.querySelectorAll(".current").forEach((element) => {
    const frame = element.closest(".note, ol");
    const [inner, outer] = [element.getBoundingClientRect(), frame.getBoundingClientRect()];
    frame.scrollTop += Math.min(0, inner.top - outer.top - 8) || Math.max(0, inner.bottom - outer.bottom + 8);
  });
  // Where the page itself scrolls, the place in the note is what has to be seen.
  const here = document.querySelector("#original .current");
  if (here) here.scrollIntoView({ block: "nearest" });
  const span = note.spans[current];
  if (span) get("status").textContent = characters(note.text).slice(span.start, span.end).join("") + ": " + told(span);
}

function move(step) {
  current = Math.min(Math.max(current + step, 0), Math.max(0, note.spans.length - 1));
  mark();
  reveal();
}

// After a decision: the next finding that is not decided, looking on from here and then from the start.
function toNext() {
  const order = note.spans.map((_, place) => (place + current) % note.spans.length);
  const next = order.find((place) => !note.spans[place].verdict);
  if (next !== undefined) current = next;
  queueMicrotask(reveal);
}

const here = () => note.spans[current];
const place = (span) => ({ start: span.start, end: span.end });

const actions = {
  confirm: () => here() && act("confirm", { ...place(here()), label: here().label }, "confirmed", toNext),
  reject: () => here() && act("reject", place(here()), "not an identifier", toNext),
  undo: () => act("undo", {}, "undone"),
  "confirm-all": () => act("confirm-all", {}, "all confirmed that was removed", toNext),
  finish: async () => {
    if (get("finish").disabled) return (get("message").textContent = "Decide on every finding first.");
    await act("finish", {}, "note finished");
    const open = note.finished.indexOf(false);
    if (note.finished[note.index] && open >= 0) await act("note", { note: open });
    else if (open < 0) get("status").textContent = "All notes are finished. Press q to stop.";
  },
  back: () => get("back").disabled || act("note", { note: note.index - 1 }),
  forward: () => get("forward").disabled || act("note", { note: note.index + 1 }),
  help: () => get("keys-dialog").showModal(),
  close: async () => {
    await ask("close", {});
    sessionStorage.removeItem("session");
    alone("Everything decided is kept. You can close this page.");
  },
  relabel: async () => {
    const span = here();
    if (!span) return;
    const chosen = await choose(span.label, null);
    if (chosen) await act("confirm", { ...place(span), label: chosen.label }, "label changed", toNext);
  },
  add: async () => {
    const selected = selection();
    const chosen = await choose("NAME", selected ? textOf(selected) : "");
    if (!chosen) return;
    const found = selected || search(chosen.text);
    if (!found) return (get("message").textContent = "The original note does not hold this text outside its findings.");
    await act("add", { ...found, label: chosen.label }, "added", () => {
      current = Math.max(0, note.spans.findIndex((span) => span.start === found.start && span.end === found.end));
    });
  },
};

// The selected stretch of the original note, without blanks around it.
function selection() {
  const chosen = getSelection();
  if (!chosen.rangeCount || chosen.isCollapsed) return null;
  const range = chosen.getRangeAt(0);
  if (!get("original").contains(range.startContainer) || !get("original").contains(range.endContainer)) return null;
  const before = document.createRange();
  before.selectNodeContents(get("original"));
  before.setEnd(range.startContainer, range.startOffset);
  const text = range.toString();
  const start = points(before.toString()) + points(text) - points(text.trimStart());
  return text.trim() ? { start, end: start + points(text.trim()) } : null;
}

const textOf = (found) => characters(note.text).slice(found.start, found.end).join("");

// The first place of a text in the original that overlaps nothing removed or reported.
function search(wanted) {
  const needle = wanted.trim();
  for (let from = note.text.indexOf(needle); needle && from >= 0; from = note.text.indexOf(needle, from + 1)) {
    const start = points(note.text.slice(0, from));
    const end = start + points(needle);
    const clear = (span) => span.end <= start || span.start >= end || (!span.removed && span.verdict !== "identifier");
    if (note.spans.every(clear)) return { start, end };
  }
  return null;
}

// Asks for a label, and for a text where `text` is one; a selected text is shown and cannot be changed.
function choose(label, text) {
  const dialog = get("label-dialog");
  get("label").replaceChildren(...note.labels.map((name) => new Option(name, name, false, name === label)));
  get("missed-field").hidden = text === null;
  get("missed").value = text || "";
  get("missed").readOnly = Boolean(text);
  dialog.returnValue = "";
  dialog.showModal();
  (text === "" ? get("missed") : get("label")).focus();
  return new Promise((resolve) => {
    dialog.addEventListener(
      "close",
      () => resolve(dialog.returnValue === "ok" ? { label: get("label").value, text: get("missed").value } : null),
      { once: true },
    );
  });
}

const keys = {
  j: () => move(1), ArrowDown: () => move(1), k: () => move(-1), ArrowUp: () => move(-1),
  c: actions.confirm, x: actions.reject, l: actions.relabel, a: actions.add, u: actions.undo, C: actions["confirm-all"],
  f: actions.finish, n: actions.forward, p: actions.back, q: actions.close, "?": actions.help,
};

document.addEventListener("keydown", (event) => {
  const typing = document.querySelector("dialog[open]") || ["INPUT", "SELECT"].includes(event.target.tagName);
  const scrolling = event.key.startsWith("Arrow") && event.target.classList.contains("note");
  if (typing || scrolling || event.ctrlKey || event.metaKey || event.altKey || !note || !keys[event.key]) return;
  event.preventDefault();
  enqueue(keys[event.key]);
});
document.addEventListener("click", (event) => {
  const element = event.target.closest("[data-place]");
  if (!element || !getSelection().isCollapsed) return;
  current = Number(element.dataset.place);
  mark();
  reveal();
});
for (const name of Object.keys(actions)) get(name).addEventListener("click", () => enqueue(actions[name]));
// In a list of options Enter would open the list.
get("label").addEventListener("keydown", (event) => {
  if (event.key !== "Enter") return;
  event.preventDefault();
  get("label-dialog").close("ok");
});
get("label-cancel").addEventListener("click", () => get("label-dialog").close("cancel"));
begin();
