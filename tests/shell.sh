#!/bin/bash
# shell.sh - shellcheck has no finding in any shell script, and no label of a check begins with a
# conjunction: a label is read alone when its check fails.
set -u
cd "$(dirname "$0")/.." || exit 1
passed=0 failed=0

# The scripts that git has or would take: by name, or by their first line.
scripts() {
	git ls-files --cached --others --exclude-standard | while read -r file; do
		[ -f "$file" ] || continue
		case $file in
		*.sh | *.bash) echo "$file" ;;
		*) head -c 20 "$file" | head -n 1 | grep -aqE '^#!/bin/(ba)?sh' && echo "$file" ;;
		esac
	done
}
# labels_begin_well FILE: fails if a label begins with a conjunction, and prints it.
labels_begin_well() {
	local before="\\b(check|check_rc [0-9]+|refused [0-9]+ '[^']*'|burnt|attempt|expect)"
	! grep -nE "$before [\"'](and|but|so|nor|or)\\b" "$1"
}

# The pattern for labels is tested first.
for command in check 'check_rc 3' "refused 2 'is missing'"; do
	for word in and but so nor or; do
		if labels_begin_well <(echo "$command \"$word it ends\" true") >/dev/null; then
			echo "not ok: the pattern does not find a label of $command with $word"
			failed=$((failed + 1))
		fi
	done
done
for script in $(scripts); do
	if shellcheck -x "$script" && labels_begin_well "$script"; then
		passed=$((passed + 1))
	else
		echo "not ok: $script"
		failed=$((failed + 1))
	fi
done
# Fewer mean that the scripts are not found.
[ $passed -ge 20 ] || failed=$((failed + 1))
echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
