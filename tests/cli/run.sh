#!/bin/bash
# run.sh - truth tables of the commands, on directories of the test's own. As root.

# PAM services of the tests' own need a mount namespace.
[ "${REVOKE_NAMESPACE:-}" = $$ ] || REVOKE_NAMESPACE=$$ exec unshare -m -- "$0" "$@"
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/cli/common.sh
. tests/cli/common.sh
for part in names files disk changes terminal index keys krl policy doctor commands spelling \
	services completion generator; do
	# shellcheck source=/dev/null # each is checked by itself
	. "tests/cli/$part.sh"
done

for name in names usage list_files configuration_files full_disk no_block no_inode \
	lock_held written_meanwhile reused_name one_user dates undo safeguards concurrent verify \
	terminal logout_script no_bus import imported_user import_again index indexes keys \
	krl policy doctor doctor_asks commands services spelling alias hanging_accounts \
	hanging_peers lost_output verbs_of_packages completion hostile_completion \
	completion_syntax generator generator_errors; do
	"case_$name"
done
checks_summary
