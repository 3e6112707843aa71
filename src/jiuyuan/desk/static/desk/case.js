// A group of facts is ticked together once all of them were looked at. Keys on a case page: e does the next step and goes on to
// the next case, j and k go to the next and the previous case, / to the search. Whoever switched keys off below a list has none
// here either, nor has a touch screen.
for (const group of document.querySelectorAll("[data-group]")) {
  const all = group.querySelector("[data-all]");
  const each = () => [...group.querySelectorAll("input[name=fact]")];
  all.closest("label").hidden = each().length < 2;
  all.addEventListener("change", () => each().forEach((one) => { one.checked = all.checked; }));
  group.addEventListener("change", () => { all.checked = each().every((one) => one.checked); });
}
// The departments have answered: their facts are shown, unless something stands half done on the page.
document.addEventListener("htmx:afterSettle", () => {
  const begun = [...document.querySelectorAll("[data-group] input")].some((one) => one.checked || (one.type === "text" && one.value));
  if (document.querySelector("#asked[data-came]") && !begun) location.reload();
});
const noKeys = () => matchMedia("(hover: none)").matches || localStorage.getItem("jiuyuan-keys") === "off";
for (const key of document.querySelectorAll("[data-key]")) key.hidden = noKeys();
document.addEventListener("keydown", (event) => {
  const writes = event.target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]");
  if (noKeys() || writes || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  const next = () => document.querySelector(".case-crumbs a[rel=next]");
  const step = document.querySelector(".case-next button[name=then]");
  const group = document.querySelector("[data-group]");
  const tick = group?.querySelector("label:not([hidden]) > [data-all]") ?? group?.querySelector("[name=fact]");
  const acts = {
    e: () => (step ? step.click() : tick ? tick.focus() : next()?.click()),
    j: () => next()?.click(),
    k: () => document.querySelector(".case-crumbs a[rel=prev]")?.click(),
    "/": () => document.querySelector(".desk-search input[type=search]")?.focus(),
  };
  if (acts[event.key]) {
    event.preventDefault();
    acts[event.key]();
  }
});
