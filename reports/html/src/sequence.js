// SPDX-License-Identifier: GPL-3.0-or-later
// A sequence of messages between domains, as rows of a picture; loops can be folded.
import { s } from './dom.js';
import { cut, number } from './text.js';

/** From the table's rows to {participants, steps}. */
export function sequenceOf(rows) {
	const sequence = { participants: [], steps: [] };
	for (const row of rows) {
		if (row.kind === 'participant') sequence.participants.push(row.text);
		else sequence.steps.push(row);
	}
	return sequence;
}

/** Rows of the picture: messages and loops with their depth; what lies in a folded loop is counted in it. */
export function rowsOf(steps, folded) {
	const rows = [];
	const open = [];
	let hiddenBy = -1;
	steps.forEach((step, i) => {
		if (step.kind === 'loop') {
			const row = {
				...step,
				index: i,
				depth: open.length,
				messages: 0,
				hidden: hiddenBy >= 0,
				isFolded: folded.has(i),
				first: rows.length,
			};
			if (hiddenBy < 0) rows.push(row);
			open.push(row);
			if (hiddenBy < 0 && row.isFolded) hiddenBy = open.length;
		} else if (step.kind === 'end') {
			const loop = open.pop();
			if (loop) loop.last = rows.length - 1;
			if (open.length < hiddenBy) hiddenBy = -1;
		} else {
			for (const loop of open) loop.messages++;
			if (hiddenBy < 0) rows.push({ ...step, index: i, depth: open.length });
		}
	});
	for (const loop of open) loop.last = rows.length - 1;
	return rows;
}

/** Loops to fold at first, the largest ones, so that at most `most` rows are drawn. */
export function foldsFor(steps, most) {
	const folded = new Set();
	const sizes = [];
	const open = [];
	steps.forEach((step, i) => {
		if (step.kind === 'loop') open.push({ i, size: 0 });
		else if (step.kind === 'end') {
			const loop = open.pop();
			if (loop) sizes.push(loop);
		} else for (const loop of open) loop.size++;
	});
	sizes.sort((a, b) => b.size - a.size || a.i - b.i);
	for (const loop of sizes) {
		if (rowsOf(steps, folded).length <= most) break;
		folded.add(loop.i);
	}
	return folded;
}

const LANE = 150;
const ROW = 30;

export function drawSequence(sequence, folded, toggle, most = 200) {
	const rows = rowsOf(sequence.steps, folded);
	const visible = rows.slice(0, most);
	const used = new Set(visible.filter((row) => row.kind === 'message').flatMap((row) => [row.from, row.to]));
	const lanes = sequence.participants.map((name, i) => ({ name, i })).filter((lane) => used.has(lane.i) || visible.length === 0);
	const x = new Map(lanes.map((lane, at) => [lane.i, 80 + at * LANE]));
	const width = Math.max(320, 160 + Math.max(0, lanes.length - 1) * LANE);
	const height = 64 + visible.length * ROW + 20;
	const svg = s(
		'svg',
		{
			class: 'sequence',
			width,
			height,
			viewBox: `0 0 ${width} ${height}`,
			role: 'group',
			'aria-label': 'Sequence of calls between domains; the list follows',
		},
		s(
			'defs',
			{},
			s(
				'marker',
				{ id: 'message-arrow', viewBox: '0 0 8 8', refX: 8, refY: 4, markerWidth: 7, markerHeight: 7, orient: 'auto' },
				s('path', { d: 'M0 0L8 4L0 8z', class: 'message-head' }),
			),
		),
	);
	for (const lane of lanes)
		svg.append(
			s('line', { x1: x.get(lane.i), x2: x.get(lane.i), y1: 44, y2: height - 8, class: 'lifeline' }),
			s(
				'g',
				{ class: 'participant' },
				s('rect', { x: x.get(lane.i) - 66, y: 10, width: 132, height: 30, rx: 7 }),
				s('text', { x: x.get(lane.i), y: 29 }, cut(lane.name, 18)),
				s('title', {}, lane.name),
			),
		);
	visible.forEach((row, at) => {
		const y = 64 + at * ROW;
		if (row.kind === 'loop') {
			const last = row.isFolded ? at : Math.min(visible.length - 1, row.last ?? at);
			const inset = 6 + row.depth * 7;
			const label = `${row.isFolded ? '▸' : '▾'} loop: ${row.text}${row.isFolded ? ` (${number(row.messages)} messages)` : ''}`;
			svg.append(
				s('rect', { x: inset, y: y - 12, width: width - inset * 2, height: (last - at) * ROW + 24, rx: 6, class: 'loop' }),
			);
			const button = s(
				'g',
				{ class: 'loop-label', role: 'button', tabindex: '0', 'aria-expanded': String(!row.isFolded) },
				s('rect', {
					x: inset,
					y: y - 12,
					width: Math.min(width - inset * 2, 14 + Math.min(64, label.length) * 6.3),
					height: 22,
					rx: 6,
				}),
				s('text', { x: inset + 8, y: y + 3 }, cut(label, 64)),
			);
			const press = () => toggle(row.index);
			button.addEventListener('click', press);
			button.addEventListener(
				'keydown',
				(event) => (event.key === 'Enter' || event.key === ' ') && (event.preventDefault(), press()),
			);
			svg.append(button);
		} else if (row.kind === 'message') {
			const [x1, x2] = [x.get(row.from), x.get(row.to)];
			const line = x1 === x2 ? `M${x1} ${y - 6}h26v12h-22` : `M${x1} ${y}L${x2 - Math.sign(x2 - x1) * 2} ${y}`;
			svg.append(
				s(
					'g',
					{ class: 'message' },
					s('path', { d: line, 'marker-end': 'url(#message-arrow)' }),
					s(
						'text',
						{
							x: x1 === x2 ? x1 + 32 : (x1 + x2) / 2,
							y: x1 === x2 ? y + 3 : y - 5,
							'text-anchor': x1 === x2 ? 'start' : 'middle',
						},
						cut(row.text ?? '', 40),
					),
					s('title', {}, `${sequence.participants[row.from]} → ${sequence.participants[row.to]}: ${row.text}`),
				),
			);
		} else svg.append(s('text', { x: width / 2, y: y + 3, class: 'note', 'text-anchor': 'middle' }, cut(row.text ?? '', 90)));
	});
	return { svg, shown: visible.length, all: rows.length };
}
