// Draws the conversation. A line keeps its node whatever becomes of it, so that a screen reader hears only what is new.

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
  for (const [key, node] of drawn) if (!keys.has(key)) node.remove(), drawn.delete(key);
  let before = list.firstChild;
  for (const row of wanted) {
    let node = drawn.get(row.key);
    if (!node) {
      node = row.make();
      if (!talk.catchingUp && drawn.size) node.classList.add("new");
      drawn.set(row.key, node);
    }
    row.patch?.(node);
    if (node === before) before = before.nextSibling;
    else list.insertBefore(node, before);
  }
}

function rows() {
  const all = [...talk.entries, ...talk.waiting.map((it) => ({ ...it, kind: "customer", waiting: true }))];
  const made = [];
  let day = "";
  let latest = 0; // two clocks may differ: no day comes twice
  all.forEach((entry, at) => {
    latest = Math.max(latest, Date.parse(entry.at));
    const name = dayName(new Date(latest));
    if (name !== day) made.push({ key: `day ${name}`, make: () => dayRow(name) });
    const begins = name !== day || !together(all[at - 1], entry);
    day = name;
    const next = all[at + 1];
    const state = stateOf(entry);
    const look = { begins, ends: !together(entry, next) || stateOf(next) !== state, state };
    const key = entry.id ? `id ${entry.id}` : `seq ${entry.seq}`;
    if (entry.kind === "system") made.push({ key, make: () => systemRow(entry) });
    else made.push({ key, make: () => messageRow(entry), patch: (node) => patch(node, entry, look) });
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

function messageRow(entry) {
  const node = copy("message");
  const part = (name) => node.querySelector(`.${name}`);
  const author = entry.author || talk.team.title;
  node.classList.add(entry.kind);
  part("author").textContent = entry.kind === "customer" ? t("widget.you") : author;
  part("face").textContent = [...author][0] ?? "";
  if (entry.text) part("words").append(withLinks(entry.text));
  else part("words").remove();
  part("bubble").classList.toggle("bare", !entry.text && entry.files.every((file) => PICTURE.test(file.mime)));
  quote(part("quote"), entry);
  return node;
}

// What changes while it stands there: its neighbours, its state, and where its files are.
function patch(node, entry, { begins, ends, state }) {
  const version = [entry.seq, begins, ends, state].join();
  if (node.dataset.version === version) return;
  node.dataset.version = version;
  node.classList.toggle("begins", begins);
  node.classList.toggle("ends", ends);
  const files = node.querySelector(".files");
  if (files.dataset.seq !== String(entry.seq)) {
    files.dataset.seq = entry.seq;
    files.replaceChildren(...entry.files.map((file, at) => fileNode(file, filesOf(entry.id)[at]?.id)));
  }
  const meta = node.querySelector(".meta");
  meta.className = `meta ${state}`;
  meta.hidden = !ends && state !== "failed";
  foot(meta, entry, state);
  node.querySelector(".mend")?.remove();
  if (state === "failed") meta.after(mendRow(entry));
}

function quote(node, entry) {
  const about = entry.reply_to && talk.entries.find((it) => it.seq === entry.reply_to);
  if (about) setText(node, about.text || about.files.map((file) => file.name).join(", "));
  else node.remove();
}

const STATES = { sending: "widget.sending", sent: "widget.sent", seen: "widget.seen", failed: "widget.failed" };

function foot(meta, entry, state) {
  const at = new Date(entry.at);
  Object.assign(meta.querySelector("time"), { textContent: clock(at), dateTime: entry.at, title: fullTime(at) });
  if (state) meta.querySelector(".state").replaceChildren(copy(`icon-${state}`), t(STATES[state]));
}

function mendRow(entry) {
  const node = copy("mend");
  if (typeof entry.failed === "string") node.querySelector(".why").textContent = entry.failed;
  node.querySelector(".again").onclick = () => again(entry.id);
  node.querySelector(".discard").onclick = () => discard(entry.id);
  return node;
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
