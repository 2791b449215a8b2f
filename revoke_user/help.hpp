// help.hpp - the --help texts of each command and verb, at most 80 columns wide.
#pragma once

namespace pam_revoke {

extern const char kHelpRevokeUser[];
extern const char kHelpRevokectl[];
extern const char kHelpBreakGlass[];
extern const char kHelpCheck[];
extern const char kHelpDoctor[];
extern const char kHelpEnd[];
extern const char kHelpExportKrl[];
extern const char kHelpHistory[];
extern const char kHelpImport[];
extern const char kHelpImportKrl[];
extern const char kHelpList[];
extern const char kHelpReindex[];
extern const char kHelpSessions[];
extern const char kHelpVerify[];

}  // namespace pam_revoke
