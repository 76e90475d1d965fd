// Any brand colour, and still every word is readable: WCAG 2.2 relative luminance and contrast.

const AA = 4.5;
const LIGHT = [255, 255, 255];
const DARK = [22, 25, 29]; // --panel of frame.css in the dark

export function paint(colour, root = document.documentElement) {
  const brand = channels(colour) ?? channels("#0b5fff");
  const ink = inkOn(brand);
  set(root, "--brand", brand);
  set(root, "--brand-ink", ink);
  for (const [name, panel] of [["light", LIGHT], ["dark", DARK]]) {
    const tint = mixed(panel, brand, 0.1);
    const soft = contrast(tint, panel) < 1.06 ? mixed(panel, inkOn(panel), 0.09) : tint;
    set(root, `--brand-soft-${name}`, soft);
    set(root, `--brand-text-${name}`, readable(brand, panel, soft));
    // A brand as white as the panel would have no edge.
    set(root, `--brand-edge-${name}`, contrast(brand, panel) < 1.35 ? mixed(panel, inkOn(panel), 0.22) : brand);
  }
  return { colour: css(brand), ink: css(ink) };
}

export function inkOn(back) {
  return contrast([255, 255, 255], back) >= contrast([0, 0, 0], back) ? [255, 255, 255] : [0, 0, 0];
}

// The colour itself where it can be read on all of these, else as little darker or lighter as is needed.
function readable(colour, ...backs) {
  const towards = inkOn(backs[0]);
  for (let share = 0; share < 1; share += 0.05) {
    const shade = mixed(colour, towards, share);
    if (backs.every((back) => contrast(shade, back) >= AA)) return shade;
  }
  return towards;
}

export function contrast(one, other) {
  const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

function luminance(rgb) {
  const [r, g, b] = rgb.map((value) => (value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

const mixed = (from, to, share) => from.map((value, at) => Math.round(value + (to[at] - value) * share));
const css = (rgb) => `rgb(${rgb.join(" ")})`;
const set = (root, name, rgb) => root.style.setProperty(name, css(rgb));

function channels(colour) {
  const hex = /^#([0-9a-f]{3}|[0-9a-f]{6})$/i.exec(colour ?? "")?.[1];
  if (!hex) return null;
  const six = hex.length === 3 ? [...hex].map((digit) => digit + digit).join("") : hex;
  return [0, 2, 4].map((at) => parseInt(six.slice(at, at + 2), 16));
}
