// Draws the conversation. A line that did not change keeps its node, so that a screen reader hears only what is new.

import { byId, copy, setText, t } from "./boot.js";
import { again, discard, filesOf, talk } from "./talk.js";
import { clock, dayName, fileSize, fullTime, withLinks } from "./text.js";

const SAME_BREATH = 4 * 60_000;
const PICTURE = /^image\/(png|jpeg|gif|webp)$/;
const list = byId("entries");
const drawn = new Map();
const previews = new Map(); // file id -> blob address of what was picked here

// In another language everything is drawn anew.
export function redrawEntries() {
  list.replaceChildren();
  drawn.clear();
}

export const keepPreview = (id, address) => previews.set(id, address);

export function drawEntries() {
  const wanted = rows();
  const keys = new Set(wanted.map((row) => row.key));
  for (const [key, { node }] of drawn) if (!keys.has(key)) node.remove(), drawn.delete(key);
  let before = list.firstChild;
  for (const row of wanted) {
    let known = drawn.get(row.key);
    if (known?.version !== row.version) {
      const node = row.make();
      if (known) known.node.replaceWith(node);
      if (known?.node === before) before = node;
      if (!known && !talk.catchingUp && drawn.size) node.classList.add("new");
      drawn.set(row.key, (known = { node, version: row.version }));
    }
    if (known.node === before) before = before.nextSibling;
    else list.insertBefore(known.node, before);
  }
}

function rows() {
  const all = [...talk.entries, ...talk.waiting.map((it) => ({ ...it, kind: "customer", waiting: true }))];
  const made = [];
  let day = "";
  all.forEach((entry, at) => {
    const name = dayName(new Date(entry.at));
    if (name !== day) made.push({ key: `day ${name}`, version: "", make: () => dayRow(name) });
    const begins = name !== day || !together(all[at - 1], entry);
    day = name;
    const next = all[at + 1];
    const state = stateOf(entry);
    const ends = !together(entry, next) || stateOf(next) !== state;
    const key = entry.id ? `id ${entry.id}` : `seq ${entry.seq}`;
    made.push({ key, version: [entry.seq, begins, ends, state].join(), make: () => row(entry, begins, ends, state) });
  });
  return made;
}

function together(one, next) {
  if (!one || !next || one.kind !== next.kind || one.author !== next.author) return false;
  return Date.parse(next.at) - Date.parse(one.at) < SAME_BREATH && dayName(new Date(one.at)) === dayName(new Date(next.at));
}

function stateOf(entry) {
  if (entry.kind !== "customer") return "";
  if (entry.failed) return "failed";
  if (entry.waiting) return entry.sent ? "sent" : "sending";
  return entry.seq <= talk.read ? "seen" : "sent";
}

function dayRow(name) {
  const node = copy("day");
  node.firstElementChild.textContent = name;
  return node;
}

function row(entry, begins, ends, state) {
  if (entry.kind === "system") return systemRow(entry);
  const node = copy("message");
  const part = (name) => node.querySelector(`.${name}`);
  const author = entry.author || talk.team.title;
  node.classList.add(entry.kind);
  node.classList.toggle("begins", begins);
  node.classList.toggle("ends", ends);
  part("author").textContent = entry.kind === "customer" ? t("widget.you") : author;
  part("face").textContent = [...author][0] ?? "";
  if (entry.text) part("words").append(withLinks(entry.text));
  else part("words").remove();
  part("bubble").append(...entry.files.map((file, at) => fileNode(file, filesOf(entry.id)[at]?.id)));
  quote(part("quote"), entry);
  part("bubble").classList.toggle("bare", !entry.text && entry.files.every((file) => PICTURE.test(file.mime)));
  if (ends || state === "failed") foot(part("meta"), entry, state);
  else part("meta").remove();
  return node;
}

function quote(node, entry) {
  const about = entry.reply_to && talk.entries.find((it) => it.seq === entry.reply_to);
  if (about) setText(node, about.text || about.files.map((file) => file.name).join(", "));
  else node.remove();
}

function foot(meta, entry, state) {
  const at = new Date(entry.at);
  const time = meta.querySelector("time");
  Object.assign(time, { textContent: clock(at), dateTime: entry.at, title: fullTime(at) });
  if (!state) return;
  meta.classList.add(state);
  const known = { sending: "widget.sending", sent: "widget.sent", seen: "widget.seen", failed: "widget.failed" };
  meta.querySelector(".state").append(copy(`icon-${state}`), t(known[state]));
  if (state === "failed") mend(meta, entry);
}

function mend(meta, entry) {
  const node = copy("mend");
  if (typeof entry.failed === "string") node.querySelector(".why").textContent = entry.failed;
  node.querySelector(".again").onclick = () => again(entry.id);
  node.querySelector(".discard").onclick = () => discard(entry.id);
  meta.after(node);
}

function systemRow(entry) {
  const node = copy("system");
  node.firstElementChild.append(withLinks(entry.text));
  node.title = fullTime(new Date(entry.at));
  return node;
}

function fileNode(file, picked) {
  const address = previews.get(picked) ?? ours(file.url);
  const picture = PICTURE.test(file.mime) && address;
  const node = copy(picture ? "picture" : "file");
  if (file.url && ours(file.url)) node.href = ours(file.url);
  if (picture) {
    Object.assign(node.firstElementChild, { src: address, alt: t("widget.file.picture", { name: file.name }) });
    return node;
  }
  setText(node.querySelector("b"), file.name);
  setText(node.querySelector("small"), fileSize(file.size));
  if (node.href) node.download = file.name;
  return node;
}

// Files lie on our own origin and nowhere else.
function ours(url) {
  if (!url) return "";
  const address = new URL(url, location.href);
  return address.origin === location.origin ? address.href : "";
}
