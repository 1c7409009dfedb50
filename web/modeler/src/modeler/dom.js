// Small helpers to make parts of the page.

// make("p", {class: "x", "data-y": 1, onclick: f}, "words", child)
export const make = (tag, attributes = {}, ...children) => {
  const node = document.createElement(tag);
  Object.entries(attributes).forEach(([name, value]) => {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) node.setAttribute(name, value);
  });
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
};

export const choice = (attributes, options, value) => {
  const select = make("select", { class: "usa-select", ...attributes });
  const known = options.some((option) => option.value === value) ? options : [...options, { value, label: value }];
  known.forEach((option) => {
    const node = make("option", { value: option.value }, option.label);
    node.selected = option.value === value;
    select.append(node);
  });
  return select;
};

export const filled = (sentence, values) => sentence.replace(/{(\w+)}/g, (whole, name) => values[name] ?? whole);

export const download = (name, type, text) => {
  const link = make("a", { href: URL.createObjectURL(new Blob([text], { type })), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
};
