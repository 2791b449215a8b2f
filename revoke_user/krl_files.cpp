// krl_files.cpp - revokectl import-krl and export-krl: ssh-keygen reads and writes the KRL.

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <filesystem>

#include "actions.hpp"
#include "context.hpp"
#include "indexes.hpp"
#include "key.hpp"
#include "revoke/base/compose.hpp"
#include "revoke/base/json.hpp"
#include "revoke/base/text.hpp"
#include "revoke/kernel/run_program.hpp"
#include "revoke/list/match.hpp"
#include "revoke/store/krl.hpp"
#include "revoke/store/store.hpp"

namespace pam_revoke {
namespace {

constexpr const char* kSshKeygen = "/usr/bin/ssh-keygen";
constexpr int kLimitMsec = 600'000;  // a hundred thousand entries take minutes
constexpr std::size_t kMaxPrinted = kMaxListBytes;
constexpr std::size_t kMaxErrors = 20;
constexpr std::uint64_t kMaxKrlBytes = std::uint64_t{256} << 20U;

Result<std::string> ssh_keygen(const Context& context, std::vector<std::string> words,
                               const std::string& object) {
    words.insert(words.begin(), kSshKeygen);
    auto ran = TRY(required(run_program(words, kLimitMsec, kMaxPrinted), words.front()));
    const std::string& output = ran.output;
    if (ran.code == 0) return std::move(ran.output);
    if (!output.empty())
        context.output.complain(
            compose("ssh-keygen: {}", display(output.substr(0, output.find('\n')))));
    return make_error(Fault::malformed, object, "rejected by ssh-keygen");
}

// A temporary directory for the files of ssh-keygen, removed by the destructor.
class TempDir {
public:
    explicit TempDir(const Context& context) : path_(context.state_dir() + "/krl.XXXXXX") {
        if (mkdtemp(path_.data()) == nullptr) error_ = io_error(path_, "cannot create");
    }
    TempDir(const TempDir&) = delete;
    TempDir& operator=(const TempDir&) = delete;
    ~TempDir() {
        std::error_code ignored;  // it is root's, and contains nothing secret
        if (!error_) std::filesystem::remove_all(path_, ignored);
    }
    [[nodiscard]] const std::optional<Error>& error() const { return error_; }
    [[nodiscard]] std::string full(const char* name) const { return path_ + "/" + name; }
    [[nodiscard]] Result<void> write(const Context& context, const char* name,
                                     const std::string& text) const {
        const auto directory = TRY(Directory::open(path_, context.owner));
        TRY(directory.replace(name, text, 0600));
        return {};
    }

private:
    std::string path_;
    std::optional<Error> error_;
};

// The entries for a KRL, and the reasons for entries that are left out.
struct Gathered {
    KrlOfList krl;
    std::uint64_t taken = 0;
    std::uint64_t ending = 0;  // of those taken, with until=
    std::vector<std::string> left_out;
    bool durable = true;
};

Result<Gathered> gather(const Context& context) {
    Gathered gathered;
    const auto paths = TRY(list_paths(context));
    for (const std::string& path : paths) {
        const auto text = TRY(required(read_file(path, kMaxListBytes, context.owner), path));
        for (const BadLine& line : check_list(text, context.now_sec).bad)
            gathered.left_out.push_back(compose("{}{}: {}", display(path),
                                                line.number > 0 ? compose(":{}", line.number) : "",
                                                line.reason));
        for (const OwnedEntry& owned : list_entries(text)) {
            const Entry entry = owned.entry();
            const TargetKind kind = entry.target.kind;
            const bool is_of_keys = kind == TargetKind::key || kind == TargetKind::ca ||
                                    kind == TargetKind::certificate;
            if (!is_of_keys || !in_force(entry, context.now_sec)) continue;
            const char* reason = add_to_krl(entry, gathered.krl);
            gathered.taken += reason == nullptr ? 1U : 0U;
            gathered.ending += reason == nullptr && entry.until_sec ? 1U : 0U;
            if (reason != nullptr)
                gathered.left_out.push_back(
                    compose("{}:{}: {}", display(path), owned.number, reason));
        }
    }
    return gathered;
}

// Reads the public keys of CAs, one per line, by fingerprint.
Result<std::map<std::string, std::string>> authorities_in(const std::string& path) {
    std::map<std::string, std::string> authorities;
    if (path.empty()) return authorities;
    const auto text = TRY(read_input(path, kMaxKrlBytes));
    for (std::string_view rest = text; !rest.empty();) {
        const std::string line(take_until(rest, '\n'));
        if (line.empty() || line.front() == '#') continue;
        const auto key = key_in_line(line);
        // For a certificate, ssh-keygen would write a section that matches no certificate.
        if (!key.ok() || !key.value().ca.empty())
            return make_error(Fault::malformed, path, "contains a line that is not a public key");
        authorities[key.value().key] = line + "\n";
    }
    return authorities;
}

// Runs ssh-keygen to write all entries to `krl` in the temporary directory.
Result<void> make_krl(const Context& context, const TempDir& temp_dir,
                      const std::map<std::string, std::string>& authorities, Gathered& gathered) {
    const std::string number = std::to_string(context.now_sec);
    TRY(temp_dir.write(context, "hashes", gathered.krl.hashes));
    (void)TRY(ssh_keygen(
        context, {"-q", "-k", "-z", number, "-f", temp_dir.full("krl"), temp_dir.full("hashes")},
        "the keys of the lists"));
    for (const auto& [fingerprint, lines] : gathered.krl.by_authority) {
        if (lines.empty()) continue;
        const auto known = authorities.find(fingerprint);
        if (known == authorities.end()) {
            const auto count =
                static_cast<std::uint64_t>(std::count(lines.begin(), lines.end(), '\n'));
            gathered.taken -= count;
            gathered.left_out.push_back(
                compose("cert:{}: {} without the public key of the CA; use --ca FILE, with one key "
                        "per line",
                        fingerprint, counted(count, "entry", "entries")));
            continue;
        }
        for (const auto& [name, text] :
             {std::pair("ca.pub", known->second), std::pair("certificates", lines)})
            TRY(temp_dir.write(context, name, text));
        (void)TRY(ssh_keygen(context,
                             {"-q", "-k", "-u", "-z", number, "-f", temp_dir.full("krl"), "-s",
                              temp_dir.full("ca.pub"), temp_dir.full("certificates")},
                             fingerprint));
    }
    return {};
}

// Writes the KRL to its path. False if it may be lost in a power failure.
Result<bool> deliver(const Context& context, const TempDir& temp_dir) {
    const std::filesystem::path target = std::filesystem::absolute(context.arguments.subject);
    const auto krl =
        TRY(required(read_file(temp_dir.full("krl"), kMaxKrlBytes, context.owner), "krl"));
    const auto directory = TRY(Directory::open(target.parent_path(), context.owner));
    const auto old = directory.read(target.filename(), kMaxKrlBytes);
    if (!old.ok() && !context.arguments.force) return old.error();
    if (old.ok() && !old.value().empty() && !old.value().starts_with("SSHKRL\n") &&
        !context.arguments.force)
        return make_error(Fault::refused, target.string(),
                          "not a key revocation list; --force replaces it");
    return directory.replace(target.filename(), krl,
                             0644);  // ssh-keygen -Q reads it as any user
}

Result<Gathered> export_all(const Context& context) {
    auto gathered = TRY(gather(context));
    const auto authorities = TRY(authorities_in(context.arguments.ca));
    const TempDir temp_dir(context);
    if (temp_dir.error()) return *temp_dir.error();
    TRY(make_krl(context, temp_dir, authorities, gathered));
    gathered.durable = TRY(deliver(context, temp_dir));
    return gathered;
}

}  // namespace

ExitCode import_krl(const Context& context) {
    const std::string& path = context.arguments.subject;
    std::error_code fault;
    if (!std::filesystem::is_regular_file(path, fault))
        return context.fail(display(path) + ": missing or not a regular file", kUnchanged);
    const auto printed = ssh_keygen(context, {"-Q", "-l", "-f", path}, path);
    if (!printed.ok()) return context.fail(printed.error(), kUnchanged);
    const ListOfKrl list = list_of_krl(printed.value());
    for (std::size_t i = 0; i < list.bad.size() && i < kMaxErrors; ++i)
        context.output.complain(compose("{}: line {} of ssh-keygen -Q -l: {}", display(path),
                                        list.bad[i].number, list.bad[i].reason));
    if (list.bad.empty() || context.arguments.force)
        return import_text(context, list.text, list.bad.size());
    context.output.complain(
        compose("{}: nothing was imported: {} not supported; --force imports the rest",
                display(path), counted(list.bad.size(), "line is", "lines are")));
    return kUnchanged;
}

ExitCode export_krl(const Context& context) {
    const auto exported = export_all(context);
    if (!exported.ok()) return context.fail(exported.error(), kUnchanged);
    const auto& left_out = exported.value().left_out;
    for (const std::string& reason : left_out) context.output.complain(reason);
    if (exported.value().ending > 0)
        context.output.warn(
            compose("{}: warning: {}, and a KRL does not expire; export again at that time",
                    display(context.arguments.subject),
                    counted(exported.value().ending, "entry has until=", "entries have until=")));
    context.output.say(compose("{}: {} written{}", display(context.arguments.subject),
                               counted(exported.value().taken, "entry", "entries"),
                               left_out.empty() ? "" : ", except those above"));
    JsonArray reasons;
    for (const std::string& reason : left_out) reasons.add_raw(json_string(reason));
    const bool durable = exported.value().durable;
    if (!durable)
        context.output.complain(display(context.arguments.subject) +
                                ": written, but may be lost in a power failure");
    JsonObject json;
    json.add("file", context.arguments.subject)
        .add("entries", exported.value().taken)
        .add_raw("left_out", reasons.text());
    return context.answer(json, left_out.empty() && durable ? kDone : kIncomplete);
}

}  // namespace pam_revoke
