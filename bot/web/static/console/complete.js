// Completion of the command word at the beginning of the box: a combobox over what can be done here, now.

import { fill, h } from "./dom.js";
import { t } from "./words.js";

const HEAD = /^\s*([!！/／])([^\s]*)$/;

export class Completion {
  constructor(box, text, choose) {
    Object.assign(this, { box, text, choose, commands: [], matches: [], at: 0 });
    this.list = h("div.complete", { id: "complete", role: "listbox", hidden: true, "aria-label": t("console.box.commands") });
    this.list.addEventListener("pointerdown", (event) => event.preventDefault());
    text.setAttribute("role", "combobox");
    text.setAttribute("aria-controls", "complete");
    text.setAttribute("aria-autocomplete", "list");
    this.hide();
  }

  get open() {
    return !this.list.hidden;
  }

  update() {
    const match = HEAD.exec(this.text.value.slice(0, this.text.selectionStart));
    if (!match || this.text.selectionStart !== this.text.value.length) return this.hide();
    const typed = match[2].toLowerCase();
    const fits = (command) => [command.word, ...command.aliases].some((word) => word.toLowerCase().startsWith(typed));
    this.matches = this.commands.filter(fits);
    const only = this.matches.length === 1 && this.matches[0].word === typed;
    if (!this.matches.length || only) return this.hide();
    this.at = 0;
    this.prefix = match[1];
    this.draw();
  }

  draw() {
    fill(
      this.list,
      this.matches.map((command, index) =>
        h(
          "div.option",
          { id: `option-${index}`, role: "option", "aria-selected": String(index === this.at), onclick: () => this.take(index) },
          h("code", {}, this.prefix + command.usage),
          h("span", {}, command.about),
        ),
      ),
    );
    this.list.hidden = false;
    this.text.setAttribute("aria-expanded", "true");
    this.text.setAttribute("aria-activedescendant", `option-${this.at}`);
    this.list.children[this.at]?.scrollIntoView({ block: "nearest" });
  }

  hide() {
    this.list.hidden = true;
    this.text.setAttribute("aria-expanded", "false");
    this.text.removeAttribute("aria-activedescendant");
  }

  take(index = this.at) {
    const command = this.matches[index];
    this.hide();
    this.choose(this.prefix + command.word + " ");
  }

  // True when the key was for the list.
  key(event) {
    if (!this.open) return false;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      this.at = (this.at + step + this.matches.length) % this.matches.length;
      this.draw();
    } else if (event.key === "Tab" || (event.key === "Enter" && !event.ctrlKey && !event.metaKey)) {
      this.take();
    } else if (event.key === "Escape") {
      this.hide();
    } else {
      return false;
    }
    event.preventDefault();
    event.stopPropagation();
    return true;
  }
}
