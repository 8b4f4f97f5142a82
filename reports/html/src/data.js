// SPDX-License-Identifier: GPL-3.0-or-later
// Where tables come from: blocks within the file, or a server. Views know neither: they call load(name).

/** A table, by columns; text columns are told as strings. What is not there is empty. */
export class Table {
	#raw;
	#columns = new Map();

	constructor(raw) {
		this.#raw = raw;
		this.length = raw.rows;
	}

	column(name) {
		let values = this.#columns.get(name);
		if (!values) {
			values = this.#raw.columns[name] ?? [];
			if (this.#raw.text_columns.includes(name)) {
				const texts = this.#raw.texts;
				values = values.map((index) => (index === null ? null : texts[index]));
			}
			this.#columns.set(name, values);
		}
		return values;
	}

	names() {
		return Object.keys(this.#raw.columns);
	}

	/** One object per row. */
	objects() {
		const names = this.names();
		const columns = names.map((name) => this.column(name));
		return Array.from({ length: this.length }, (_, row) => {
			const object = {};
			names.forEach((name, i) => (object[name] = columns[i][row]));
			return object;
		});
	}
}

const EMPTY = { rows: 0, texts: [], columns: {}, text_columns: [] };

function bytesOf(base64) {
	const binary = atob(base64);
	const bytes = new Uint8Array(binary.length);
	for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
	return bytes;
}

/** Blocks <script type="text/plain" id="data:NAME"> of base64 of zlib of JSON. */
export function embeddedSource(document) {
	return async (name) => {
		const block = document.getElementById('data:' + name);
		if (!block) return null;
		const stream = new Blob([bytesOf(block.textContent)]).stream().pipeThrough(new DecompressionStream('deflate'));
		return new Response(stream).json();
	};
}

/** The same tables as JSON from base + NAME; fetch is given so that it can be told what it may do. stale() is called where the server
 * has gone on to another state: then no table is answered any more. */
export function fetchedSource(base, fetch, stale = () => {}) {
	return async (name) => {
		const answer = await fetch(base + encodeURIComponent(name));
		if (answer.status === 404) return null;
		if (answer.status === 410) stale();
		if (!answer.ok) throw new Error(`${name}: the server answers ${answer.status}`);
		return answer.json();
	};
}

/** load(name) → Table, each fetched once; of parts ("calls.7") only the last `keep` are kept. */
export function createLoader(source, keep = 60) {
	const tables = new Map();
	return function load(name) {
		let promise = tables.get(name);
		if (promise) {
			tables.delete(name);
		} else {
			promise = source(name).then((raw) => new Table(raw ?? EMPTY));
			promise.catch(() => tables.delete(name));
		}
		tables.set(name, promise);
		const parts = [...tables.keys()].filter((key) => key.includes('.'));
		for (const old of parts.slice(0, Math.max(0, parts.length - keep))) tables.delete(old);
		return promise;
	};
}
