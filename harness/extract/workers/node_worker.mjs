/**
 * The worker for Node extractors, behind the guards that `node_launcher.py` has put up: answers pages over its socket, one after another.
 *
 * Protocol and rules are those of `python_worker.py`. Node's own modules only.
 */

import fs from "node:fs";
import { registerHooks } from "node:module";
import net from "node:net";
import path from "node:path";
import { pathToFileURL } from "node:url";

const setup = JSON.parse(process.argv[2]);
const [sizes, status, clear] = setup.memory;
const MEMORY_SHARE = 0.3; // as in the Python worker
const small = Buffer.alloc(4096);

/** Bytes resident now, 0 where the system does not tell. */
function resident() {
  if (sizes < 0) return 0;
  return Number(small.toString("latin1", 0, fs.readSync(sizes, small, 0, 64, 0)).split(" ")[1]) * setup.pageSize;
}

/** Start a new high-water mark of resident bytes. */
function resetPeak() {
  if (clear >= 0) fs.writeSync(clear, "5");
}

/** The high-water mark, null where the system does not tell. */
function peak() {
  if (status < 0) return null;
  const found = /VmHWM:\s*(\d+) kB/.exec(small.toString("latin1", 0, fs.readSync(status, small, 0, 4096, 0)));
  return found ? Number(found[1]) * 1024 : null;
}

/** CPU seconds of this process so far, all threads. */
function cpu() {
  const used = process.cpuUsage();
  return (used.user + used.system) / 1e6;
}

/** The next `count` bytes of the socket, null when the harness has closed it. */
function exactly(count) {
  const bytes = Buffer.alloc(count);
  for (let at = 0; at < count; ) {
    const got = fs.readSync(setup.channel, bytes, at, count - at, null);
    if (got === 0) return null;
    at += got;
  }
  return bytes;
}

let waited = 0;

function receive() {
  const wall = performance.now();
  const used = cpu();
  const length = exactly(4);
  const header = length && exactly(length.readUInt32BE(0));
  const parsed = header && JSON.parse(header.toString("utf8"));
  const body = parsed && exactly(parsed.n);
  waited = Math.max(0, (performance.now() - wall) / 1e3 - (cpu() - used));
  return body && { header: parsed, body };
}

function send(header, body = Buffer.alloc(0)) {
  const encoded = Buffer.from(JSON.stringify({ ...header, n: body.length }));
  const length = Buffer.alloc(4);
  length.writeUInt32BE(encoded.length);
  const frame = Buffer.concat([length, encoded, body]);
  for (let at = 0; at < frame.length; ) at += fs.writeSync(setup.channel, frame, at);
}

/** Name an error in one line, with the last line of the plug-in that it passed. */
function describe(error) {
  const name = error?.name ?? typeof error;
  const message = String(error?.message ?? error).split(/\s+/).join(" ").trim().slice(0, 500);
  const file = path.basename(setup.plugin);
  const here = pathToFileURL(setup.plugin).href + ":"; // the whole address, for a package may have a file of the same name
  const line = String(error?.stack ?? "").split("\n").find((each) => each.includes(here))?.match(/:(\d+):\d+\)?$/)?.[1];
  return (message ? `${name}: ${message}` : name) + (line ? ` (${file}:${line})` : "");
}

const attempts = [];

/** Record what asks for the network, by name, and refuse it before the kernel does. */
function watchNetwork() {
  net.Socket.prototype.connect = function connect(...parts) {
    const target = Array.isArray(parts[0]) ? parts[0][0] : parts[0];
    const shown = typeof target === "object" ? `${target?.host ?? target?.path ?? ""}:${target?.port ?? ""}` : String(target);
    if (attempts.length < 20) attempts.push(shown.slice(0, 200));
    queueMicrotask(() => this.destroy(Object.assign(new Error("no network for extractors"), { code: "EACCES" })));
    return this;
  };
}

/** Undo what the call left behind, for the next page must not meet it; returns what there was. */
function tidy() {
  const noise = {};
  try {
    const printed = fs.fstatSync(1).size;
    if (printed) noise.printed = printed;
    if (printed) fs.ftruncateSync(1, 0);
  } catch {
    noise.stream = "closed or full";
  }
  if (attempts.length) noise.network = attempts.splice(0);
  process.chdir(folder);
  const left = fs.readdirSync(".");
  if (left.length) {
    noise.files = left.length;
    for (const each of left) fs.rmSync(each, { recursive: true, force: true });
    const stuck = fs.readdirSync(".").length;
    if (stuck) noise.unremoved = stuck;
  }
  return noise;
}

async function answer(extract, page, header) {
  let text = Buffer.alloc(0);
  let said = { status: "ok", detail: "" };
  const before = resident();
  resetPeak();
  const began = cpu();
  let found = null;
  let failure = null;
  try {
    found = await extract(page.html, page.url, { language: page.language, ...header.options });
  } catch (error) {
    failure = { error };
  }
  const used = cpu() - began;
  const mark = peak();
  const growth = mark === null ? null : Math.max(0, mark - before);
  if (failure) {
    said = { status: (growth ?? 0) > MEMORY_SHARE * setup.limit ? "memory" : "error", detail: describe(failure.error) };
  } else if (found !== null && found !== undefined && typeof found !== "string") {
    said = { status: "error", detail: `answered with ${typeof found}, not text` };
  } else if (typeof found === "string") {
    text = Buffer.from(found.toWellFormed(), "utf8");
    if (text.length > setup.answer) {
      said = { status: "error", detail: `answer of ${text.length} bytes is over the limit of ${setup.answer}` };
      text = Buffer.alloc(0);
    }
  }
  send({ id: header.id, ...said, cpu: used, memory: growth, resident: before, kept: resident(), waited, noise: tidy() }, text);
}

const folder = process.cwd();

async function main() {
  let extract;
  try {
    // A plug-in is not where its packages are: these are looked for in its environment.
    const plugin = pathToFileURL(setup.plugin).href;
    const packages = pathToFileURL(setup.packages).href;
    registerHooks({
      resolve: (specifier, context, next) =>
        next(specifier, context.parentURL === plugin ? { ...context, parentURL: packages } : context),
    });
    watchNetwork();
    ({ extract } = await import(plugin));
    if (typeof extract !== "function") throw new TypeError("the plug-in exports no function extract");
  } catch (error) {
    send({ failed: describe(error) });
    return;
  }
  tidy();
  send({ ready: 1, cpu: cpu(), resident: resident(), peak: process.resourceUsage().maxRSS * 1024 });
  let page = { html: "", url: "", language: "" };
  for (let received = receive(); received; received = receive()) {
    const { header, body } = received;
    if ("url" in header) page = { html: body.toString("utf8"), url: header.url, language: header.language };
    await answer(extract, page, header);
  }
}

await main();
process.exit(0);
