// crowd USER COUNT - opens COUNT sessions of USER through PAM and logind, one process each, and
// runs until it is killed.
//
// They open in parallel: one after the other would take minutes, because each waits for its scope.
#include <security/pam_appl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const int kAtOnce = 16;

static int say_nothing(int count, const struct pam_message **messages,
                       struct pam_response **responses, void *data) {
    (void)messages, (void)data;
    *responses = calloc((size_t)count, sizeof **responses);
    return *responses ? PAM_SUCCESS : PAM_BUF_ERR;
}

int main(int argc, char **argv) {
    if (argc != 3) return 2;
    const int count = atoi(argv[2]);
    for (int i = 0; i < kAtOnce; ++i) {
        if (fork() != 0) continue;
        for (int mine = i; mine < count; mine += kAtOnce) {
            int opened[2];
            char byte;
            if (pipe(opened) != 0) return 1;
            if (fork() == 0) {
                const struct pam_conv conversation = {say_nothing, NULL};
                pam_handle_t *pam = NULL;
                close(opened[0]);
                if (pam_start("crowd", argv[1], &conversation, &pam) != PAM_SUCCESS) return 1;
                if (pam_open_session(pam, 0) != PAM_SUCCESS) return 1;
                close(opened[1]);
                for (;;) pause();
            }
            close(opened[1]);
            if (read(opened[0], &byte, 1) != 0) return 1;
            close(opened[0]);
        }
        for (;;) pause();
    }
    for (;;) pause();
}
