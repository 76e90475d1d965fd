// The command box: shows what its words will do before they do it.

import { get } from "./api.js";
import { Attachments } from "./attachments.js";
import { Completion } from "./complete.js";
import { h, icon, setText } from "./dom.js";
import { t } from "./words.js";

const INVISIBLE = /^[\s\u200b-\u200f\u2060\ufeff]+/;
const PREFIX = /^[!！/／]/;
const TYPING_AGAIN = 3000;
const TYPING_OVER = 6000;
const drafts = new Map();

// A line of help is "!r text: reply to the customer".
function splitLine(line) {
  const [usage, ...about] = line.split(/[:：]\s*/);
  return { usage: usage.replace(PREFIX, ""), about: about.join(": ") };
}

export class Box {
  // `deeds`: say(text, files), edit(entry, text), typing(): words that would be sent are being written
  constructor(deeds) {
    this.deeds = deeds;
    this.ticket = null;
    this.editing = null;
    this.live = false;
    this.typingAgain = 0;
    this.text = h("textarea", { id: "box", rows: 1, dir: "auto", "aria-describedby": "intent", "aria-label": t("console.box.label"), maxlength: 20000 });
    this.attachments = new Attachments(() => this.refresh());
    this.completion = new Completion(this, this.text, (value) => this.set(value));
    this.intentIcon = h("i");
    this.intentText = h("span");
    this.keys = h("span.keys");
    this.go = h("button.button.small", { onclick: () => this.submit() });
    this.banner = h("div.editing", { hidden: true });
    this.whispers = h("div.whispers");
    this.frame = h(
      "div.box-frame",
      {},
      this.completion.list,
      this.banner,
      this.text,
      this.attachments.node,
      h(
        "div.box-end",
        {},
        this.attachments.button,
        this.attachments.input,
        h("button.icon-button", { "aria-label": t("console.box.commands"), title: t("console.box.commands"), onclick: () => { if (!this.text.value) this.set("!"); this.text.focus(); } }, icon("command")),
        h("button.icon-button", { "aria-label": t("console.box.help"), title: t("console.box.help"), onclick: () => this.deeds.say("!help", []) }, icon("help")),
        h("span.intent", { id: "intent", "aria-live": "polite" }, this.intentIcon, this.intentText),
        h("span.spacer"),
        this.keys,
        this.go,
      ),
    );
    this.typing = h("p.typing", { role: "status", hidden: true }, t("console.box.typing"));
    this.node = h("div.box", {}, this.whispers, this.typing, this.frame);
    this.text.addEventListener("input", () => this.refresh());
    this.text.addEventListener("input", () => this.tellTyping());
    this.text.addEventListener("click", () => this.completion.update());
    this.text.addEventListener("blur", () => this.completion.hide());
    this.text.addEventListener("keydown", (event) => this.onKey(event));
    this.attachments.acceptDropsOn(this.frame, this.text);
    this.refresh();
  }

  // Another ticket: what was being written stays with the old one.
  show(ticket) {
    if (this.ticket !== null) drafts.set(this.ticket, this.text.value);
    this.ticket = ticket;
    this.stopEditing();
    this.text.value = drafts.get(ticket) ?? "";
    this.attachments.clear();
    this.whispers.replaceChildren();
    this.typing.hidden = true;
    this.refresh();
    this.completion.hide();
  }

  // The customer is writing; they say so again while they are.
  showTyping() {
    this.typing.hidden = false;
    clearTimeout(this.typingOver);
    this.typingOver = setTimeout(() => (this.typing.hidden = true), TYPING_OVER);
  }

  tellTyping() {
    if (this.intent !== "send" || this.editing || Date.now() < this.typingAgain) return;
    this.typingAgain = Date.now() + TYPING_AGAIN;
    this.deeds.typing();
  }

  async loadCommands(ticket) {
    const { commands } = await get("commands", { ticket });
    if (ticket !== this.ticket) return;
    this.completion.commands = commands.map((command) => ({ ...command, ...splitLine(command.line) }));
    const reply = commands.find((command) => command.word === "r");
    this.replyWords = new Set(["r", "reply", ...(reply?.aliases ?? [])].map((word) => word.toLowerCase()));
    this.refresh(false);
  }

  setLive(live) {
    this.live = live;
    this.refresh(false);
  }

  // note, command, or send: what the words would do.
  get intent() {
    const text = this.text.value.replace(INVISIBLE, "");
    if (this.editing) return this.editing.kind === "note" ? "note" : "send";
    if (PREFIX.test(text)) {
      const word = text.slice(1).split(/\s/)[0].normalize("NFKC").toLowerCase();
      return (this.replyWords ?? new Set(["r", "reply"])).has(word) ? "send" : "command";
    }
    return this.live && !/^[*_~`]*[@＠]/.test(text) ? "send" : this.ticket === null ? "command" : "note";
  }

  refresh(complete = true) {
    const intent = this.intent;
    const symbol = { note: "lock", command: "command", send: "send" }[intent];
    this.frame.dataset.intent = intent;
    if (this.symbol !== symbol) this.intentIcon.replaceChildren(icon((this.symbol = symbol), 14));
    setText(this.intentText, t(this.live && intent === "send" ? "console.intent.live" : "console.intent." + intent));
    setText(this.go, this.editing ? t("console.box.save") : t("console.box.go." + intent));
    this.go.classList.toggle("primary", intent === "send");
    setText(this.keys, t(this.runsOnEnter ? "console.box.enter" : "console.box.ctrl_enter"));
    this.go.disabled = this.attachments.busy || !(this.text.value.trim() || this.attachments.ready.length);
    this.text.placeholder = this.ticket === null ? t("console.box.anywhere") : t(this.live ? "console.box.hint_live" : "console.box.hint");
    this.text.style.height = "auto";
    this.text.style.height = `${Math.min(this.text.scrollHeight, innerHeight * 0.34)}px`;
    if (complete) this.completion.update();
  }

  // A command of one line runs on Enter, unless it speaks to the customer.
  get runsOnEnter() {
    return this.intent === "command" && !this.text.value.includes("\n");
  }

  onKey(event) {
    if (event.isComposing || this.completion.key(event)) return;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey || (this.runsOnEnter && !event.shiftKey))) {
      event.preventDefault();
      this.submit();
    } else if (event.key === "Escape") {
      event.stopPropagation();
      if (this.editing) this.stopEditing();
      else if (this.whispers.lastChild) this.whispers.lastChild.remove();
      else this.text.blur();
    }
  }

  set(value) {
    this.text.value = value;
    this.text.focus();
    this.text.setSelectionRange(value.length, value.length);
    this.refresh();
  }

  edit(entry) {
    this.editing = entry;
    this.banner.replaceChildren(icon("edit", 15), t("console.box.editing"), h("button.button.small", { onclick: () => this.stopEditing() }, t("console.dialog.cancel")));
    this.banner.hidden = false;
    // A reply is given by `!r`; without it the edit takes it back.
    this.set(entry.kind === "reply" ? `!r ${entry.message.text}` : entry.message.text);
  }

  stopEditing() {
    if (!this.editing) return;
    this.editing = null;
    this.banner.hidden = true;
    this.text.value = "";
    this.refresh();
  }

  async submit() {
    if (this.go.disabled) return;
    const text = this.text.value;
    const files = this.attachments.ready;
    const editing = this.editing;
    this.completion.hide();
    this.go.disabled = true;
    const done = await (editing ? this.deeds.edit(editing, text) : this.deeds.say(text, files));
    if (done && this.text.value === text) {
      this.editing = null;
      this.banner.hidden = true;
      this.text.value = "";
      this.attachments.clear();
    }
    this.refresh();
  }
}
