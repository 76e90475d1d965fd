// Promises that no roster can keep: the worst first, each with what would cure it.

import { h, icon } from "../dom.js";
import { t } from "../words.js";
import { matches, moment, names, percent, place } from "./words.js";

const BAD = 0.2;

export function drawCoverage(found) {
  const nobody = found.unstaffed.map((queue) => h("p.alert", {}, t("console.time.coverage.nobody", { queue })));
  if (!found.gaps.length && !nobody.length)
    return h("div.empty", {}, icon("check", 40), h("strong", {}, t("console.time.coverage.none")), h("span", {}, t("console.time.coverage.none_hint", { n: found.checked })));
  return [
    h("p.lead", {}, t("console.time.coverage.about")),
    nobody,
    h("div.gaps", {}, found.gaps.map(drawGap)),
    found.more ? h("p.lead", {}, t("console.time.more", { n: found.more })) : null,
  ];
}

function drawGap(gap, nth) {
  const kind = t("console.time.kind." + gap.kind);
  const where = gap.country || gap.whose === "customer" ? t("console.time.coverage.customers", { place: place(gap.country, gap.city) }) : t("console.time.coverage.any_customer");
  return h("details.gap", { open: nth < 3, "data-key": `${gap.rows[0].number}:${gap.kind}:${gap.queues}:${gap.zone}` },
    h("summary", {},
      h("span.gap-what", {}, gap.rows.map((row) => [h("span.number", {}, String(row.number)), matches(row, row.number > 1)]),
        h("b", {}, t("console.time.coverage.within", { kind, amount: gap.allowed })), h("span.soft", {}, t(`console.time.coverage.hours_${gap.whose}`))),
      h("span.gap-where", {}, where, " · ", names(gap.queues)),
      h("span.gap-lost", { class: gap.open_share >= BAD ? "danger" : "warn" }, t("console.time.coverage.lost", { share: percent(gap.open_share || gap.share) }))),
    h("div.gap-body", {}, when(gap), cure(gap)));
}

const when = (gap) => h("div", {}, h("h3", {}, t("console.time.coverage.when")),
  h("ul", {}, gap.windows.map((window) => h("li", {}, t("console.time.coverage.theirs", { time: window.theirs }),
    gap.zone === gap.team ? null : h("small", {}, " = ", t("console.time.coverage.ours", { time: window.ours, city: gap.team_city }))))),
  gap.once.length ? [h("h3", {}, t("console.time.coverage.once")),
    h("ul", {}, gap.once.map((one) => h("li", {}, `${moment(one.from, gap.zone)} – ${moment(one.to, gap.zone)}`)))] : null);

function cure(gap) {
  const cures = [
    ...gap.shifts.map((time) => t("console.time.coverage.cure_shifts", { time, city: gap.team_city })),
    gap.target ? t("console.time.coverage.cure_target", { amount: gap.target }) : null,
    gap.in_team_hours ? t("console.time.coverage.cure_team") : null,
  ].filter(Boolean);
  return h("div", {}, h("h3", {}, t("console.time.coverage.cure")),
    h("ul.cures", {}, cures.map((words) => h("li", {}, words)), gap.target ? null : h("li", {}, t("console.time.coverage.cure_none"))));
}
