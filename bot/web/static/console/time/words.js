// What the parts of the page "Time" say alike: moments, rules, hours, in the viewer's language.

import { boot } from "../boot.js";
import { h } from "../dom.js";
import { HOUR, format, nameOf, t } from "../words.js";

const DAY = { weekday: "short", month: "short", day: "numeric" };
const SIX_DAYS = 6 * 86400e3;

// "Fri, Nov 27, 10:15" by the clock of a place.
export const moment = (at, zone) => format(zone, { ...DAY, ...HOUR }).format(Date.parse(at));
export const hour = (at, zone) => format(zone, HOUR).format(Date.parse(at));
// Of a date without a clock.
export const day = (date) => format("UTC", DAY).format(Date.parse(date));

// As short as it can be said: "18:00" on the day of `since`, "Fri 18:00" within the week.
export function near(at, zone, since) {
  const [there, here] = [Date.parse(at), Date.parse(since)];
  if (dayOf(at, zone) === dayOf(since, zone)) return hour(at, zone);
  return Math.abs(there - here) < SIX_DAYS ? format(zone, { weekday: "short", ...HOUR }).format(there) : moment(at, zone);
}

const dayOf = (at, zone) => format(zone, { year: "numeric", ...DAY }).format(Date.parse(at));
export const alike = (at, one, other) => moment(at, one) === moment(at, other);

// The same instant elsewhere: only the hour where the day is the same one.
export const elsewhere = (at, there, here, city) =>
  `${dayOf(at, there) === dayOf(at, here) ? hour(at, here) : moment(at, here)} ${city}`;

export const list = (items) => new Intl.ListFormat(boot.locale, { style: "short", type: "conjunction" }).format(items);

// A name turns nothing around that stands beside it.
export const own = (name) => `\u2068${name}\u2069`;
export const names = (people) => list(people.map(own));

export const percent = (share) =>
  new Intl.NumberFormat(boot.locale, { style: "percent", maximumFractionDigits: share < 0.01 ? 1 : 0 }).format(share);

const NAMED = {
  language: (code) => nameOf("language", code),
  country: (code) => nameOf("region", code),
};
const CODED = ["tier", "priority", "newcomer"];

// What a row matches, one chip each.
export function matches(row, last = false) {
  const named = Object.entries(row.when);
  if (!named.length) return [h("span.match.all", {}, t(last ? "console.time.when.all" : "console.time.when.everybody"))];
  return named.map(([key, value]) => {
    const words = CODED.includes(key)
      ? t(`console.time.when.${key}_${value}`)
      : t("console.time.when." + key, { value: NAMED[key]?.(value) ?? value });
    return h(`span.match.${key}`, {}, h("bdi", {}, words));
  });
}

export const rule = (row) =>
  h("span.rule", {}, h("span.number", {}, String(row.number)), h("span.matches", {}, matches(row, row.number > 1)));

export const place = (country, city) => (country ? t("console.time.place", { city, country: nameOf("region", country) }) : city);

// "Open until 18:00", "Closed: Thanksgiving Day, opens Fri 09:00"
export function state(clock, since) {
  const until = clock.until && near(clock.until, clock.zone, since);
  if (clock.open) return [h("span.chip.good", {}, until ? t("console.time.state.open_until", { at: until }) : t("console.time.state.open"))];
  const why = clock.name ? t("console.time.state.named", { name: own(clock.name) }) : t("console.time.state." + clock.why);
  return [h("span.chip", {}, why), until ? h("span.opens", {}, t("console.time.state.until", { at: until })) : null];
}

// A table that is cards on a phone, and to a screen reader a table there, too: hence the roles. `rows`: one array of cells each; a cell is nodes, or {nodes, class}.
export function table(label, heads, rows) {
  const head = (words) => h("th", { scope: "col", role: "columnheader" }, words);
  const cell = (it, nth) => h(nth ? "td" : "th", { role: nth ? "cell" : "rowheader", scope: nth ? null : "row", "data-label": heads[nth], colspan: it.span, class: it.class ?? "" }, it.nodes ?? it);
  return h("table.table", { role: "table", "aria-label": label },
    h("thead", { role: "rowgroup" }, h("tr", { role: "row" }, heads.map(head))),
    h("tbody", { role: "rowgroup" }, rows.map((cells) => h("tr", { role: "row" }, cells.map(cell)))));
}
