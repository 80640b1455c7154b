/**
 * rs-trafilatura, a port of trafilatura to Rust, as the crawler Contextractor carries it.
 *
 * Apache-2.0; home: https://github.com/contextractor/contextractor. `includeComments: false` as for `trafilatura`; the url is passed on.
 * Only its extraction is loaded, by the path it has inside the package: what the crawler around it needs (browsers, an ad blocker) is
 * replaced by an empty package in `package.json`. It cuts an answer at 1,000,000 characters.
 */

import { createRequire } from "node:module";

export const DISTRIBUTION = "contextractor";

const native = createRequire(import.meta.resolve("contextractor"))("./native/index.cjs");

/** Return the main text, null where there is none. */
export function extract(html, url) {
  const answer = native.extract(html, { url: url || undefined, format: "txt", config: { includeComments: false } });
  return answer?.content ?? null;
}
