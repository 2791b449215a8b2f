/* fold.c - an NSS source of the tests that takes several spellings of a local name, as SSSD and
 * winbind do: ALICE, alice@corp and CORP\alice are alice.
 */
#include <ctype.h>
#include <errno.h>
#include <nss.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>

enum nss_status _nss_fold_getpwnam_r(const char *name, struct passwd *passwd, char *buffer,
				     size_t size, int *error)
{
	char folded[256];
	const char *behind = strchr(name, '\\');
	size_t length = 0;
	struct passwd *found = NULL;
	enum nss_status status = NSS_STATUS_NOTFOUND;
	FILE *file = fopen("/etc/passwd", "re");

	if (file == NULL) {
		*error = errno;
		return NSS_STATUS_UNAVAIL;
	}
	for (name = behind == NULL ? name : behind + 1; *name != '\0' && *name != '@'; ++name)
		if (length + 1 < sizeof folded)
			folded[length++] = (char)tolower((unsigned char)*name);
	folded[length] = '\0';
	while (fgetpwent_r(file, passwd, buffer, size, &found) == 0)
		if (strcmp(passwd->pw_name, folded) == 0) {
			status = NSS_STATUS_SUCCESS;
			break;
		}
	fclose(file);
	*error = status == NSS_STATUS_SUCCESS ? 0 : ENOENT;
	return status;
}
