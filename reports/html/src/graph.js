// SPDX-License-Identifier: GPL-3.0-or-later
// A picture of nodes and edges: drawn where a layout puts them, moved and zoomed, pointed at, walked through by keyboard.
import { select } from 'd3-selection';
import { zoom, zoomIdentity, zoomTransform } from 'd3-zoom';
import { s } from './dom.js';
import { edgePath, nearest } from './geometry.js';
import { LABEL, SUBLABEL, fitText } from './measure.js';

let markers = 0;

function arrow(id, kind) {
	return s(
		'marker',
		{
			id: `${id}-${kind}`,
			viewBox: '0 0 8 8',
			refX: 6,
			refY: 4,
			markerWidth: 8,
			markerHeight: 8,
			markerUnits: 'userSpaceOnUse',
			orient: 'auto-start-reverse',
			class: 'arrow arrow-' + kind,
		},
		s('path', { d: 'M0 0L8 4L0 8z' }),
	);
}

/** nodes: {key, label, sub, width, height, kind (classes), marks, about, x, y, row}; edges: {from, to, width, kind, classes, about, isHidden}.
 * on: {select(node index or -1), open(node index), edge(edge index)}. Answers {element, select(i), find(text)}. */
export function graph({ nodes, edges, width, height, label, on }) {
	const id = 'arrows' + markers++;
	const kinds = [...new Set(edges.map((edge) => edge.kind))];
	const edgeElements = edges.map((edge, i) => {
		const path = edgePath(nodes[edge.from], nodes[edge.to]);
		return s(
			'g',
			{ class: `edge edge-${edge.kind} ${edge.classes ?? ''}${edge.isHidden ? ' is-hidden' : ''}`, 'data-edge': i },
			s('path', { d: path, class: 'edge-line', 'stroke-width': edge.width.toFixed(2), 'marker-end': `url(#${id}-${edge.kind})` }),
			s('path', { d: path, class: 'edge-touch' }, s('title', {}, edge.about)),
		);
	});
	const nodeElements = nodes.map((node, i) => {
		const text = fitText(node.label, node.width - (node.marks ? 28 : 14), LABEL);
		const sub = node.sub && fitText(node.sub, node.width - 10, SUBLABEL);
		return s(
			'g',
			{
				class: 'node ' + node.kind,
				transform: `translate(${node.x.toFixed(1)} ${node.y.toFixed(1)})`,
				tabindex: i ? '-1' : '0',
				role: 'button',
				// What is to be seen, cut as it may be, so that it can be spoken to; then all of it.
				'aria-label': [text, sub, node.about].filter(Boolean).join(' '),
				'data-node': i,
				'data-key': node.key,
			},
			s('rect', { x: -node.width / 2, y: -node.height / 2, width: node.width, height: node.height, rx: 9 }),
			s('text', { y: node.sub ? -3 : 4, class: 'node-label' }, text),
			' ', // so that those who read it aloud do not run names into numbers
			sub && s('text', { y: 13, class: 'node-sub' }, sub),
			node.marks &&
				s(
					'text',
					{ x: node.width / 2 - 7, y: -node.height / 2 + 13, class: 'node-mark', 'text-anchor': 'end', 'aria-hidden': 'true' },
					node.marks,
				),
			' ',
			s('title', {}, node.about),
		);
	});
	const stage = s('g', {}, s('g', { class: 'edges' }, edgeElements), s('g', { class: 'nodes' }, nodeElements));
	const svg = s(
		'svg',
		{ class: 'graph', role: 'group', 'aria-label': label },
		s(
			'defs',
			{},
			kinds.map((kind) => arrow(id, kind)),
		),
		stage,
	);
	let selected = -1;

	const zooming = zoom()
		.scaleExtent([0.2, 4])
		.on('zoom', () => stage.setAttribute('transform', zoomTransform(svg)));
	select(svg).call(zooming).on('dblclick.zoom', null).on('wheel.zoom', null);
	// The wheel scrolls the page as everywhere; with Ctrl, or two fingers apart, it zooms.
	svg.addEventListener(
		'wheel',
		(event) => {
			if (!event.ctrlKey && !event.metaKey) return;
			event.preventDefault();
			const point = new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());
			zooming.scaleBy(select(svg), 2 ** (-event.deltaY * 0.008), [point.x, point.y]);
		},
		{ passive: false },
	);

	/** Shows all of it: by the view box, so that it is whole on paper, too, which is of another width. */
	function fit() {
		const box = svg.getBoundingClientRect();
		if (!box.width || !box.height) return;
		const margin = 26;
		const scale = Math.max(0.01, Math.min((box.width - margin * 2) / width, (box.height - margin * 2) / height, 1.15));
		const [wide, high] = [box.width / scale, box.height / scale];
		svg.setAttribute('viewBox', `${(width - wide) / 2} ${(height - high) / 2} ${wide} ${high}`);
		zooming.transform(select(svg), zoomIdentity);
	}

	function mark(node) {
		svg.classList.toggle('has-focus', node >= 0);
		const near = new Set([node]);
		edges.forEach((edge, i) => {
			const touches = edge.from === node || edge.to === node;
			if (touches) near.add(edge.from).add(edge.to);
			edgeElements[i].classList.toggle('is-near', touches);
			edgeElements[i].classList.toggle('is-in', edge.to === node);
		});
		nodeElements.forEach((element, i) => element.classList.toggle('is-near', near.has(i)));
	}

	function choose(node, silently) {
		selected = node;
		nodeElements.forEach((element, i) => {
			element.classList.toggle('is-selected', i === node);
			element.setAttribute('aria-pressed', i === node);
		});
		mark(node);
		if (!silently) on.select?.(node);
	}

	const nodeAt = (event) => {
		const element = event.target.closest?.('[data-node]');
		return element ? Number(element.dataset.node) : -1;
	};
	svg.addEventListener('pointerover', (event) => nodeAt(event) >= 0 && mark(nodeAt(event)));
	svg.addEventListener('pointerout', (event) => nodeAt(event) >= 0 && mark(selected));
	svg.addEventListener('focusin', (event) => nodeAt(event) >= 0 && mark(nodeAt(event)));
	svg.addEventListener('click', (event) => {
		const node = nodeAt(event);
		const edge = event.target.closest?.('[data-edge]');
		if (node >= 0) choose(node === selected && event.detail < 2 ? -1 : node);
		else if (edge) on.edge?.(Number(edge.dataset.edge), edges[Number(edge.dataset.edge)]);
		else choose(-1);
	});
	svg.addEventListener('dblclick', (event) => nodeAt(event) >= 0 && on.open?.(nodeAt(event)));
	svg.addEventListener('keydown', (event) => {
		const node = nodeAt(event);
		if (event.key === 'Escape') choose(-1);
		else if (node < 0) return;
		else if (event.key === 'Enter') on.open?.(node);
		else if (event.key === ' ') choose(node);
		else if (event.key.startsWith('Arrow')) {
			const next = nearest(nodes, node, event.key);
			if (next >= 0) focus(next);
		} else return;
		event.preventDefault();
	});

	function focus(node) {
		nodeElements.forEach((element, i) => element.setAttribute('tabindex', i === node ? '0' : '-1'));
		nodeElements[node].focus();
	}

	return {
		element: svg,
		fit,
		zoomBy: (factor) => zooming.scaleBy(select(svg), factor),
		select: (node) => choose(node, true),
		focus,
		/** Marks what is called so; answers how many. */
		find(text) {
			const low = text.trim().toLowerCase();
			let found = 0;
			nodes.forEach((node, i) => {
				const is = low !== '' && node.key.toLowerCase().includes(low);
				if (is) found++;
				nodeElements[i].classList.toggle('is-found', is);
			});
			svg.classList.toggle('is-searched', low !== '');
			return found;
		},
	};
}
