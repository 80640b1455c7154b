/**
 * A Node plug-in that means harm: one probe for each way out of a worker. A page is `<probe>` or `<probe> <argument>`.
 *
 * Part of clutterbench, Apache-2.0, home: this repository.
 */

import { spawnSync } from "node:child_process";
import dgram from "node:dgram";
import fs from "node:fs";
import net from "node:net";

const probes = {
  good: () => "good",
  nothing: () => null,
  number: () => 7,
  options: (argument, url, options) => JSON.stringify([url, options]),
  throws: () => {
    throw new TypeError("no such block");
  },
  surrogate: () => "a\ud800b",
  prints: () => {
    console.log("x".repeat(5000));
    console.error("y");
    return "good";
  },
  writes: () => {
    fs.mkdirSync("deep/er", { recursive: true });
    fs.writeFileSync("deep/er/file", "x");
    return "good";
  },
  lists: () => fs.readdirSync(".").join(" "),
  reads: (argument) => fs.readFileSync(argument, "utf8"),
  connects: () =>
    new Promise((resolve, reject) => net.connect(8081, "192.0.2.1").on("error", reject).on("connect", () => resolve("out"))),
  fetches: () => fetch("http://192.0.2.1:8081/").then(() => "out"),
  sends: () =>
    new Promise((resolve, reject) => {
      const socket = dgram.createSocket("udp4");
      socket.on("error", reject);
      socket.send("x", 9, "192.0.2.1", (error) => (error ? reject(error) : resolve("out")));
    }),
  starts: () => {
    const done = spawnSync(process.execPath, ["-e", "require('net').connect(9, '192.0.2.1').on('connect', () => console.log('out'))"]);
    return String(done.stdout) || "refused";
  },
  spins: () => {
    for (;;);
  },
  awaits: () => new Promise(() => setInterval(() => 0, 1000)),
  exits: () => process.exit(3),
  grows: () => {
    const held = [];
    for (;;) held.push(new Array(1e6).fill(held.length));
  },
  buffers: () => {
    const held = [];
    for (;;) held.push(Buffer.alloc(16 << 20, 1));
  },
};

/** Do what the page says. */
export function extract(html, url, options) {
  const [name, ...argument] = html.split(" ");
  return probes[name](argument.join(" "), url, options);
}
