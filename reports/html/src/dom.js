// SPDX-License-Identifier: GPL-3.0-or-later
// Elements. Every text that is shown goes through here: as text, never as markup, with unseen characters spelled out.
import { shown } from './text.js';

const SVG = 'http://www.w3.org/2000/svg';
// What people read in attributes.
const READ = new Set(['title', 'aria-label', 'placeholder']);

function fill(element, attributes, children) {
	for (const [name, value] of Object.entries(attributes ?? {})) {
		if (value === null || value === undefined || value === false) continue;
		if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
		else if (name === 'style') for (const [key, setting] of Object.entries(value)) element.style.setProperty(key, setting);
		else element.setAttribute(name, value === true ? '' : READ.has(name) ? shown(value) : value);
	}
	add(element, children);
	return element;
}

/** Adds nodes, texts and lists of them; null and false are nothing. */
export function add(element, ...children) {
	for (const child of children.flat(Infinity)) {
		if (child === null || child === undefined || child === false) continue;
		element.append(child instanceof Node ? child : shown(child));
	}
	return element;
}

export const h = (tag, attributes, ...children) => fill(document.createElement(tag), attributes, children);
export const s = (tag, attributes, ...children) => fill(document.createElementNS(SVG, tag), attributes, children);

export function replace(element, ...children) {
	element.replaceChildren();
	return add(element, children);
}

/** Says something to those who hear the page, and shows it for a moment. */
export function announce(text) {
	const status = document.getElementById('status');
	status.textContent = shown(text);
	status.classList.add('is-shown');
	clearTimeout(announce.timer);
	announce.timer = setTimeout(() => status.classList.remove('is-shown'), 2500);
}

export async function copy(text, what) {
	try {
		await navigator.clipboard.writeText(text);
	} catch {
		const area = h('textarea', { class: 'offscreen', 'aria-hidden': 'true' });
		area.value = text;
		document.body.append(area);
		area.select();
		document.execCommand('copy');
		area.remove();
	}
	announce(`${what} copied`);
}

export function download(name, type, text) {
	const url = URL.createObjectURL(new Blob([text], { type }));
	const link = h('a', { href: url, download: name });
	document.body.append(link);
	link.click();
	link.remove();
	setTimeout(() => URL.revokeObjectURL(url), 10000);
}
