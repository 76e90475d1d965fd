// What is promised to whom, and what follows when it goes wrong.

import { h } from "../dom.js";
import { t } from "../words.js";
import { own, rule, table } from "./words.js";

export function drawRules(found) {
  const several = found.chains.length > 1;
  const heads = ["rules.match", "kind.first_reply", "kind.next_reply", "kind.resolve", "rules.hours"].map((key) => t("console.time." + key));
  if (several) heads.push(t("console.time.rules.chain"));
  const rows = found.rows.map((row) => [
    rule(row),
    [h("b", {}, row.first_reply), row.closed_first_reply ? h("small", {}, t("console.time.rules.closed", { amount: row.closed_first_reply })) : null],
    h("b", {}, row.next_reply),
    row.resolve ? h("b", {}, row.resolve) : { nodes: "–", class: "none" },
    t("console.time.rules." + row.whose),
    ...(several ? [chainName(row.chain)] : []),
  ]);
  return [
    h("p.lead", {}, t("console.time.rules.about")),
    h("section.region", {}, table(t("console.time.part.rules"), heads, rows)),
    found.raising.length ? h("p.raising", {}, h("b", {}, t("console.time.rules.raising")), " ", t("console.time.rules.raising_hint"), " ",
      found.raising.map((tag) => h("span.match.tag", {}, own(tag)))) : null,
    h("h2", {}, t("console.time.rules.chains")),
    found.chains.map((chain) => drawChain(chain, several)),
    found.triggers.length ? [h("h2", {}, t("console.time.rules.triggers")), h("div.triggers", {}, found.triggers.map(drawTrigger))] : null,
    h("h2", {}, t("console.time.rules.house")),
    h("dl.house", {}, found.house.map((fact) => h("div", {}, h("dt", {}, t("console.time.fact." + fact.name)), h("dd", {}, fact.words)))),
  ];
}

const chainName = (name) => (name === "default" ? t("console.time.rules.chain_default") : t("console.time.rules.chain_named", { name }));

const drawChain = (chain, named) => h("section.chain", {}, named ? h("h3", {}, chainName(chain.name)) : null,
  chain.steps.length ? h("ol.steps", {}, chain.steps.map(drawStep)) : h("p.alert", {}, t("console.time.rules.none")));

const drawStep = (step) => h("li", { class: step.level ? "level" : "" },
  h("span.when", {}, step.when),
  step.tell.map((who) => h("b", {}, own(who))),
  step.deeds.length ? h("small", {}, step.deeds.join("; ")) : null,
  step.level ? h("span.chip", {}, t("console.time.rules.level", { n: step.level })) : null);

const drawTrigger = (it) => h("details.trigger", { "data-key": it.kind },
  h("summary", {}, h("b", {}, it.name), h("span.chip", {}, t("console.time.rules.level", { n: it.level })), h("small", {}, t("console.time.rules.trigger_words", { n: it.count }))),
  it.tags.length ? h("p", {}, t("console.time.rules.trigger_tags", { tags: it.tags.map(own).join(", ") })) : null,
  h("p.word-list", {}, it.words.map(own).join(" · ")));
