// SPDX-License-Identifier: GPL-3.0-or-later
// Reads exports with what others wrote: node check.mjs MODULES KIND <INPUT. Prints JSON; faults of the input are in it.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

const [folder, kind] = process.argv.slice(2);
const require = createRequire(path.join(path.resolve(folder), 'x.js'));
const input = readFileSync(0, 'utf8');

// One validator of a draft-04 schema over several documents: the first faults of each that has any.
function faults(schema, documents) {
  const Ajv = require('ajv-draft-04');
  const ajv = new Ajv({ strict: false, unicodeRegExp: false });
  require('ajv-formats')(ajv);
  const validate = ajv.compile(schema);
  return documents.flatMap((document, i) => validate(document) ? [] : [{ document: i, errors: validate.errors.slice(0, 3) }]);
}

const kinds = {
  // Documents in Atlassian's format.
  adf: () => faults(require('@atlaskit/adf-schema/dist/json-schema/v1/full.json'), JSON.parse(input)),

  sarif: () => faults(JSON.parse(readFileSync(path.join(folder, '@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json'))),
    [JSON.parse(input)]),

  csv: () => require('csv-parse/sync').parse(input, { relax_quotes: false, relax_column_count: false }),

  // Batches of JSON patches: what each makes of an empty work item.
  patches: () => {
    const { applyPatch } = require('fast-json-patch');
    return JSON.parse(input).map(batch => batch.map(request => ({
      uri: request.uri, method: request.method, type: request.headers['Content-Type'],
      item: applyPatch({ fields: {}, relations: [] }, request.body, true).newDocument,
    })));
  },

  // Markdown: its raw HTML, its links and pictures, and the text of its headings and list items.
  markdown: () => {
    const { Parser } = require('commonmark');
    const walker = new Parser().parse(input).walker();
    const found = { html: [], links: [], headings: [], items: [] };
    let text = '', event;
    while ((event = walker.next())) {
      const { node, entering } = event;
      if (entering && (node.type === 'html_block' || node.type === 'html_inline')) found.html.push(node.literal);
      if (entering && (node.type === 'link' || node.type === 'image')) found.links.push(node.destination);
      if (node.type === 'text' || node.type === 'code') text += node.literal;
      if (node.type === 'softbreak') text += '\n';
      if (node.type === 'heading' || node.type === 'paragraph') {
        if (entering) text = '';
        else if (node.type === 'heading') found.headings.push(text);
        else if (node.parent.type === 'item') found.items.push(text);
      }
    }
    return found;
  },
};

process.stdout.write(JSON.stringify(kinds[kind]()));
