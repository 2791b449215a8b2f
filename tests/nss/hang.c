/* hang.c - an NSS source of the tests that never answers, as sssd that is stopped. */
#include <grp.h>
#include <nss.h>
#include <pwd.h>
#include <unistd.h>

static enum nss_status hang(void)
{
	while (pause() == -1)
		continue;
	return NSS_STATUS_UNAVAIL;
}

enum nss_status _nss_hang_getpwnam_r(const char *name, struct passwd *passwd, char *buffer,
				     size_t size, int *error)
{
	(void)name, (void)passwd, (void)buffer, (void)size, (void)error;
	return hang();
}

enum nss_status _nss_hang_getpwuid_r(uid_t uid, struct passwd *passwd, char *buffer, size_t size,
				     int *error)
{
	(void)uid, (void)passwd, (void)buffer, (void)size, (void)error;
	return hang();
}

enum nss_status _nss_hang_getgrnam_r(const char *name, struct group *group, char *buffer,
				     size_t size, int *error)
{
	(void)name, (void)group, (void)buffer, (void)size, (void)error;
	return hang();
}

enum nss_status _nss_hang_initgroups_dyn(const char *name, gid_t gid, long *begin, long *count,
					 gid_t **groups, long limit, int *error)
{
	(void)name, (void)gid, (void)begin, (void)count, (void)groups, (void)limit, (void)error;
	return hang();
}
