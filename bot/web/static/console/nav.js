// Views and queues, with how many tickets each holds.

import { boot } from "./boot.js";
import { byId, fill, h, icon } from "./dom.js";
import { t } from "./words.js";

const ICONS = { mine: "person", unassigned: "nobody", breaching: "flame", open: "inbox", closed: "check" };

export function drawNav(place, counts, choose) {
  const nav = byId("nav");
  const focused = nav.contains(document.activeElement) ? document.activeElement.dataset.name : null;
  const item = (name, symbol, label, count, current, hot, go) =>
    h(
      "button.nav-item",
      { class: hot ? "hot" : "", "data-name": name, "aria-current": String(current), onclick: go },
      icon(symbol, 17),
      h("span", {}, label),
      count ? h("b", {}, count > boot.counted ? boot.counted.toLocaleString(boot.locale) + "+" : String(count)) : null,
    );
  const views = boot.views.map((view) =>
    item(view, ICONS[view], t("console.view." + view), counts.views[view], place.view === view && !place.queue && !place.page && !place.q,
      view === "breaching" && counts.views[view] > 0, () => choose({ view, queue: "", page: "" })),
  );
  const queues = boot.queues.map((queue) =>
    item("queue:" + queue.name, "queue", queue.title, counts.queues[queue.name], place.queue === queue.name, false,
      () => choose({ view: "open", queue: queue.name, page: "" })),
  );
  const time = item("time", "clock", t("console.time.title"), 0, place.page === "time", false, () => choose({ page: "time" }));
  const admin = boot.me.role === "admin"
    ? [item("trouble", "wrench", t("console.trouble.title"), 0, place.page === "trouble", false, () => choose({ page: "trouble" }))]
    : [];
  fill(nav, h("h2", {}, t("console.nav.views")), views, h("h2", {}, t("console.nav.queues")), queues, h("h2", {}, t("console.nav.house")), time, admin);
  // On a narrow page the views are a strip that scrolls.
  if (nav.scrollWidth > nav.clientWidth) nav.querySelector("[aria-current=true]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
  if (focused) nav.querySelector(`[data-name="${CSS.escape(focused)}"]`)?.focus();
}
