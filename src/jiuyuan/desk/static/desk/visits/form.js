// One visit: what was written down, into the fields of the form and back.

import { fillHelp, readHelp } from "./help.js";

const TEXTS = ["visited_on", "place", "remarks", "wanted"];

// Nothing is written down yet. `taken` is when the list was taken along by the clock of the device, `today` by the server's.
export const begun = (person, list) => {
  const midnight = (moment) => new Date(moment).setHours(0, 0, 0, 0);
  const day = new Date(`${list.today}T00:00:00Z`);
  day.setUTCDate(day.getUTCDate() + Math.round((midnight(Date.now()) - midnight(list.taken)) / 86_400_000));
  return {
    uid: crypto.randomUUID(), person, visited_on: day.toISOString().slice(0, 10), nobody_home: false,
    place: person.address, found: {}, help: {}, remarks: "", wanted: "", photos: [], state: "", problem: null,
  };
};

export const fill = (form, draft, facts) => {
  form.reset();
  for (const name of TEXTS) form.elements[name].value = draft[name];
  form.elements.nobody_home.checked = draft.nobody_home;
  for (const [name] of facts) form.elements[`fact-${name}`].value = String(draft.found[name] ?? "");
  fillHelp(draft);
};

const value = (kind, said) => {
  if (kind === "boolean") return said === "true";
  return Number.isFinite(Number(said)) ? Number(said) : said; // the server says what is wrong with it
};

export const read = (form, facts) => {
  const answered = facts.map(([name, kind]) => [name, kind, form.elements[`fact-${name}`].value.trim()]);
  const found = answered.filter(([, , said]) => said !== "").map(([name, kind, said]) => [name, value(kind, said)]);
  const texts = TEXTS.map((name) => [name, form.elements[name].value]);
  return { ...Object.fromEntries(texts), nobody_home: form.elements.nobody_home.checked, found: Object.fromEntries(found), help: readHelp() };
};

export const isEmpty = (draft) => !(draft.nobody_home || Object.keys(draft.found).length || Object.keys(draft.help ?? {}).length || draft.photos.length
  || draft.remarks.trim() || draft.wanted.trim());

// What the server takes of it.
export const toSend = (draft) => ({
  ...Object.fromEntries([...TEXTS, "uid", "nobody_home", "found", "help"].map((name) => [name, draft[name]])),
  person: draft.person.key,
  seen: draft.person.answers,
});
