// Keys for a list: j and k move from row to row, Enter opens (the row's link has the focus), x ticks, / goes to the search.
// The lists work without. Anybody whom single keys disturb switches them off in the line below the list. A touch screen
// has neither the keys nor the line.
for (const label of document.querySelectorAll("[data-tick-all]")) {
  const all = label.querySelector("input");
  const each = () => [...label.closest("table").querySelectorAll("tbody input[type=checkbox]")];
  label.hidden = false;
  label.parentElement.querySelector("[data-tick-words]").hidden = true;
  all.addEventListener("change", () => each().forEach((one) => { one.checked = all.checked; }));
}
(() => {
  const table = document.querySelector("[data-rows]");
  const hint = document.querySelector("[data-keys-hint]");
  if (!table || !hint || matchMedia("(hover: none)").matches) return;

  const toggle = hint.querySelector("button");
  const off = () => localStorage.getItem("jiuyuan-keys") === "off";
  const say = () => {
    toggle.textContent = off() ? toggle.dataset.on : toggle.dataset.off;
    toggle.setAttribute("aria-pressed", String(!off()));
  };
  toggle.addEventListener("click", () => {
    localStorage.setItem("jiuyuan-keys", off() ? "on" : "off");
    say();
  });
  say();
  hint.hidden = false;

  const links = () => [...table.querySelectorAll("tbody tr")].map((row) => row.querySelector("a")).filter(Boolean);
  const move = (by) => {
    const all = links();
    const row = document.activeElement.closest("tbody tr");
    const here = row ? all.indexOf(row.querySelector("a")) : -1;
    const to = all[Math.min(Math.max(here + by, 0), all.length - 1)];
    to?.focus();
    to?.scrollIntoView({ block: "nearest" });
  };

  document.addEventListener("keydown", (event) => {
    const writes = event.target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]");
    if (off() || writes || event.ctrlKey || event.metaKey || event.altKey) return;
    const acts = {
      j: () => move(1),
      k: () => move(-1),
      x: () => document.activeElement.closest("tbody tr")?.querySelector("input[type=checkbox]")?.click(),
      "/": () => document.querySelector(".desk-search input[type=search]")?.focus(),
    };
    if (acts[event.key]) {
      event.preventDefault();
      acts[event.key]();
    }
  });
})();
