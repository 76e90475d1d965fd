// When it is open: a card for every calendar, its week drawn and said, and what is unusual in the time ahead.

import { h } from "../dom.js";
import { nameOf, t } from "../words.js";
import { day, list, moment, own, state } from "./words.js";

const SVG = "http://www.w3.org/2000/svg";
const GROUPS = ["queue", "shift", "oncall", "customers"];
const ROW = 7;

export function drawCalendars(found) {
  const groups = GROUPS.map((kind) => [kind, found.calendars.filter((it) => it.kind === kind)]).filter(([, all]) => all.length);
  return [
    h("p.lead", {}, t("console.time.calendars.about")),
    groups.map(([kind, all]) => [
      h("h2", {}, t("console.time.calendars." + kind), kind === "customers" ? h("small", {}, t("console.time.calendars.assumed")) : null),
      h("div.calendars", {}, all.map(drawCalendar)),
    ]),
  ];
}

const title = (it) => (it.kind !== "customers" ? it.title : it.title ? nameOf("region", it.title) : t("console.time.calendars.unknown"));

const drawCalendar = (it) => h("section.calendar", {},
  h("header", {}, h("h3", {}, own(title(it))), h("span.soft", {}, `${it.clock.city} ${moment(it.now, it.clock.zone)}`)),
  h("p.state", {}, state(it.clock, it.now)),
  h("div.week", {}, drawWeek(it.week), h("ul", {}, it.lines.length ? it.lines.map((line) => h("li", {}, line)) : h("li", {}, t("console.time.calendars.always")))),
  h("p.soft", {}, it.holidays ? t("console.time.calendars.holidays", { region: it.holidays }) : t("console.time.calendars.no_holidays")),
  it.unconfirmed.map(({ year, soon }) => h("p", {}, h("span.chip", { class: soon ? "warn" : "" }, t("console.time.calendars.unconfirmed", { year: String(year) })))),
  it.coming.length ? h("dl.coming", { "aria-label": t("console.time.calendars.coming") }, it.coming.map(drawDay)) : h("p.soft", {}, t("console.time.calendars.nothing")));

const drawDay = (it) => h("div", {},
  h("dt", {}, h("time", { datetime: it.date }, day(it.date))),
  h("dd", {}, it.name ? own(it.name) : it.why === "workday" ? t("console.time.calendars.workday") : "", " ",
    h("span", { class: it.hours.length ? "soft" : "off" }, it.hours.length ? list(it.hours) : t("console.time.calendars.closed"))));

// Seven days below each other, midnight to midnight; what is said beside it is not said again.
function drawWeek(week) {
  const svg = node("svg", { viewBox: `0 0 1440 ${7 * ROW * 20}`, preserveAspectRatio: "none", "aria-hidden": "true", class: "week-picture" });
  const height = ROW * 20;
  for (const nth of week.keys()) svg.append(node("rect", { x: 0, y: nth * height + 20, width: 1440, height: height - 40, class: "night" }));
  week.forEach((intervals, nth) => {
    for (const [start, end] of intervals) {
      svg.append(node("rect", { x: start, y: nth * height + 20, width: Math.min(end, 1440) - start, height: height - 40, class: "open" }));
      // What goes on past midnight lies on the next day.
      if (end > 1440) svg.append(node("rect", { x: 0, y: ((nth + 1) % 7) * height + 20, width: end - 1440, height: height - 40, class: "open" }));
    }
  });
  for (const hour of [6, 12, 18]) svg.append(node("line", { x1: hour * 60, x2: hour * 60, y1: 0, y2: 7 * height, class: "grid" }));
  return svg;
}

function node(name, attributes) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}
