# pam_revoke - see `make help`. CXX, CXXFLAGS, CPPFLAGS, LDFLAGS, DESTDIR, PREFIX and PAMDIR are the caller's.

VERSION := 0.1.0

ifeq ($(origin CXX),default)
CXX := g++
endif
OBJCOPY ?= objcopy
CXXFLAGS ?= -O2 -g -fstack-protector-strong -D_FORTIFY_SOURCE=2
PREFIX ?= /usr
MULTIARCH := $(shell $(CC) -print-multiarch 2>/dev/null)
PAMDIR ?= $(PREFIX)/lib/$(MULTIARCH)/security
SBINDIR = $(PREFIX)/sbin
LIBEXECDIR = $(PREFIX)/libexec/pam_revoke
MANDIR = $(PREFIX)/share/man
# Shells look for completion there, by the name of the command.
BASHDIR = $(PREFIX)/share/bash-completion/completions
ZSHDIR = $(PREFIX)/share/zsh/vendor-completions
FISHDIR = $(PREFIX)/share/fish/vendor_completions.d
SYSCONFDIR ?= /etc
STATEDIR ?= /var/lib/pam_revoke
UNITDIR ?= $(PREFIX)/lib/systemd/system
SECONDS ?= 60
VERDICTS ?= 1000000
SUITES ?= bookworm trixie forky

WARNINGS := -Wall -Wextra -Wconversion -Wsign-conversion -Wshadow -Werror
OURS := -std=c++20 -Iinclude -MMD -MP $(WARNINGS) -DREVOKE_VERSION='"$(VERSION)"'
SANITIZE := -D_GLIBCXX_ASSERTIONS -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer -O1 -g
# What the module is made of cannot throw: no exceptions, and linked without the C++ library to prove it.
# Small, and in two mappings instead of four: loading it is most of its price. What reads lines is fast instead.
GATE_FLAGS = -Os -fPIC -fno-exceptions -fno-rtti -fvisibility=hidden -fvisibility-inlines-hidden -ffunction-sections -fdata-sections
GATE_LINK := -shared -Wl,-z,relro,-z,now,-z,noseparate-code,--gc-sections,--as-needed,--version-script=pam_revoke/module.map,--exclude-libs,ALL
COMMAND_FLAGS := -fPIE -ffunction-sections -fdata-sections
# The C++ library, fmt and inih go into the commands: loading them took a third of the time of a query, and of the way to the first kill.
COMMAND_LINK := -Wl,-z,relro,-z,now,--as-needed,--gc-sections -static-libstdc++ -static-libgcc

PURE := pam_revoke/base/text.cpp pam_revoke/list/target.cpp pam_revoke/base/time.cpp pam_revoke/list/list.cpp pam_revoke/list/verdict.cpp conf/policy.cpp pam_revoke/ssh_identity.cpp
READING := pam_revoke/base/file.cpp pam_revoke/base/digest.cpp pam_revoke/list/index.cpp pam_revoke/identity.cpp pam_revoke/session_record.cpp pam_revoke/break_glass.cpp pam_revoke/subject.cpp pam_revoke/judge.cpp pam_revoke/by_index.cpp pam_revoke/check.cpp conf/config.cpp conf/settings.cpp
GATE := $(PURE) $(READING) pam_revoke/journal_socket.cpp pam_revoke/gate_log.cpp pam_revoke/module.cpp
ENDING := logind/kernel/proc.cpp logind/kernel/child.cpp logind/kernel/signal.cpp logind/kernel/cgroup.cpp logind/bus.cpp logind/sessions.cpp logind/units.cpp logind/kernel/namespaces.cpp logind/kernel/processes.cpp logind/kernel/subordinate.cpp \
	logind/account.cpp logind/look.cpp logind/watch.cpp logind/ending.cpp logind/ending_sessions.cpp logind/traces.cpp logind/terminals.cpp logind/journal.cpp logind/recorded.cpp logind/opening.cpp logind/report.cpp
WORDS := pam_revoke/base/compose.cpp pam_revoke/base/json.cpp revoke_user/store/history.cpp revoke_user/store/list_edit.cpp revoke_user/store/import.cpp revoke_user/store/store.cpp revoke_user/store/index_build.cpp revoke_user/store/compile.cpp
LOGIN := $(PURE) $(READING) $(ENDING) logind/logout_arguments.cpp pam_revoke/base/compose.cpp pam_revoke/base/json.cpp logind/systemd_login.cpp
GRAMMAR := $(addprefix revoke_user/,suggest.cpp options.cpp verbs.cpp command_line.cpp help.cpp help_verbs.cpp selection.cpp)
OPERATOR := $(PURE) $(READING) $(ENDING) $(WORDS) logind/audit.cpp logind/kernel/run_program.cpp revoke_user/store/krl.cpp $(wildcard revoke_user/doctor/*.cpp revoke_user/*.cpp)
TESTED := $(PURE) $(READING) $(ENDING) $(WORDS) $(GRAMMAR) revoke_user/unknown_user.cpp revoke_user/store/krl.cpp $(wildcard revoke_user/doctor/*.cpp) logind/kernel/run_program.cpp logind/logout_arguments.cpp pam_revoke/journal_socket.cpp
UNIT := $(wildcard tests/unit/*.cpp)
MODULE_TESTS := $(wildcard tests/pam/*.cpp)
PAGES := $(wildcard man/*.[58])

MODULE := build/pam_revoke.so
COMMANDS := build/revoke-user build/revokectl build/systemd-login
LIBS := -lsystemd -l:libinih.a -l:libmd.a
TEST_LIBS := -lsystemd -l:libinih.a -l:libmd.a

.PHONY: all deps demo check check-unit check-pam check-cli check-clang check-fuzz check-hosts check-autopkgtest check-reproducible check-matrix check-rounds check-serial check-race check-faults check-shell layers pages pages-plain pages-peers fuzz bench bench-scale deb install format tidy help clean clean-trees
.DELETE_ON_ERROR:

all: $(MODULE) $(COMMANDS) ## build the module and the commands

build/gate/%.o: %.cpp Makefile
	@mkdir -p $(@D)
	$(CXX) $(CPPFLAGS) $(CXXFLAGS) $(OURS) $(GATE_FLAGS) -c $< -o $@

$(addprefix build/gate/,pam_revoke/base/text.o pam_revoke/list/list.o pam_revoke/list/target.o pam_revoke/base/file.o pam_revoke/list/verdict.o pam_revoke/list/index.o conf/policy.o conf/config.o): GATE_FLAGS += -O2

build/command/%.o: %.cpp Makefile
	@mkdir -p $(@D)
	$(CXX) $(CPPFLAGS) $(CXXFLAGS) $(OURS) $(COMMAND_FLAGS) -c $< -o $@

build/sanitized/%.o: %.cpp Makefile
	@mkdir -p $(@D)
	$(CXX) $(SANITIZE) $(OURS) -fPIC -Irevoke_user -c $< -o $@

# -z,defs turns an "undefined symbol" at login time into an error here. Without the start files nothing runs when it is loaded or unloaded,
# and the five symbols that they want cost more than looking somebody up.
$(MODULE): $(GATE:%.cpp=build/gate/%.o) build/gate/inih.a pam_revoke/module.map
	$(CC) $(LDFLAGS) $(GATE_LINK) -nostartfiles -Wl,-z,defs -o $@ $(filter %.o %.a,$^) -l:libmd.a -lpam

# What inih could be told when it runs, nobody here tells it: among the constants it needs no writable page, which each login would have to copy.
build/gate/inih.a: $(shell $(CC) -print-file-name=libinih.a) Makefile
	@mkdir -p $(@D)
	$(OBJCOPY) --rename-section .data=.data.rel.ro,alloc,load,data,contents --rename-section .data.rel.local=.data.rel.ro.local,alloc,load,data,contents \
		--set-section-flags .bss=alloc,load,data,contents --rename-section .bss=.data.rel.ro.zero,alloc,load,data,contents \
		$< $@

build/revoke-user: $(OPERATOR:%.cpp=build/command/%.o)
	$(CXX) $(LDFLAGS) -fPIE -pie $(COMMAND_LINK) -o $@ $^ $(LIBS)

# One program: the name that it is called by decides which command it is.
build/revokectl: build/revoke-user
	ln -sf revoke-user $@

build/systemd-login: $(LOGIN:%.cpp=build/command/%.o)
	$(CXX) $(LDFLAGS) -fPIE -pie $(COMMAND_LINK) -o $@ $^ $(LIBS)

build/sanitized/pam_revoke.so: $(GATE:%.cpp=build/sanitized/%.o) pam_revoke/module.map
	$(CXX) $(SANITIZE) $(GATE_LINK) -o $@ $(filter %.o,$^) -l:libinih.a -l:libmd.a -lpam

build/sanitized/unit: $(TESTED:%.cpp=build/sanitized/%.o) $(UNIT:%.cpp=build/sanitized/%.o)
	$(CXX) $(SANITIZE) -o $@ $^ $(TEST_LIBS) -lcriterion

build/sanitized/module: $(MODULE_TESTS:%.cpp=build/sanitized/%.o) build/sanitized/pam_revoke/break_glass.o build/sanitized/pam_revoke/base/file.o
	$(CXX) $(SANITIZE) -o $@ $^ -lpam -ldl -lcriterion

build/bench/%: tests/bench/%.cpp
	@mkdir -p $(@D)
	$(CXX) -O2 $(OURS) -o $@ $< -lpam

build/bench/lookup: tests/bench/lookup.cpp $(PURE:%.cpp=build/gate/%.o) $(patsubst %.cpp,build/gate/%.o,$(filter pam_revoke/%,$(READING)))
	@mkdir -p $(@D)
	$(CXX) -O2 $(OURS) -o $@ $(filter %.cpp %.o,$^) -l:libmd.a

build/bench/pam_empty.so: tests/bench/pam_empty.c
	@mkdir -p $(@D)
	$(CC) -O2 -shared -fPIC -o $@ $<

FUZZED := $(PURE) $(filter-out conf/settings.cpp,$(READING)) revoke_user/store/store.cpp revoke_user/store/index_build.cpp revoke_user/store/compile.cpp logind/logout_arguments.cpp pam_revoke/base/compose.cpp pam_revoke/base/json.cpp revoke_user/store/history.cpp revoke_user/store/list_edit.cpp

build/fuzz/%.o: %.cpp Makefile
	@mkdir -p $(@D)
	clang++ -g -O1 -D_GLIBCXX_ASSERTIONS -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all $(OURS) -c $< -o $@

build/fuzz/%: build/fuzz/tests/fuzz/%.o $(FUZZED:%.cpp=build/fuzz/%.o)
	clang++ -fsanitize=fuzzer,address,undefined -o $@ $^ -l:libinih.a -l:libmd.a

build/fuzz/fuzz_command_line: $(GRAMMAR:%.cpp=build/fuzz/%.o)

# The module itself, with calls of it that the target lets fail.
FAILING := openat pread fstat getdents64 uname getpwnam_r getpwuid_r getgrgid_r getgrouplist sendmsg pam_syslog
build/fuzz/fuzz_gate: build/fuzz/tests/fuzz/fuzz_gate.o $(GATE:%.cpp=build/fuzz/%.o) $(patsubst %.cpp,build/fuzz/%.o,$(filter revoke_user/store/store.cpp revoke_user/store/index% revoke_user/store/compile.cpp revoke_user/store/list_edit.cpp,$(WORDS)))
	clang++ -fsanitize=fuzzer,address,undefined $(FAILING:%=-Wl,--wrap=%) -o $@ $^ -l:libinih.a -l:libmd.a -lpam

deps: ## install all that building, testing and the demo need (as root, Debian 12 or 13)
	tests/deps.sh

check: ## everything: shell, layers, pages, unit, pam, cli, clang, fuzz corpora, hosts, matrix, rounds, serial
	tests/check.sh

check-unit: build/sanitized/unit ## pure functions and edges, sanitized
	LSAN_OPTIONS=suppressions=tests/unit/leaks.txt:print_suppressions=0 build/sanitized/unit --short-filename

check-pam: build/sanitized/module build/sanitized/pam_revoke.so $(MODULE) ## the built module through libpam
	REVOKE_MODULE=$(CURDIR)/build/sanitized/pam_revoke.so build/sanitized/module --short-filename
	tests/pam/abi.sh $(MODULE)

check-cli: all ## truth tables of the commands
	tests/cli/run.sh

check-hosts: ## real logind and sshd on disposable hosts of each release (SUITES)
	tests/hosts/run.sh $(SUITES)

check-autopkgtest: ## debian/tests, by autopkgtest on a disposable host of each release (SUITES)
	CASES=autopkgtest tests/hosts/run.sh $(SUITES)

check-reproducible: ## the package built again under other conditions has the same bytes (SUITE, trixie)
	debian/build.sh --again $(or $(SUITE),trixie)

check-matrix: ## every way to resist, beside loginctl, as a table
	tests/hosts/matrix.sh $(SUITES)

check-rounds: ## ROUNDS (500) of a revocation while the person logs in
	tests/hosts/rounds.sh $(SUITES)

check-serial: ## a real serial console under qemu
	tests/hosts/serial.sh bookworm trixie

check-race: build/race ## VERDICTS (1000000) while lists are replaced, cut, deleted, compiled and mounted over
	build/race $(VERDICTS)

check-faults: all ## everything that can fail while a list is changed, and a kill at each system call, as a table (ACTIONS, FAULTS)
	tests/faults/run.sh

demo: ## boot a host, log in, revoke, be refused, undo
	@tests/hosts/demo.sh

check-shell: ## shellcheck has no finding, each label of a check names its subject
	tests/shell.sh

layers: ## includes point downwards, foreign headers have one home
	tests/layers.sh

pages: ## the manual pages, and the English of all texts
	tests/pages.sh $(PAGES)

.PHONY: metrics
metrics: ## rooms, functions, branches, header comments (BASE: a commit to print beside them)
	tests/metrics.py --self-test
	tests/metrics.py $(if $(BASE),--base $(BASE))

pages-plain: ## measure the English of pages, README, NEWS, catalog, --help and messages
	tests/plain.py --self-test
	tests/plain.py

pages-peers: ## the same figures beside ssh-keygen(1), sshd_config(5), pam_faillock(8)
	tests/plain.py --peers

FUZZERS := $(patsubst tests/fuzz/%.cpp,build/fuzz/%,$(wildcard tests/fuzz/fuzz_*.cpp))

fuzz: $(FUZZERS) ## SECONDS (60) of libFuzzer for each target
	SECONDS_EACH=$(SECONDS) tests/fuzz/run.sh

check-fuzz: $(FUZZERS) ## the fuzzers' corpus, replayed
	tests/fuzz/run.sh replay

check-clang: ## clang has no warning either
	tests/clang.sh $(sort $(GATE) $(LOGIN) $(OPERATOR))

SCALE := build/bench/login build/bench/pam_empty.so build/bench/users build/bench/lookup build/bench/storm

build/race: tests/race/race.cpp $(PURE:%.cpp=build/gate/%.o) $(READING:%.cpp=build/gate/%.o) build/command/revoke_user/store/store.o build/command/revoke_user/store/index_build.o build/command/revoke_user/store/compile.o build/command/pam_revoke/base/compose.o
	@mkdir -p $(@D)
	$(CXX) -O2 $(OURS) -o $@ $(filter %.cpp %.o,$^) -l:libinih.a -l:libmd.a

bench: bench-scale ## logins, lists and endings against their peers, as ratios (SUITE=trixie)
	tests/bench/ending.sh $(SUITE)

bench-scale: all $(SCALE) ## logins and lists alone
	tests/bench/scale.sh

deb: ## Debian packages for this release, or SUITE=bookworm|trixie in a kept tree, into build/deb/
	debian/build.sh $(SUITE)

install: all ## to DESTDIR
	install -d -m 0755 $(DESTDIR)$(PAMDIR) $(DESTDIR)$(SBINDIR) $(DESTDIR)$(LIBEXECDIR) $(DESTDIR)$(MANDIR)/man5 $(DESTDIR)$(MANDIR)/man8
	install -d -m 0755 $(DESTDIR)$(SYSCONFDIR)/pam_revoke/lists.d $(DESTDIR)$(SYSCONFDIR)/logout.d $(DESTDIR)$(STATEDIR)/lists.d
	install -d -m 0755 $(DESTDIR)$(BASHDIR) $(DESTDIR)$(ZSHDIR) $(DESTDIR)$(FISHDIR) $(DESTDIR)$(UNITDIR)
	install -d -m 0700 $(DESTDIR)$(STATEDIR)/index
	install -m 0644 conf/revoke-compile.path conf/revoke-compile.service conf/revoke-compile.timer $(DESTDIR)$(UNITDIR)
	install -D -m 0644 conf/pam_revoke.tmpfiles $(DESTDIR)$(PREFIX)/lib/tmpfiles.d/pam_revoke.conf
	install -D -m 0644 conf/pam_revoke.catalog $(DESTDIR)$(PREFIX)/lib/systemd/catalog/pam_revoke.catalog
	install -m 0644 $(MODULE) $(DESTDIR)$(PAMDIR)/pam_revoke.so
	install -m 0755 build/revoke-user $(DESTDIR)$(SBINDIR)/revoke-user
	ln -sf revoke-user $(DESTDIR)$(SBINDIR)/revokectl
	install -m 0755 build/systemd-login $(DESTDIR)$(LIBEXECDIR)/systemd-login
	ln -sf $(LIBEXECDIR)/systemd-login $(DESTDIR)$(SYSCONFDIR)/logout.d/50-systemd-login
	test -e $(DESTDIR)$(SYSCONFDIR)/pam_revoke/pam_revoke.conf || install -m 0644 conf/pam_revoke.conf $(DESTDIR)$(SYSCONFDIR)/pam_revoke/pam_revoke.conf
	install -m 0644 conf/completion/revoke-user.bash $(DESTDIR)$(BASHDIR)/revoke-user
	install -m 0644 conf/completion/revoke-user.zsh $(DESTDIR)$(ZSHDIR)/_revoke-user
	install -m 0644 conf/completion/revoke-user.fish $(DESTDIR)$(FISHDIR)/revoke-user.fish
	ln -sf revoke-user $(DESTDIR)$(BASHDIR)/revokectl
	ln -sf revoke-user.fish $(DESTDIR)$(FISHDIR)/revokectl.fish
	install -m 0644 $(filter %.5,$(PAGES)) $(DESTDIR)$(MANDIR)/man5
	install -m 0644 $(filter %.8,$(PAGES)) $(DESTDIR)$(MANDIR)/man8

format: ## clang-format everything
	clang-format -i include/revoke/*.hpp pam_revoke/*.cpp logind/*.cpp conf/*.cpp revoke_user/*.[ch]pp tests/*/*.cpp

tidy: ## clang-tidy everything
	clang-tidy --quiet $(sort $(GATE) $(LOGIN) $(OPERATOR)) -- $(OURS) -Irevoke_user

clean: ## remove build/
	rm -rf build

clean-trees: ## remove the kept Debian trees
	. tests/hosts/trees.sh && rm -rf --one-file-system "$$REVOKE_TREES"

help: ## this list
	@sed -n 's/^\([a-z-]*\):.* ## /\1\t/p' Makefile | sort | awk -F'\t' '{printf "  %-14s %s\n", $$1, $$2}'

-include $(shell find build -name '*.d' 2>/dev/null)
