// What the server says once, with the page: the inbox, its languages, the words, the limits. And the language in use.

export const config = JSON.parse(document.getElementById("config").textContent);

const RTL = new Set(["ar", "arc", "ckb", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"]);
const asked = known(new URLSearchParams(location.search).get("locale")) ?? config.locale;

// Shops write `en_US` as well; what is no language at all is none.
function known(tag) {
  try {
    return Intl.getCanonicalLocales(tag?.replaceAll("_", "-") || [])[0];
  } catch {
    return undefined;
  }
}

const primary = (tag) => tag.split("-")[0].toLowerCase();

// `tag`: what the visitor reads; `words`: the catalogue it is shown in, which may be another.
export const spoken = choose(asked);
let plural = new Intl.PluralRules(spoken.words);

function choose(tag) {
  const offered = config.languages.find((it) => it.tag === tag) ?? config.languages.find((it) => primary(it.tag) === primary(tag));
  if (offered) return { ...offered };
  const ours = Object.keys(config.words);
  const words = ours.find((it) => it === tag) ?? ours.find((it) => primary(it) === primary(tag)) ?? "en";
  return { tag, words, dir: RTL.has(primary(tag)) ? "rtl" : "ltr" };
}

// From now on in this language; the page's own texts at once.
export function speakIn(tag) {
  Object.assign(spoken, choose(tag));
  plural = new Intl.PluralRules(spoken.words);
  document.documentElement.lang = spoken.words;
  document.documentElement.dir = spoken.dir;
  translate(document);
  for (const template of document.querySelectorAll("template")) translate(template.content);
}

// data-text: what stands in it; data-label: its name for a screen reader; data-hint: placeholder; data-tip: title.
function translate(root) {
  const attributes = { label: "aria-label", hint: "placeholder", tip: "title" };
  for (const node of root.querySelectorAll("[data-text]")) {
    node.dir = "auto"; // the words may be those of another language
    setText(node, t(node.dataset.text));
  }
  for (const [name, attribute] of Object.entries(attributes)) {
    for (const node of root.querySelectorAll(`[data-${name}]`)) node.setAttribute(attribute, t(node.dataset[name]));
  }
}

// The catalogue's text, filled in. `n` chooses the plural form.
export function t(key, params = {}) {
  const text = config.words[spoken.words]?.[key] ?? config.words.en[key];
  if (text === undefined) return key;
  const form = typeof text === "string" ? text : text[plural.select(params.n)] ?? text.other;
  return form.replace(/\{([a-z_]+)\}/g, (whole, name) => (name in params ? String(params[name]) : whole));
}

export const byId = (id) => document.getElementById(id);

// A new node of what stands in the page's <template id>.
export const copy = (id) => byId(id).content.firstElementChild.cloneNode(true);

export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}
