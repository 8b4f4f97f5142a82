/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Strongly connected components: Tarjan's algorithm with a stack of its own (SIAM J. Comput. 1, 1972). */
#include <stdlib.h>

#include "graph/graph.h"

struct frame { uint32_t node, next; };

uint32_t graph_components(uint32_t node_count, const uint32_t *offsets, const uint32_t *targets, uint32_t *component)
{
	uint32_t *index = mem_alloc(((size_t)node_count + 1) * sizeof *index); /* 0: not seen */
	uint32_t *low = mem_alloc(((size_t)node_count + 1) * sizeof *low);
	uint32_t *stack = mem_alloc(((size_t)node_count + 1) * sizeof *stack);
	struct frame *frames = mem_alloc(((size_t)node_count + 1) * sizeof *frames);
	uint32_t seen = 0, depth = 0, held = 0, components = 0;
	for (uint32_t i = 0; i < node_count; i++) {
		index[i] = 0;
		component[i] = GRAPH_NONE;
	}
	for (uint32_t root = 0; root < node_count; root++) {
		if (index[root])
			continue;
		frames[depth++] = (struct frame){root, offsets[root]};
		index[root] = low[root] = ++seen;
		stack[held++] = root;
		while (depth) {
			struct frame *frame = &frames[depth - 1];
			uint32_t node = frame->node;
			if (frame->next < offsets[node + 1]) {
				uint32_t target = targets[frame->next++];
				if (!index[target]) {
					index[target] = low[target] = ++seen;
					stack[held++] = target;
					frames[depth++] = (struct frame){target, offsets[target]};
				} else if (component[target] == GRAPH_NONE && index[target] < low[node]) {
					low[node] = index[target];
				}
				continue;
			}
			if (low[node] == index[node]) {
				uint32_t member;
				do {
					member = stack[--held];
					component[member] = components;
				} while (member != node);
				components++;
			}
			depth--;
			if (depth && low[node] < low[frames[depth - 1].node])
				low[frames[depth - 1].node] = low[node];
		}
	}
	free(index);
	free(low);
	free(stack);
	free(frames);
	return components;
}
