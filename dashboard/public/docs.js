// Shows openapi.json, which the node serves beside this page.
// Must not know any call.

/** An element with attributes and children; texts are texts, never markup. */
function el(name, attributes = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  node.append(...children);
  return node;
}

/** A description: what stands in backticks is code. */
function prose(text) {
  return text.split("`").map((part, i) => (i % 2 === 1 ? el("code", {}, part) : part));
}

const shapeId = (name) => `shape-${name}`;
const nameOf = ({ $ref }) => $ref.split("/").at(-1);

/** What `{$ref}` means; anything else means itself. */
function resolve(api, what) {
  if (!what.$ref) return what;
  return what.$ref.slice(2).split("/").reduce((at, key) => at[key], api);
}

/** A schema as one would write it down: nodes for a <pre>. */
function shape(schema, indent = "") {
  if (schema.$ref) return [el("a", { href: `#${shapeId(nameOf(schema))}` }, nameOf(schema))];
  if (schema.oneOf)
    return schema.oneOf.flatMap((one, i) => [...(i > 0 ? [" | "] : []), ...shape(one, indent)]);
  if (schema.enum) return [schema.enum.map((value) => JSON.stringify(value)).join(" | ")];
  if (schema.const !== undefined) return [JSON.stringify(schema.const)];
  if (schema.type === "array") return ["[", ...shape(schema.items, indent), ", …]"];
  if (schema.properties) return object(schema, indent);
  return [[schema.type ?? "any"].flat().join(" | ") + limits(schema)];
}

function limits({ minimum, maximum, minLength, maxLength, default: usual }) {
  const from = minimum ?? minLength;
  const to = maximum ?? maxLength;
  const bytes = minLength !== undefined || maxLength !== undefined ? " bytes" : "";
  const range = from === undefined && to === undefined ? "" : ` ${from ?? ""}–${to ?? ""}${bytes}`;
  return range + (usual === undefined ? "" : ` (${usual})`);
}

function object({ properties, required = [] }, indent) {
  const inner = `${indent}  `;
  const rows = Object.entries(properties).flatMap(([name, schema]) => [
    `${inner}${name}${required.includes(name) ? "" : "?"}: `,
    ...shape(schema, inner),
    ...(schema.description ? [el("span", { class: "quiet-text" }, "  ", ...prose(schema.description))] : []),
    "\n",
  ]);
  return ["{\n", ...rows, `${indent}}`];
}

const block = (schema) => el("pre", { tabindex: "0" }, ...shape(schema));

function parametersOf(api, call) {
  const rows = (call.parameters ?? []).map((one) => {
    const { name, in: where, required, schema, description } = resolve(api, one);
    const type = el("code", {}, ...shape(schema));
    const about = [where, required ? "required" : "", description].filter(Boolean).join("; ");
    return el("tr", {}, el("td", {}, el("code", {}, name)), el("td", {}, type), el("td", {}, ...prose(about)));
  });
  return rows.length > 0 ? [el("h4", {}, "Parameters"), el("table", {}, ...rows)] : [];
}

function bodyOf(call) {
  const schema = call.requestBody?.content["application/json"].schema;
  return schema ? [el("h4", {}, "Body"), block(schema)] : [];
}

function answersOf(api, call) {
  const rows = Object.entries(call.responses).map(([status, answer]) => {
    const { description, content = {} } = resolve(api, answer);
    const shapes = Object.entries(content).map(([type, { schema }]) => {
      const named = schema.$ref || type !== "application/json";
      return el("div", {}, named ? el("code", {}, ...(schema.$ref ? shape(schema) : [type])) : block(schema));
    });
    return el("tr", {}, el("td", {}, el("b", {}, status)), el("td", {}, ...prose(description)), el("td", {}, ...shapes));
  });
  return [el("h4", {}, "Answers"), el("table", {}, ...rows)];
}

function callNode(api, path, method, call) {
  return el(
    "details",
    { id: call.operationId },
    el(
      "summary",
      {},
      el("b", { class: "method" }, method.toUpperCase()),
      el("code", {}, path),
      el("span", {}, call.summary),
      el("span", { class: "scope" }, call["x-scope"]),
    ),
    ...(call.description ? [el("p", {}, ...prose(call.description))] : []),
    ...parametersOf(api, call),
    ...bodyOf(call),
    ...answersOf(api, call),
  );
}

function sections(api) {
  const calls = Object.entries(api.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, call]) => ({ path, method, call })),
  );
  return api.tags.map(({ name, description }) =>
    el(
      "section",
      { "aria-label": name },
      el("h2", { id: name }, name, el("span", { class: "quiet-text" }, ` ${description}`)),
      ...calls
        .filter(({ call }) => call.tags.includes(name))
        .map(({ path, method, call }) => callNode(api, path, method, call)),
    ),
  );
}

function shapes(api) {
  const all = Object.entries(api.components.schemas).map(([name, schema]) =>
    el(
      "section",
      { id: shapeId(name), "aria-label": name },
      el("h3", {}, name),
      ...(schema.description ? [el("p", {}, ...prose(schema.description))] : []),
      block(schema),
    ),
  );
  return [el("h2", { id: "shapes" }, "shapes"), ...all];
}

/** Opens the call that the address names, and goes there. */
function goToFragment() {
  const named = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (named instanceof HTMLDetailsElement) named.open = true;
  named?.scrollIntoView();
}

async function show() {
  const about = document.getElementById("about");
  try {
    const answer = await fetch("./openapi.json");
    if (!answer.ok) throw new Error(`status ${answer.status}`);
    const api = await answer.json();
    const places = [...api.tags.map(({ name }) => name), "shapes"];
    const links = places.map((name) => el("a", { href: `#${name}` }, name));
    about.replaceChildren(api.info.description, " The same for programs: ", el("a", { href: "./openapi.json" }, "openapi.json"), ".");
    document.querySelector("main").append(el("nav", { "aria-label": "Groups" }, ...links), ...sections(api), ...shapes(api));
    goToFragment();
  } catch (error) {
    about.textContent = `openapi.json could not be read: ${error.message}`;
  }
}

addEventListener("hashchange", goToFragment);
await show();
