"use strict";
/* Shared by every page: the theme, copying, and saying to screen readers what changed. Without it all stays readable. */
const say = (text) => { document.getElementById("announcement").textContent = text; };

(() => {
  const themes = { automatic: "light", light: "dark", dark: "automatic" };
  const button = document.getElementById("theme");
  const kept = "conformance-theme";
  const show = (theme) => {
    if (theme === "automatic") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
    button.textContent = `Theme: ${theme}`;
    button.value = theme;
  };
  let known = null;
  // A page that is opened from a disk may have no storage; then the choice ends with the page.
  try { known = localStorage.getItem(kept); } catch { known = null; }
  show(known in themes ? known : "automatic");
  button.hidden = false;
  button.addEventListener("click", () => {
    show(themes[button.value]);
    try { localStorage.setItem(kept, button.value); } catch { /* see above */ }
    say(button.textContent);
  });
})();

(() => {
  const copy = async (text) => {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      return false;
    }
  };
  for (const block of document.querySelectorAll("pre.copy")) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = "Copy";
    button.setAttribute("aria-label", `Copy: ${block.dataset.what}`);
    button.addEventListener("click", async () => {
      if (await copy(block.textContent)) {
        button.textContent = "Copied";
        say("Copied");
      } else {
        getSelection().selectAllChildren(block);
        say("Selected, ready to be copied");
      }
    });
    block.before(button);
  }
})();
