// The tickets of the chosen view.

import { boot } from "./boot.js";
import { byId, fill, h, icon, setText } from "./dom.js";
import { brief, fullTime, now, span, t } from "./words.js";

const SOON = 30 * 60e3;

export function drawList(place, found, selected, open, more) {
  const list = byId("list");
  const title = place.q ? t("console.search.found") : place.queue ? queueTitle(place.queue) : t("console.view." + place.view);
  const scroll = list.querySelector(".list-scroll");
  const top = scroll?.scrollTop ?? 0;
  const focused = list.contains(document.activeElement) ? document.activeElement.dataset.ticket : null;
  const rows = found.rows.map((row) => drawRow(row, selected, open));
  fill(
    list,
    h("div.list-head", {}, h("h1", {}, title), h("small", {}, count(found.total))),
    h(
      "div.list-scroll",
      {},
      rows.length ? rows : empty(place),
      (found.rows.length < found.total || found.total > boot.counted) && !place.q ? h("button.button.small.more-rows", { onclick: more }, t("console.list.more")) : null,
    ),
  );
  list.querySelector(".list-scroll").scrollTop = top;
  if (focused) list.querySelector(`[data-ticket="${focused}"]`)?.focus({ preventScroll: true });
}

// Nobody counts all of many.
const count = (n) =>
  n > boot.counted ? t("console.list.many", { n: boot.counted.toLocaleString(boot.locale) }) : t("console.list.count", { n });

const queueTitle = (name) => boot.queues.find((queue) => queue.name === name)?.title ?? name;

function drawRow(row, selected, open) {
  const last = Date.parse(row.last_customer_at ?? row.opened_at);
  return h(
    "button.row",
    { "data-ticket": row.id, "aria-current": String(row.id === selected), onclick: () => open(row.id) },
    h("span.row-name", {}, h("i.dot", { class: row.status, title: t("console.status." + row.status) }),
      h("span", { dir: "auto" }, row.name)),
    row.deadline ? h("span.row-due", { tick: (node) => drawDue(node, Date.parse(row.deadline)) }) : h("span"),
    h("span.row-words", { dir: "auto" }, row.excerpt || "\u00a0"),
    h(
      "span.row-end",
      {},
      h("span", {}, row.label),
      row.tier === "vip" ? h("span.chip.accent", {}, t("console.tier.vip")) : null,
      ["urgent", "high"].includes(row.priority) ? h("span.chip.warn", {}, t("console.priority." + row.priority)) : null,
      row.level && !row.acked ? h("span.chip.danger", {}, t("console.card.level", { n: row.level })) : null,
      assignee(row),
      h("time", { datetime: row.last_customer_at ?? row.opened_at, title: fullTime(last), tick: (node) => setText(node, brief(now() - last)) }),
    ),
  );
}

function assignee(row) {
  if (row.mine) return h("span.who", {}, t("console.list.you"));
  if (row.assignee) return h("span.who", {}, row.assignee);
  return row.status === "closed" ? null : h("span.who.nobody", {}, t("console.list.nobody"));
}

// How long is left, or how long it is over.
export function drawDue(node, due) {
  const left = due - now();
  node.classList.toggle("danger", left < 0);
  node.classList.toggle("warn", left >= 0 && left < SOON);
  setText(node, left < 0 ? t("console.due.over", { span: span(left) }) : t("console.due.left", { span: span(left) }));
}

function empty(place) {
  const key = place.q ? "search" : place.queue ? "open" : place.view;
  return h("div.empty", {}, icon(key === "breaching" || key === "mine" ? "check" : "inbox", 40),
    h("strong", {}, t("console.empty." + key)), h("span", {}, t("console.empty." + key + "_hint")));
}
