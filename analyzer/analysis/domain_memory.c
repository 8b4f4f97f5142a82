/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The partitions that many seeds came to, as bytes, under a key of all that they depend on. Most of the time of a discovery goes
 * into them, and an edit seldom changes what ties files together: then they are taken over as they were found. */
#include <string.h>

#include "analysis/domain_internal.h"

/* Before the labels: of the level, then of each seed. Numbers as the machine has them; the key is made of such, too. */
struct head {
	double resolution, agreement;
	uint32_t count, nodes, seeds, label_bytes;
};

static struct hash128 key_of(const struct discovery *d, unsigned seeds)
{
	struct hasher *hasher = hasher_create();
	const uint64_t numbers[] = {d->node_count, d->total, d->edge_count, d->options->seed, d->options->wanted, seeds};
	hasher_add_string(hasher, d->options->program ? d->options->program : "");
	hasher_add(hasher, numbers, sizeof numbers);
	hasher_add(hasher, &d->folder_gate, sizeof d->folder_gate);
	for (uint32_t i = 0; i < d->node_count; i++)
		hasher_add_string(hasher, d->nodes[i].home ? d->nodes[i].home : "\1");
	_Static_assert(sizeof(struct weighted_edge) == 2 * sizeof(uint32_t) + sizeof(double), "no bytes between the members");
	hasher_add(hasher, d->edges, d->edge_count * sizeof *d->edges);
	struct hash128 key = hasher_result(hasher);
	hasher_destroy(hasher);
	return key;
}

static unsigned label_bytes(uint32_t nodes)
{
	return nodes <= UINT16_MAX ? sizeof(uint16_t) : sizeof(uint32_t);
}

static bool read_labels(const unsigned char *at, uint32_t nodes, uint32_t *labels)
{
	for (uint32_t i = 0; i < nodes; i++) {
		uint16_t small = 0;
		memcpy(label_bytes(nodes) == sizeof small ? (void *)&small : &labels[i], at + (size_t)i * label_bytes(nodes), label_bytes(nodes));
		labels[i] = label_bytes(nodes) == sizeof small ? small : labels[i];
		if (labels[i] >= nodes)
			return false;
	}
	return true;
}

static void write_labels(unsigned char *to, uint32_t nodes, const uint32_t *labels)
{
	for (uint32_t i = 0; i < nodes; i++) {
		uint16_t small = (uint16_t)labels[i];
		memcpy(to + (size_t)i * label_bytes(nodes), label_bytes(nodes) == sizeof small ? (const void *)&small : &labels[i],
		       label_bytes(nodes));
	}
}

bool domain_memory_recall(struct discovery *d, unsigned seeds, uint32_t *const *labels)
{
	const struct domain_memory *memory = d->options->memory;
	struct head head;
	d->memory = (struct domain_memory){.key = key_of(d, seeds)};
	size_t each = (size_t)d->node_count * label_bytes(d->node_count);
	if (!memory || !hash_equal(memory->key, d->memory.key) || memory->length != sizeof head + each * ((size_t)seeds + 1))
		return false;
	memcpy(&head, memory->bytes, sizeof head);
	if (head.nodes != d->node_count || head.seeds != seeds || head.count > d->node_count)
		return false;
	const unsigned char *at = (const unsigned char *)memory->bytes + sizeof head;
	struct domain_level level = {.resolution = head.resolution, .agreement = head.agreement, .count = head.count,
				     .labels = arena_zalloc(d->arena, (size_t)d->node_count + 1, sizeof *level.labels)};
	bool sound = read_labels(at, d->node_count, level.labels);
	for (uint32_t i = 0; i < d->node_count; i++)
		sound = sound && level.labels[i] < head.count;
	for (unsigned s = 0; s < seeds; s++)
		sound = sound && read_labels(at + each * (s + 1), d->node_count, labels[s]);
	if (sound)
		d->level = level;
	return sound;
}

void domain_memory_keep(struct discovery *d, unsigned seeds, uint32_t *const *labels)
{
	size_t each = (size_t)d->node_count * label_bytes(d->node_count);
	struct head head = {d->level.resolution, d->level.agreement, d->level.count, d->node_count, seeds, label_bytes(d->node_count)};
	d->memory.length = sizeof head + each * ((size_t)seeds + 1);
	d->memory.bytes = arena_alloc(d->arena, d->memory.length);
	unsigned char *at = d->memory.bytes;
	memcpy(at, &head, sizeof head);
	write_labels(at + sizeof head, d->node_count, d->level.labels);
	for (unsigned s = 0; s < seeds; s++)
		write_labels(at + sizeof head + each * (s + 1), d->node_count, labels[s]);
}
