// What pages can do beyond being read: keys, copying, events of a job as they happen. Everything works without it.
"use strict";

const all = (selector, within = document) => [...within.querySelectorAll(selector)];

function element(name, text, attributes = {}) {
  const made = document.createElement(name);
  if (text) made.textContent = text;
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

// Keys ---------------------------------------------------------------------------------------------------------------

const stops = all("article > .posts > .post, article > .posts > .gap, .posts .posts > .post, .row");
let here = -1;

function go(step) {
  const visible = stops.filter((one) => one.offsetParent !== null);
  if (!visible.length) return;
  const top = window.scrollY + 40;
  if (here < 0) here = visible.findIndex((one) => one.getBoundingClientRect().top + window.scrollY >= top) - (step > 0 ? 1 : 0);
  here = Math.min(Math.max(here + step, 0), visible.length - 1);
  for (const one of stops) one.classList.remove("here");
  const one = visible[here];
  one.classList.add("here");
  const link = one.querySelector("a[href]");
  if (link) link.focus({ preventScroll: true });
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  one.scrollIntoView({ block: "center", behavior: calm ? "auto" : "smooth" });
}

function help() {
  const dialog = document.getElementById("keys");
  if (dialog) dialog.open ? dialog.close() : dialog.showModal();
}

let leader = false;
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select")) return;
  if (leader) {
    leader = false;
    const place = { h: "/", t: "/threads", a: "/authors", g: "/holes", n: "/add" }[event.key];
    if (place) location.assign(place);
    return;
  }
  if (event.key === "j") go(1);
  else if (event.key === "k") go(-1);
  else if (event.key === "g") leader = true;
  else if (event.key === "?") help();
  else if (event.key === "n") all(".gap").find((one) => one.getBoundingClientRect().top > 60)?.scrollIntoView({ block: "center" });
  else if (event.key === "/") {
    const field = document.querySelector("input[type=search]");
    if (!field) return;
    event.preventDefault();
    field.focus();
  }
});

// Copying ------------------------------------------------------------------------------------------------------------

for (const button of all("[data-copy]")) {
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
    button.textContent = "✓";
  });
}

// A passage that is selected in a post can be cited: its place is counted in code points, as the archive counts.
const thread = document.querySelector("main.thread");
if (thread) {
  const button = element("a", thread.dataset.cite || "“ ”", { class: "button cite-float", hidden: "" });
  const note = element("a", thread.dataset.annotate || "", { class: "button cite-float", hidden: "" });
  const finding = element("a", thread.dataset.correct || "", { class: "button cite-float", hidden: "" });
  document.body.append(button, note, finding);
  document.addEventListener("selectionchange", () => {
    const found = passage();
    button.hidden = !found;
    note.hidden = !found || !thread.dataset.annotate;
    finding.hidden = !found || !thread.dataset.correct;
    if (!found) return;
    const query = new URLSearchParams({ post: found.post, start: found.start, end: found.end });
    button.href = `/cite/${thread.dataset.thread}?${query}`;
    button.style.left = `${found.box.left + window.scrollX}px`;
    button.style.top = `${found.box.bottom + window.scrollY + 6}px`;
    note.href = `/annotate/${thread.dataset.thread}?${query}`;
    note.style.left = `${found.box.left + window.scrollX + button.offsetWidth + 6}px`;
    note.style.top = button.style.top;
    finding.href = `/correct/${thread.dataset.thread}?${query}`;
    finding.style.left = `${found.box.left + window.scrollX}px`;
    finding.style.top = `${found.box.bottom + window.scrollY + 10 + button.offsetHeight}px`;
  });
}

function passage() {
  const selection = getSelection();
  if (!selection.rangeCount || selection.isCollapsed) return null;
  const range = selection.getRangeAt(0);
  const start = textAround(range.startContainer);
  if (!start || start !== textAround(range.endContainer)) return null;
  const before = document.createRange();
  before.setStart(start, 0);
  before.setEnd(range.startContainer, range.startOffset);
  const from = length(before);
  return { post: start.closest(".post").dataset.post, start: from, end: from + length(range), box: range.getBoundingClientRect() };
}

function textAround(node) {
  const text = (node.nodeType === 1 ? node : node.parentElement)?.closest(".said > .text");
  return text?.closest(".post") ? text : null;
}

function length(range) {
  const copy = range.cloneContents();
  for (const mark of copy.querySelectorAll("sup")) mark.remove();
  return [...copy.textContent].length;
}

// Jobs ---------------------------------------------------------------------------------------------------------------

function show(list, one) {
  const last = list.lastElementChild;
  const item = element("li", one.href ? "" : one.says, { class: one.kind, dir: "auto" });
  if (one.lang) item.lang = one.lang;
  if (one.href) item.append(element("a", one.says, { href: one.href }));
  if (one.kind === "progress" && last?.className === "progress") last.replaceWith(item);
  else list.append(item);
}

function listen(list, address, over) {
  const events = new EventSource(address);
  events.addEventListener("message", (event) => show(list, JSON.parse(event.data)));
  events.addEventListener("over", (event) => {
    events.close();
    over(JSON.parse(event.data));
  });
}

for (const list of all("[data-events]")) {
  const said = document.querySelector("[data-done]");
  listen(list, list.dataset.events, (end) => {
    document.querySelector("[data-state]").textContent = end.state === "done" ? said.dataset.done : said.dataset.failed;
  });
}

for (const form of all("form[data-refresh]")) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    for (const button of all("form[data-refresh] button")) button.disabled = true;
    const answer = await fetch(form.action, { method: "POST" });
    if (!answer.ok) return location.assign(answer.url);
    const list = element("ol", "", { class: "news", "aria-live": "polite" });
    const place = form.closest(".card") ?? document.querySelector("[data-live]");
    place.hidden = false;
    place.append(list);
    listen(list, `${answer.url}/events`, () => {
      for (const button of all("form[data-refresh] button")) button.disabled = false;
    });
    return undefined;
  });
}

// Search as it is typed: the same page, of which the hits and what narrows them down are taken over ------------------

for (const form of all("form[data-search]")) {
  const field = form.querySelector("input[type=search]");
  let waiting = 0;
  let asking = null;
  field.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      asking?.abort();
      const address = `${form.action}?${new URLSearchParams({ q: field.value })}`;
      asking = new XMLHttpRequest();
      asking.open("GET", address);
      asking.responseType = "document";
      asking.onload = (event) => take(event.target.response, address);
      asking.send();
    }, 250);
  });
}

function take(page, address) {
  const found = page?.getElementById("found");
  if (!found) return;
  document.getElementById("found").replaceWith(document.importNode(found, true));
  document.getElementById("facets")?.remove();
  const facets = page.getElementById("facets");
  if (facets) document.getElementById("main").append(document.importNode(facets, true));
  history.replaceState(null, "", address);
}

// Dropping files -----------------------------------------------------------------------------------------------------

for (const place of all("[data-drop]")) {
  const field = place.querySelector("input[type=file]");
  for (const kind of ["dragover", "dragleave", "drop"]) {
    place.addEventListener(kind, (event) => {
      event.preventDefault();
      place.classList.toggle("over", kind === "dragover");
      if (kind === "drop") field.files = event.dataTransfer.files;
    });
  }
}

for (const menu of all("details.menu")) {
  document.addEventListener("click", (event) => menu.contains(event.target) || (menu.open = false));
}

// On paper everything is open: what is folded cannot be opened there.
const folded = [];
addEventListener("beforeprint", () => {
  for (const one of all("main details:not([open]):not(.menu)")) {
    one.open = true;
    folded.push(one);
  }
});
addEventListener("afterprint", () => {
  for (const one of folded.splice(0)) one.open = false;
});
