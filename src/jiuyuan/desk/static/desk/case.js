// Keys on a case page: j and k go to the next and the previous case of the list, / to the search.
// Whoever switched keys off below a list has none here either, nor has a touch screen.
document.addEventListener("keydown", (event) => {
  if (matchMedia("(hover: none)").matches) return;
  const writes = event.target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]");
  if (localStorage.getItem("jiuyuan-keys") === "off" || writes || event.ctrlKey || event.metaKey || event.altKey) return;
  const acts = {
    j: () => document.querySelector(".case-crumbs a[rel=next]")?.click(),
    k: () => document.querySelector(".case-crumbs a[rel=prev]")?.click(),
    "/": () => document.querySelector(".desk-search input[type=search]")?.focus(),
  };
  if (acts[event.key]) {
    event.preventDefault();
    acts[event.key]();
  }
});
