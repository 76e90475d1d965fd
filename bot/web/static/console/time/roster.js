// Who is there: the people of each queue, who is on call, and how much each has in hand.

import { boot } from "../boot.js";
import { h } from "../dom.js";
import { nameOf, now, t } from "../words.js";
import { list, names, near, own, table } from "./words.js";

const soon = (at) => near(at, boot.zone, new Date(now()).toISOString());

export function drawRoster(found) {
  return [h("p.lead", {}, t("console.time.roster.about"), " ", t("console.time.roster.clock", { zone: boot.zone })), found.queues.map(drawQueue)];
}

function drawQueue(queue) {
  const heads = ["person", "now", "shift", "load", "languages", "substitute"].map((key) => t("console.time.roster." + key));
  return h("section.region", {},
    h("header", {}, h("h2", {}, own(queue.title)), staffed(queue), queue.oncall ? oncall(queue) : null),
    queue.people.length ? table(queue.title, heads, queue.people.map((person) => cells(person))) : h("p.soft", {}, t("console.time.roster.nobody_in")));
}

function staffed(queue) {
  if (queue.problem) return h("span.chip.danger", {}, t("console.time.roster." + queue.problem));
  if (queue.on_shift.length) return h("span.chip.good", {}, t("console.time.roster.on_shift", { n: queue.on_shift.length }));
  const until = queue.staffed?.until;
  return h("span.chip", {}, until ? t("console.time.roster.off_until", { at: soon(until) }) : t("console.time.roster.off"));
}

function oncall(queue) {
  const { now: here, next, strangers } = queue.oncall;
  return [
    h("span.oncall", {}, h("span.soft", {}, t("console.time.roster.oncall"), ": "),
      h("b", {}, here.length ? names(here) : t("console.time.roster.oncall_nobody")),
      next ? h("span.soft", {}, ", ", t("console.time.roster.oncall_then",
        { at: soon(next.at), who: next.who.length ? names(next.who) : t("console.time.roster.oncall_nobody") })) : null),
    strangers.length ? h("span.chip.warn", {}, t("console.time.roster.strangers", { who: strangers.map(own).join(", ") })) : null,
  ];
}

const cells = (person) => [
  [h("b", {}, own(person.name)), person.role === "agent" ? null : h("small", {}, t("console.role." + person.role))],
  presence(person),
  person.shifts.length
    ? person.shifts.map(({ name, known }) => (known ? h("span.match", {}, name) : h("span.chip.warn", {}, t("console.time.roster.unknown_shift", { name }))))
    : { nodes: t("console.time.roster.queue_hours"), class: "none" },
  { nodes: person.capacity === null ? String(person.load) : t("console.time.roster.of", { n: person.load, capacity: person.capacity }), class: person.full ? "full" : "" },
  person.languages.length ? list(person.languages.map((code) => nameOf("language", code))) : { nodes: t("console.time.roster.any_language"), class: "none" },
  person.substitute ? own(person.substitute) : { nodes: t("console.time.roster.no_substitute"), class: "none" },
];

function presence(person) {
  const { open, until } = person.works;
  if (person.away) return h("span.chip.warn", {}, person.away_until ? t("console.time.roster.away_until", { at: soon(person.away_until) }) : t("console.time.roster.away"));
  if (open) return h("span.chip.good", {}, until ? t("console.time.roster.works_until", { at: soon(until) }) : t("console.time.roster.works"));
  return h("span.chip", {}, until ? t("console.time.roster.next", { at: soon(until) }) : t("console.time.roster.off_duty"));
}
