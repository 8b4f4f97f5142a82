// SPDX-License-Identifier: GPL-3.0-or-later
// Lines between boxes, and which box lies where. Pure.

/** The node that lies nearest in a direction: little sideways counts more than little ahead. */
export function nearest(positions, from, key) {
	const ahead = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] }[key];
	let best = -1;
	let bestCost = Infinity;
	positions.forEach((p, i) => {
		if (i === from) return;
		const dx = p.x - positions[from].x;
		const dy = p.y - positions[from].y;
		const along = dx * ahead[0] + dy * ahead[1];
		const across = Math.abs(dx * ahead[1] + dy * ahead[0]);
		if (along <= 1) return;
		const cost = along + across * 2;
		if (cost < bestCost) [best, bestCost] = [i, cost];
	});
	return best;
}

/** From the edge of one box to that of another: down through the gap between rows, in an arc within a row. */
export function edgePath(a, b) {
	const shift = Math.max(-18, Math.min(18, (b.x - a.x) / 12));
	if (a.row === b.row) {
		const dip = a.y + Math.max(a.height, b.height) / 2;
		const depth = 22 + Math.min(34, Math.abs(b.x - a.x) / 14);
		const [x1, x2] = a.x < b.x ? [a.x + a.width / 5, b.x - b.width / 5] : [a.x - a.width / 5, b.x + b.width / 5];
		return `M${x1.toFixed(1)} ${(a.y + a.height / 2).toFixed(1)}C${x1.toFixed(1)} ${(dip + depth).toFixed(1)} ${x2.toFixed(1)} ${(dip + depth).toFixed(1)} ${x2.toFixed(1)} ${(b.y + b.height / 2 + 4).toFixed(1)}`;
	}
	const down = b.y > a.y ? 1 : -1;
	const y1 = a.y + (down * a.height) / 2;
	const y2 = b.y - down * (b.height / 2 + 4);
	const x1 = a.x + shift;
	const x2 = b.x - shift;
	const bend = Math.max(26, Math.abs(y2 - y1) * 0.45);
	return `M${x1.toFixed(1)} ${y1.toFixed(1)}C${x1.toFixed(1)} ${(y1 + down * bend).toFixed(1)} ${x2.toFixed(1)} ${(y2 - down * bend).toFixed(1)} ${x2.toFixed(1)} ${y2.toFixed(1)}`;
}
