// account_queries.hpp - limits the time that queries of the account database take.
//
// An NSS source can hang: sssd that is stopped, an LDAP server behind a firewall. A revocation must
// reach the disk anyway.
#pragma once

namespace pam_revoke {

// From now on, find_name() and the other queries run in a child. After a query of `each_msec`, or
// `total_msec` for all, the child is killed, and further queries fail at once, until this is called
// again.
// Units:  milliseconds.
// Errors: none returned; the queries return busy (ETIMEDOUT), or io if there is no child.
void limit_account_queries(int total_msec, int each_msec);
inline void limit_account_queries(int total_msec) { limit_account_queries(total_msec, total_msec); }

// The queries run in this process again.
// Errors: none.
void unlimit_account_queries();

}  // namespace pam_revoke
