// The viewer's own menu: presence, language, theme, keys, signing out.

import { complain, deed, leave, post } from "./api.js";
import { boot } from "./boot.js";
import { byId, fill, h, icon, menuButton, toast } from "./dom.js";
import { t } from "./words.js";

const LANGUAGES = { en: "English", "zh-CN": "中文" };
const root = document.documentElement;

export function makeUserMenu() {
  const initials = h("span.avatar", { "aria-hidden": "true" }, [...boot.me.name][0] ?? "?");
  const button = h("button.icon-button", { "aria-label": boot.me.name }, initials);
  fill(byId("user"), button);
  const showPresence = () => initials.classList.toggle("away", boot.me.away);
  showPresence();
  const menu = menuButton(button, "", () => [
    h("div.menu-who", {}, h("b", {}, boot.me.name), h("small", {}, `${t("console.role." + boot.me.role)} · ${boot.zone}`)),
    h("hr"),
    row("console.user.presence", [["here", t("console.user.here")], ["away", t("console.user.away")]], boot.me.away ? "away" : "here", setPresence),
    boot.me.away_until ? h("small.menu-note", {}, t("console.user.away_until", { until: boot.me.away_until })) : null,
    row("console.user.language", boot.locales.map((locale) => [locale, LANGUAGES[locale] ?? locale]), boot.locale, setLocale),
    row("console.user.theme", ["auto", "light", "dark"].map((name) => [name, t("console.theme." + name)]), root.dataset.theme ?? "auto", setTheme),
    h("hr"),
    h("button.menu-item", { onclick: showKeys }, icon("help"), t("console.keys.title")),
    boot.demo ? boot.demo.filter((person) => person.id !== boot.me.id).map(takeOn) : null,
    h("button.menu-item", { onclick: () => leave().catch(() => toast(t("console.error.offline"), true)) }, icon("back"), t("console.user.sign_out")),
  ]);

  function row(label, choices, chosen, choose) {
    return h("div.menu-row", {}, h("span", {}, t(label)), h("span.segments", { role: "group", "aria-label": t(label) },
      choices.map(([value, words]) => h("button", { "aria-pressed": String(value === chosen), onclick: () => choose(value) }, words))));
  }

  async function setPresence(value) {
    try {
      const { answers } = await deed(null, "press", { action: value === "away" ? "away" : "back", value: "" });
      Object.assign(boot.me, { away: value === "away", away_until: "" });
      showPresence();
      menu.refresh();
      for (const answer of answers) if (answer.say) toast(answer.say.text);
    } catch (error) {
      complain(error);
    }
  }

  async function setLocale(locale) {
    await post("me", { locale }).then(() => location.reload(), complain);
  }

  function setTheme(name) {
    if (name === "auto") delete root.dataset.theme;
    else root.dataset.theme = name;
    document.cookie = `theme=${name === "auto" ? "" : name}; path=/; max-age=31536000; samesite=strict`;
    menu.refresh();
  }
}

function takeOn(person) {
  return h("form", { method: "post", action: `/console/as/${person.id}` },
    h("button.menu-item", {}, icon("person"), t("console.user.be", { name: person.name })));
}

export function showKeys() {
  const keys = [["/", "console.keys.box"], ["j k", "console.keys.tickets"], ["s", "console.keys.search"], ["Ctrl Enter", "console.keys.send"], ["Esc", "console.keys.leave"], ["?", "console.keys.help"]];
  const dialog = h("dialog", { onclose: () => dialog.remove() },
    h("form", { method: "dialog" }, h("h2", {}, t("console.keys.title")),
      h("dl.keys", {}, keys.map(([key, words]) => [h("dt", {}, key.split(" ").map((one) => [h("kbd", {}, one), " "])), h("dd", {}, t(words))])),
      h("div.end", {}, h("button.button", {}, t("console.dialog.close")))));
  byId("overlay").append(dialog);
  dialog.showModal();
}
