// Expressions that are as simple as "field is value", and timers, read into their parts and written from them.

const COMPARED = /^(?:has\((\w+)\) and )?(\w+) (==|!=|<=|>=|<|>) (?:"([^"\\]*)"|'([^'\\]*)'|(-?[0-9]+(?:\.[0-9]+)?)|(true|false))$/;
const BARE = /^(not )?(\w+)$/;

// {name, operator, value, asked}: `asked` says that a missing answer counts as no. Null when the text says more.
export const parts = (text, variables) => {
  const written = text.trim().replace(/\s+/g, " ");
  const known = (name) => variables.find((variable) => variable.value === name);
  const bare = BARE.exec(written);
  if (bare && known(bare[2])?.kind === "boolean") return { name: bare[2], operator: "==", value: String(!bare[1]), asked: false };
  const found = COMPARED.exec(written);
  if (!found || !known(found[2]) || (found[1] && found[1] !== found[2])) return null;
  return { name: found[2], operator: found[3], value: found[4] ?? found[5] ?? found[6] ?? found[7], asked: Boolean(found[1]) };
};

export const written = ({ name, operator, value, asked }, variable) => {
  if (variable.kind === "boolean") return (value === "true") === (operator === "==") ? name : `not ${name}`;
  const right = isNumber(variable) ? value || "0" : `"${value.replace(/["\\]/g, "")}"`;
  return `${asked ? `has(${name}) and ` : ""}${name} ${operator} ${right}`;
};

export const isNumber = (variable) => variable.kind === "integer" || variable.kind === "number";

export const operators = (variable) => (isNumber(variable) ? ["==", "!=", "<", "<=", ">", ">="] : ["==", "!="]);

const LEVEL = /^service_level\("([a-z0-9_]+)"\)$/;
const LENGTH = /^"(?:R([1-9][0-9]*)?\/)?P(?:([0-9]+)([DWM])|T([0-9]+)([HM]))"$/;
const MOMENT = /^"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2})[^"]*"$/;

export const UNITS = ["TM", "TH", "D", "W", "M"];

// {kind: level | length | cycle | moment | text, …}
export const timerParts = (form, text) => {
  const level = LEVEL.exec(text.trim());
  if (level && form === "timeDuration") return { kind: "level", key: level[1] };
  const length = LENGTH.exec(text.trim());
  if (length && form !== "timeDate") return ofLength(form, length);
  const moment = MOMENT.exec(text.trim());
  if (moment && form === "timeDate") return { kind: "moment", at: moment[1], text };
  return text.trim() ? { kind: "text" } : { kind: "level", key: "" };
};

const ofLength = (form, [, times, number, unit, timeNumber, timeUnit]) => ({
  kind: form === "timeCycle" ? "cycle" : "length",
  times: times ?? "",
  number: number ?? timeNumber,
  unit: unit ?? `T${timeUnit}`,
});

// The form of the timer and its text, quotes and all.
export const timerText = (told) => {
  const length = () => (told.unit.startsWith("T") ? `PT${told.number}${told.unit[1]}` : `P${told.number}${told.unit}`);
  if (told.kind === "level") return ["timeDuration", told.key ? `service_level("${told.key}")` : ""];
  if (told.kind === "length") return ["timeDuration", `"${length()}"`];
  if (told.kind === "cycle") return ["timeCycle", `"R${told.times}/${length()}"`];
  return ["timeDate", told.at ? `"${told.at}:00${offset(told.at)}"` : ""];
};

const offset = (at) => {
  const minutes = -new Date(at).getTimezoneOffset();
  const two = (number) => String(Math.floor(Math.abs(number))).padStart(2, "0");
  return `${minutes < 0 ? "-" : "+"}${two(minutes / 60)}:${two(Math.abs(minutes) % 60)}`;
};
