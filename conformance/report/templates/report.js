/* The report: search, the arrow keys in the grids, links that open what they lead to, everything told when printed. */
(() => {
  const finder = document.querySelector(".finder");
  const find = document.getElementById("find");
  const verdict = document.getElementById("verdict");
  const items = [...document.querySelectorAll(".item")];
  const entries = items.filter((item) => item.classList.contains("entry"));
  const texts = new Map();
  const textOf = (item) => {
    if (!texts.has(item)) texts.set(item, item.textContent.toLowerCase());
    return texts.get(item);
  };
  const show = () => {
    const words = find.value.toLowerCase().split(/\s+/).filter(Boolean);
    const fits = (item) => (!verdict.value || item.dataset.verdict === verdict.value)
      && words.every((word) => textOf(item).includes(word));
    for (const item of items) item.hidden = !fits(item);
    // What follows from a violation stands inside it.
    for (const item of items) if (!item.hidden) item.parentElement.closest(".item")?.removeAttribute("hidden");
    for (const chapter of document.querySelectorAll(".chapter")) chapter.hidden = !chapter.querySelector(".entry:not([hidden])");
    const left = entries.filter((entry) => !entry.hidden).length;
    const filtered = words.length > 0 || verdict.value !== "";
    document.getElementById("shown").textContent = filtered ? `${left} of ${entries.length} shown` : String(entries.length);
    document.getElementById("nothing").hidden = left > 0;
    if (filtered) say(`${left} of ${entries.length} requirements shown`);
  };
  let waiting = 0;
  find.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(show, 120);
  });
  verdict.addEventListener("change", show);
  find.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    find.value = "";
    show();
  });
  addEventListener("keydown", (event) => {
    if (event.key !== "/" || /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName)) return;
    event.preventDefault();
    find.focus();
  });
  finder.hidden = false;
  document.getElementById("shown").textContent = String(entries.length);

  const goTo = () => {
    let name;
    try { name = decodeURIComponent(location.hash.slice(1)); } catch { return; }
    const place = name && document.getElementById(name);
    if (!place) return;
    if (place.closest("[hidden]")) {
      find.value = "";
      verdict.value = "";
      show();
    }
    for (let at = place; at; at = at.parentElement.closest("details")) {
      if (at.tagName === "DETAILS") at.open = true;
      if (!at.parentElement) break;
    }
    // What comes into sight is laid out only then, which moves the place: go there until it has stood still for a while.
    let frames = 30;
    let still = 0;
    const arrive = () => {
      const before = place.getBoundingClientRect().top;
      place.scrollIntoView({ block: "start" });
      still = Math.abs(place.getBoundingClientRect().top - before) < 1 ? still + 1 : 0;
      frames -= 1;
      if (frames > 0 && still < 4) requestAnimationFrame(arrive);
    };
    arrive();
    (place.tagName === "DETAILS" ? place.querySelector("summary") : place).focus({ preventScroll: true });
  };
  addEventListener("hashchange", goTo);
  // The browser goes there itself when the page is complete, and takes the focus away again.
  if (location.hash) addEventListener("load", () => setTimeout(goTo));

  for (const table of document.querySelectorAll(".grid table")) {
    const rows = [...table.tBodies[0].rows];
    const isPlace = (cell) => cell?.hasAttribute("aria-label");
    const first = table.querySelector("tbody td[aria-label]");
    if (!first) continue;
    for (const link of table.querySelectorAll("td a")) link.tabIndex = -1;
    first.tabIndex = 0;
    const steps = { ArrowRight: [0, 1], ArrowLeft: [0, -1], ArrowDown: [1, 0], ArrowUp: [-1, 0] };
    table.addEventListener("keydown", (event) => {
      const cell = event.target.closest("td");
      if (!isPlace(cell)) return;
      if (event.key === "Enter") cell.querySelector("a")?.click();
      const step = steps[event.key];
      if (!step) return;
      event.preventDefault();
      let row = cell.parentElement.sectionRowIndex;
      let column = cell.cellIndex;
      do {
        row += step[0];
        column += step[1];
      } while (rows[row]?.cells[column] && !isPlace(rows[row].cells[column]));
      const next = rows[row]?.cells[column];
      if (!isPlace(next)) return;
      cell.tabIndex = -1;
      next.tabIndex = 0;
      next.focus();
    });
  }

  // Paper gets of every violation the last exchange of its first failure; all of them would fill hundreds of pages.
  const opened = [];
  const onPaper = ".violation > .failure > .exchanges > .exchange:last-of-type, .violation > .failure > .again, .fold";
  addEventListener("beforeprint", () => {
    for (const part of document.querySelectorAll(onPaper)) {
      if (part.open) continue;
      part.open = true;
      opened.push(part);
    }
  });
  addEventListener("afterprint", () => { for (const part of opened.splice(0)) part.open = false; });
})();
