// What the bot says, as nodes: tickets in it can be opened, its buttons pressed.

import { actionButton } from "./card.js";
import { h } from "./dom.js";

// "T-12" in our own words becomes a link; a customer's words never come through here.
export function linked(text, open) {
  return text.split(/\b(T-\d+)\b/).map((piece, index) =>
    index % 2 ? h("button.ticket-link", { type: "button", onclick: () => open(Number(piece.slice(2))) }, piece) : piece,
  );
}

export function saidNodes(said, press, open) {
  return [
    h("p", { dir: "auto" }, linked(said.text, open)),
    said.lines.length ? lines(said.lines, press, open) : null,
    said.buttons.length ? h("div.buttons", {}, said.buttons.map((button) => actionButton(button, press))) : null,
  ];
}

// A line with lines of its own is their heading.
const lines = (all, press, open) => h("ul", {}, all.map((line) =>
  h("li", { dir: "auto" }, line.lines.length ? h("b", {}, line.text) : linked(line.text, open), " ",
    line.buttons.map((button) => actionButton(button, press)),
    line.lines.length ? lines(line.lines, press, open) : null)));
