// indexes.cpp - the lists' indexes: made anew after a change, or all of them by --compile.

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <set>

#include "job.hpp"
#include "revoke/compile.hpp"
#include "revoke/file.hpp"
#include "revoke/index.hpp"
#include "revoke/json.hpp"
#include "revoke/report.hpp"

namespace pam_revoke {
namespace {

constexpr int kLockMsec = 60'000;  // somebody else compiles; ten million entries take seconds

// The folder of the indexes, and its lock.
struct Held {
    Folder folder;
    Fd lock;
};

Result<Held> hold(const Job& job) {
    const std::string path(index_dir(job.settings).view());
    if (mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) return make_error(Fault::io, path, "can not be made", errno);
    auto folder = Folder::open(path, job.owner);
    if (!folder.ok()) return folder.error();
    auto lock = folder.value().lock(kLockMsec);
    if (!lock.ok()) return lock.error();
    return Held{std::move(folder.value()), std::move(lock.value())};
}

Result<Done> add_lists(const Job& job, const std::string& directory, std::vector<std::string>& paths) {
    const auto fd = open_trusted_directory(directory.c_str(), job.owner);
    if (!fd.ok()) return fd.error();
    DirectoryReader names(fd.value().get());
    for (;;) {
        const auto name = names.next();
        if (!name.ok()) return name.error();
        if (name.value() == nullptr) return Done{};
        const std::string_view file(name.value());
        if (file.ends_with(".list") && file.front() != '.') paths.push_back(directory + "/" + std::string(file));
    }
}

// Removes the indexes of lists that are gone.
Result<Done> remove_others(const Held& held, const std::vector<std::string>& paths) {
    std::set<std::string, std::less<>> kept;
    for (const std::string& path : paths) kept.emplace(index_name(path).view());
    std::vector<std::string> others;
    DirectoryReader names(held.folder.fd());
    for (;;) {
        const auto name = names.next();
        if (!name.ok()) return name.error();
        if (name.value() == nullptr) break;
        const std::string file(name.value());
        if (file.ends_with(".index") && !kept.contains(file)) others.push_back(file);
    }
    for (const std::string& file : others) {
        const auto removed = held.folder.remove(file);
        if (!removed.ok()) return removed.error();
    }
    return Done{};
}

// Compiles one list, says so, and returns whether it could be done.
bool compile_one(const Job& job, const Held& held, const std::string& path) {
    const auto compiled = compile_index(path, held.folder, job.owner);
    JsonObject json;
    json.add("list", path).add_flag("indexed", compiled.ok());
    if (!compiled.ok() && compiled.error().fault == Fault::missing) return true;  // gone since the folder was read
    if (!compiled.ok()) {
        job.output.complain(compiled.error());
        job.output.answer(json.add("error", describe(compiled.error())).text());
        return false;
    }
    job.output.say(fmt::format("{}: {} entries", display(path), compiled.value()));
    job.output.answer(json.add("entries", static_cast<std::int64_t>(compiled.value())).text());
    return true;
}

}  // namespace

Result<std::vector<std::string>> list_paths(const Job& job) {
    std::vector<std::string> paths;
    for (std::string_view rest = job.settings.policy.lists.view(); !rest.empty();) {
        std::string directory(rest.substr(0, rest.find(',')));
        rest.remove_prefix(std::min(rest.size(), directory.size() + 1));
        directory.erase(0, directory.find_first_not_of(' '));
        directory.erase(directory.find_last_not_of(' ') + 1);
        if (directory.empty()) continue;
        const auto added = add_lists(job, directory, paths);
        if (!added.ok()) return added.error();
    }
    std::sort(paths.begin(), paths.end());
    return paths;
}

void refresh_index(const Job& job) {
    const auto held = hold(job);
    const auto compiled = held.ok() ? compile_index(job.console_path(), held.value().folder, job.owner) : held.error();
    if (!compiled.ok() && compiled.error().fault != Fault::missing)
        job.output.warn(fmt::format("warning: no index, so that each login reads every line: {}", describe(compiled.error())));
}

int compile_lists(const Job& job) {
    if (!is_root(job)) return kUnchanged;
    const auto held = hold(job);
    const auto paths = list_paths(job);
    if (!held.ok() || !paths.ok()) {
        job.output.complain(held.ok() ? paths.error() : held.error());
        return kUnchanged;
    }
    bool whole = true;
    for (const std::string& path : paths.value()) whole = compile_one(job, held.value(), path) && whole;
    const auto removed = remove_others(held.value(), paths.value());
    if (!removed.ok()) job.output.complain(removed.error());
    return whole && removed.ok() ? kDone : kIncomplete;
}

}  // namespace pam_revoke
