// SPDX-License-Identifier: GPL-3.0-or-later
// How wide text is in the page's own font, so that nothing runs over its box.
import { cut, shown } from './text.js';

export const LABEL = '600 12px';
export const SUBLABEL = '400 10.5px';

let context;

export function widthOf(text, style) {
	context ??= document.createElement('canvas').getContext('2d');
	context.font = `${style} ${getComputedStyle(document.documentElement).getPropertyValue('--font')}`;
	return context.measureText(shown(text)).width;
}

export function fitText(text, width, style) {
	const whole = shown(text);
	const wide = widthOf(whole, style);
	return wide <= width ? whole : cut(whole, Math.max(1, Math.floor(([...whole].length * width) / wide)));
}
