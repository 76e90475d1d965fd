// The entries of a thread as nodes: customer's words, replies with their delivery, notes, lines of the log.

import { actionButton } from "./card.js";
import { h, icon, setText } from "./dom.js";
import { linked } from "./say.js";
import { clock, dayKey, dayName, fullTime, now, size, t } from "./words.js";

const LADDER = ["held", "queued", "sent", "delivered", "read"];
const SAME_HAND = 5 * 60e3;
const PICTURES = new Set(["image/png", "image/jpeg", "image/gif", "image/webp"]);

export function drawEntries(entries, deeds, fresh, card) {
  const nodes = [];
  const pressable = entries.findLast((entry) => entry.kind === "line" && entry.say?.buttons.length);
  let before = null;
  for (const entry of entries) {
    const at = Date.parse(entry.at);
    if (!before || dayKey(Date.parse(before.at)) !== dayKey(at)) {
      nodes.push(h("h2.day", {}, dayName(at)));
      before = null;
    }
    const node = entry.kind === "line" ? line(entry, deeds, entry === pressable && !spent(entry, card)) : bubble(entry, deeds, continues(before, entry));
    if (fresh.has(entry.seq)) node.classList.add("arrived");
    node.dataset.seq = entry.seq;
    nodes.push(node);
    before = entry;
  }
  return nodes;
}

// The same person goes on: no second header.
function continues(before, entry) {
  return before && before.kind === entry.kind && before.author === entry.author && entry.kind === "customer"
    && Date.parse(entry.at) - Date.parse(before.at) < SAME_HAND;
}

// An alarm that was acknowledged, or fell away, is answered no more.
const spent = (entry, card) => entry.say.buttons.some((button) => button.action === "ack") && (!card.level || card.acked);

const time = (entry) => h("time", { datetime: entry.at, title: fullTime(Date.parse(entry.at)) }, clock(Date.parse(entry.at)));

function line(entry, deeds, pressable) {
  const said = entry.say ?? { text: "", buttons: [], lines: [] };
  return h(
    "div.line",
    { class: pressable ? "mention" : "" },
    h("span", {}, linked(said.text, deeds.open), pressable ? h("span.buttons", {}, said.buttons.map((button) => actionButton(button, deeds.press))) : null),
    time(entry),
    said.lines.map((sub) => h("span.sub", { dir: "auto" }, linked(sub.text, deeds.open))),
  );
}

function bubble(entry, deeds, next) {
  const message = entry.message ?? { text: "", files: [] };
  const state = message.state;
  return h(
    `article.entry.${entry.kind}`,
    { class: `${next ? "next" : ""} ${entry.mine ? "mine" : ""} ${entry.automatic ? "automatic" : ""}` },
    head(entry),
    h(
      "div.bubble",
      { class: state ?? "" },
      entry.quoted ? h("blockquote.quoted", { dir: "auto" }, entry.quoted) : null,
      message.about ? h("p.words.about", { dir: "auto" }, message.about) : null,
      message.deleted ? h("p.words.gone", {}, t("console.entry.deleted")) : null,
      message.text ? h("p.words", { dir: "auto" }, message.text) : null,
      entry.say ? h("p.words", { dir: "auto" }, entry.say.text) : null,
      entry.files.length ? h("div.files", {}, entry.files.map(file)) : null,
      message.edited && !message.deleted ? h("span.mark", {}, t("console.entry.edited")) : null,
      message.reaction ? h("span.reaction", { title: t("console.entry.reaction") }, message.reaction) : null,
      ownTools(entry, deeds),
    ),
    delivery(entry, deeds),
  );
}

function head(entry) {
  const internal = entry.kind === "note" ? [icon("lock", 13), h("em", {}, t("console.entry.note"))] : [];
  return h("header.entry-head", {}, internal, h("b", { dir: "auto" }, entry.author || t("console.entry.team")), time(entry));
}

function delivery(entry, deeds) {
  const said = entry.confirmation;
  const state = entry.message?.state;
  if (!state && !said?.buttons.length) return null;
  const rung = LADDER.indexOf(state);
  const ladder = rung >= 0 ? h("span.ladder", { "aria-hidden": "true" }, LADDER.slice(1).map((_, step) => h("i", { class: step < rung ? "on" : "" }))) : null;
  return h(
    `div.delivery${state ? "." + state : ""}`,
    {},
    ladder,
    state === "held" && entry.until
      ? h("span", { tick: (node) => setText(node, leavesIn(Date.parse(entry.until))) })
      : h("span", {}, said?.text || t("console.delivery." + state)),
    said?.buttons.map((button) => actionButton(button, deeds.press)),
  );
}

function leavesIn(until) {
  const n = Math.ceil((until - now()) / 1000);
  return n > 0 ? t("console.delivery.leaves", { n }) : t("console.delivery.queued");
}

function ownTools(entry, deeds) {
  if (!entry.post || entry.message?.deleted) return null;
  const editable = entry.kind === "note" || entry.message?.state === "held";
  if (!editable) return null;
  return h(
    "div.own",
    {},
    h("button.icon-button", { "aria-label": t("console.entry.edit"), title: t("console.entry.edit"), onclick: () => deeds.edit(entry) }, icon("edit", 16)),
    h("button.icon-button", { "aria-label": t("console.entry.delete"), title: t("console.entry.delete"), onclick: () => deeds.remove(entry) }, icon("bin", 16)),
  );
}

function file(it) {
  const address = `/console/files/${it.id}`;
  if (it.state === "stored" && PICTURES.has(it.mime.split(";")[0])) {
    return h("a.picture", { href: address, target: "_blank", rel: "noopener", title: it.name },
      h("img", { src: address, alt: it.name, width: 220, height: 165, loading: "lazy", decoding: "async" }));
  }
  const about = it.state === "stored" ? size(it.size) : it.state === "pending" ? t("console.file.pending") : it.reason || t("console.file.refused");
  const inside = [icon("file", 22), h("span", {}, h("b", { dir: "auto" }, it.name || t("console.file.unnamed")), h("small", {}, about))];
  return it.state === "stored"
    ? h("a.file", { href: address, download: it.name }, inside)
    : h("div.file", { class: it.state }, inside);
}
