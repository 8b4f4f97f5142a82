// SPDX-License-Identifier: GPL-3.0-or-later
// Draws the dependency matrix on a canvas, in the colours of the page's style.
import { SIGNS } from './changes.js';
import { cut } from './text.js';

export const NUMBERS_FROM = 19; // pixels of a cell that can hold a number

const shortPath = (path) => path.split('/').slice(-2).join('/');

function colours(element) {
	const style = getComputedStyle(element);
	return (name) => style.getPropertyValue(name).trim();
}

/** What became of a row's domain or file; null: nothing that is shown. */
const rowChange = (item) => {
	const change = (item.file ?? (item.isRest ? null : item.domain))?.change;
	return ['added', 'removed', 'moved'].includes(change) ? change : null;
};

function drawNames(context, state, { cell, left, top }, colour) {
	const side = state.list.length * cell;
	state.list.forEach((item, i) => {
		const y = top + i * cell;
		context.fillStyle = colour('--hover');
		if (i === state.at.row) context.fillRect(0, y, left + side, cell);
		if (i === state.at.column) context.fillRect(left + i * cell, 0, cell, top + side);
		context.fillStyle = colour(item.circle >= 0 || state.isDrift ? '--text' : '--muted');
		context.font = `${Math.min(12, cell - 2)}px ${colour('--font')}`;
		context.textAlign = 'right';
		context.fillText(cut(item.file ? shortPath(item.key) : item.key, 26), left - 26, y + cell / 2);
		context.fillStyle = colour('--muted');
		if (cell >= 12) {
			context.font = `${Math.min(11, cell * 0.62)}px ${colour('--font')}`;
			context.fillText(String(i + 1), left - 5, y + cell / 2);
			context.textAlign = 'center';
			context.fillText(String(i + 1), left + i * cell + cell / 2, top - 9);
		}
		context.fillStyle = colour('--diagonal');
		context.fillRect(left + i * cell, y, cell, cell);
		const change = state.isDrift && rowChange(item);
		if (change) drawChange(context, { x: left + i * cell, y, cell }, change, SIGNS[change], colour);
	});
}

/** At most four letters, so that it fits into a cell. */
const brief = (value) =>
	value < 999.5 ? String(Math.round(value)) : value < 9950 ? `${(value / 1000).toFixed(1)}k` : `${Math.round(value / 1000)}k`;

const changeFont = (cell, colour) => `${Math.min(9, cell * 0.4)}px ${colour('--font')}`;

/** A square in the colours that the drift's map has, with a sign for those who cannot tell them apart. */
function drawChange(context, { x, y, cell }, change, text, colour) {
	const kind = change === 'moved' ? 'changed' : change;
	context.fillStyle = colour(kind === 'same' ? '--band-medium' : `--${kind}`);
	context.fillRect(x + 0.5, y + 0.5, cell - 1, cell - 1);
	if (kind !== 'same') {
		context.strokeStyle = colour(`--${kind}-line`);
		context.lineWidth = cell >= 14 ? 1.5 : 1;
		context.setLineDash(kind === 'removed' ? [3, 2] : []);
		context.strokeRect(x + 1.5, y + 1.5, cell - 3, cell - 3);
		context.setLineDash([]);
	}
	if (!text) return;
	context.fillStyle = colour(kind === 'same' ? '--muted' : '--text');
	context.textAlign = 'center';
	context.font = changeFont(cell, colour);
	context.fillText(text, x + cell / 2, y + cell / 2 + 0.5);
}

/** The sign, and the number where there is room for both. */
function driftText(context, state, item, cell, colour) {
	const sign = SIGNS[item.change];
	if (cell < 11) return '';
	if (!state.numbers || cell < NUMBERS_FROM) return sign;
	context.font = changeFont(cell, colour);
	const both = sign + brief(item.weight);
	return context.measureText(both).width <= cell - 3 ? both : sign;
}

function drawCells(context, state, { cell, left, top }, colour) {
	const heaviest = Math.log2(2 + Math.max(0, ...[...state.cells.values()].map((item) => item.weight)));
	for (const item of state.cells.values()) {
		const [x, y] = [left + item.column * cell, top + item.row * cell];
		if (state.isDrift) {
			drawChange(context, { x, y, cell }, item.change, driftText(context, state, item, cell, colour), colour);
			continue;
		}
		const step = Math.min(4, Math.floor((Math.log2(1 + item.weight) / heaviest) * 5));
		const kind = item.forbidden || item.isBack ? `--back-${step}` : item.weight > 0 ? `--cell-${step}` : '--observed-cell';
		context.fillStyle = colour(kind);
		context.fillRect(x + 0.5, y + 0.5, cell - 1, cell - 1);
		if (state.numbers && cell >= NUMBERS_FROM) {
			context.fillStyle = colour(step >= 3 ? '--cell-text-strong' : '--text');
			context.textAlign = 'center';
			context.font = `${Math.min(10, cell * 0.45)}px ${colour('--font')}`;
			context.fillText(brief(item.weight || item.observed), x + cell / 2, y + cell / 2 + 0.5);
		}
		if (item.forbidden) {
			context.strokeStyle = colour('--violation');
			context.lineWidth = 2;
			context.strokeRect(x + 1.5, y + 1.5, cell - 3, cell - 3);
		}
	}
}

function drawLines(context, state, { cell, left, top }, colour) {
	const { list, at } = state;
	const side = list.length * cell;
	context.strokeStyle = colour('--line');
	context.lineWidth = 0.5;
	context.beginPath();
	for (let i = 0; i <= list.length; i++) {
		context.moveTo(left, top + i * cell);
		context.lineTo(left + side, top + i * cell);
		context.moveTo(left + i * cell, top);
		context.lineTo(left + i * cell, top + side);
	}
	context.stroke();
	context.strokeStyle = colour('--violation');
	context.lineWidth = 2;
	for (let i = 0; i < list.length && !state.isDrift; ) {
		let end = i + 1;
		while (end < list.length && list[i].circle >= 0 && list[end].circle === list[i].circle) end++;
		if (list[i].circle >= 0) context.strokeRect(left + i * cell, top + i * cell, (end - i) * cell, (end - i) * cell);
		i = end;
	}
	context.lineWidth = 2;
	context.strokeStyle = colour('--accent');
	if (at.row >= 0 && at.column >= 0) context.strokeRect(left + at.column * cell, top + at.row * cell, cell, cell);
}

/** state: {list, cells, at: {row, column}, numbers, isDrift}; geometry: {cell, left, top} in pixels. */
export function drawMatrix(canvas, state, geometry) {
	const { cell, left, top } = geometry;
	const ratio = Math.min(2, window.devicePixelRatio || 1);
	const side = state.list.length * cell;
	const colour = colours(canvas);
	canvas.width = (left + side + 2) * ratio;
	canvas.height = (top + side + 2) * ratio;
	canvas.style.setProperty('width', `${left + side + 2}px`);
	canvas.style.setProperty('height', `${top + side + 2}px`);
	const context = canvas.getContext('2d');
	context.scale(ratio, ratio);
	context.textBaseline = 'middle';
	drawNames(context, state, geometry, colour);
	drawCells(context, state, geometry, colour);
	drawLines(context, state, geometry, colour);
}
