// Sections of which one is open: `data-tab` is its name, `data-title` what stands on its tab.

import { node } from "./dom.js";

export function tabs(box, opened) {
  const sections = [...box.querySelectorAll("[data-tab]")], list = box.querySelector("[role=tablist]");
  const buttons = sections.map((section) => {
    const button = node("button", { type: "button", id: `tab-${section.dataset.tab}` }, section.dataset.title);
    button.setAttribute("role", "tab");
    section.setAttribute("role", "tabpanel");
    section.setAttribute("aria-labelledby", button.id);
    button.onclick = () => open(section.dataset.tab);
    return button;
  });
  list.append(...buttons);
  list.onkeydown = (event) => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!by) return;
    event.preventDefault();
    const at = buttons.indexOf(document.activeElement), to = buttons[(at + by + buttons.length) % buttons.length];
    to.focus();
    to.click();
  };
  function open(name) {
    if (!sections.some((one) => one.dataset.tab === name)) name = sections[0].dataset.tab;
    sections.forEach((section, n) => {
      const chosen = section.dataset.tab === name;
      section.hidden = !chosen;
      buttons[n].setAttribute("aria-selected", String(chosen));
      buttons[n].tabIndex = chosen ? 0 : -1;
    });
    opened(name);
  }
  return open;
}
