// SPDX-License-Identifier: GPL-3.0-or-later
// Addresses within the page: #/view/argument/...?key=value. Pure.

const encode = (text) => encodeURIComponent(text).replace(/[!'()*]/g, (c) => '%' + c.charCodeAt(0).toString(16).toUpperCase());

function decode(text) {
	try {
		return decodeURIComponent(text);
	} catch {
		return text;
	}
}

export function link(view, args = [], params = {}) {
	const path = [view, ...[args].flat()].map(encode).join('/');
	const query = Object.entries(params)
		.filter(([, value]) => value !== null && value !== undefined && value !== '' && value !== false)
		.map(([key, value]) => `${encode(key)}=${encode(value === true ? '1' : String(value))}`);
	return `#/${path}${query.length ? '?' + query.join('&') : ''}`;
}

export function parse(hash) {
	const text = hash.replace(/^#\/?/, '');
	const at = text.indexOf('?');
	const path = at < 0 ? text : text.slice(0, at);
	const params = {};
	for (const pair of at < 0 ? [] : text.slice(at + 1).split('&')) {
		const equals = pair.indexOf('=');
		if (pair) params[decode(equals < 0 ? pair : pair.slice(0, equals))] = equals < 0 ? '' : decode(pair.slice(equals + 1));
	}
	const [view, ...args] = path.split('/').map(decode);
	return { view: view || 'overview', args, params };
}

/** A function is told by its name and file: numbers differ from release to release. */
export const functionLink = (name, file) => link('function', file ? [name, file] : [name]);
export const fileLink = (file) => link('file', [file]);
export const domainLink = (domain) => link('domain', [domain]);

/** A value of an object by a key that an address gave: "constructor" and the like are none of its own. */
export const own = (object, key) => (Object.hasOwn(object, key ?? '') ? object[key] : undefined);
