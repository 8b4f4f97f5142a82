/* SPDX-License-Identifier: GPL-3.0-or-later */
/* read_graphml <FILE: what igraph makes of it: nodes and edges. */
#include <igraph/igraph.h>
#include <stdio.h>

int main(void)
{
	igraph_t graph;

	igraph_set_attribute_table(&igraph_cattribute_table);
	if (igraph_read_graph_graphml(&graph, stdin, 0))
		return 1;
	printf("%ld %ld\n", (long)igraph_vcount(&graph), (long)igraph_ecount(&graph));
	igraph_destroy(&graph);
	return 0;
}
