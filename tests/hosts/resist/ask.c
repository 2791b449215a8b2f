// ask USER - asks PAM about an account, as a program without root does. Its exit status is PAM's.
#include <security/pam_appl.h>
#include <stddef.h>

static int converse(int count, const struct pam_message **messages,
                    struct pam_response **responses, void *data) {
    (void)count, (void)messages, (void)responses, (void)data;
    return PAM_CONV_ERR;
}

int main(int argc, char **argv) {
    const struct pam_conv conversation = {converse, NULL};
    pam_handle_t *pamh = NULL;
    if (argc < 2 || pam_start("ask", argv[1], &conversation, &pamh) != PAM_SUCCESS) return 255;
    const int answer = pam_acct_mgmt(pamh, PAM_SILENT);
    pam_end(pamh, answer);
    return answer;
}
