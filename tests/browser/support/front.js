// The page in front of a node that does not serve it: its files, with the
// policy that the node sends, and the calls that such a node lacks.
// Must not be used where the node has them: `serve` looks.
import { createServer, request as forward } from "node:http";
import { existsSync, readFileSync } from "node:fs";

const dist = process.env.HOLDFAST_DASHBOARD ?? new URL("../../../dashboard/dist", import.meta.url).pathname;

export const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; " +
  "img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const types = { html: "text/html; charset=utf-8", js: "text/javascript", css: "text/css", svg: "image/svg+xml" };

/** Where the page of this node is, and how to end what serves it. */
export async function serve(node, sessions = {}) {
  const own = await fetch(`${node.url}/`);
  if (own.headers.get("content-type")?.startsWith("text/html")) return { url: node.url, close() {} };
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url, node.url);
    const file = `${dist}/${pathname === "/" ? "index.html" : pathname.slice(1)}`;
    if (/^\/[a-z.]*$/.test(pathname) && existsSync(file)) sendFile(file, response);
    else if (pathname === "/v1/events") void sendEvents(node, request, searchParams, response);
    else if (pathname === "/v1/session") void sendSession(node, sessions, request, response);
    else pass(node, request, response);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

function sendFile(file, response) {
  response.writeHead(200, {
    "Content-Type": types[file.split(".").at(-1)],
    "Content-Security-Policy": policy,
    "X-Content-Type-Options": "nosniff",
  });
  response.end(readFileSync(file));
}

function headersFor(node, request) {
  const headers = { ...request.headers, host: `127.0.0.1:${node.port}` };
  for (const name of ["origin", "referer", "connection"]) delete headers[name];
  for (const name of Object.keys(headers)) if (name.startsWith("sec-fetch")) delete headers[name];
  return headers;
}

function pass(node, request, response) {
  const options = { method: request.method, headers: headersFor(node, request) };
  const onward = forward(node.url + request.url, options, (answer) => {
    response.writeHead(answer.statusCode, answer.headers);
    answer.pipe(response);
  });
  onward.on("error", () => response.destroy());
  request.pipe(onward);
}

/** Events of the journal's long polls. */
async function sendEvents(node, request, query, response) {
  let after = Number(request.headers["last-event-id"] ?? query.get("after") ?? 0);
  const { authorization } = request.headers;
  const headers = authorization ? { authorization } : {};
  const gone = new AbortController();
  response.on("close", () => gone.abort());
  try {
    const look = await fetch(`${node.url}/v1/journal?after=${after}&limit=1`, { headers });
    if (!look.ok) {
      response.writeHead(look.status, { "Content-Type": "application/problem+json" });
      response.end(await look.text());
      return;
    }
    response.writeHead(200, { "Content-Type": "text/event-stream", "Cache-Control": "no-store" });
    response.write(": listening\n\n");
    while (!gone.signal.aborted) {
      const path = `/v1/journal?after=${after}&limit=1000&waitMs=10000`;
      const answer = await fetch(node.url + path, { headers, signal: gone.signal });
      const { items } = await answer.json();
      for (const item of items)
        response.write(`id: ${item.seq}\nevent: ${item.kind}\ndata: ${JSON.stringify(item)}\n\n`);
      if (items.length === 0) response.write(": still here\n\n");
      after = items.at(-1)?.seq ?? after;
    }
  } catch {
    response.destroy(); // the node is gone, or the page
  }
}

async function sendSession(node, sessions, request, response) {
  const { authorization } = request.headers;
  const headers = authorization ? { authorization } : {};
  const look = await fetch(`${node.url}/v1/stats`, { headers }).catch(() => undefined);
  if (!look) return response.destroy();
  const token = authorization?.replace(/^Bearer /, "") ?? "";
  const who = sessions[token] ?? { name: "local", scope: "operate" };
  response.writeHead(look.status, { "Content-Type": "application/json" });
  response.end(look.ok ? JSON.stringify(who) : await look.text());
}
