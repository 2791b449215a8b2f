// indexes.cpp - rebuilds the index of a changed list, or all indexes for revokectl reindex.

#include "indexes.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <set>
#include <thread>

#include "actions.hpp"
#include "list_change.hpp"
#include "revoke/base/compose.hpp"
#include "revoke/base/file.hpp"
#include "revoke/base/json.hpp"
#include "revoke/base/text.hpp"
#include "revoke/list/index.hpp"
#include "revoke/logind/report.hpp"
#include "revoke/store/compile.hpp"

namespace pam_revoke {
namespace {

constexpr int kCompileMsec = 60'000;  // another process compiles; ten million entries take seconds
constexpr int kRefreshMsec = 100;
constexpr int kMaxRounds = 20;
constexpr int kMaxWaits = 600;  // 4 ms each; some file systems keep whole seconds

// The directory of the indexes and its lock.
struct LockedState {
    Directory directory;
    Fd lock;
};

Result<LockedState> lock_state(const Context& context, int wait_msec) {
    const std::string path(index_dir(context.settings).view());
    if (mkdir(path.c_str(), 0750) != 0 && errno != EEXIST) return io_error(path, "cannot create");
    auto directory = TRY(Directory::open(path, context.owner));
    auto lock = TRY(directory.lock(wait_msec));
    return LockedState{std::move(directory), std::move(lock)};
}

std::vector<std::string> list_directories(const Context& context) {
    std::vector<std::string> directories;
    for_each_item(context.settings.policy.lists.view(),
                  [&directories](std::string_view path) { directories.emplace_back(path); });
    return directories;
}

Result<void> add_lists(const Context& context, const std::string& directory,
                       std::vector<std::string>& paths) {
    const auto fd =
        TRY(required(open_trusted_directory(directory.c_str(), context.owner), directory));
    return for_each_name(fd.get(), [&](std::string_view name) {
        if (name.ends_with(".list") && !name.starts_with('.'))
            paths.push_back(directory + "/" + std::string(name));
    });
}

// Removes the indexes of lists that are gone.
Result<void> remove_others(const LockedState& locked, const std::vector<std::string>& paths) {
    std::set<std::string, std::less<>> kept;
    for (const std::string& path : paths) kept.emplace(index_name(path).view());
    std::vector<std::string> others;
    TRY(for_each_name(locked.directory.fd(), [&](std::string_view name) {
        const bool is_leftover =
            name.starts_with('.') && name.ends_with(".index.new");  // of a run that was killed
        if (is_leftover || (name.ends_with(".index") && !kept.contains(name)))
            others.emplace_back(name);
    }));
    for (const std::string& file : others) TRY(locked.directory.remove(file));
    return {};
}

// Compiles one list and reports it. True on success.
bool compile_one(const Context& context, const LockedState& locked, const std::string& path) {
    const auto compiled = compile_index(path, locked.directory, context.owner);
    const bool indexed =
        compiled.ok() && faccessat(locked.directory.fd(), index_name(path).c_str(), F_OK, 0) == 0;
    JsonObject json;
    json.add("list", path).add_flag("indexed", indexed);
    if (compiled.ok() && !compiled.value()) return true;  // gone since the directory was read
    if (!compiled.ok()) {
        context.output.complain(compiled.error());
        context.output.answer(json.add("error", describe(compiled.error())).text());
        return false;
    }
    context.output.say(compose("{}: {}{}", display(path),
                               counted(*compiled.value(), "entry", "entries"),
                               indexed ? "" : ", read line by line: too few for an index"));
    context.output.answer(json.add("entries", *compiled.value()).text());
    return true;
}

// Returns the states of the list directories, once a further change would be visible.
std::vector<FileIdentity> settled_directories(const Context& context) {
    std::vector<FileIdentity> states;
    for (const std::string& directory : list_directories(context)) {
        FileIdentity state;
        for (int waits = 0; waits < kMaxWaits; ++waits) {
            const auto fd = open_trusted_directory(directory.c_str(), context.owner, &state);
            if (!fd.ok() || !is_fresh(state)) break;
            std::this_thread::sleep_for(std::chrono::milliseconds(4));
        }
        states.push_back(state);
    }
    return states;
}

// Compiles all lists once. If a directory cannot be read, the others are still compiled, but no
// index is removed.
ExitCode compile_all(const Context& context, const LockedState& locked) {
    bool complete = true;
    std::vector<std::string> paths;
    for (const std::string& directory : list_directories(context)) {
        const auto added = add_lists(context, directory, paths);
        if (!added.ok()) context.output.complain(added.error());
        complete = complete && added.ok();
    }
    const bool all_known = complete;
    for (const std::string& path : paths) complete = compile_one(context, locked, path) && complete;
    const auto removed = all_known ? remove_others(locked, paths) : Result<void>();
    if (!removed.ok()) context.output.complain(removed.error());
    return complete && removed.ok() ? kDone : kIncomplete;
}

}  // namespace

Result<std::vector<std::string>> list_paths(const Context& context) {
    std::vector<std::string> paths;
    for (const std::string& directory : list_directories(context)) {
        TRY(add_lists(context, directory, paths));
    }
    std::sort(paths.begin(), paths.end());
    return paths;
}

void refresh_index(const Context& context) {
    const auto locked = lock_state(context, kRefreshMsec);
    // The process that compiles, or the unit that watches the directory, will find the change.
    if (!locked.ok() && locked.error().fault == Fault::busy) return;
    const auto compiled =
        locked.ok() ? compile_index(context.console_path(), locked.value().directory, context.owner)
                    : locked.error();
    if (!compiled.ok())
        context.output.warn(compose("warning: no index, each login reads every line: {}",
                                    describe(compiled.error())));
}

ExitCode compile_lists(const Context& context) {
    const auto locked = lock_state(context, kCompileMsec);
    if (!locked.ok()) return context.fail(locked.error(), kUnchanged);
    reserve_spares(context);
    // The path unit does not watch while its service runs: a list delivered now needs a new round.
    for (int rounds = 0; rounds < kMaxRounds; ++rounds) {
        const auto before = settled_directories(context);
        const ExitCode code = compile_all(context, locked.value());
        if (code == kUnchanged || settled_directories(context) == before) return code;
    }
    return context.fail("the lists changed again after each rebuild of the indexes", kIncomplete);
}

}  // namespace pam_revoke
