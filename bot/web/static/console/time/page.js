// The page "Time": its parts, what is wrong in each, and which of them is looked at (the address says so).

import { complain, get } from "../api.js";
import { byId, fill, h, icon } from "../dom.js";
import { now, t } from "../words.js";
import { drawCalendars } from "./calendars.js";
import { drawCoverage } from "./coverage.js";
import { drawDue } from "./due.js";
import { drawRoster } from "./roster.js";
import { drawRules } from "./rules.js";

const PARTS = { due: drawDue, coverage: drawCoverage, rules: drawRules, calendars: drawCalendars, roster: drawRoster };
const FRESH = 60e3;

export const timeInAddress = () => /^\/console\/time(?:\/([a-z]+))?$/.exec(location.pathname);

let shown = null;

// Draws the part that the address names; `leave` goes back to the list.
export async function showTime(leave) {
  const named = timeInAddress()?.[1] ?? "due";
  const part = PARTS[named] ? named : "due";
  const body = h("div.time-body", { "aria-live": "off" });
  const page = h("div.time", {},
    h("header.time-head", {},
      h("button.icon-button.back", { "aria-label": t("console.time.back"), onclick: leave }, icon("back")),
      h("div", {}, h("h1", { tabindex: -1 }, t("console.time.title")), h("p", {}, t("console.time.about")))),
    h("nav.tabs", { "aria-label": t("console.time.parts") }, Object.keys(PARTS).map((name) => tab(name, part, leave))),
    body);
  shown = { part, body, page, leave, at: now() };
  fill(byId("main"), page);
  countWrong(shown);
  await load(shown);
}

const tab = (name, current, leave) =>
  h("a.tab", { href: `/console/time/${name}`, "data-part": name, "aria-current": name === current ? "page" : null, onclick: (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    go(`/console/time/${name}`);
  } }, t("console.time.part." + name));

function go(address) {
  const { leave } = shown;
  history.pushState(null, "", address);
  showTime(leave).then(() => byId("main").querySelector(`.tab[data-part="${shown.part}"]`)?.focus({ preventScroll: true }));
}

async function load(view) {
  try {
    const found = await get(`time/${view.part}`, Object.fromEntries(new URLSearchParams(location.search)));
    if (shown !== view) return;
    const held = view.body.contains(document.activeElement) && document.activeElement.name;
    const open = new Map([...view.body.querySelectorAll("details[data-key]")].map((node) => [node.dataset.key, node.open]));
    fill(view.body, PARTS[view.part](found, ask));
    for (const node of view.body.querySelectorAll("details[data-key]")) node.open = open.get(node.dataset.key) ?? node.open;
    if (held) view.body.querySelector(`[name="${CSS.escape(held)}"]`)?.focus({ preventScroll: true });
    view.at = now();
  } catch (error) {
    complain(error);
  }
}

// Asks the same part otherwise: another queue, another moment.
function ask(query) {
  const given = Object.entries(query).filter(([, value]) => value);
  history.pushState(null, "", `/console/time/${shown.part}${given.length ? "?" + new URLSearchParams(given) : ""}`);
  load(shown);
}

async function countWrong(view) {
  try {
    const wrong = await get("time/wrong");
    if (shown !== view) return;
    for (const [name, n] of Object.entries(wrong)) {
      const node = view.page.querySelector(`.tab[data-part="${name}"]`);
      if (node && n) node.append(h("b.wrong", { title: t("console.time.wrong", { n }) }, String(n), h("span.visually-hidden", {}, " ", t("console.time.wrong", { n }))));
    }
  } catch (error) {
    complain(error);
  }
}

// What is looked at goes with the time, unless somebody is typing in it.
setInterval(() => {
  const stands = shown?.page.isConnected && !document.hidden;
  if (!stands || now() - shown.at < FRESH || shown.body.contains(document.activeElement)) return;
  load(shown);
}, 5000);
