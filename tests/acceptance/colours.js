// Contrast from computed styles, and which colours may stand where.

// Gives red, green, blue (0 to 255) and how opaque; of what is no colour nothing.
function colour(words) {
  const numbers = (words.match(/-?[\d.]+(e-?\d+)?/g) ?? []).map(Number);
  if (/^color\(srgb/.test(words)) return [...numbers.slice(0, 3).map((one) => one * 255), numbers[3] ?? 1];
  if (/^rgba?\(/.test(words)) return [...numbers.slice(0, 3), numbers[3] ?? 1];
  return null;
}

function light([red, green, blue]) {
  const part = (one) => ((one /= 255) <= 0.03928 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4);
  return 0.2126 * part(red) + 0.7152 * part(green) + 0.0722 * part(blue);
}

const over = (front, back) => [0, 1, 2].map((at) => front[at] * front[3] + back[at] * (1 - front[3]));
const lights = (one, other) => [light(one), light(other)].sort((a, b) => b - a);
const ratio = (one, other) => { const [high, low] = lights(one, other); return (high + 0.05) / (low + 0.05); };

// What is painted behind an element: half-open grounds lie over those behind them.
function ground(element) {
  const layers = [];
  for (let one = element; one; one = one.parentElement) {
    const found = colour(getComputedStyle(one).backgroundColor);
    if (found && found[3] > 0) layers.push(found);
    if (found && found[3] === 1) break;
  }
  return layers.reverse().reduce((back, front) => over(front, back), [255, 255, 255]);
}

// In a drawing the shape that was painted last under a word is its ground.
function behind(word) {
  const box = word.getBoundingClientRect(), x = box.left + box.width / 2, y = box.top + box.height / 2;
  let found = ground(word.closest("svg").parentElement);
  for (const shape of all("rect, path, circle", word.closest("svg"))) {
    if (!(shape.compareDocumentPosition(word) & Node.DOCUMENT_POSITION_FOLLOWING)) continue;
    const edge = shape.getBoundingClientRect(), style = getComputedStyle(shape), fill = colour(style.fill);
    if (!fill || x < edge.left || x > edge.right || y < edge.top || y > edge.bottom) continue;
    found = over([...fill.slice(0, 3), fill[3] * style.fillOpacity * style.opacity], found);
  }
  return found;
}

function contrast(say) {
  const speaks = (one) => [...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
  for (const one of all("body *:not(svg *)").filter((each) => shown(each) && speaks(each))) {
    const style = getComputedStyle(one), size = parseFloat(style.fontSize), ink = colour(style.color), back = ground(one);
    const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    const found = ink ? ratio(over(ink, back), back) : 21;
    if (found < (large ? 3 : 4.5) && !one.disabled) say(`contrast ${found.toFixed(2)}`, one);
  }
  // What a card says before each of its figures stands in the style.
  for (const one of all("td[data-name]").filter(shown)) {
    const style = getComputedStyle(one, "::before"), back = ground(one), ink = colour(style.color);
    if (style.content !== "none" && ink && ratio(over(ink, back), back) < 4.5) say("the name before it is too pale", one);
  }
  for (const one of all("svg:not([aria-hidden=true]) text").filter((each) => shown(each) && text(each))) {
    const style = getComputedStyle(one), ink = colour(style.fill), back = behind(one);
    const found = ink ? ratio(over(ink, back), back) : 21;
    if (found < 4.5) say(`contrast ${found.toFixed(2)} in a drawing`, one);
  }
  for (const one of all("input:not([type=hidden]), select, textarea, button").filter(shown)) {
    const style = getComputedStyle(one), edge = colour(style.borderTopColor), back = ground(one.parentElement);
    const fill = ratio(ground(one), back), line = edge && parseFloat(style.borderTopWidth) ? ratio(over(edge, back), back) : 1;
    if (!one.matches("[type=checkbox], [type=radio], [type=range]") && Math.max(fill, line) < 3) say("edge of a control too pale", one);
  }
}

const PAINTED = ["backgroundColor", "borderTopColor", "borderLeftColor", "fill", "stroke", "color"];
const HERE = ".demo, .brand, [aria-current], .here";
// Whatever judges: a verdict, the word of one, the state of the workspace, a drawing.
const JUDGED = ".verdict, span.good, span.bad, svg.drawing";

function token(name) {
  const probe = document.createElement("i");
  probe.style.color = `var(${name})`;
  document.body.append(probe);
  const found = getComputedStyle(probe).color;
  probe.remove();
  return found;
}

// Which colours an element really paints.
function painted(one) {
  const style = getComputedStyle(one), drawn = one instanceof SVGElement;
  return PAINTED.filter((name) => {
    if (name === "borderTopColor") return parseFloat(style.borderTopWidth) > 0;
    if (name === "borderLeftColor") return parseFloat(style.borderLeftWidth) > 0;
    if (name === "fill" || name === "stroke") return drawn && style[name] !== "none";
    return !drawn;
  }).map((name) => style[name]).concat(style.boxShadow === "none" ? [] : (style.boxShadow.match(/(rgba?|color)\([^)]*\)/g) ?? []));
}

function isYellow(words) {
  const found = colour(words);
  if (!found || found[3] === 0) return false;
  const [red, green, blue] = found, high = Math.max(red, green, blue), low = Math.min(red, green, blue);
  return high - low > 100 && high === red && green > blue && (green - blue) / (high - low) > 0.55;
}

function colours(say) {
  const judged = [token("--good"), token("--bad")];
  for (const one of all("body *").filter(shown)) {
    const found = painted(one);
    if (found.some(isYellow) && !one.closest(HERE)) say("yellow, and neither chosen nor here", one);
    if (found.some((each) => judged.includes(each)) && !one.closest(JUDGED)) say("green or red without a verdict", one);
  }
}
