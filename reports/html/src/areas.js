// SPDX-License-Identifier: GPL-3.0-or-later
// What the hotspots' picture is made of. Pure.

/** Domains with their files; files that would get less than `least` of `area` are put together. */
export function tree(files, area, least) {
	const domains = new Map();
	for (const file of files) {
		if (!domains.has(file.domain)) domains.set(file.domain, []);
		domains.get(file.domain).push(file);
	}
	const all = files.reduce((sum, file) => sum + file.code_lines, 0) || 1;
	return {
		name: '',
		children: [...domains.entries()]
			.map(([name, own]) => {
				own.sort((a, b) => b.code_lines - a.code_lines || (a.file < b.file ? -1 : 1));
				const large = own.filter((file) => (file.code_lines / all) * area >= least);
				const small = own.slice(large.length);
				const children = large.map((file) => ({ name: file.file, file, value: file.code_lines }));
				const rest = small.reduce((sum, file) => sum + file.code_lines, 0);
				if (rest > 0) children.push({ name: `${small.length} small files`, value: rest, small });
				return { name, children };
			})
			.filter((domain) => domain.children.length),
	};
}

/** Shares of a skewed measure: by rank, so that a few giants do not make all else pale. */
export function stepByRank(values) {
	const order = [...values].filter((v) => Number.isFinite(v)).sort((a, b) => a - b);
	const bounds = [0, 0.4, 0.65, 0.82, 0.92, 0.97].map((share) => order[Math.floor(share * Math.max(0, order.length - 1))] ?? 0);
	return { bounds, step: (value) => bounds.reduce((at, bound, i) => (value > bound || (i === 0 && value >= bound) ? i : at), 0) };
}
