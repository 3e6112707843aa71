// What a visit says of somebody's help: a talk, answers to offers, how work goes on. Each group of boxes has the name under which the
// server keeps it, and a box the name of its group and of its field.
const part = (name) => document.querySelector(`[data-part="${name}"]`);
const groups = () => [...document.querySelectorAll("[data-help]")];
const boxes = (group) => [...group.querySelectorAll("[name]")].map((box) => [box.name.slice(group.dataset.help.length + 1), box]);
const many = (box) => box.type === "checkbox";

const row = (text) => {
  const item = document.createElement("li");
  item.textContent = text;
  return item;
};

// The boxes of one question, from the template of its kind.
const asked = ({ name, words }) => {
  const group = document.createElement("fieldset");
  const legend = document.createElement("legend");
  [group.dataset.help, legend.textContent] = [name, words];
  const copy = document.querySelector(`template[data-of="${name.split("-")[0]}"]`).content.cloneNode(true);
  for (const element of copy.querySelectorAll("*")) {
    for (const attribute of element.attributes) attribute.value = attribute.value.replaceAll("NAME", name);
  }
  group.append(legend, copy);
  return group;
};

// Whoever is not on the register has no help to be talked about.
export const fillHelp = (draft) => {
  const { help } = draft.person;
  part("help").hidden = !help;
  part("helped-now").replaceChildren(...(help?.now ?? []).map(row));
  part("asked").replaceChildren(...(help?.asked ?? []).map(asked));
  for (const group of groups()) {
    const said = draft.help?.[group.dataset.help] ?? {};
    for (const [field, box] of boxes(group)) {
      if (many(box)) box.checked = (said[field] ?? []).includes(box.value);
      else if (box.type === "radio") box.checked = box.value === (said[field] ?? "");
      else box.value = said[field] ?? "";
    }
  }
};

export const readHelp = () => Object.fromEntries(groups().map((group) => {
  const said = {};
  for (const [field, box] of boxes(group)) {
    if (many(box)) { if (box.checked) said[field] = [...(said[field] ?? []), box.value]; }
    else if (box.type === "radio" ? box.checked && box.value : box.value.trim()) said[field] = box.value.trim();
  }
  return [group.dataset.help, said];
}).filter(([, said]) => Object.keys(said).length));
