// What the server says once, with the page: the inbox, its languages, the limits, the words of one language. And the
// language in use, whose words are fetched when they are others.

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

// `tag`: what the visitor reads; `words`: the catalogue it is shown in, which may be of another language.
export const spoken = held(choose(asked));
let plural = new Intl.PluralRules(spoken.words);

function choose(tag) {
  const offered = config.languages.find((it) => it.tag === tag) ?? config.languages.find((it) => primary(it.tag) === primary(tag));
  if (offered) return { ...offered };
  const ours = Object.keys(config.catalogues);
  const words = ours.find((it) => it === tag) ?? ours.find((it) => primary(it) === primary(tag)) ?? "en";
  return { tag, words, dir: RTL.has(primary(tag)) ? "rtl" : "ltr" };
}

// Where its words could not be fetched, those that are here must do.
function held(language) {
  return config.words[language.words] ? language : { ...language, words: Object.keys(config.words)[0] };
}

// Its words, when they are not here yet. What the visitor reads is told to the server without waiting for them.
export async function learn(tag) {
  const { words, tag: read } = choose(tag);
  spoken.tag = read;
  if (config.words[words]) return;
  try {
    const answer = await fetch(config.catalogues[words]);
    if (answer.ok) config.words[words] = await answer.json();
  } catch {
    // No line: it goes on as it is.
  }
}

// From now on in this language; the page's own texts at once.
export function speakIn(tag) {
  Object.assign(spoken, held(choose(tag)));
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
  const text = config.words[spoken.words][key];
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
