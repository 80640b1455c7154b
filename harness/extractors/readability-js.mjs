/**
 * Mozilla's Readability, the reader view of Firefox; `pygoreadability`, `readability` and `breadability` are of the same descent.
 *
 * Apache-2.0; home: https://github.com/mozilla/readability. Defaults. It wants a document: parse5 parses the page as a browser without
 * scripts does, linkedom, which neither runs scripts nor loads anything, builds the document of that. (linkedom's own parser is not a
 * browser's: on pages without optional tags Readability would raise.) It answers in HTML, which the harness turns into text, for its
 * `textContent` glues the words of neighbouring blocks.
 */

import { Readability } from "@mozilla/readability";
import { parseHTML } from "linkedom";
import { parse, serialize } from "parse5";

export const DISTRIBUTION = "@mozilla/readability";
export const ANSWER = "html";

/** Return the article as HTML, null where there is none. */
export function extract(html) {
  const { document } = parseHTML(serialize(parse(html, { scriptingEnabled: false })));
  return new Readability(document).parse()?.content ?? null;
}
