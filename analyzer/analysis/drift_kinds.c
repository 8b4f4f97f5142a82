/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is to be known of each kind of event. */
#include <string.h>

#include "analysis/drift.h"

static const struct drift_kind_info kinds[DRIFT_KINDS] = {
	[DRIFT_DOMAIN_ADDED] = {"domain_added", "New domains", "The codebase has a part that it did not have.",
		"Say in sightline.yaml what may use it, and what it may use.", false},
	[DRIFT_DOMAIN_REMOVED] = {"domain_removed", "Domains gone", "A part of the codebase is no longer there.", "", false},
	[DRIFT_DOMAIN_RENAMED] = {"domain_renamed", "Domains renamed", "The same code goes by another name.", "", false},
	[DRIFT_DOMAIN_SPLIT] = {"domain_split", "Domains split", "What held together before falls into several parts now.",
		"If it is meant to be one, join it in sightline.yaml; if not, declare the parts.", false},
	[DRIFT_DOMAIN_MERGED] = {"domain_merged", "Domains merged", "Parts that could be told apart no longer can.",
		"Look at the dependencies that were added between them.", false},
	[DRIFT_FILE_MOVED] = {"file_moved", "Files moved to another domain", "What a file belongs to has changed.", "", false},
	[DRIFT_FILE_RENAMED] = {"file_renamed", "Files renamed", "The same code lies under another path.", "", false},
	[DRIFT_FUNCTION_MOVED] = {"function_moved", "Functions moved to another file", "The same code lies in another file.", "", false},
	[DRIFT_FUNCTION_RENAMED] = {"function_renamed", "Functions renamed", "The same code goes by another name.", "", false},
	[DRIFT_DEPENDENCY_ADDED] = {"dependency_added", "New dependencies between domains",
		"The one can no longer be changed, tested or shipped without the other.",
		"Move what is named to where it is used, or turn the call round with a callback; else allow it in sightline.yaml.", false},
	[DRIFT_DEPENDENCY_REMOVED] = {"dependency_removed", "Dependencies between domains gone", "The parts are freer of each other.", "", true},
	[DRIFT_CYCLE_ADDED] = {"cycle_added", "New cycles", "None in the circle can be understood, tested or reused alone any more.",
		"Cut the dependency that closes it.", false},
	[DRIFT_CYCLE_BROKEN] = {"cycle_broken", "Cycles broken", "What was in the circle can be taken alone again.", "", true},
	[DRIFT_CYCLE_GROWN] = {"cycle_grown", "Cycles grown", "More code can no longer be taken alone.",
		"Cut the dependency that drew the newcomers in.", false},
	[DRIFT_CYCLE_SHRUNK] = {"cycle_shrunk", "Cycles shrunk", "Code has come free of the circle.", "", true},
	[DRIFT_VIOLATION_ADDED] = {"violation_added", "Violations of the declared architecture",
		"sightline.yaml says that this must not be.", "Undo the dependency, or change the declaration and say why.", false},
	[DRIFT_VIOLATION_FIXED] = {"violation_fixed", "Violations of the declared architecture mended", "", "", true},
	[DRIFT_FINDING_ADDED] = {"finding_added", "New findings of rules", "A rule says that this will cost later.",
		"See 'sightline rules show ID' for how to mend it.", false},
	[DRIFT_FINDING_FIXED] = {"finding_fixed", "Findings of rules mended", "", "", true},
	[DRIFT_DEBT_UP] = {"debt_up", "Debt up", "Changes here have become dearer.", "See 'sightline debt --explain' and the causes named.", false},
	[DRIFT_DEBT_DOWN] = {"debt_down", "Debt down", "Changes here have become cheaper.", "", true},
	[DRIFT_COMPLEXITY_UP] = {"complexity_up", "A change reaches further", "More of the code may be touched by a change of one file.",
		"Look at the dependencies and cycles that were added.", false},
	[DRIFT_COMPLEXITY_DOWN] = {"complexity_down", "A change reaches less far", "", "", true},
	[DRIFT_HIGH_DEBT_ADDED] = {"high_debt_added", "Files that became a case for refactoring",
		"Work in these files takes longest and breaks most.", "Split the file, or untangle what it needs.", false},
	[DRIFT_HIGH_DEBT_REMOVED] = {"high_debt_removed", "Files no longer a case for refactoring", "", "", true},
	[DRIFT_EXCLUSIVITY_DOWN] = {"exclusivity_down", "Domains that have less to themselves", "More of its inside is used from outside.",
		"Offer a narrower interface.", false},
	[DRIFT_EXCLUSIVITY_UP] = {"exclusivity_up", "Domains that have more to themselves", "", "", true},
	[DRIFT_COMMON_ADDED] = {"common_added", "Functions that became common", "Several programs, threads or APIs rest on them now.",
		"Give them an owner and tests of their own.", false},
	[DRIFT_COMMON_REMOVED] = {"common_removed", "Functions no longer common", "", "", true},
	[DRIFT_DEAD_CODE_GROWN] = {"dead_code_grown", "Dead code grown", "No known call leads there from any entry point, nor from what is called through a pointer.",
		"Delete it, or call it.", false},
	[DRIFT_DEAD_CODE_SHRUNK] = {"dead_code_shrunk", "Dead code shrunk", "", "", true},
	[DRIFT_ENTRY_POINT_ADDED] = {"entry_point_added", "New entry points", "Control can enter the code at one more place.",
		"Check what it may be called with, and from which thread.", false},
	[DRIFT_ENTRY_POINT_REMOVED] = {"entry_point_removed", "Entry points gone", "", "", false},
	[DRIFT_RESOURCE_ADDED] = {"resource_added", "Resources newly used", "The code needs something from its surroundings that it did not.",
		"Say so to whoever deploys it.", false},
	[DRIFT_RESOURCE_REMOVED] = {"resource_removed", "Resources no longer used", "", "", true},
	[DRIFT_RESOURCE_SHARED] = {"resource_shared", "Resources newly shared by domains",
		"Two parts meet at it: neither can be moved or changed alone.", "Let one domain own it, and the others ask that one.", false},
	[DRIFT_RESOURCE_EXCLUSIVE] = {"resource_exclusive", "Resources that one domain has to itself again", "", "", true},
	[DRIFT_GLOBAL_SHARED] = {"global_shared", "Mutable globals newly shared by domains",
		"Whoever reads it must know of everyone who writes it.", "Make it static and offer functions.", false},
	[DRIFT_GLOBAL_EXCLUSIVE] = {"global_exclusive", "Mutable globals that one domain has to itself again", "", "", true},
	[DRIFT_LIBRARY_ADDED] = {"library_added", "New external libraries", "One more thing to install, license and keep up to date.",
		"Have it agreed, and add it to what the build checks for.", false},
	[DRIFT_LIBRARY_REMOVED] = {"library_removed", "External libraries gone", "", "", false},
	[DRIFT_API_BREAKING] = {"api_breaking", "Public API broken", "Code that uses it must be changed or at least built anew.",
		"Keep the old name beside the new one, or raise the major version.", false},
	[DRIFT_API_COMPATIBLE] = {"api_compatible", "Public API extended", "", "", false},
	[DRIFT_CALL_OBSERVED] = {"call_observed", "Calls that run now and did not before", "", "", false},
	[DRIFT_FLOW_GONE] = {"flow_gone", "Flows that no longer run", "Runs entered there before and do not now.",
		"Check that the runs did the same.", false},
};

const struct drift_kind_info *drift_kind_info(enum drift_kind kind)
{
	return &kinds[kind];
}

bool drift_kind_find(const char *name, enum drift_kind *out)
{
	for (unsigned i = 0; i < DRIFT_KINDS; i++)
		if (!strcmp(kinds[i].name, name)) {
			*out = (enum drift_kind)i;
			return true;
		}
	return false;
}

static const char *const severities[DRIFT_SEVERITIES] = {"info", "minor", "major", "critical"};

const char *drift_severity_name(enum drift_severity severity)
{
	return severities[severity];
}

bool drift_severity_find(const char *name, enum drift_severity *out)
{
	for (unsigned i = 0; i < DRIFT_SEVERITIES; i++)
		if (!strcmp(severities[i], name)) {
			*out = (enum drift_severity)i;
			return true;
		}
	return false;
}
