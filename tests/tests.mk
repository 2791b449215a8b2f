# What tests, benches and fuzzers are made of, and how they are run. Included by the Makefile.

SECONDS ?= 60
VERDICTS ?= 1000000
SUITES ?= bookworm trixie forky

SANITIZE := -D_GLIBCXX_ASSERTIONS -fsanitize=address,undefined -fno-sanitize-recover=all \
	-fno-omit-frame-pointer -O1 -g1
FUZZ := -g1 -O1 -D_GLIBCXX_ASSERTIONS -fsanitize=address,undefined -fno-sanitize-recover=all
UNIT := $(wildcard tests/unit/*.cpp)
MODULE_TESTS := $(wildcard tests/pam/*.cpp)
FUZZERS := $(patsubst tests/fuzz/%.cpp,build/fuzz/%,$(wildcard tests/fuzz/fuzz_*.cpp))

# Two rooms take minutes to compile with a sanitizer: only what is tested of them.
GRAMMAR := $(patsubst %,revoke_user/%.cpp,command_line help help_verbs options selection \
	suggest verbs)
sanitized/revoke_user := $(GRAMMAR) revoke_user/unknown_user.cpp revoke_user/list_writer.cpp
fuzz/revoke_user := $(GRAMMAR)
fuzz/logind := logind/logout_arguments.cpp
FUZZED_ROOMS := $(filter-out revoke_user/doctor logind/kernel,$(ROOMS))
$(call archives,sanitized,$(ROOMS))
$(call archives,fuzz,$(FUZZED_ROOMS))

.PHONY: check check-shell check-unit check-pam check-cli check-clang check-fuzz check-hosts \
	check-autopkgtest check-reproducible check-matrix check-rounds check-serial check-race \
	check-faults layers metrics pages pages-plain pages-peers fuzz bench bench-scale bench-against

# Unit tests include the private headers of the commands' room.
build/sanitized/tests/unit/%.o: PRIVATE := -Irevoke_user

build/sanitized/%.o: %.cpp Makefile tests/tests.mk
	@mkdir -p $(@D)
	$(CXX) $(SANITIZE) $(OURS) -fPIC $(PRIVATE) -c $< -o $@

build/sanitized/pam_revoke.so: build/sanitized/pam_revoke/module.o \
		$(GATE_ROOMS:%=build/sanitized/%.a) pam_revoke/module.map
	$(CXX) $(SANITIZE) $(GATE_LINK) -o $@ $(filter %.o %.a,$^) -l:libinih.a -l:libmd.a -lpam

build/sanitized/unit: $(UNIT:%.cpp=build/sanitized/%.o) $(ROOMS:%=build/sanitized/%.a)
	$(CXX) $(SANITIZE) -o $@ $^ $(LIBS) -lcriterion

build/sanitized/module: $(MODULE_TESTS:%.cpp=build/sanitized/%.o) \
		$(GATE_ROOMS:%=build/sanitized/%.a)
	$(CXX) $(SANITIZE) -o $@ $^ -lpam -ldl -lcriterion

build/fuzz/%.o: %.cpp Makefile tests/tests.mk
	@mkdir -p $(@D)
	clang++ $(FUZZ) -fsanitize=fuzzer-no-link $(OURS) -c $< -o $@

build/fuzz/%: build/fuzz/tests/fuzz/%.o $(FUZZED_ROOMS:%=build/fuzz/%.a)
	clang++ $(FUZZ) -fsanitize=fuzzer $(FUZZ_LINK) -o $@ $(filter %.o,$^) $(filter %.a,$^) \
		-l:libinih.a -l:libmd.a -lpam

# The module itself, with calls of it that the target lets fail.
FAILING := openat pread fstat getdents64 uname getpwnam_r getpwuid_r getgrgid_r getgrnam_r \
	getgrouplist sendmsg pam_syslog
build/fuzz/fuzz_gate: build/fuzz/pam_revoke/module.o
build/fuzz/fuzz_gate: FUZZ_LINK := $(FAILING:%=-Wl,--wrap=%)

build/bench/%: tests/bench/%.cpp
	@mkdir -p $(@D)
	$(CXX) -O2 $(OURS) -o $@ $< -lpam

build/bench/lookup: tests/bench/lookup.cpp $(GATE_ROOMS:%=build/gate/%.a)
	@mkdir -p $(@D)
	$(CXX) -O2 $(OURS) -o $@ $(filter %.cpp %.a,$^) -l:libmd.a

build/bench/pam_empty.so: tests/bench/pam_empty.c
	@mkdir -p $(@D)
	$(CC) -O2 -shared -fPIC -o $@ $<

# The gate as the module has it, and what replaces and compiles lists.
build/race: tests/race/race.cpp build/command/revoke_user/store.a $(GATE_ROOMS:%=build/gate/%.a) \
		build/command/pam_revoke/base.a
	@mkdir -p $(@D)
	$(CXX) -O2 $(OURS) -o $@ $(filter %.cpp %.a,$^) -l:libinih.a -l:libmd.a

check: ## layers, pages and every check-*, with a count at the end
	tests/check.sh

check-shell: ## shellcheck has no finding, each label of a check names its subject
	tests/shell.sh

check-unit: build/sanitized/unit ## pure functions and edges, sanitized
	LSAN_OPTIONS=suppressions=tests/unit/leaks.txt:print_suppressions=0 $< --short-filename

check-pam: build/sanitized/module build/sanitized/pam_revoke.so $(MODULE)
check-pam: ## the module through libpam, sanitized and as it is installed
	REVOKE_MODULE=$(CURDIR)/build/sanitized/pam_revoke.so $< --short-filename
	REVOKE_MODULE=$(CURDIR)/$(MODULE) $< --short-filename
	tests/pam/abi.sh $(MODULE)

check-cli: all ## truth tables of the commands
	tests/cli/run.sh

check-hosts: ## real logind and sshd on disposable hosts of each release (SUITES)
	tests/hosts/run.sh $(SUITES)

check-autopkgtest: ## debian/tests, by autopkgtest on a disposable host of each release (SUITES)
	CASES=autopkgtest tests/hosts/run.sh $(SUITES)

check-reproducible: ## a package built elsewhere and later has the same bytes (SUITE, trixie)
	debian/build.sh --again $(or $(SUITE),trixie)

check-matrix: ## every way to resist, beside loginctl, as a table
	tests/hosts/matrix.sh $(SUITES)

check-rounds: ## ROUNDS (500) of a revocation while the user logs in
	tests/hosts/rounds.sh $(SUITES)

check-serial: ## a real serial console under qemu
	tests/hosts/serial.sh bookworm trixie

check-race: build/race ## VERDICTS (1000000) while lists are replaced, truncated, deleted, mounted
	build/race $(VERDICTS)

check-faults: all ## each failure and kill while a list is changed, as a table (ACTIONS, FAULTS)
	tests/faults/run.sh

check-clang: ## clang has no warning either
	tests/clang.sh $(SOURCES)

check-fuzz: $(FUZZERS) ## the fuzzers' corpus, replayed
	tests/fuzz/run.sh replay

fuzz: $(FUZZERS) ## SECONDS (60) of libFuzzer for each target
	SECONDS_EACH=$(SECONDS) tests/fuzz/run.sh

layers: $(MODULE) build/command/pam_revoke/base.a build/command/conf/generator.o
layers: ## rooms include only what they may, and each rule catches its mutants
	tests/layers/run.py

metrics: ## rooms, functions, branches, header comments (BASE: a commit to print beside them)
	tests/metrics.py --self-test
	tests/metrics.py $(if $(BASE),--base $(BASE))

pages: ## the manual pages, and the English of all texts
	tests/pages.sh $(PAGES)

pages-plain: ## measure the English of pages, README, NEWS, catalog, --help and messages
	tests/plain.py --self-test
	tests/plain.py

pages-peers: ## the same figures beside ssh-keygen(1), sshd_config(5), pam_faillock(8)
	tests/plain.py --peers

bench: bench-scale ## logins, lists and endings against their peers, as ratios (SUITE=trixie)
	tests/bench/ending.sh $(SUITE)

bench-scale: all $(addprefix build/bench/,login pam_empty.so users lookup storm)
bench-scale: ## logins and lists alone
	tests/bench/scale.sh
	tests/bench/groups.sh

bench-against: all $(addprefix build/bench/,login pam_empty.so users)
bench-against: ## a login with the module of the commit BASE and with ours, in turn
	tests/bench/against.sh $(BASE)
