// SPDX-License-Identifier: GPL-3.0-or-later
// A release as the views see it: tables with their numbers resolved. Reads what is asked for, once.

export const SEVERITIES = ['critical', 'major', 'minor', 'info'];

export class Model {
	#once = new Map();

	constructor(load) {
		this.load = load;
	}

	/** What the first view needs. */
	async open() {
		const [meta, trend, coverage, domains, edges, tasks] = await Promise.all(
			['meta', 'trend', 'coverage', 'domains', 'edges', 'tasks'].map(this.load),
		);
		const keys = meta.column('key');
		const values = meta.column('value');
		this.meta = Object.fromEntries(keys.map((key, i) => [key, values[i]]));
		this.trend = trend.objects().reverse();
		this.now = this.trend[this.trend.length - 1] ?? {};
		this.coverage = coverage.objects();
		this.domains = domains.objects();
		this.domains.forEach((domain, i) => (domain.number = i));
		this.domainNumber = new Map(this.domains.map((domain, i) => [domain.domain, i]));
		this.edges = edges
			.objects()
			.map((edge) => ({ ...edge, from: this.domainNumber.get(edge.from), to: this.domainNumber.get(edge.to) }));
		this.tasks = tasks.objects();
		this.hasRuns = this.now.observations > 0;
		return this;
	}

	#memo(name, make) {
		if (!this.#once.has(name)) {
			const promise = make();
			promise.catch(() => this.#once.delete(name));
			this.#once.set(name, promise);
		}
		return this.#once.get(name);
	}

	domain(name) {
		const number = this.domainNumber.get(name);
		return number === undefined ? null : this.domains[number];
	}

	files() {
		return this.#memo('files', async () => {
			const [files, places] = await Promise.all(['files', 'file_functions'].map(this.load));
			const rows = files.objects();
			const first = places.column('first');
			const count = places.column('functions');
			const part = places.column('part');
			rows.forEach((row, i) => {
				row.number = i;
				row.domainNumber = this.domainNumber.get(row.domain) ?? -1;
				row.first = first[i];
				row.functions = count[i];
				row.part = part[i];
			});
			this.hasHistory = rows.some((row) => row.commits !== null && row.commits !== undefined);
			return rows;
		});
	}

	fileNumbers() {
		return this.#memo('fileNumbers', async () => new Map((await this.files()).map((file, i) => [file.file, i])));
	}

	/** {name: [...], file: [...]}: of functions by number; those without a file are outside the codebase. */
	names() {
		return this.#memo('names', async () => {
			const table = await this.load('names');
			return { name: table.column('name'), file: table.column('file') };
		});
	}

	/** Functions of one file with all that is known of them. */
	async functionsOf(file) {
		if (!file.functions) return [];
		const [table, names] = await Promise.all([this.load('functions.' + file.part), this.names()]);
		const numbers = table.column('function');
		let low = numbers.indexOf(file.first);
		const keys = table.names();
		return Array.from({ length: file.functions }, () => {
			const row = Object.fromEntries(keys.map((key) => [key, table.column(key)[low]]));
			low++;
			return { ...row, number: row.function, name: names.name[row.function], file };
		});
	}

	/** Calls from and to a function: {out, in}, each with other (number), how, confidence, sites, observed. */
	async callsOf(fileOfIt, number) {
		const table = await this.load('calls.' + fileOfIt.part);
		const functions = table.column('function');
		const result = { out: [], in: [] };
		const [other, out, how, confidence, sites, observed, basis] = [
			'other',
			'out',
			'how',
			'confidence',
			'sites',
			'observed',
			'basis',
		].map((c) => table.column(c));
		for (let i = 0; i < functions.length; i++)
			if (functions[i] === number)
				result[out[i] ? 'out' : 'in'].push({
					other: other[i],
					how: how[i],
					confidence: confidence[i],
					sites: sites[i],
					observed: observed[i],
					basis: basis[i],
				});
		return result;
	}

	/** Every call with an end in a file: [{from, to, ...}] by function number. */
	async callsOfFile(file) {
		const table = await this.load('calls.' + file.part);
		const functions = table.column('function');
		const [other, out, how, confidence, sites, observed] = ['other', 'out', 'how', 'confidence', 'sites', 'observed'].map((c) =>
			table.column(c),
		);
		const last = file.first + file.functions;
		const calls = [];
		for (let i = 0; i < functions.length; i++) {
			if (functions[i] < file.first || functions[i] >= last) continue;
			const isInside = other[i] >= file.first && other[i] < last;
			if (!out[i] && isInside) continue; // told once, from its caller
			const [from, to] = out[i] ? [functions[i], other[i]] : [other[i], functions[i]];
			calls.push({ from, to, how: how[i], confidence: confidence[i], sites: sites[i], observed: observed[i] });
		}
		return calls;
	}

	async findFunction(name, path) {
		const [names, files] = await Promise.all([this.names(), this.files()]);
		if (path !== undefined) {
			const file = files[(await this.fileNumbers()).get(path)];
			const own = file ? names.name.slice(file.first, file.first + file.functions).indexOf(name) : -1;
			return own < 0 ? -1 : file.first + own;
		}
		return names.name.indexOf(name);
	}

	findings() {
		return this.#memo('findings', async () => {
			const rows = (await this.load('findings')).objects();
			rows.forEach((row, i) => (row.number = i));
			return rows;
		});
	}

	/** Source lines around a finding: [{line, text}], none where they are not known. */
	async sourceOf(finding) {
		const table = await this.load('source.' + Math.floor(finding.number / 400));
		const [numbers, lines, texts] = ['finding', 'line', 'text'].map((c) => table.column(c));
		const result = [];
		for (let i = numbers.indexOf(finding.number); i >= 0 && numbers[i] === finding.number; i++)
			result.push({ line: lines[i], text: texts[i] });
		return result;
	}

	rows(name) {
		return this.#memo('rows ' + name, async () => (await this.load(name)).objects());
	}
}
