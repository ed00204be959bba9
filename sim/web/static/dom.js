// Elements by id, and new ones.

export const $ = (id) => document.getElementById(id);

export function node(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made[key] = value;
  made.append(...children);
  return made;
}

// Copy words, and say whether it worked. Where the page is offered to others without TLS, browsers have no
// clipboard to write to.
export async function copied(text) {
  if (navigator.clipboard) {
    try { await navigator.clipboard.writeText(text); return true; } catch { /* not allowed: the old way */ }
  }
  const box = node("textarea", { value: text, readOnly: true, className: "away" });
  document.body.append(box);
  box.select();
  let worked = false;
  try { worked = document.execCommand("copy"); } catch { /* told by the answer */ }
  box.remove();
  return worked !== false;
}

const fits = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    const wide = target.scrollWidth > target.clientWidth + 1;
    target.previousElementSibling.hidden = !wide;
    wide ? target.setAttribute("tabindex", "0") : target.removeAttribute("tabindex");
  }
});

// A table that scrolls sideways where it must, and says so there.
export function scrolling(table, name) {
  const box = node("div", { className: "scroll", role: "region", ariaLabel: name }, table);
  fits.observe(box);
  return node("div", {}, node("p", { className: "more small", hidden: true }, "Scroll sideways for more columns →"), box);
}
