/**
 * Defuddle, the extractor of Obsidian's web clipper.
 *
 * MIT; home: https://github.com/kepano/defuddle. `useAsync: false` differs from the default (true), which would ask the interfaces of some
 * sites over the network where a page holds too little. The url is passed on, and the language, which only chooses between transcripts.
 * Its document is made as for `readability-js`. It answers in HTML, which the harness turns into text.
 */

import { Defuddle } from "defuddle/node";
import { parseHTML } from "linkedom";
import { parse, serialize } from "parse5";

export const DISTRIBUTION = "defuddle";
export const ANSWER = "html";

/** Return the article as HTML. */
export async function extract(html, url, { language }) {
  const { document } = parseHTML(serialize(parse(html, { scriptingEnabled: false })));
  const { content } = await Defuddle(document, url, { useAsync: false, language });
  return content;
}
