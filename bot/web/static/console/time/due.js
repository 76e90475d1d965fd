// What would be due if a message came now, or at another moment: a table for every place where customers are.

import { boot } from "../boot.js";
import { h } from "../dom.js";
import { t } from "../words.js";
import { alike, elsewhere, list, moment, names, own, place, rule, state, table } from "./words.js";

const KINDS = ["first_reply", "next_reply", "resolve"];

export function drawDue(found, ask) {
  const team = found.team;
  return [
    h("p.lead", {}, t("console.time.due.about")),
    asking(found, ask),
    h("div.team", {},
      h("b", {}, t("console.time.due.team")), h("span", {}, `${moment(found.at, team.zone)} ${team.city}`), state(team, found.at),
      found.on_shift.length
        ? h("span", {}, t("console.time.due.on_shift", { who: names(found.on_shift) }))
        : h("span", { class: team.open ? "danger" : "" }, t("console.time.due.no_shift"))),
    found.regions.map((region) => drawRegion(region, found)),
  ];
}

function asking(found, ask) {
  const query = new URLSearchParams(location.search);
  const zones = new Map([found.team, ...found.regions.map((region) => region.clock)].map((clock) => [clock.zone, clock.city]));
  const asked = query.get("at");
  const theirs = (asked && query.get("zone")) || found.team.zone;
  if (!zones.has(theirs)) zones.set(theirs, theirs);
  const queue = select("console.time.due.queue", boot.queues.map((it) => [it.name, it.title]), found.queue);
  const at = h("input.input", { type: "datetime-local", name: "at", value: asked ?? local(found.at, found.team.zone), "aria-label": t("console.time.due.moment") });
  const zone = select("console.time.due.zone", [...zones], theirs);
  for (const field of [at, zone]) keepTyped(field);
  const look = () => ask({ queue: queue.value, at: at.value, zone: zone.value });
  queue.addEventListener("change", () => ask({ queue: queue.value, at: asked, zone: asked && zone.value }));
  return [
    h("form.asking", { onsubmit: (event) => { event.preventDefault(); look(); } },
      boot.queues.length > 1 ? labelled("console.time.due.queue", queue) : null,
      labelled("console.time.due.moment", at),
      labelled("console.time.due.zone", zone),
      h("button.button", {}, t("console.time.due.look")),
      asked ? h("button.button", { type: "button", onclick: () => { at.value = at.defaultValue; ask({ queue: queue.value }); } }, t("console.time.due.now")) : null),
    asked ? h("p.asked", { role: "status" }, t("console.time.due.asked")) : null,
  ];
}

// What somebody has begun to type outlives an answer that comes meanwhile.
function keepTyped(field) {
  const before = document.querySelector(`.asking [name="${field.name}"]`);
  if (before && before.value !== (before.defaultValue ?? before.querySelector("[selected]").value)) field.value = before.value;
}

const labelled = (key, control) => h(`label.of-${key.split(".").at(-1)}`, {}, h("span", {}, t(key)), control);

const select = (key, choices, chosen) =>
  h("select.input", { name: key.split(".").at(-1), "aria-label": t(key) }, choices.map(([value, words]) => h("option", { value, selected: value === chosen }, words)));

// As the browser's own field has it.
function local(at, zone) {
  const parts = new Intl.DateTimeFormat("sv-SE", { timeZone: zone, dateStyle: "short", timeStyle: "short" }).format(Date.parse(at));
  return parts.replace(" ", "T");
}

function drawRegion(region, found) {
  const { clock } = region;
  const rows = region.rows.map((row) => [rule(row), ...cells(row, clock, found.team)]);
  const heads = [t("console.time.due.rule"), ...KINDS.map((kind) => t("console.time.kind." + kind)), t("console.time.due.told")];
  const name = place(region.country, clock.city);
  return h("section.region", {},
    h("header", {}, h("h2", {}, name), h("time", { datetime: found.at }, moment(found.at, clock.zone)), state(clock, found.at)),
    table(name, heads, rows));
}

function cells(row, clock, team) {
  if (!Object.keys(row.due).length) {
    const rows = list(row.taken_by.map((n) => t("console.time.due.row", { n })));
    const words = rows ? t("console.time.due.taken", { rows }) : t("console.time.due.never");
    return [{ nodes: words, class: "never", span: KINDS.length + 1 }];
  }
  return [...KINDS.map((kind) => due(row.due[kind], kind, clock, team)), told(row, clock, team)];
}

function due(it, kind, clock, team) {
  if (!it) return { nodes: "–", class: "none" };
  return { nodes: [both(it.at, clock, team), kind === "resolve" ? null : there(it)], class: it.nobody ? "lost" : "" };
}

// In the customer's time, and below it in the team's.
const both = (at, clock, team) => [
  h("time.theirs", { datetime: at }, moment(at, clock.zone)),
  alike(at, clock.zone, team.zone) ? null : h("time.ours", { datetime: at }, t("console.time.due.same", { at: elsewhere(at, clock.zone, team.zone, team.city) })),
];

function there(it) {
  if (it.nobody) return h("span.chip.danger", {}, t("console.time.due.nobody"));
  if (!it.there.length) return h("span.who", {}, t("console.time.due.not_there"));
  return h("span.who", {}, it.more ? t("console.time.due.there_more", { who: it.there.map(own).join(", "), n: it.more }) : names(it.there));
}

function told(row, clock, team) {
  if (!row.told) return { nodes: t(row.somebody ? "console.time.due.nothing" : "console.time.due.silent"), class: "none" };
  const { until, words } = row.told;
  const short = until ? t("console.time.due.by", { at: moment(until, clock.zone) }) : h("span.chip.warn", {}, t("console.time.due.untimed"));
  return h("details.told", { "data-key": `${clock.zone}:${row.number}` }, h("summary", {}, short), h("q", {}, h("bdi", {}, words)),
    until && !alike(until, clock.zone, team.zone) ? h("time.ours", { datetime: until }, t("console.time.due.same", { at: elsewhere(until, clock.zone, team.zone, team.city) })) : null);
}
