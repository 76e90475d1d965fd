// The ticket's card: who, where, until when, and what can be done at once.

import { fill, h, icon, menuButton, setText } from "./dom.js";
import { drawDue } from "./list.js";
import { ago, moment, nameOf, now, span, t, wall } from "./words.js";

const WINDOW_SHORT = 2 * 3600e3;
let unfolded = false;

export function drawCard(node, card, { press, open, back }) {
  const toggle = h("button.icon-button.card-toggle", { "aria-expanded": String(unfolded), "aria-label": t("console.card.details"),
    onclick: () => { unfolded = node.classList.toggle("unfolded"); toggle.setAttribute("aria-expanded", String(unfolded)); } }, icon("down"));
  node.classList.toggle("unfolded", unfolded);
  fill(
    node,
    h(
      "div.card-head",
      {},
      h("button.icon-button.back", { "aria-label": t("console.card.back"), onclick: back }, icon("back", 22)),
      h("div.card-title", {}, h("h1", { dir: "auto", tabindex: -1 }, card.name), h("span.number", {}, card.label),
        h("span.chip", { class: { new: "info", open: "accent", hold: "warn" }[card.status] ?? "" }, t("console.status." + card.status)), chips(card)),
      toggle,
      buttons(card, press),
    ),
    h("dl.facts", {}, facts(card, open)),
  );
}

function buttons(card, press) {
  const shown = card.buttons.map((button) => actionButton(button, press));
  if (!card.more.length) return h("div.card-buttons", {}, shown);
  const more = h("button.button.small", {}, t("console.card.more"), icon("down", 14));
  const anchor = h("div.card-more", {}, more);
  menuButton(more, "", (shut) =>
    card.more.map((button) =>
      h(`button.menu-item${button.style === "danger" ? ".danger" : ""}`, { onclick: () => { shut(); press(button); } }, button.label)),
  );
  return h("div.card-buttons", {}, shown, anchor);
}

export function actionButton(button, press) {
  const node = h(`button.button.small${button.style ? "." + button.style : ""}`, {
    onclick: async () => {
      node.disabled = true;
      await press(button);
      node.disabled = false;
    },
  }, button.label);
  return node;
}

function chips(card) {
  const out = [];
  if (card.mode === "live") out.push(h("span.chip.danger", {}, icon("send", 13), t("console.card.live")));
  if (card.tier !== "standard") out.push(h("span.chip.accent", {}, t("console.tier." + card.tier)));
  if (card.priority !== "normal") out.push(h("span.chip.warn", {}, t("console.priority." + card.priority)));
  if (card.level) out.push(h("span.chip", { class: card.acked ? "" : "danger" }, t(card.acked ? "console.card.acked" : "console.card.level", { n: card.level })));
  if (card.snoozed_until) out.push(h("span.chip.info", {}, t("console.card.snoozed", { until: moment(Date.parse(card.snoozed_until)) })));
  if (card.blocked) out.push(h("span.chip.danger", {}, t("console.card.blocked")));
  out.push(...card.tags.map((tag) => h("span.chip", { dir: "auto" }, tag)));
  return out.length ? h("div.card-chips", {}, out) : null;
}

function facts(card, open) {
  const out = [];
  const fact = (key, ...value) => out.push(h("div.fact", {}, h("dt", {}, t("console.fact." + key)), value));
  const due = card.deadline && Date.parse(card.deadline);
  if (due) fact(card.deadline_kind || "deadline", h("dd", { tick: (node) => drawDeadline(node, due) }));
  if (card.promised) fact("promised", h("dd", {}, moment(Date.parse(card.promised))));
  fact("assignee", card.assignee ? h("dd", {}, card.mine ? t("console.list.you") : card.assignee) : h("dd.none", {}, t("console.list.nobody")));
  const zone = card.zone;
  if (zone) {
    const assumed = card.zone_assumed ? h("small", {}, " " + t("console.card.assumed")) : null;
    fact("local_time", h("dd", {}, h("span", { tick: (node) => setText(node, wall(now(), zone)) }), assumed));
  }
  if (card.window_ends) fact("window", h("dd", { tick: (node) => drawWindow(node, Date.parse(card.window_ends), Date.parse(card.human_until)) }));
  if (card.email) fact("email", h("dd", { dir: "auto" }, card.email, card.email_said ? h("small", {}, " " + t("console.card.unverified")) : null));
  if (card.company) fact("company", h("dd", { dir: "auto" }, card.company));
  const country = card.country && nameOf("region", card.country);
  if (country) fact("country", h("dd", {}, country));
  if (card.language) fact("language", h("dd", {}, nameOf("language", card.language)));
  fact("channel", h("dd", {}, card.channel_name));
  fact("queue", h("dd", {}, card.queue_title));
  fact("opened", h("dd", { tick: (node) => setText(node, ago(Date.parse(card.opened_at))) }));
  if (card.earlier.length) fact("earlier", h("dd", {}, card.earlier.slice(0, 3).map((id) => h("button", { onclick: () => open(id) }, `T-${id}`))));
  return out;
}

function drawDeadline(node, due) {
  const label = document.createElement("span");
  drawDue(label, due);
  node.className = `tick ${label.className}`;
  fill(node, label.textContent, h("small", {}, " · " + moment(due)));
}

// After the window a channel may still take a person's own words for a while.
function drawWindow(node, ends, humanUntil) {
  const byHand = ends <= now() && humanUntil > now();
  const left = (byHand ? humanUntil : ends) - now();
  node.className = `tick ${left <= 0 ? "danger" : byHand || left < WINDOW_SHORT ? "warn" : ""}`;
  const words = byHand ? "console.card.window_human" : "console.due.left";
  setText(node, left <= 0 ? t("console.card.window_closed") : t(words, { span: span(left) }));
}
